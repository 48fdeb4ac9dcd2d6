import Foundation
import Testing

@testable import WebbleTool

struct NewPackageTests {
  private func package(
    _ name: String, in folder: URL, template: Template = .vanilla, origin: String? = nil
  ) throws -> NewPackage {
    try NewPackage(
      folder: folder.appending(path: name, directoryHint: .isDirectory), template: template,
      repository: .find(), origin: origin)
  }

  @Test(arguments: Template.allCases) func isWhole(template: Template) async throws {
    try await withFiles([:]) { folder in
      let package = try package("my-app_2", in: folder, template: template)
      #expect(package.module == "MyApp2")
      try package.write()
      for (name, text) in try package.contents() {
        let file = folder.appending(path: "my-app_2/\(name)")
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
        // Vue's and Svelte's own braces, with spaces or none of these names, are no matter.
        for placeholder in [
          "{{name}}", "{{module}}", "{{dependency}}", "{{run}}", "{{rows}}", "{{glue}}", "{{scripts}}", "{{main}}",
        ] {
          #expect(!text.contains(placeholder) && !name.contains(placeholder), "\(name)")
        }
      }
      let names = try Set(package.contents().keys)
      #expect(
        names.isSuperset(of: [
          "Package.swift", "README.md", ".gitignore", ".editorconfig", ".vscode/extensions.json",
          "Sources/MyApp2Core/Primes.swift", "Sources/MyApp2/MyApp2.swift",
          "Tests/MyApp2Tests/MyApp2Tests.swift",
        ]))
      let page =
        template == .vanilla
        ? ["Public/index.html", "Public/main.js", "Public/style.css", "Public/swift.js"]
        : [
          "index.html", "package.json", "vite.config.js", "webble-vite.mjs", "src/swift.js", "src/style.css",
          template == .react ? "src/main.jsx" : "src/main.js",
        ]
      #expect(names.isSuperset(of: page))
      // What the page names is there.
      let html = try #require(package.contents()[template == .vanilla ? "Public/index.html" : "index.html"])
      for match in html.matches(of: /(?:src|href)="([^":]+)"/) {
        let name = String(match.1)
        #expect(names.contains(template == .vanilla ? "Public/\(name)" : String(name.dropFirst())), "\(name)")
      }
      // Nothing is left beside it.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["my-app_2"])
    }
  }

  /// What the end-to-end test builds is what every template has.
  @Test func allTemplatesHaveTheSameSwift() throws {
    let all = try Template.allCases.map { template in
      try package("app", in: URL(filePath: "/tmp"), template: template).contents()
        .filter { $0.key.hasSuffix(".swift") }
    }
    #expect(all.allSatisfy { $0 == all[0] && $0.count == 5 })
  }

  @Test func findsThisRepository() throws {
    let folder = URL(filePath: "/tmp")
    let root = try Repository.find().root.path
    let manifest = try package("app", in: folder).contents()["Package.swift"]
    #expect(manifest?.contains(#".package(name: "webble", path: "\#(root)")"#) == true)
    let fetched = try package("app", in: folder, origin: "https://example.org/webble").contents()
    #expect(
      fetched["Package.swift"]?.contains(
        #".package(url: "https://example.org/webble", branch: "main")"#) == true)
  }

  @Test(arguments: [
    "1app", "my app", "äpfel", "a.b", "-x", "_x", "a\"b", "webble", "Swift", "java-script", "main",
    String(repeating: "a", count: 65), "a\nb",
  ])
  func refusesNames(name: String) async throws {
    try await withFiles([:]) { folder in
      let failure = #expect(throws: Failure.self) { _ = try package(name, in: folder) }
      #expect(failure?.message.contains("my-app") == true)
    }
  }

  /// The program's type, called as the package, would stand for what has that name.
  @Test func refusesWhatItsOwnCodeNames() throws {
    let folder = URL(filePath: "/tmp")
    var names = try package("zzz", in: folder).contents().filter { $0.key.hasSuffix(".swift") && $0.key != "Package.swift" }
      .values.flatMap { $0.replacing(#/\/\/.*/#, with: "").matches(of: /\b[A-Z]\w+/).map { String($0.0) } }
    let manifest = try String(contentsOf: Repository.find().root.appending(path: "Package.swift"), encoding: .utf8)
    names += manifest.matches(of: /\.(?:executableT|t)arget\(\s*name: "(\w+)"/).map { String($0.1) }
    names += manifest.matches(of: /\.product\(name: "(\w+)"/).map { String($0.1) }
    #expect(Set(names).isSuperset(of: ["Int", "PrimeCounter", "JSON", "WasmPasses", "ArgumentParser"]))
    for name in Set(names) where !name.hasPrefix("Zzz") {
      #expect(throws: Failure.self, "\(name)") { try package(name, in: folder) }
    }
  }

  @Test func replacesNothing() async throws {
    try await withFiles(["file": "mine", "folder/x": "mine"]) { folder in
      let files = FileManager.default
      try files.createSymbolicLink(
        atPath: folder.appending(path: "link").path, withDestinationPath: "nowhere")
      try files.createDirectory(at: folder.appending(path: "empty"), withIntermediateDirectories: true)
      let before = try files.subpathsOfDirectory(atPath: folder.path)
      for name in ["file", "folder", "link", "empty"] {
        let failure = #expect(throws: Failure.self) { try package(name, in: folder).write() }
        #expect(failure?.message.contains("exists already") == true)
      }
      #expect(try files.subpathsOfDirectory(atPath: folder.path) == before)
    }
  }

  @Test func saysWhyNothingCanBeWritten() async throws {
    try await withFiles(["file": ""]) { folder in
      let missing = #expect(throws: Failure.self) {
        try package("app", in: folder.appending(path: "missing")).write()
      }
      #expect(missing?.message.contains("no folder") == true)
      // Whoever tests may be root, whom permissions do not keep from writing; this is kept from everybody.
      let forbidden = #expect(throws: Failure.self) {
        try package("app", in: URL(filePath: "/proc")).write()
      }
      #expect(forbidden?.message.contains("cannot be written") == true)
    }
  }
}
