import Testing

@testable import WasmPasses

@Suite struct TypedErrorTests {
  private typealias Builder = ModuleBuilder

  /// `closure #1 () async throws(E) -> Int in foo()` of the module `App`.
  private static let closure = "$e3App3fooyyYaFSiyYaAA1EVYKXEfU_"

  /// Function 1, of four parameters (frame, address, and the two that LLVM adds), in a table or not.
  private func builder(
    _ code: [UInt8], name: String = closure, parameters: Int = 4, isInTable: Bool = true
  ) -> ModuleBuilder {
    var builder = ModuleBuilder(.init(name: name, type: 4, code: code))
    builder.types.append((Array(repeating: 0x7f, count: parameters), []))
    if isInTable { builder.references = elements(1) }
    return builder
  }

  /// An element section with one segment, which begins at 1.
  private func elements(_ function: UInt8) -> [UInt8] {
    Builder.section(9, Builder.vector([[0, 0x41, 1, 0x0b] + Builder.vector([[0], [function]])]))
  }

  private func passed(_ builder: ModuleBuilder) throws -> PassedModule {
    try runPasses(on: builder.bytes, options: PassOptions(tailCalls: false))
  }

  private func expectUnchanged(
    _ builder: ModuleBuilder, at location: SourceLocation = #_sourceLocation
  ) throws {
    let module = try passed(builder)
    #expect(module.bytes == builder.bytes, sourceLocation: location)
    #expect(module.report.errorAddressesMoved == 0, sourceLocation: location)
  }

  private static let readsAddress: [UInt8] = [0x20, 1, 0x1a]

  @Test func theTableGetsAFunctionThatPutsTheArgumentsInOrder() throws {
    let builder = builder(Self.readsAddress)
    let module = try passed(builder)
    var expected = builder
    let thunk: [UInt8] = [
      0x20, 0, 0x20, 1, 0x20, 2, 0x20, 1, 0x1b, 0x20, 2, 0x20, 3, 0x12, 1,
    ]
    expected.functions.append(.init(name: "", type: 4, code: thunk))
    expected.references = elements(2)
    #expect(
      module.bytes
        == expected.beforeCode + expected.codeSection(expected.functions.map(\.code))
        + builder.nameSection)
    #expect(module.report.errorAddressesMoved == 1)
    #expect(module.functionNames[2] == nil)
  }

  /// Where the last argument stands in the place of a context.
  @Test(arguments: [
    // f(Int) async throws(E) -> Int, S.f(), S.f(Int), C.f(Int)
    "$e3App1fyS2iYaAA1EOYKF", "$e3App1SV1fSiyYaAA1EOYKF", "$e3App1SV1fyS2iYaAA1EOYKF", "$e3App1CC1fyS2iYaAA1EOYKF",
    // f(_: () async throws(E) -> Int) async throws(E) -> Int, made to take what a closure captures.
    "$e2F53get7orFetchS2iyYaYbAA2E1OYKXE_tYaAEYKF023$e2F54MainO4mainyyYaAA2e8OYKFZSiyJ11YbAFYKXEfU_SiTf1c_n",
  ])
  func functionsWithArgumentsStay(name: String) throws {
    try expectUnchanged(builder(Self.readsAddress, name: name))
  }

  @Test(arguments: [
    "$e3App1fSiyYaAA1EVYKF", "$e3App1f33_9DDEA9E0571ADAF6580F9F59E977F3A2LLSiyYaAA1EVYKF",
    "$e3App1SV1fyyYaAA1EOYKFS2iYaAeFYKcfU_",
  ])
  func closuresAndWhatIsOneAreFound(name: String) throws {
    #expect(try passed(builder(Self.readsAddress, name: name)).report.errorAddressesMoved == 1)
  }

  @Test func closuresThatCaptureStay() throws {
    var builder = builder(Self.readsAddress)
    builder.functions.append(.init(name: Self.closure + "TA", type: 4, code: [0x01]))
    try expectUnchanged(builder)
  }

  @Test func argumentsBeforeTheFrameArePassedOn() throws {
    let module = try passed(builder([0x20, 2, 0x1a], parameters: 5))
    let thunk: [UInt8] = [
      0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x20, 2, 0x1b, 0x20, 3, 0x20, 4, 0x12, 1, 0x0b,
    ]
    #expect(module.bytes.contains(thunk))
  }

  @Test func functionsWithAContextStay() throws {
    // The address is the parameter after the context.
    try expectUnchanged(builder([0x20, 1, 0x1a, 0x20, 2, 0x1a]))
    // Nothing is thrown.
    try expectUnchanged(builder([]))
    try expectUnchanged(builder([0x20, 3, 0x1a]))
  }

  @Test func functionsThatOnlyDirectCallersKnowStay() throws {
    try expectUnchanged(builder(Self.readsAddress, isInTable: false))
  }

  @Test func functionsWithoutATypedErrorStay() throws {
    try expectUnchanged(builder(Self.readsAddress, name: Name.async))
    try expectUnchanged(builder(Self.readsAddress, name: "$e3App3fooyyYaFSiyAA1EVYKXEfU_"))
    try expectUnchanged(builder(Self.readsAddress, name: Self.closure + "TY0_"))
    try expectUnchanged(builder(Self.readsAddress, name: Self.closure + "TQ1_"))
    try expectUnchanged(builder([0x20, 0, 0x1a], parameters: 3))
  }
}

extension Array where Element: Equatable {
  fileprivate func contains(_ part: [Element]) -> Bool {
    indices.contains { self[$0...].starts(with: part) }
  }
}
