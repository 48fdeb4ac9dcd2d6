import Foundation
import Testing

import WasmPasses
@testable import WebbleTool

/// What release builds tell of traps, with `--checks`, which brings a source map along.
extension OutcomeTests {
  private static let checked = Task {
    let repository = try Repository.find()
    var options = try BuildOptions.parse(["-c", "release", "--checks", "--names"])
    options.maximumMemory = 64
    let builder = try await SiteBuilder(
      package: repository.root.appending(path: "Tests/Outcomes").path, options: options)
    return try await builder.build(
      product: "Outcomes", into: repository.root.appending(path: "Tests/Outcomes/.build/checked-site"),
      output: .onlyOnFailure)
  }

  /// WebKit tells of a function no place in it, and Bun no function.
  @Test(arguments: [Engine.node, .chromium, .firefox, .deno])
  func aReleaseBuildTellsWhichCheckFailedAndWhere(engine: Engine) async throws {
    let source = try String(
      contentsOf: try Repository.find().root.appending(path: "Tests/Outcomes/Sources/Outcomes/Checks.swift"),
      encoding: .utf8)
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    for (kind, message, function) in [
      ("index", "Index out of range", "pick(_:_:)"),
      ("nil", "Unexpectedly found nil while unwrapping an Optional value", nil),
      ("overflow", "arithmetic overflow", "increase(_:)"),
      ("precondition", ": Precondition failed: the number is too small", "check(_:)"),
      ("try", "a call after try! threw an error of type Outcomes.Refusal", "obtain(_:)"),
    ] as [(String, String, String?)] {
      let result = try await run(["check", kind], of: Self.checked.value, in: engine)
      #expect(result.outcome == .exited(134))
      #expect(result.errors.first?.hasPrefix("Fatal error on worker 0: ") == true, "\(result.errors)")
      #expect(result.errors.first?.hasSuffix(message) == true, "\(result.errors)")
      let line = lines.firstIndex { $0.hasSuffix("// of \(kind)") }! + 1
      let place = "Sources/Outcomes/Checks.swift:"
      // The user's own line comes first, in the function that the compiler has put in line there.
      #expect(result.errors.dropFirst().first?.hasSuffix(" \(place)\(line)") == true, "\(result.errors)")
      if let function {
        #expect(result.errors.dropFirst().first == "    at \(function) \(place)\(line)")
        let caller = lines.firstIndex { $0.contains("case \"\(kind)\":") }! + 1
        #expect(result.errors.dropFirst(2).first == "    at failCheck(_:_:) \(place)\(caller)", "\(result.errors)")
      }
    }
  }

  @Test func namesStayInTheModuleIfTheyAreWanted() async throws {
    let site = try await Self.checked.value
    let names = try functionNames(of: [UInt8](try Data(contentsOf: site.folder.appending(path: "app.wasm"))))
    #expect(names.values.contains("failCheck(_:_:)"))
    let symbols = try JSONDecoder().decode(
      [String].self, from: Data(contentsOf: site.folder.appending(path: "app.symbols.json")))
    #expect(names.allSatisfy { symbols[$0.key] == $0.value })
  }
}
