import Testing

@testable import WasmPasses

@Suite struct TailCallTests {
  /// Runs the pass over a module with `code` in an asynchronous function of `type`; function 2 has
  /// the type of a resume function and 3 returns nothing, 4 an `i32`.
  private func pass(
    _ code: [UInt8], name: String = Name.async, callee: String = Name.part, type: Int = 0
  ) throws -> (code: [UInt8], report: PassReport) {
    let builder = ModuleBuilder(
      .init(name: name, type: type, code: code),
      .init(name: callee, type: 0, code: []),
      .init(name: Name.sync, type: 1, code: []),
      .init(name: "value", type: 2, code: [0x41, 0]))
    let passed = try runPasses(on: builder.bytes, options: PassOptions())
    let start = builder.beforeCode.count
    // Section id, size, count of bodies, size of the body, count of locals.
    let prefix = builder.codeSection([code, [], [], [0x41, 0]]).count
      - [code, [], [], [0x41, 0]].map { ModuleBuilder.sized([0] + $0 + [0x0b]).count }.reduce(0, +)
    let first = start + prefix + unsignedLEB(code.count + 2).count + 1
    let result = Array(passed.bytes[first..<first + code.count])
    // Nothing but this function may have changed.
    #expect(passed.bytes == builder.bytes(code: [result, [], [], [0x41, 0]]))
    return (result, passed.report)
  }

  private func expectUnchanged(
    _ code: [UInt8], name: String = Name.async, callee: String = Name.part, type: Int = 0,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let result = try pass(code, name: name, callee: callee, type: type)
    #expect(result.code == code, sourceLocation: sourceLocation)
    #expect(result.report.tailCalls == 0, sourceLocation: sourceLocation)
  }

  @Test func callBeforeTheEnd() throws {
    let result = try pass(Code.getArguments + Code.call(2))
    #expect(result.code == Code.getArguments + Code.returnCall(2))
    #expect(result.report.tailCalls == 1)
  }

  @Test func indirectCallBeforeTheEnd() throws {
    let result = try pass(Code.getArguments + [0x20, 1] + Code.callIndirect(0))
    #expect(result.code == Code.getArguments + [0x20, 1] + Code.returnCallIndirect(0))
  }

  @Test func callBeforeReturn() throws {
    let result = try pass(Code.call(3) + [0x0f] + Code.call(3) + [0x01])
    #expect(result.code == Code.returnCall(3) + [0x0f] + Code.returnCall(3) + [0x01])
  }

  @Test func callFollowedByMore() throws {
    try expectUnchanged(Code.call(3) + [0x41, 0, 0x1a])
    try expectUnchanged(Code.call(3) + [0x00])
  }

  @Test func synchronousFunctionsKeepTheirFrames() throws {
    try expectUnchanged(Code.call(3), name: Name.sync)
    // A closure that is not `async`, in a function that is.
    try expectUnchanged(Code.call(3), name: "$e3App3fooyyYaFyyXEfU_")
    // A function that is not, with a parameter that is.
    try expectUnchanged(Code.call(3), name: "$e3App3fooyyyyYaXEF")
  }

  @Test func runtimeFunctions() throws {
    #expect(try pass(Code.call(3), name: "swift_task_switch").report.tailCalls == 1)
    #expect(try pass(Code.call(3), name: "webble_resume").report.tailCalls == 1)
  }

  /// The frame that found the failure is what its report is about.
  @Test(arguments: [
    "webble_fatal_error", "$e18webble_fatal_error26$e3App3fooyyYaFSSyXEfu_Tf1cnn_n",
    "$es17_assertionFailure__4file4line5flagss5NeverOs12StaticStringV_A2HSus6UInt32VtF",
  ])
  func callersOfWhatEndsTheProgramKeepTheirFrames(callee: String) throws {
    try expectUnchanged(Code.getArguments + Code.call(2), callee: callee)
  }

  @Test func bothArmsOfAnIf() throws {
    let code: (UInt8) -> [UInt8] = { opcode in
      let call = [opcode] + Code.padded(3)
      return [0x41, 1, 0x04, 0x40] + call + [0x05] + call + [0x0b]
    }
    #expect(try pass(code(0x10)).code == code(0x12))
  }

  @Test func branchesToTheEndOfBlocks() throws {
    // block; block; call; br 1; end; call; br 1 (the function); end
    let code: (UInt8) -> [UInt8] = { opcode in
      let call = [opcode] + Code.padded(3)
      return [0x02, 0x40, 0x02, 0x40] + call + [0x0c, 1, 0x0b] + call + [0x0c, 1, 0x0b]
    }
    #expect(try pass(code(0x10)).code == code(0x12))
  }

