import Testing

@testable import WasmPasses

@Suite struct LineTableTests {
  /// The header of a table of version 4 with one folder and two files, and the program behind it.
  private func table4(_ program: [UInt8]) -> [UInt8] {
    let text: (String) -> [UInt8] = { Array($0.utf8) + [0] }
    let files =
      text("/app/Sources") + [0] + text("A.swift") + [1, 0, 0] + text("/B.swift") + [0, 0, 0] + [0]
    // Instructions of one byte; lines advance by -3 and up to 12 values of special opcodes, which begin at 13.
    let header: [UInt8] = [1, 1, 1, 0xfd, 12, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1] + files
    return unit([4, 0] + fixed(header.count) + header + program)
  }

  private func unit(_ content: [UInt8]) -> [UInt8] { fixed(content.count) + content }
  private func fixed(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xff) } }
  private func address(_ value: Int) -> [UInt8] { [0, 5, 2] + fixed(value) }
  private static let end: [UInt8] = [0, 1, 1]

  private func read(_ tables: [UInt8], _ more: [(String, [UInt8])] = []) throws -> LineTable {
    var builder = ModuleBuilder(
      .init(name: Name.sync, type: 1, code: [UInt8](repeating: 1, count: 40)),
      .init(name: Name.part, type: 1, code: [UInt8](repeating: 1, count: 40)))
    builder.customSections = [(".debug_line", tables)] + more
    return try LineTable(of: builder.bytes)
  }

  @Test func opcodesMoveAddressAndLine() throws {
    // Line 10; then by a special opcode 2 bytes and 1 line on; then column 7, 3 bytes on; the end.
    let special = UInt8(13 + 2 * 12 + 4)
    let table = try read(
      table4(address(4) + [3, 9, 1, special, 5, 7, 2, 3, 1, 2, 4] + Self.end))
    #expect(table.files == ["", "/app/Sources/A.swift", "/B.swift"])
    #expect(
      table.rows == [
        .init(address: 4, file: 1, line: 10, column: 0), .init(address: 6, file: 1, line: 11, column: 0),
        .init(address: 9, file: 1, line: 11, column: 7), .init(address: 13, file: -1, line: 11, column: 7),
      ])
    #expect(table.importedFunctionCount == 1)
    #expect(table.bodies.map(\.count) == [42, 42])
    // The count of functions, and the size of the first, come before its body.
    #expect(table.bodies[0].lowerBound == table.codeStart + 2)
  }

  @Test func functionsThatTheLinkerHasDroppedHaveNoLines() throws {
    let dropped = address(0) + [1, 2, 4] + Self.end
    let beyond = address(0xffff_ffff) + [1, 2, 4] + Self.end
    #expect(try read(table4(dropped + beyond)).rows == [])
  }

  @Test func aFunctionThatBeginsWhereAnotherEndsKeepsItsLine() throws {
    let first = address(4) + [1, 2, 8] + Self.end, second = address(12) + [4, 2, 3, 4, 1, 2, 8] + Self.end
    let rows = try read(table4(second + first)).rows
    #expect(rows.map(\.address) == [4, 12, 20])
    #expect(rows.map(\.file) == [1, 2, -1])
    #expect(rows[1].line == 5)
  }

  @Test func version5NamesFilesInASectionOfTheirOwn() throws {
    let strings = Array("/app\0Main.swift\0".utf8)
    // Folders: a path in .debug_line_str. Files: that, the folder's index, and a sum of 16 bytes.
    let header: [UInt8] =
      [1, 1, 1, 0xfd, 12, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]
      + [1, 1, 0x1f, 1] + fixed(0)
      + [3, 1, 0x1f, 2, 0x0b, 5, 0x1e, 1] + fixed(5) + [0] + [UInt8](repeating: 9, count: 16)
    let program = address(4) + [4, 0, 1, 2, 4] + Self.end
    let table = try read(
      unit([5, 0, 4, 0] + fixed(header.count) + header + program), [(".debug_line_str", strings)])
    #expect(table.files == ["/app/Main.swift"])
    #expect(table.rows.first == .init(address: 4, file: 0, line: 1, column: 0))
  }

  /// A function in line at addresses 6 to 10, within one at 4 to 12 and 20 to 22, as units of version 4 have them.
  private var inlinedSections: [(String, [UInt8])] {
    let attributes: ([(UInt8, UInt8)]) -> [UInt8] = { $0.flatMap { [$0.0, $0.1] } + [0, 0] }
    let abbreviations: [UInt8] =
      [1, 0x11, 1] + attributes([(0x10, 0x17), (0x11, 0x01)])
      + [2, 0x2e, 0] + attributes([(0x6e, 0x0e)])
      + [3, 0x1d, 1] + attributes([(0x31, 0x13), (0x55, 0x17), (0x58, 0x0b), (0x59, 0x0b)])
      + [4, 0x1d, 0] + attributes([(0x31, 0x13), (0x11, 0x01), (0x12, 0x06), (0x58, 0x0b), (0x59, 0x0b)])
      + [5, 0x34, 0] + attributes([(0x02, 0x18), (0x49, 0x10)]) + [0]
    let entries: [UInt8] =
      [1] + fixed(0) + fixed(0)  // at 11
      + [2] + fixed(0)  // at 20
      + [2] + fixed(6)  // at 25
      + [5, 2, 0x91, 0] + fixed(20)
      + [3] + fixed(20) + fixed(0) + [1, 7]
      + [4] + fixed(25) + fixed(6) + fixed(4) + [2, 9]
      // What the linker has left out.
      + [4] + fixed(25) + fixed(0) + fixed(4) + [2, 9] + [0, 0]
    let ranges = [4, 12, 20, 22, 0xffff_fffe, 0xffff_fffe, 0, 0].flatMap(fixed)
    return [
      (".debug_info", unit([4, 0] + fixed(0) + [4] + entries)), (".debug_abbrev", abbreviations),
      (".debug_str", Array("outer\0inner\0".utf8)), (".debug_ranges", ranges),
    ]
  }

  private func readInlined(_ sections: [(String, [UInt8])]) throws -> InlinedCalls {
    var builder = ModuleBuilder(
      .init(name: Name.sync, type: 1, code: [UInt8](repeating: 1, count: 40)))
    builder.customSections = [(".debug_line", table4(address(4) + [1, 2, 4] + Self.end))] + sections
    return try InlinedCalls(of: builder.bytes, lines: LineTable(of: builder.bytes))
  }

  @Test func functionsInLineAreKnownByNameAndCall() throws {
    let inlined = try readInlined(inlinedSections)
    #expect(inlined.names == ["outer", "inner"])
    #expect(
      inlined.calls == [
        .init(addresses: 4..<12, name: 0, file: 1, line: 7), .init(addresses: 6..<10, name: 1, file: 2, line: 9),
        .init(addresses: 20..<22, name: 0, file: 1, line: 7),
      ])
  }

  @Test func damagedDebuggingInformationIsAnError() throws {
    let sections = inlinedSections
    // The ranges of the last section may be cut off behind their end.
    for index in sections.indices {
      for count in 1..<sections[index].1.count - 4 {
        var damaged = sections
        damaged[index].1 = Array(sections[index].1.prefix(count))
        if index == 2, count >= 6 { continue }
        #expect(throws: WasmError.self, "\(sections[index].0) \(count)") { try readInlined(damaged) }
      }
    }
    #expect(try readInlined([]).calls == [])
  }

  @Test func damagedTablesAreErrors() throws {
    let whole = table4(address(4) + [1, 2, 4] + Self.end)
    for count in 1..<whole.count {
      #expect(throws: WasmError.self) { try read(Array(whole.prefix(count))) }
    }
    #expect(try read([]).rows == [])
  }
}
