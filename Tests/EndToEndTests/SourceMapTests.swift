import Foundation
import Testing

import WasmPasses
@testable import WebbleTool

/// Swift sources in browsers' own developer tools.
extension OutcomeTests {
  /// WebKit's tools show no WebAssembly.
  @Test(arguments: [Engine.chromium, .firefox]) func aBreakpointOnASwiftLineStopsAWorker(engine: Engine) async throws {
    let repository = try Repository.find()
    let source = "Sources/Outcomes/Hangs.swift"
    let text = try String(contentsOf: repository.root.appending(path: "Tests/Outcomes/\(source)"), encoding: .utf8)
    let line = text.split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { $0.contains("let next = number + 1") }! + 1
    let site = try await Self.debug.value
    let output = try await withTemporaryFolder { folder in
      let script = folder.appending(path: "debug.mjs")
      try Data(debuggerScript(engine).utf8).write(to: script)
      return try await capture(
        Engine.node.requiredProgram(),
        [
          script.path, site.folder.path, engine.requiredProgram().path,
          folder.appending(path: "profile").path, source, "\(line)",
        ])
    }
    #expect(output.output.contains(#/stopped on webble worker( [01])? at Sources\/Outcomes\/Hangs.swift:\d+ in (.*step|\(wasmcall\))/#), "\(output.everything)")
    #expect(output.output.contains("Hangs.swift:\(line) "), "\(output.everything)")
  }

  /// The passes change the code's bytes, and leave them where DWARF says that they are.
  @Test func dwarfStaysValidAndMayBeAFileOfItsOwn() async throws {
    _ = try await Self.debug.value
    let repository = try Repository.find()
    var options = try BuildOptions.parse(["--split-debug"])
    options.maximumMemory = 64
    let builder = try await SiteBuilder(
      package: repository.root.appending(path: "Tests/Outcomes").path, options: options)
    let site = try await builder.build(
      product: "Outcomes", into: repository.root.appending(path: "Tests/Outcomes/.build/split-site"),
      output: .onlyOnFailure)
    let split = site.folder.appending(path: "app.debug.wasm")
    let module = [UInt8](try Data(contentsOf: site.folder.appending(path: "app.wasm")))
    #expect(try LineTable(of: module).rows.isEmpty)
    #expect(Data(module).range(of: Data("\u{13}external_debug_info\u{E}app.debug.wasm".utf8)) != nil)

    let lines = try LineTable(of: [UInt8](try Data(contentsOf: split)))
    let file = try #require(lines.files.firstIndex { $0.hasSuffix("/Sources/Outcomes/Checks.swift") })
    let row = try #require(lines.rows.first { $0.file == file && $0.line == 7 })
    let tools = builder.products.toolchain.swift.deletingLastPathComponent()
    let symbolized = try await capture(
      tools.appending(path: "llvm-symbolizer"), ["--obj=\(split.path)", "--demangle", "0x\(String(row.address, radix: 16))"])
    // The function's name it takes from elsewhere, and wrong.
    #expect(symbolized.output.contains("Checks.swift:7:"), "\(symbolized.everything)")

    // The debugger of some toolchains wants a Python that is not there.
    let debugger = tools.appending(path: "lldb")
    if try await capture(debugger, ["--version"]).succeeded {
      let found = try await capture(
        debugger, ["--batch", "-o", "target create \(split.path)", "-o", "image lookup -v -r -n failCheck"])
      #expect(found.output.contains("Checks.swift:4"), "\(found.everything)")
      #expect(found.output.contains("name = \"number\", type = \"Swift.Int\""), "\(found.everything)")
    }

    // What the verifier says of the compiler's tables is no concern of ours: before the passes it says the same.
    guard let verifier = findExecutable(named: "llvm-dwarfdump") else { return }
    let linked = builder.products.scratch.appending(path: "\(SDKRecipe.triple)/debug/Outcomes.wasm")
    func complaints(_ module: URL) async throws -> [Substring] {
      try await capture(verifier, ["--verify", module.path]).everything.split(separator: "\n")
        .filter { $0.hasPrefix("error:") && !$0.contains("DW_IDX_parent") }
    }
    #expect(try await complaints(split) == complaints(linked))
  }

  @Test func aSourceMapNamesNoPathOfThisMachine() async throws {
    let site = try await Self.debug.value
    let map = try JSONSerialization.jsonObject(
      with: Data(contentsOf: site.folder.appending(path: "app.wasm.map"))) as! [String: Any]
    let sources = map["sources"] as! [String]
    #expect(sources.contains("Sources/Outcomes/Outcomes.swift"))
    #expect(sources.contains("webble/Sources/Webble/ThreadPool.swift"))
    #expect(!sources.contains { $0.hasPrefix("/") || $0.contains("..") }, "\(sources)")
    // A static host does not serve sources: the program's own are in the map.
    let contents = map["sourcesContent"] as! [Any]
    let own = contents[sources.firstIndex(of: "Sources/Outcomes/Outcomes.swift")!] as? String
    #expect(own?.contains("import Webble") == true)
  }
}
