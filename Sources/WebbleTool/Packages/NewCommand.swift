import ArgumentParser
import Foundation

struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Makes a package that runs at once.",
    discussion: """
      The package has a library, a program that a page starts, tests, and the page: a computation on \
      all cores that shows its progress and can be cancelled. It asks nothing, and replaces nothing.
      """)

  @Argument(help: "The package's name, or the path of the folder to make.")
  var name: String

  @Option(help: "What the page is made with: vanilla, vite, react, vue or svelte.")
  var template = Template.vanilla

  func run() async throws {
    let folder = URL(filePath: name, directoryHint: .isDirectory).standardizedFileURL
    let repository = try Repository.find()
    let package = try NewPackage(
      folder: folder, template: template, repository: repository, origin: await repository.origin())
    try package.write()
    let commands = template.commands.map { "\n  \($0)" }.joined()
    Terminal.note("\(package.name) is in \(folder.path). Next:\n  cd \(name)\(commands)")
  }
}

enum Template: String, CaseIterable, ExpressibleByArgument {
  case vanilla, vite, react, vue, svelte

  /// What to type in the new package.
  var commands: [String] {
    self == .vanilla ? ["swift run webble serve --open"] : ["npm install", "npm run dev"]
  }

  /// The folders in Templates/ that make such a package.
  var parts: [String] {
    switch self {
    case .vanilla: ["swift", "page", "plain"]
    case .vite: ["swift", "page", "plain", rawValue]
    case .react, .vue, .svelte: ["swift", "page", "framework", rawValue]
    }
  }

  /// Where in the package a file of one of these folders goes.
  func path(of file: String, in part: String) -> String {
    let isOfPage = ["page", "plain", "framework"].contains(part)
    return if !isOfPage { file }
    else if self == .vanilla { "\(PublicFolder.name)/\(file)" }
    else if file == "index.html" { file }
    else { "src/\(file)" }
  }
}

/// A package from Templates/, on its way into a folder that does not exist yet.
struct NewPackage {
  let folder: URL
  let template: Template
  let repository: Repository
  /// Where `repository` was fetched from, if SwiftPM has fetched it.
  let origin: String?
  let name: String
  /// The name as Swift spells one: `my-app` is `MyApp`.
  let module: String

