import Testing

@testable import WasmPasses

@Suite struct StackRestoreTests {
  /// `global.get __stack_pointer; i32.const SIZE; i32.sub; local.tee 1; global.set __stack_pointer`.
  private func frame(_ size: [UInt8] = [16]) -> [UInt8] {
    [0x23] + Code.padded(0) + [0x41] + size + [0x6b, 0x22, 1, 0x24] + Code.padded(0)
  }

  /// What the pass adds: the stack pointer plus the size.
  private func added(_ size: [UInt8] = [16]) -> [UInt8] {
    [0x23, 0, 0x41] + size + [0x6a, 0x24, 0]
  }

  /// The frame's beginning after so many bytes of padding were taken from its numbers, the nearest first.
  private func frame(taking bytes: Int) -> [UInt8] {
    // Four of the last number, which takes one, and then of the first.
    let last = Swift.min(bytes, 4), first = bytes - last
    func number(_ taken: Int) -> [UInt8] { Array(unsignedLEB(0, length: 5 - taken)) }
    return [0x23] + number(first) + [0x41, 16, 0x6b, 0x22, 1, 0x24] + number(last)
  }

  /// Runs the pass alone over a module with a function of this code.
  private func pass(_ code: [UInt8]) throws -> (code: [UInt8], added: Int) {
    let builder = ModuleBuilder(
      .init(name: Name.async, type: 0, code: code), .init(name: Name.part, type: 0, code: []))
    let passed = try runPasses(
      on: builder.bytes, options: PassOptions(typedErrors: false, tailCalls: true, stackChecks: .none))
    let start = try #require(passed.bytes.indices.first { passed.bytes[$0...].starts(with: [0x0a]) && $0 >= builder.beforeCode.count })
    let prefix = builder.codeSection([code, []]).count - ModuleBuilder.sized([0] + code + [0x0b]).count - 3
    let first = start + prefix + unsignedLEB(code.count + 2).count + 1
    #expect(passed.bytes.count == builder.bytes.count)
    return (Array(passed.bytes[first..<first + code.count]), passed.report.restoresAdded)
  }

  @Test func tailCallWithTheFrameStillTaken() throws {
    let code = frame() + Code.getArguments + Code.returnCall(2)
    let result = try pass(code)
    #expect(result.added == 1)
    // The tail call's number has given four bytes, the frame's the other three.
    #expect(result.code == frame(taking: 3) + Code.getArguments + added() + [0x12, 2])
  }

  @Test func framesThatAreGivenBackStayAsTheyAre() throws {
    let restore: [UInt8] = [0x20, 1, 0x41, 16, 0x6a, 0x24] + Code.padded(0)
    for code in [
      frame() + restore + Code.getArguments + Code.returnCall(2),
      frame() + restore,
      frame() + [0x20, 0, 0x04, 0x40] + restore + [0x0f, 0x0b, 0x00],
      // Both ways come to one restore.
      frame() + [0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b] + restore + Code.getArguments + Code.returnCall(2),
      // Nobody comes back from here.
      frame() + Code.call(2) + [0x00],
      Code.getArguments + Code.returnCall(2),
    ] {
      let result = try pass(code)
      #expect(result.added == 0 && result.code == code)
    }
  }

  @Test func eachWayOutIsLookedAt() throws {
    let restore: [UInt8] = [0x20, 1, 0x41, 16, 0x6a, 0x24] + Code.padded(0)
    let calling = Code.getArguments + Code.returnCall(2)
    // In one arm it is missing, in the other not.
    #expect(try pass(frame() + [0x20, 0, 0x04, 0x40] + restore + calling + [0x0b] + calling).added == 1)
    #expect(try pass(frame() + [0x20, 0, 0x04, 0x40] + calling + [0x05] + calling + [0x0b, 0x00]).added == 2)
    // Behind a block that is left early, out of a loop, by a table of branches, and at the end.
    #expect(try pass(frame() + [0x02, 0x40, 0x20, 0, 0x0d, 0, 0x00, 0x0b] + calling).added == 1)
    #expect(try pass(frame() + [0x03, 0x40, 0x20, 0, 0x0d, 0, 0x0b] + calling).added == 1)
    #expect(try pass(
      frame() + [0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0e, 1, 0, 1, 0x0b] + restore + calling + [0x0b] + calling).added == 1)
    #expect(try pass(frame() + [0x0f]).added == 1)
    #expect(try pass(frame() + Code.call(2) + [0x01]).added == 1)
  }

  @Test func sizesWithASign() throws {
    // 64 has the bit that would be a sign in one byte.
    let size: [UInt8] = [0xc0, 0]
    let result = try pass(frame(size) + Code.getArguments + Code.returnCall(2))
    #expect(result.added == 1)
    let expected = added(size)
    #expect(result.code.indices.contains { result.code[$0...].starts(with: expected) })
  }

  /// A block of variable size in the frame: the stack pointer is not where the frame is.
  @Test func otherShapesAreLeftAlone() throws {
    let variable: [UInt8] = [0x20, 0, 0x22, 2, 0x24] + Code.padded(0)
    let code = frame() + variable + Code.getArguments + Code.returnCall(2)
    let result = try pass(code)
    #expect(result.added == 0 && result.code == code)
  }
}
