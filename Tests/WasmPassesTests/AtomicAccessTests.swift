import Testing

@testable import WasmPasses

@Suite struct AtomicAccessTests {
  private typealias Builder = ModuleBuilder

  /// `i32.atomic.rmw.add` at an address, and `i64.atomic.rmw.cmpxchg` at offset 8, whose operands are there.
  private static let add: [UInt8] = [0xfe, 0x1e, 2, 0]
  private static let exchange: [UInt8] = [0xfe, 0x4e - 5, 3, 8]
  private static let code: [UInt8] =
    [0x20, 0, 0x41, 1] + add + [0x1a] + [0x20, 0, 0x42, 1, 0x42, 2] + exchange + [0x1a]

  /// Function 1 is a program's, of two lines; 2 is what is to be called.
  private func passed(
    name: String, code: [UInt8] = code, hasLines: Bool = true, isExported: Bool = true, ofMemory: Bool = false
  ) throws -> PassedModule {
    var builder = Builder(
      .init(name: name, type: 3, code: code),
      .init(name: "webble_may_be_preempted", type: 3, code: []),
      .init(name: "webble_may_be_preempted_at", type: 3, code: []))
    let exports = Builder.section(
      7,
      Builder.vector([
        Builder.string("webble_may_be_preempted") + [0, 2], Builder.string("webble_may_be_preempted_at") + [0, 3],
      ]))
    if isExported { builder.references = exports }
    if hasLines { builder.customSections = [(".debug_line", lines)] }
    return try runPasses(on: builder.bytes, options: PassOptions(atomicAccesses: true, memoryAccesses: ofMemory, tailCalls: false))
  }

  /// A table of version 4: everything up to address 12 comes from the first line of a file.
  private var lines: [UInt8] {
    func fixed(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xff) } }
    let files: [UInt8] = [0] + Array("/A.swift".utf8) + [0, 0, 0, 0] + [0]
    let header: [UInt8] = [1, 1, 1, 0xfd, 12, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1] + files
    let program: [UInt8] = [0, 5, 2] + fixed(4) + [1, 2, 8, 0, 1, 1]
    let content = [4, 0] + fixed(header.count) + header + program
    return fixed(content.count) + content
  }

  @Test func aCallAsLongAsTheInstructionTakesItsPlace() throws {
    let module = try passed(name: Name.sync)
    #expect(module.report.atomicAccesses == 2)
    let functions: (UInt8) -> [UInt8] = { [0x10, $0 | 0x80, 0x80, 0] }
    let replaced: [UInt8] =
      [0x20, 0, 0x41, 1] + functions(4) + [0x1a] + [0x20, 0, 0x42, 1, 0x42, 2] + functions(5) + [0x1a]
    #expect(module.bytes.contains(replaced))
    // Each calls, and then does what the instruction has done.
    let call: [UInt8] = [0, 0x41, 5, 0x10, 2]
    #expect(module.bytes.contains(call + [0x20, 0, 0x20, 1] + Self.add + [0x0b]))
    #expect(module.bytes.contains(call + [0x20, 0, 0x20, 1, 0x20, 2] + Self.exchange + [0x0b]))
    // The types are added: of an `i32` and an `i64`s' exchange.
    #expect(module.bytes.contains([0x60, 2, 0x7f, 0x7f, 1, 0x7f]))
    #expect(module.bytes.contains([0x60, 3, 0x7f, 0x7e, 0x7e, 1, 0x7e]))
  }

  /// `i32.load` at offset 8, `f64.store` at offset 300, in four bytes, and `i64.load32_u` at offset 0.
  private static let accesses: [UInt8] =
    [0x20, 0, 0x28, 2, 8, 0x1a] + [0x20, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x39, 3, 0xac, 2] + [0x20, 0, 0x35, 2, 0, 0x1a]

  @Test func beforeOtherAccessesTheAddressIsTold() throws {
    let module = try passed(name: Name.sync, code: Self.accesses, ofMemory: true)
    #expect(module.report.memoryAccesses == 3 && module.report.atomicAccesses == 0)
    let replaced: [UInt8] =
      [0x20, 0, 0x10, 0x84, 0, 0x1a] + [0x20, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x85, 0x80, 0]
      + [0x20, 0, 0x10, 0x86, 0, 0x1a]
    #expect(module.bytes.contains(replaced))
    func call(_ offset: UInt8...) -> [UInt8] { [0, 0x20, 0, 0x41] + offset + [0x6a, 0x10, 3] }
    #expect(module.bytes.contains(call(0x88, 0x80, 0x80, 0x80, 0) + [0x20, 0, 0x28, 0, 8, 0x0b]))
    #expect(module.bytes.contains(call(0xac, 0x82, 0x80, 0x80, 0) + [0x20, 0, 0x20, 1, 0x39, 0, 0xac, 2, 0x0b]))
    #expect(module.bytes.contains(call(0x80, 0x80, 0x80, 0x80, 0) + [0x20, 0, 0x35, 0, 0, 0x0b]))
    #expect(try passed(name: Name.sync, code: Self.accesses).report.memoryAccesses == 0)
    // The runtime may copy a value of the program's while it is in the middle of something.
    #expect(try passed(name: "$e1A1BVWOc", code: Self.accesses, ofMemory: true).report.memoryAccesses == 0)
    #expect(throws: WasmError.self) { try passed(name: Name.sync, isExported: false, ofMemory: true) }
  }

  @Test(arguments: [
    ("$e6Webble7ChannelC4sendyyF", true, true), ("$es4TaskV6cancelyyF", true, true), ("swift_retain", true, true),
    ("_swift_embedded_set_heap_object_metadata_pointer", true, true),
    // What the SDK brings has no lines; without the function nothing takes the calls.
    (Name.sync, false, true), (Name.sync, true, false),
  ])
  func whatIsNotThePrograms(name: String, hasLines: Bool, isExported: Bool) throws {
    #expect(try passed(name: name, hasLines: hasLines, isExported: isExported).report.atomicAccesses == 0)
  }
}
