import Foundation
import Testing

@testable import WebbleTool

/// What editors show of a package that the README says how to make: sourcekit-lsp, driven by its protocol.
@Suite(.serialized) struct EditorTests {
  private static let limit: Duration = .seconds(900)

  /// The package's files, by their paths, as the README has them.
  private static func filesOfTheReadme() throws -> [String: String] {
    let root = try Repository.find().root
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let blocks = readme.components(separatedBy: "```swift\n").dropFirst().map {
      $0.components(separatedBy: "```\n")[0]
    }
    let manifest = try #require(blocks.first { $0.hasPrefix("// swift-tools-version") })
    let program = try #require(blocks.first { $0.contains("@main") })
    let here = #"path: "../webble""#
    #expect(manifest.contains(here))
    return [
      "Package.swift": manifest.replacing(here, with: "path: \"\(root.path)\""),
      "Sources/Hello/Hello.swift": program,
    ]
  }

  /// Opens `program` in a new package and calls `body` once the server knows Webble.
  private func edit(
    _ name: String, _ program: (String) -> String = { $0 }, seesTheWeb: Bool = false,
    _ body: (LanguageServer, _ uri: Message, _ text: String) async throws -> Void
  ) async throws {
    let root = try Repository.find().root
    let package = root.appending(path: ".build/editors/\(name)/hello", directoryHint: .isDirectory)
    try? FileManager.default.removeItem(at: package)
    var files = try Self.filesOfTheReadme()
    let text = program(files["Sources/Hello/Hello.swift"]!)
    files["Sources/Hello/Hello.swift"] = text
    for (path, text) in files {
      let file = package.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    if seesTheWeb {
      let sdk = try await SDKBuilder(repository: .find(), toolchain: .find()).build()
      try EditorConfiguration(package: package).name(sdk: sdk)
    }
    let server = try LanguageServer(
      try await Toolchain.find().swift.deletingLastPathComponent().appending(path: "sourcekit-lsp"),
      package: package)
    try await server.start(package)
    let file = package.appending(path: "Sources/Hello/Hello.swift")
    try server.open(file, text)
    let uri = Message.string(file.absoluteString)
    // It compiles in the background what the file imports.
    let end = ContinuousClock.now + Self.limit
    while try await definition(of: "ThreadPool(", server, uri, text).elements.isEmpty {
      guard ContinuousClock.now < end else {
        Issue.record("sourcekit-lsp does not find ThreadPool")
        return
      }
      try await Task.sleep(for: .milliseconds(500))
    }
    try await body(server, uri, text)
  }

  /// The place of `part` in the text, `offset` characters on.
  private func position(of part: String, _ text: String, offset: Int = 0) throws -> Message {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = try #require(lines.firstIndex { $0.contains(part) })
    let column = lines[line].distance(
      from: lines[line].startIndex, to: lines[line].range(of: part)!.lowerBound)
    return ["line": .number(Double(line)), "character": .number(Double(column + offset))]
  }

  private func definition(
    of part: String, _ server: LanguageServer, _ uri: Message, _ text: String, offset: Int = 0
  ) async throws -> Message {
    try await server.request(
      "textDocument/definition",
      ["textDocument": ["uri": uri], "position": position(of: part, text, offset: offset)])
  }

  private func diagnostics(_ server: LanguageServer, _ uri: Message) async throws -> [String] {
    let report = try await server.request("textDocument/diagnostic", ["textDocument": ["uri": uri]])
    return report["items"].elements.map { $0["message"].text }
  }

  @Test func theReadmesProgramIsUnderstoodAndWhatIsWrongSaid() async throws {
    try await edit("native") { server, uri, text in
      #expect(try await diagnostics(server, uri) == [])
      let completions = try await server.request(
        "textDocument/completion",
        ["textDocument": ["uri": uri], "position": position(of: "pool.spawn {", text, offset: 5)])
      let labels = (completions["items"].elements + completions.elements).map { $0["label"].text }
      for name in ["spawn(", "spawnStealable(", "shutdown()", "map(", "workerCount"] {
        #expect(labels.contains { $0.hasPrefix(name) }, "\(name)")
      }
      let definition = try await definition(of: "pool.spawn {", server, uri, text, offset: 6)
      #expect(definition.elements.first?["uri"].text.hasSuffix("/Sources/Webble/Spawning.swift") == true)
      let hover = try await server.request(
        "textDocument/hover",
        ["textDocument": ["uri": uri], "position": position(of: "pool.spawn {", text, offset: 6)])
      #expect(hover["contents"]["value"].text.contains("fewest live pinned tasks"))
      try server.change(uri, text.replacing("pool.spawnStealable", with: "pool.spawnStealabel"))
      #expect(try await diagnostics(server, uri).contains { $0.contains("spawnStealabel") })
    }
  }

  /// `Int` has 32 bits there.
  @Test func theWebsViewIsThatOfTheSDK() async throws {
    try await edit("web", { $0 + "\nlet large: Int = 4_000_000_000\n" }, seesTheWeb: true) {
      server, uri, _ in
      let messages = try await diagnostics(server, uri)
      #expect(messages.count == 1 && messages[0].contains("4000000000"), "\(messages)")
    }
  }

  @Test func otherSettingsAreKept() throws {
    let package = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: package) }
    let configuration = EditorConfiguration(package: package)
    #expect(throws: Failure.self) { try configuration.name(sdk: URL(filePath: "/sdk")) }
    try FileManager.default.createDirectory(
      at: configuration.file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data().write(to: package.appending(path: "Package.swift"))
    try Data(#"{ "index": {}, "swiftPM": { "configuration": "release" } }"#.utf8)
      .write(to: configuration.file)
    try configuration.name(sdk: URL(filePath: "/sdk"))
    #expect(
      try JSONDecoder().decode(Message.self, from: Data(contentsOf: configuration.file)) == [
        "index": [:],
        "swiftPM": ["configuration": "release", "swiftSDK": "webble", "swiftSDKsDirectory": "/sdk"],
      ])
  }
}