  @Test func endOfABlockThatIsNotInTailPosition() throws {
    try expectUnchanged([0x02, 0x40] + Code.call(3) + [0x0b, 0x41, 0, 0x1a])
    try expectUnchanged([0x02, 0x40] + Code.call(3) + [0x0c, 0, 0x0b, 0x41, 0, 0x1a])
  }

  @Test func conditionalBranches() throws {
    try expectUnchanged([0x02, 0x40] + Code.call(3) + [0x41, 0, 0x0d, 0, 0x00, 0x0b])
  }

  @Test func branchesToLoops() throws {
    try expectUnchanged([0x03, 0x40] + Code.call(3) + [0x0c, 0, 0x0b])
    // Falling out of a loop is another matter.
    let result = try pass([0x03, 0x40] + Code.call(3) + [0x0b])
    #expect(result.code == [0x03, 0x40] + Code.returnCall(3) + [0x0b])
  }

  @Test func resultsMustAgree() throws {
    try expectUnchanged([0x41, 1] + Code.call(3), type: 2)
    try expectUnchanged(Code.call(4) + [0x0f])
    #expect(try pass(Code.call(4), type: 2).code == Code.returnCall(4))
  }

  @Test func branchThatDropsTheResult() throws {
    // The function returns 5, whatever the callee returns.
    try expectUnchanged([0x41, 5, 0x02, 0x40] + Code.call(4) + [0x0c, 0, 0x0b], type: 2)
    let code: (UInt8) -> [UInt8] = { opcode in
      [0x02, 0x7f, opcode] + Code.padded(4) + [0x0c, 0, 0x0b]
    }
    #expect(try pass(code(0x10), type: 2).code == code(0x12))
  }

  @Test func restoreAfterTheCall() throws {
    let call = Code.getArguments + Code.call(2)
    let result = try pass(call + Code.restore)
    #expect(result.code == Code.getArguments + Code.restore + Code.returnCall(2))
    #expect(result.report.restoresMoved == 1)
    let returning = try pass(call + Code.restore + [0x0f])
    #expect(returning.code == Code.getArguments + Code.restore + Code.returnCall(2) + [0x0f])
  }

