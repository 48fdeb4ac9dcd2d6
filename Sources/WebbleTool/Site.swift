import Foundation
import WasmPasses

/// The folder that a program becomes: everything a static host has to serve.
struct Site: Sendable {
  let folder: URL

  /// The parts of a site and their sizes in bytes.
  struct Part: Sendable {
    var name: String
    var size: Int
  }

  enum FileName {
    static let module = "app.wasm"
    static let symbols = "app.symbols.json"
    /// Copied from Glue/.
    static let glue = ["webble.js", "webble.d.ts"]
    /// The same, for programs that import the module JavaScript.
    static let javaScriptGlue = ["webble-javascript.js", "webble-javascript.d.ts"]
    static let page = "index.html"
    /// The types of what a program exports.
    static let exportTypes = "app.d.ts"
  }

  /// Finishes the linked `module` and writes it with the glue beside it.
  static func write(
    to folder: URL, module: URL, title: String, configuration: BuildConfiguration, tailCalls: Bool,
    repository: Repository, toolchain: Toolchain
  ) async throws -> Site {
    let site = Site(folder: folder)
    let finished = try await finish(
      module: module, configuration: configuration, tailCalls: tailCalls, toolchain: toolchain)
    let files = FileManager.default
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(finished.bytes).write(to: folder.appending(path: FileName.module), options: .atomic)
    try finished.symbols.write(
      to: folder.appending(path: FileName.symbols), options: .atomic)
    // The name of an import's module, as WebAssembly spells it: its length, and the text. Should other
    // data look the same, a file is copied that nobody loads.
    let usesJavaScript = Data(finished.bytes).range(of: Data("\njavascript".utf8)) != nil
    for name in FileName.glue + (usesJavaScript ? FileName.javaScriptGlue : []) {
      var script = try String(contentsOf: repository.glue.appending(path: name), encoding: .utf8)
      if configuration == .release && name.hasSuffix(".js") { script = shortened(script) }
      try Data(script.utf8).write(to: folder.appending(path: name), options: .atomic)
    }
    let page = try String(
      contentsOf: repository.glue.appending(path: FileName.page), encoding: .utf8
    ).replacing("{{title}}", with: escapedForHTML(title))
    try Data(page.utf8).write(to: folder.appending(path: FileName.page), options: .atomic)
    return site
  }

  /// What a browser loads: the page, the module and the glue.
  func parts() throws -> [Part] {
    try [FileName.module, FileName.glue[0]].map { name in
      Part(name: name, size: try Data(contentsOf: folder.appending(path: name)).count)
    }
  }

  // MARK: The module

  private struct FinishedModule {
    var bytes: [UInt8]
    /// A JSON array of the functions' names by index. Browsers do not tell a debug build's either.
    var symbols: Data
  }

  private static func finish(
    module: URL, configuration: BuildConfiguration, tailCalls: Bool, toolchain: Toolchain
  ) async throws -> FinishedModule {
    let linked = [UInt8](try Data(contentsOf: module))
    do {
      let names = try functionNames(of: linked)
      let demangled = try await Demangler(toolchain: toolchain).demangle(names.values)
      let isRelease = configuration == .release
      let passed = try runPasses(
        on: linked,
        options: PassOptions(
          tailCalls: tailCalls, stackChecks: !isRelease, unusedParameters: isRelease,
          names: isRelease ? .strip : .replace { demangled[$0] ?? $0 }))
      guard let memory = passed.memory, memory.isShared, let maximum = memory.maximumPages else {
        throw Failure("\(module.lastPathComponent) does not import a shared memory with a maximum")
      }
      let metadata = Metadata(
        initialPages: memory.initialPages, maximumPages: maximum,
        symbols: FileName.symbols)
      // The memory's size is known only now, so the section follows in a step of its own.
      let finished = try runPasses(
        on: passed.bytes,
        options: PassOptions(
          tailCalls: false, stackChecks: false, names: .keep,
          metadata: [("webble", [UInt8](try JSONEncoder().encode(metadata)))]))
      var list = [String](repeating: "", count: (names.keys.max() ?? -1) + 1)
      for (index, name) in names { list[index] = demangled[name] ?? name }
      return FinishedModule(bytes: finished.bytes, symbols: try JSONEncoder().encode(list))
    } catch let error as WasmError {
      throw Failure("\(module.lastPathComponent): \(error)")
    }
  }

  /// What the glue must know before it can make the memory: the custom section "webble", JSON.
  private struct Metadata: Encodable {
    var initialPages: Int
    var maximumPages: Int
    /// Where the function names are, relative to the module.
    var symbols: String
  }
}

func escapedForHTML(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    .replacing("\"", with: "&quot;")
}
