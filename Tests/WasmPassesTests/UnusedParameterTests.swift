import Testing

@testable import WasmPasses

@Suite struct UnusedParameterTests {
  private typealias Builder = ModuleBuilder

  /// Function 1, with three parameters, and function 2, which calls it.
  private static func module(callee: [UInt8], caller: [UInt8]) -> ModuleBuilder {
    ModuleBuilder(
      .init(name: Name.sync, type: 0, code: callee), .init(name: Name.sync, type: 1, code: caller))
  }

  private static let readFirst: [UInt8] = [0x20, 0, 0x1a]
  private static let three: [UInt8] = [0x41, 7, 0x41, 8, 0x41, 9]
  private static let call: [UInt8] = [0x10, 1]
  private static let callLog: [UInt8] = [0x10, 0]

  private func passed(_ builder: ModuleBuilder) throws -> PassedModule {
    try runPasses(
      on: builder.bytes,
      options: PassOptions(tailCalls: false, unusedParameters: true, names: .strip()))
  }

  /// Expects that the functions of `builder` get these types, if they get others, and these bodies,
  /// which begin with the locals.
  private func expect(
    _ builder: ModuleBuilder, becomes types: [Int], _ bodies: [[UInt8]],
    newTypes: [(parameters: [UInt8], results: [UInt8])] = [], dropped: Int,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    var expected = builder
    expected.types += newTypes
    for (index, type) in types.enumerated() { expected.functions[index].type = type }
    let code = Builder.vector(bodies.map { Builder.sized($0 + [0x0b]) })
    let module = try passed(builder)
    #expect(
      module.bytes == expected.beforeCode + Builder.section(10, code), sourceLocation: location)
    #expect(module.report.parametersDropped == dropped, sourceLocation: location)
  }

  /// Expects that the module only loses its names.
  private func expectUnchanged(
    _ builder: ModuleBuilder, at location: SourceLocation = #_sourceLocation
  ) throws {
    try expect(
      builder, becomes: [], builder.functions.map { [0] + $0.code }, dropped: 0, at: location)
  }

  @Test func whatIsNotReadGoes() throws {
    try expect(
      Self.module(callee: Self.readFirst, caller: Self.three + Self.call),
      becomes: [3], [[0] + Self.readFirst, [0, 0x41, 7] + Self.call], dropped: 2)
  }

  @Test func whereCodeHasGoneIsKnown() throws {
    let moves = try passed(Self.module(callee: Self.readFirst, caller: Self.three + Self.call)).moves
    // The caller's three constants, of which one stays, its call and its end.
    #expect([9, 11, 13, 15, 17].map(moves.newAddress) == [9, 11, 11, 11, 13])
  }

  @Test func otherLocalsMoveUp() throws {
    var builder = Self.module(callee: [0x20, 2, 0x1a], caller: Self.three + Self.call)
    try expect(
      builder, becomes: [3], [[0, 0x20, 0, 0x1a], [0, 0x41, 9] + Self.call], dropped: 2)
    // The parameters in between are of types of their own.
    builder.types[0].parameters = [0x7e, 0x7f, 0x7d]
    builder.functions[0].code = [0x20, 1, 0x1a]
    builder.functions[1].code = [0x42, 1, 0x41, 2, 0x43, 0, 0, 0, 0] + Self.call
    try expect(builder, becomes: [3], [[0, 0x20, 0, 0x1a], [0, 0x41, 2] + Self.call], dropped: 2)
  }

  @Test func aTypeThatIsNotThereIsAdded() throws {
    try expect(
      Self.module(callee: [0x20, 0, 0x20, 2, 0x6a, 0x1a], caller: Self.three + Self.call),
      becomes: [4], [[0, 0x20, 0, 0x20, 1, 0x6a, 0x1a], [0, 0x41, 7, 0x41, 9] + Self.call],
      newTypes: [([0x7f, 0x7f], [])], dropped: 1)
  }

  @Test func handingOnIsNotReading() throws {
    // It calls itself, and the last argument is another parameter that nobody reads.
    let recursive = Code.getArguments + Self.call
    try expect(
      Self.module(callee: recursive, caller: Self.three + Self.call),
      becomes: [1], [[0] + Self.call, [0] + Self.call], dropped: 3)
    // Its first parameter is read after all.
    try expect(
      Self.module(callee: recursive + Self.readFirst, caller: Self.three + Self.call),
      becomes: [3], [[0, 0x20, 0] + Self.call + Self.readFirst, [0, 0x41, 7] + Self.call],
      dropped: 2)
  }

  @Test func whatIsHandedOnAndReadThereStays() throws {
    // Function 3 hands its only parameter on to function 1 as the first.
    var builder = Self.module(callee: Self.readFirst, caller: [0x41, 5, 0x10, 3])
    builder.functions.append(
      .init(name: Name.sync, type: 3, code: [0x20, 0, 0x41, 8, 0x41, 9] + Self.call))
    try expect(
      builder, becomes: [3],
      [[0] + Self.readFirst, [0, 0x41, 5, 0x10, 3], [0, 0x20, 0] + Self.call], dropped: 2)
  }

  @Test func tailCallsAreCalls() throws {
    let call: [UInt8] = [0x12, 1]
    try expect(
      Self.module(callee: Self.readFirst, caller: Self.three + call),
      becomes: [3], [[0] + Self.readFirst, [0, 0x41, 7] + call], dropped: 2)
  }

  @Test func effectsOfArgumentsStay() throws {
    // A call, a load, and a variable that is set in passing.
    var builder = Self.module(
      callee: [], caller: [0x10, 3, 0x41, 0, 0x28, 2, 0, 0x41, 1, 0x22, 0] + Self.call)
    builder.functions.append(.init(name: Name.sync, type: 2, code: [0x41, 0]))
    builder.functions[1].type = 3
    builder.references = Self.exported(2)
    try expect(
      builder, becomes: [1],
      [
        [0], [0, 0x10, 3, 0x1a, 0x41, 0, 0x28, 2, 0, 0x1a, 0x41, 1, 0x21, 0] + Self.call,
        [0, 0x41, 0],
      ], dropped: 3)
  }

  @Test func argumentsMayBeBlocks() throws {
    let block: [UInt8] = [0x02, 0x7f, 0x41, 1, 0x41, 0, 0x0d, 0, 0x0b]
    try expect(
      Self.module(callee: [], caller: block + [0x41, 8, 0x41, 9] + Self.call),
      becomes: [1], [[0], [0] + block + [0x1a] + Self.call], dropped: 3)
  }

  @Test func aCarriedOperandIsDroppedBehindTheBranch() throws {
    // The branch may carry 1 out of the block; if it does not, 1 is an argument.
    let start: [UInt8] = [0x02, 0x7f, 0x41, 1, 0x41, 0, 0x0d, 0]
    let end: [UInt8] = [0x41, 2, 0x0b, 0x1a]
    try expect(
      Self.module(callee: [], caller: start + [0x41, 8, 0x41, 9] + Self.call + end),
      becomes: [1], [[0], [0] + start + [0x1a] + Self.call + end], dropped: 3)
  }

  @Test func anOperandOfSeveralKeepsItsParameter() throws {
    var builder = Self.module(callee: [], caller: [0x10, 3, 0x41, 9] + Self.call)
    builder.types.append(([], [0x7f, 0x7f]))
    builder.functions.append(.init(name: Name.sync, type: 4, code: [0x41, 1, 0x41, 2]))
    try expect(
      builder, becomes: [5],
      [[0], [0, 0x10, 3] + Self.call, [0, 0x41, 1, 0x41, 2]],
      newTypes: [([0x7f, 0x7f], [])], dropped: 1)
  }

  @Test func callsThatAreNotReached() throws {
    // Of three operands one is there; the others are whatever the call wants.
    try expect(
      Self.module(callee: [], caller: [0x00, 0x41, 9] + Self.call),
      becomes: [1], [[0], [0, 0x00] + Self.call], dropped: 3)
  }

  // MARK: Parameters as variables

  @Test func anOverwrittenParameterBecomesALocal() throws {
    let code: [UInt8] = [0x41, 1, 0x21, 1, 0x20, 1, 0x1a]
    try expect(
      Self.module(callee: code + Self.readFirst, caller: Self.three + Self.call),
      becomes: [3],
      [[1, 1, 0x7f, 0x41, 1, 0x21, 1, 0x20, 1, 0x1a] + Self.readFirst, [0, 0x41, 7] + Self.call],
      dropped: 2)
  }

  @Test func aParameterOverwrittenOnOnePathIsRead() throws {
    // Set in a block that a branch leaves, in an arm, or in a loop after it has been read.
    let set: [UInt8] = [0x41, 1, 0x21, 0]
    let get: [UInt8] = [0x20, 0, 0x1a]
    let branch: [UInt8] = [0x41, 0, 0x0d, 0]
    for code in [
      [0x02, 0x40] + branch + set + [0x0b] + get,
      [0x41, 0, 0x04, 0x40] + set + [0x05] + get + [0x0b],
      [0x03, 0x40] + get + set + branch + [0x0b],
    ] {
      try expect(
        Self.module(callee: code, caller: Self.three + Self.call),
        becomes: [3], [[0] + code, [0, 0x41, 7] + Self.call], dropped: 2)
    }
  }

  @Test func anotherBlockSeesWhatWasSetBefore() throws {
    let code: [UInt8] = [0x41, 1, 0x21, 0, 0x02, 0x40, 0x20, 0, 0x1a, 0x0b]
    try expect(
      Self.module(callee: code, caller: Self.three + Self.call),
      becomes: [1], [[1, 1, 0x7f] + code, [0] + Self.call], dropped: 3)
  }

  // MARK: Functions that keep their type

  private static func exported(_ function: UInt8) -> [UInt8] {
    Builder.section(7, Builder.vector([Builder.string("f") + [0, function]]))
  }

  @Test func referencedFunctionsKeepTheirParameters() throws {
    let zero: [UInt8] = [0x41, 0, 0x0b]
    let elements: [[UInt8]] = [
      [0] + zero + [1, 1], [1, 0, 1, 1], [2, 0] + zero + [0, 1, 1], [3, 0, 1, 1],
      [4] + zero + [1, 0xd2, 1, 0x0b], [5, 0x70, 1, 0xd2, 1, 0x0b],
    ]
    let global = Builder.section(6, Builder.vector([[0x70, 0, 0xd2, 1, 0x0b]]))
    let references =
      [Self.exported(1), Builder.section(8, [1]), global]
      + elements.map { Builder.section(9, Builder.vector([$0])) }
    for reference in references {
      var builder = Self.module(callee: [], caller: Self.three + Self.call)
      builder.references = reference
      try expectUnchanged(builder)
    }
    // In code.
    try expectUnchanged(
      Self.module(callee: [], caller: Self.three + Self.call + [0xd2, 1, 0x1a]))
  }

  @Test func importedFunctionsKeepTheirParameters() throws {
    let log = ModuleBuilder(.init(name: Name.sync, type: 1, code: Self.callLog))
    try expectUnchanged(log)
  }

  /// Two lanes of what is made of a parameter, and what is never read.
  @Test func vectorsAreFollowed() throws {
    let splat: [UInt8] = [0x20, 0, 0xfd, 15]
    let callee = splat + splat + [0xfd, 0x6e, 0xfd, 22, 3, 0x1a]
    try expect(
      Self.module(callee: callee, caller: Self.three + Self.call),
      becomes: [3], [[0] + callee, [0, 0x41, 7] + Self.call], dropped: 2)
    // A vector as an argument that nobody wants.
    try expect(
      Self.module(
        callee: Self.readFirst, caller: [0x41, 7] + splat + [0xfd, 0x53] + [0x41, 9] + Self.call),
      becomes: [3], [[0] + Self.readFirst, [0, 0x41, 7] + splat + [0xfd, 0x53, 0x1a] + Self.call],
      dropped: 2)
  }

  @Test func operandsMustBeThere() throws {
    #expect(throws: WasmError.self) {
      try self.passed(Self.module(callee: [], caller: [0x41, 1] + Self.call))
    }
  }
}
