import Foundation
import Synchronization
import Testing

@testable import WebbleTool

/// All fenced Swift of README, guides and comments is compiled, and run where it prints.
///
/// An example becomes a function of its own. `…` in it stands for what is left out. What it does not declare
/// is declared in `Tests/Snippets/Given.swift`, for all examples.
struct SnippetTests {
  /// One of them, and where it begins.
  struct Snippet: Sendable {
    var file: String
    var line: Int
    var lines: [String]

    var isManifest: Bool { lines[0].hasPrefix("// swift-tools-version") }
    /// The type of a whole program.
    var program: String? {
      lines.lazy.compactMap { $0.firstMatch(of: /@main\s*(?:struct (\w+))?/) }.first.map { match in
        match.1.map { String($0) } ?? lines.lazy.compactMap { $0.firstMatch(of: /^struct (\w+)/) }.last.map { String($0.1) }!
      }
    }
    var prints: Bool { lines.contains { $0.contains("print(") } }

    /// The compiler's messages are of the text where it stands.
    func function(named name: String, in repository: Repository) -> String {
      let body = lines.map { line in
        // What is imported, all of them import.
        line.hasPrefix("import ") ? "" : line.replacing("@main", with: "").replacing("…", with: "")
      }
      return """
        @MainActor private func \(name)() async {
        do {
        #sourceLocation(file: "\(repository.root.appending(path: file).path)", line: \(line))
        \(body.joined(separator: "\n"))
        #sourceLocation()
        \(prints ? program.map { "  await \($0).main()" } ?? "" : "")
        } catch { fatalError("\(file):\(line) has thrown") }
        }

        """
    }
  }

  /// Those of a file: in Markdown, or behind `///` in Swift.
  static func snippets(of text: String, in file: String) -> [Snippet] {
    var snippets: [Snippet] = []
    var current: Snippet?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let comment = file.hasSuffix(".md") ? nil : line.firstMatch(of: /^ *\/\/\/ ?/)
      guard file.hasSuffix(".md") || comment != nil else { continue }
      let content = String(comment.map { line[$0.range.upperBound...] } ?? line)
      if content == "```swift" {
        current = Snippet(file: file, line: index + 2, lines: [])
      } else if content.hasPrefix("```"), let snippet = current {
        snippets.append(snippet)
        current = nil
      } else {
        current?.lines.append(content)
      }
    }
    return snippets
  }

  static func all(in repository: Repository) throws -> [Snippet] {
    let files = FileManager.default
    let folders = ["Documentation", "Sources/Webble", "Sources/JavaScript", "Sources/WebbleTesting", "Sources/JSON", "SDK/_Concurrency"]
    let names = try ["README.md", "CONTRIBUTING.md"] + folders.flatMap { folder in
      try files.subpathsOfDirectory(atPath: repository.root.appending(path: folder).path).sorted()
        .filter { $0.hasSuffix(".md") || $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
    }
    return try names.flatMap { name in
      snippets(of: try String(contentsOf: repository.root.appending(path: name), encoding: .utf8), in: name)
    }
  }

  @Test func areFound() throws {
    let comment = "/// Says:\n  ///\n  /// ```swift\n  /// let a = 1\n  ///\n  ///   b()\n  /// ```\n  func c() {}\n"
    let found = Self.snippets(of: comment, in: "a.swift")
    #expect(found.map(\.lines) == [["let a = 1", "", "  b()"]])
    #expect(found.map(\.line) == [4])
    #expect(Self.snippets(of: "```js\nlet a\n```\n\n```swift\n@main\nstruct A {}\n```\n", in: "a.md").map(\.program) == ["A"])
  }

  @Test func compileAndRun() async throws {
    let repository = try Repository.find()
    let snippets = try Self.all(in: repository).filter { !$0.isManifest }
    #expect(snippets.count > 25)
    var source = "import JSON\nimport JavaScript\nimport Webble\nimport WebbleTesting\n\n"
    var calls = ""
    for (number, snippet) in snippets.enumerated() {
      source += snippet.function(named: "snippet\(number)", in: repository)
      if snippet.prints { calls += "    print(\"== \(snippet.file)\")\n    await snippet\(number)()\n" }
    }
    source += """
      @main struct Snippets {
        static func main() async {
      \(calls)    print("== the end")
          exit(0)
        }
      }
      """
    let files = [
      "Package.swift": """
      // swift-tools-version:6.2
      import PackageDescription
      let package = Package(
        name: "Snippets", dependencies: [.package(name: "webble", path: "\(repository.root.path)")],
        targets: [
          .executableTarget(
            name: "Snippets",
            dependencies: ["JSON", "JavaScript", "Webble", "WebbleTesting"].map { .product(name: $0, package: "webble") })
        ])
      """,
      "Sources/Snippets/Given.swift": try String(
        contentsOf: repository.root.appending(path: "Tests/Snippets/Given.swift"), encoding: .utf8),
      "Sources/Snippets/Snippets.swift": source,
    ]
    let package = repository.root.appending(path: ".build/snippets")
    for (name, text) in files {
      let file = package.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let builder = try await SiteBuilder(package: package.path, options: try BuildOptions.parse(["-c", "debug"]))
    let site = try await builder.build(product: "Snippets", into: builder.defaultFolder, output: .onlyOnFailure)
    let printed = Mutex("")
    let outcome = try await ProgramRun(
      engine: .node, site: site, repository: repository, timeLimit: .seconds(60),
      print: { _, line in printed.withLock { $0 += line + "\n" } }
    ).run()
    let output = printed.withLock { $0 }
    #expect(outcome == .exited(0), "\(output)")
    #expect(output.hasSuffix("== the end\n"), "\(output)")
    // What README says that its program prints.
    let readme = try String(contentsOf: repository.root.appending(path: "README.md"), encoding: .utf8)
    let lines = output.split(separator: "\n").drop { $0 != "== README.md" }.dropFirst().prefix { !$0.hasPrefix("== ") }
    #expect(lines.count == 3)
    for line in lines { #expect(readme.contains(line.replacing(/by \d+ workers/, with: "by 2 workers").replacing(/worker \d/, with: "worker 1"))) }
  }

  @Test func manifestsAreValid() async throws {
    let repository = try Repository.find()
    let manifests = try Self.all(in: repository).filter(\.isManifest)
    #expect(manifests.count == 1)
    for manifest in manifests {
      let described = try await withTemporaryFolder { folder in
        try Data(manifest.lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "Package.swift"))
        return try await capture(try await Toolchain.find().swift, ["package", "dump-package", "--package-path", folder.path])
      }
      #expect(described.succeeded, "\(manifest.file): \(described.everything)")
    }
  }

  /// README's program is the example's.
  @Test func readmeIsTheQuickStart() throws {
    let repository = try Repository.find()
    let program = try #require(try Self.all(in: repository).first { $0.file == "README.md" && $0.program != nil })
    let example = try String(
      contentsOf: repository.root.appending(path: "Examples/QuickStart/Sources/Hello/Hello.swift"), encoding: .utf8)
    #expect(example == program.lines.joined(separator: "\n") + "\n")
  }
}
