import Foundation
import Testing

/// What a caller's asynchronous closure may throw a typed error through is tried by the program
/// TypedErrorTests, all of it: this reads the sources and tells which functions have such a parameter.
@Suite struct TypedErrorSurfaceTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func sources(_ folder: String) throws -> [String] {
    let files = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    return try (files.map { $0.allObjects } ?? []).compactMap { $0 as? URL }
      .filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }
  }

  /// The names of public functions, and of types for initialisers, that take an `async throws(…)`
  /// closure whose error is generic.
  private static func names(in source: String) -> Set<String> {
    var names: Set<String> = []
    var type = ""
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if let match = line.firstMatch(of: /^\s*(?:public |final )*(?:extension|struct|class|actor) (\w+)/) {
        type = String(match.1)
      }
      guard let match = line.firstMatch(of: /\bpublic .*?(?:func (\w+)|init)[<(]/) else { continue }
      let declaration = lines[index...].prefix(12).joined(separator: " ")
      guard parameters(of: declaration).contains(/async throws\((?:Failure|NewFailure|E|F)\)\s*->/) else { continue }
      names.insert(match.1.map(String.init) ?? type)
    }
    return names
  }

  /// What stands in the first parentheses.
  private static func parameters(of declaration: String) -> Substring {
    let start = declaration.drop { $0 != "(" }
    var depth = 0
    return start.prefix { character in
      depth += character == "(" ? 1 : character == ")" ? -1 : 0
      return depth > 0
    }
  }

  @Test func eachFunctionIsTried() throws {
    let surface = try (Self.sources("SDK/_Concurrency") + Self.sources("Sources/Webble"))
      .reduce(into: Set<String>()) { $0.formUnion(Self.names(in: $1)) }
    #expect(surface.isSuperset(of: ["withThrowingTaskGroup", "spawnLocal", "Task", "withLock"]))
    let tests = try Self.sources("Tests/Programs/Sources/TypedErrorTests").joined()
    for name in surface.sorted() {
      let isCalled = tests.contains("\(name)(") || tests.contains("\(name) {")
      #expect(isCalled, "TypedErrorTests has no call of \(name)")
    }
  }

  @Test func closuresWithTypedErrorsAreFound() {
    let source = """
      extension Some {
        public func wait<Failure: Error>(
          _ body: () async throws(Failure) -> Void
        ) async throws(Failure) {}
        public func next() async throws(Failure) -> Int? { nil }
        public init<E: Error>(_ body: @escaping () async throws(E) -> Int) {}
      }
      """
    #expect(Self.names(in: source) == ["wait", "Some"])
  }
}