  @Test func restoreAfterAnIndirectCall() throws {
    let call = Code.getArguments + [0x20, 1] + Code.callIndirect(0)
    let result = try pass(call + Code.restore)
    #expect(result.code
      == Code.getArguments + [0x20, 1] + Code.restore + Code.returnCallIndirect(0))
  }

  @Test func restoreByWayOfALocal() throws {
    let restore: [UInt8] = [0x20, 0, 0x41, 16, 0x6a, 0x22, 1, 0x21, 2, 0x20, 1, 0x24]
      + Code.padded(0)
    let result = try pass(Code.getArguments + Code.call(2) + restore)
    #expect(result.code == Code.getArguments + restore + Code.returnCall(2))
  }

  @Test func calleesThatMayBorrowTheFrame() throws {
    try expectUnchanged(Code.getArguments + Code.call(2) + Code.restore, callee: Name.sync)
    try expectUnchanged(Code.call(3) + Code.restore)
    let result = try pass(Code.call(3) + Code.restore)
    #expect(result.report.callsLeft == 1)
    // The type of a synchronous witness.
    try expectUnchanged(Code.getArguments + Code.callIndirect(3) + Code.restore)
  }

  @Test func callersThatLendTheirFrame() throws {
    let code = Code.getArguments + Code.call(2) + Code.restore
    try expectUnchanged(code, name: "swift_task_create")
    try expectUnchanged(code, name: Name.sync)
    try expectUnchanged(code, name: Name.getter)
  }

  @Test func otherGlobalsAreNotTheStackPointer() throws {
    let restore: [UInt8] = [0x20, 0, 0x24] + Code.padded(1)
    try expectUnchanged(Code.getArguments + Code.call(2) + restore)
  }

  @Test func restoreThatTwoCallsShare() throws {
    // Each copy takes seven bytes; the two calls and the restore have four to spare each.
    let arm = Code.getArguments + Code.call(2)
    let code = [0x41, 1, 0x04, 0x40] + arm + [0x05] + arm + [0x0b] + Code.restore
    let result = try pass(code)
    #expect(result.code.count == code.count)
    #expect(result.report == {
      var report = PassReport()
      report.tailCalls = 1
      report.restoresCopied = 1
      report.callsLeft = 1
      return report
    }())

    // With more padding in the function both fit.
    let constant: [UInt8] = [0x41, 0x81, 0x80, 0x80, 0x80, 0]
    let roomy = constant + [0x04, 0x40] + arm + [0x05] + arm + [0x0b] + Code.restore
    let both = try pass(roomy)
    #expect(both.report.restoresCopied == 2)
    #expect(both.code == [0x41, 1, 0x04, 0x40]
      + Code.getArguments + Code.shortRestore + [0x12, 2]
      + [0x05] + Code.getArguments + Code.shortRestore + [0x12, 2]
      + [0x0b, 0x20, 0, 0x41, 16, 0x6a, 0x24, 0x80, 0x80, 0])
  }

  @Test func negativeConstantsKeepTheirSign() throws {
    // -64 in five bytes; one is enough. The restore of eight takes the other four.
    let restore: [UInt8] = [0x20, 0, 0x41, 0x80, 1, 0x6a, 0x24]
    let block = [0x02, 0x40] + Code.getArguments
    let rest = block + Code.call(2) + [0x0b] + restore + Code.padded(0)
    let result = try pass([0x41, 0xc0, 0xff, 0xff, 0xff, 0x7f, 0x1a] + rest)
    #expect(result.code == [0x41, 0x40, 0x1a] + block + restore + [0, 0x12, 2, 0x0b]
      + restore + Code.padded(0))
    // 64 needs two: the sign bit of one byte would be set.
    let positive = try pass([0x41, 0xc0, 0x80, 0x80, 0x80, 0x00, 0x1a] + rest)
    #expect(positive.code.starts(with: [0x41, 0xc0, 0x00, 0x1a] + block + restore))
  }

  @Test func getterThatResumesItsCaller() throws {
    let resume: [UInt8] = Code.getArguments + [0x20, 0, 0x28, 2, 4]
    #expect(try pass(resume + Code.callIndirect(0), name: Name.getter).code
      == resume + Code.returnCallIndirect(0))
    let local: [UInt8] = [0x20, 0, 0x28, 2, 4, 0x21, 1] + Code.getArguments + [0x20, 1]
    #expect(try pass(local + Code.callIndirect(0), name: Name.getter).code
      == local + Code.returnCallIndirect(0))
    // From elsewhere than the second word of something it may be any call.
    try expectUnchanged(
      Code.getArguments + [0x20, 0, 0x28, 2, 8] + Code.callIndirect(0), name: Name.getter)
    try expectUnchanged(Code.call(3), name: Name.getter)
  }

  @Test func functionWithPartsIsAsynchronous() throws {
    #expect(try pass(Code.call(3), name: Name.getter, callee: Name.getter + "TQ0_")
      .report.tailCalls == 1)
    #expect(try pass(Code.call(3), name: Name.getter + "TQ12_.4Tm").report.tailCalls == 1)
  }

  @Test func everyKindOfImmediate() throws {
    let instructions: [[UInt8]] = [
      [0x0e, 2, 0, 0, 0], [0x1c, 1, 0x7f], [0x25, 0], [0x28, 2, 0x80, 1], [0x28, 0x42, 1, 8],
      [0x3f, 0], [0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0b, 0x00],
      [0x43, 0x0b, 0x0b, 0x0b, 0x0b], [0x44, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b],
      [0xc4], [0xd0, 0x70], [0xd1], [0xd2, 0], [0xfc, 0], [0xfc, 8, 11, 0], [0xfc, 9, 11],
      [0xfc, 10, 0, 0], [0xfc, 11, 0], [0xfc, 12, 11, 0], [0xfc, 14, 0, 0], [0xfc, 17, 0],
      [0xfd, 0, 4, 11], [0xfd, 12] + Array(repeating: 0x0b, count: 16),
      [0xfd, 13] + Array(repeating: 0x0b, count: 16), [0xfd, 15], [0xfd, 21, 11],
      [0xfd, 84, 0, 11, 11], [0xfd, 92, 2, 11], [0xfd, 0x80, 1], [0xfd, 0x93, 2],
      [0xfe, 0, 2, 11], [0xfe, 3, 0x00], [0xfe, 0x48, 2, 11],
    ]
    for instruction in instructions {
      // Decoded wrongly, the 11s would be taken for the end of the function.
      #expect(try pass([0x02, 0x40] + instruction + [0x0b] + Code.call(3)).report.tailCalls == 1)
    }
  }

  @Test func unknownInstruction() throws {
    let error = #expect(throws: WasmError.self) { try self.pass([0x06, 0x40, 0x0b]) }
    #expect(error?.message == "In function 1 \(Name.async): Unknown WebAssembly instruction 0x6.")
  }
}