  init(folder: URL, template: Template, repository: Repository, origin: String? = nil) throws {
    self.origin = origin
    self.folder = folder
    self.template = template
    self.repository = repository
    name = folder.lastPathComponent
    guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_\-]{0,63}/) != nil else {
      throw Failure(
        """
        “\(name)” is no name for a package. It may have letters from A to Z, digits, - and _, begins \
        with a letter, and has at most 64 characters: for example my-app.
        """)
    }
    module = name.split { $0 == "-" || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined()
    guard !Self.taken.contains(module.lowercased()) else {
      throw Failure(
        "“\(name)” is a name that Swift, or the package itself, needs. Choose another, for example my-app."
      )
    }
  }

  /// Modules that the new one would get in the way of, what its own code uses besides, and what Swift gives a
  /// meaning: the program's type has the module's name, and would stand for it.
  private static let taken: Set<String> = [
    "webble", "javascript", "webbletesting", "json", "webbletool", "wasmpasses", "webbleallocator",
    "webbleatomics", "webblescheduler", "cplatform", "cruntime", "cnative", "nativeatomics", "nativescheduler",
    "concurrencystates", "compiledwebble", "compiledjavascript", "interleavings", "threads", "fibers", "indexstore",
    "argumentparser", "subprocess", "rainbow", "systempackage",
    "swift", "main", "builtin", "foundation", "dispatch", "glibc", "darwin", "synchronization", "observation",
    "distributed", "regexbuilder", "testing", "xctest", "packagedescription",
    "primecounter", "threadpool", "workerhandle", "jsexports", "jsvalue", "mainactor",
    "type", "protocol", "self", "any", "anyobject", "never", "void", "bool", "int", "uint", "double", "float",
    "string", "substring", "character", "array", "dictionary", "set", "range", "optional", "result", "error",
    "sequence", "collection", "duration", "sendable", "actor", "task",
  ]

  /// Writes all of it aside and then gives it its name, so that there is never half of it.
  func write() throws {
    let files = FileManager.default
    // Also a link that leads nowhere is something.
    guard (try? files.attributesOfItem(atPath: folder.path)) == nil else {
      throw Failure("\(folder.path) exists already. Choose another name, or remove it first.")
    }
    let parent = folder.deletingLastPathComponent()
    guard files.fileExists(atPath: parent.path) else {
      throw Failure("there is no folder \(parent.path) to make \(name) in.")
    }
    let aside = parent.appending(path: ".\(name)-\(UUID().uuidString.prefix(8))")
    do {
      defer { try? files.removeItem(at: aside) }
      for (path, text) in try contents() {
        let file = aside.appending(path: path)
        try files.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      try files.moveItem(at: aside, to: folder)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(folder.path) cannot be written: \(error.localizedDescription)")
    }
  }

  /// The files by their paths in the package.
  func contents() throws -> [String: String] {
    let templates = repository.root.appending(path: "Templates")
    var contents: [String: String] = [:]
    for part in template.parts {
      let root = templates.appending(path: part)
      guard let paths = FileManager.default.enumerator(atPath: root.path) else { continue }
      for case let path as String in paths {
        guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else {
          continue  // A folder.
        }
        let place = template.path(of: path.replacing("dot.", with: "."), in: part)
        contents[filled(place)] = filled(text)
      }
    }
    if template != .vanilla {
      let plugin = "webble-vite.mjs"
      contents[plugin] = try String(
        contentsOf: repository.glue.appending(path: "bundlers/\(plugin)"), encoding: .utf8)
    }
    return contents
  }

  private func filled(_ text: String) -> String {
    var text = text
    for (key, value) in values { text = text.replacing("{{\(key)}}", with: value) }
    return text
  }

  private var values: [(String, String)] {
    let run = template.commands.map { command in
      let padding = String(repeating: " ", count: max(1, 47 - command.count))
      return switch command {
      case "npm install": "    \(command)\(padding)# Vite and what the page is made with"
      case "npm run dev": "    \(command)\(padding)# a server that rebuilds and reloads at each change"
      default: "    \(command)\(padding)# the same, and reloads at each change"
      }
    }
    let rows =
      template == .vanilla
      ? "| `Public` | the page |"
      : "| `index.html`, `src` | the page |\n| `webble-vite.mjs` | builds the Swift package as a part of Vite |"
    let extensions =
      switch template {
      case .vue: [#""Vue.volar""#]
      case .svelte: [#""svelte.svelte-vscode""#]
      default: [String]()
      }
    return [
      ("name", name), ("module", module), ("package", name.lowercased()),
      ("dependency", dependency), ("repository", repository.root.path),
      ("glue", template == .vanilla ? "./webble.js" : "webble:app"),
      ("scripts", template == .vanilla ? "" : "/src/"),
      ("main", template == .react ? "main.jsx" : "main.js"),
      ("run", run.joined(separator: "\n")), ("rows", rows),
      ("extensions", ([#""swiftlang.swift-vscode""#] + extensions).joined(separator: ", ")),
    ]
  }

  /// The checkout that this tool was built from: it is there, needs no network, and is what the tool was
  /// built with. Only one that SwiftPM keeps below some package's .build may go any time.
  private var dependency: String {
    func quoted(_ text: String) -> String {
      "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
    return if let origin {
      ".package(url: \(quoted(origin)), branch: \"main\")"
    } else {
      ".package(name: \"webble\", path: \(quoted(repository.root.path)))"
    }
  }
}

extension Repository {
  /// The URL of this repository if it is a checkout that SwiftPM has made of a dependency.
  fileprivate func origin() async throws -> String? {
    guard root.path.contains("/checkouts/"), let git = findExecutable(named: "git") else { return nil }
    // SwiftPM clones from a clone of its own.
    var source = root.path
    for _ in 0..<2 {
      let result = try await capture(git, ["-C", source, "config", "--get", "remote.origin.url"])
      guard result.succeeded else { break }
      source = result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return source == root.path ? nil : source
  }
}
