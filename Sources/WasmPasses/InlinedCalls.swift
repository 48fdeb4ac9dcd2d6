/// Which functions the compiler has put in the place of their calls: DWARF's section `.debug_info`.
///
/// The compiler also notes so why a check traps: as a function "Swift runtime failure: …" in the place of the trap.
/// Layout: DWARF Debugging Information Format, versions 2 to 4, sections 3.3.8 and 7.5; units of version 5 are passed
/// over. Addresses are as in `LineTable`.
public struct InlinedCalls: Sendable {
  /// A part of a function's code that comes from a function called there.
  public struct Call: Equatable, Sendable {
    /// From the beginning of the code section's content.
    public var addresses: Range<Int>
    /// An index in `names`.
    public var name: Int
    /// Where it was called: an index in the line table's `files`, or -1, and the line, or 0.
    public var file: Int
    public var line: Int
  }

  /// As the linker has them.
  public internal(set) var names: [String] = []
  /// By the first address; of calls within each other, the outer one first.
  public internal(set) var calls: [Call] = []

  /// Reads what a linked module has. One without debugging information has none.
  ///
  /// - Parameter lines: the same module's.
  /// - Throws: `WasmError` if `module` is not a WebAssembly module or is damaged.
  public init(of module: [UInt8], lines: LineTable) throws(WasmError) {
    self = try withReader(of: module) { (reader) throws(WasmError) in
      let layout = try ModuleLayout(reader)
      func section(_ name: StaticString) -> ByteReader {
        let found = layout.sections.first { $0.id == 0 && reader.equals($0.name, name) }
        return reader.slice(found?.content ?? 0..<0)
      }
      let codeSize = layout.sections.first { $0.id == 10 }?.content.count ?? 0
      var reading = DebugInfo(
        section(".debug_info"), abbreviations: section(".debug_abbrev"), strings: section(".debug_str"),
        ranges: section(".debug_ranges"), codeSize: codeSize, lines: lines)
      try reading.read()
      return reading.result
    }
  }

  init() {}

  /// The same for a module whose code passes have moved.
  public func moved(_ moves: [CodeMoves]) -> InlinedCalls {
    var moved = self
    for index in calls.indices {
      let (start, end) = (calls[index].addresses.lowerBound, calls[index].addresses.upperBound)
      moved.calls[index].addresses = moves.newAddress(of: start)..<moves.newAddress(of: end)
    }
    return moved
  }
}

/// One reading of the section.
private struct DebugInfo {
  private struct Unit {
    /// Where its header begins, and where its entries begin and end: positions in the module.
    var start: Int
    var entries: Range<Int>
    var abbreviations: Int
    /// What offsets of ranges are relative to.
    var base = 0
    var files: [Int] = []
  }

  /// What an entry of a kind has.
  private struct Abbreviation {
    var tag = 0
    var attributes: [(name: Int, form: Int)] = []
  }

  /// What is wanted of an entry.
  private struct Entry {
    var origin = -1
    var linkageName = -1
    var name = -1
    var low = -1
    var high = -1
    var isHighRelative = false
    var ranges = -1
    var file = 0
    var line = 0
    var lines = -1
  }

  private enum Tag { static let compileUnit = 0x11, inlinedSubroutine = 0x1d }

  private let info: ByteReader
  private let abbreviationSection: ByteReader
  private let strings: ByteReader
  private let rangeSection: ByteReader
  private let codeSize: Int
  private let lines: LineTable
  private var units: [Unit] = []
  /// By where they begin, by their number; the tag 0 is no entry's.
  private var abbreviations: [Int: [Abbreviation]] = [:]
  /// Names of entries, by their position.
  private var nameIndices: [Int: Int] = [:]
  private var indices: [String: Int] = [:]
  var result = InlinedCalls()

  init(
    _ info: ByteReader, abbreviations: ByteReader, strings: ByteReader, ranges: ByteReader, codeSize: Int,
    lines: LineTable
  ) {
    (self.info, abbreviationSection, self.strings, rangeSection) = (info, abbreviations, strings, ranges)
    (self.codeSize, self.lines) = (codeSize, lines)
  }

  mutating func read() throws(WasmError) {
    var reader = info
    while !reader.isAtEnd {
      let start = reader.position
      var unit = try reader.dwarfUnit()
      reader.position = unit.end
      let version = try unit.fixed(2)
      guard (2...4).contains(version) else { continue }
      let table = try unit.fixed(4)
      try unit.skip(1)
      units.append(Unit(start: start, entries: unit.position..<unit.end, abbreviations: table))
    }
    for index in units.indices { try read(unit: index) }
    result.calls.sort {
      ($0.addresses.lowerBound, -$0.addresses.upperBound) < ($1.addresses.lowerBound, -$1.addresses.upperBound)
    }
  }

  private mutating func read(unit index: Int) throws(WasmError) {
    let table = try abbreviations(at: units[index].abbreviations)
    var reader = info.slice(units[index].entries)
    while !reader.isAtEnd {
      let code = try reader.u32()
      if code == 0 { continue }
      guard code < table.count, table[code].tag != 0 else { throw damaged(reader) }
      let entry = try read(table[code], &reader, units[index])
      switch table[code].tag {
      case Tag.compileUnit:
        units[index].base = max(0, entry.low)
        units[index].files = lines.filesOfUnits[entry.lines] ?? []
      case Tag.inlinedSubroutine where entry.origin >= 0: try add(entry, units[index])
      default: break
      }
    }
  }

  private mutating func add(_ entry: Entry, _ unit: Unit) throws(WasmError) {
    var ranges: [Range<Int>] = []
    func note(_ start: Int, _ end: Int) {
      // What the linker has left out is at an address that there is not, or at 0.
      if start > 0, start < end, end <= codeSize { ranges.append(start..<end) }
    }
    if entry.ranges >= 0 {
      var reader = rangeSection
      try reader.skip(entry.ranges)
      var base = unit.base
      while true {
        let start = try reader.fixed(4), end = try reader.fixed(4)
        if start == 0, end == 0 { break }
        if start == 0xffff_ffff { base = end } else { note(base + start, base + end) }
      }
    } else if entry.low >= 0, entry.high >= 0 {
      note(entry.low, entry.isHighRelative ? entry.low + entry.high : entry.high)
    }
    guard !ranges.isEmpty else { return }
    let name = try nameIndex(at: entry.origin)
    let file = unit.files.indices.contains(entry.file) && entry.line > 0 ? unit.files[entry.file] : -1
    for range in ranges {
      result.calls.append(.init(addresses: range, name: name, file: file, line: entry.line))
    }
  }

  /// The name of the entry at a position, or that of the one that it says it is another of.
  private mutating func nameIndex(at position: Int) throws(WasmError) -> Int {
    if let known = nameIndices[position] { return known }
    var next = position
    var text = ""
    // Chains of these are short; a damaged one may be a circle.
    for _ in 0..<8 where next >= 0 && text.isEmpty {
      guard let unit = units.last(where: { $0.start <= next }), unit.entries.contains(next) else { break }
      var reader = info.slice(next..<unit.entries.upperBound)
      let table = try abbreviations(at: unit.abbreviations), code = try reader.u32()
      guard code < table.count else { throw damaged(reader) }
      let entry = try read(table[code], &reader, unit)
      let found = entry.linkageName >= 0 ? entry.linkageName : entry.name
      if found >= 0 {
        let section = (info.position..<info.end).contains(found) ? info : strings
        var reader = section
        try reader.skip(found - section.position)
        text = try reader.text()
      }
      next = entry.origin
    }
    let index = indices[text] ?? result.names.count
    if index == result.names.count {
      result.names.append(text)
      indices[text] = index
    }
    nameIndices[position] = index
    return index
  }

  private func read(_ abbreviation: Abbreviation, _ reader: inout ByteReader, _ unit: Unit) throws(WasmError) -> Entry {
    var entry = Entry()
    for (name, form) in abbreviation.attributes {
      switch name {
      case 0x03: entry.name = try position(ofText: form, &reader)
      case 0x6e, 0x2007: entry.linkageName = try position(ofText: form, &reader)
      case 0x10: entry.lines = try number(form, &reader)
      case 0x11: entry.low = try number(form, &reader)
      case 0x12:
        entry.high = try number(form, &reader)
        entry.isHighRelative = form != 0x01
      case 0x31, 0x47:
        let offset = try number(form, &reader)
        // From the start of the section, or of the unit.
        entry.origin = (form == 0x10 ? info.position : unit.start) + offset
      case 0x55: entry.ranges = try number(form, &reader)
      case 0x58: entry.file = try number(form, &reader)
      case 0x59: entry.line = try number(form, &reader)
      default: try skip(form, &reader)
      }
    }
    return entry
  }

  private func position(ofText form: Int, _ reader: inout ByteReader) throws(WasmError) -> Int {
    if form == 0x0e { return strings.position + (try reader.fixed(4)) }
    let start = reader.position
    _ = try reader.text()
    return start
  }

  private func number(_ form: Int, _ reader: inout ByteReader) throws(WasmError) -> Int {
    switch form {
    case 0x0b, 0x0c, 0x11: try reader.fixed(1)
    case 0x05, 0x12: try reader.fixed(2)
    case 0x01, 0x06, 0x0e, 0x10, 0x13, 0x17: try reader.fixed(4)
    case 0x07, 0x14: try reader.fixed(8)
    case 0x0f, 0x15: try reader.u32()
    case 0x0d: try reader.signed()
    case 0x19: 1
    default: throw damaged(reader)
    }
  }

  private func skip(_ form: Int, _ reader: inout ByteReader) throws(WasmError) {
    switch form {
    case 0x08: _ = try reader.text()
    case 0x09, 0x18: _ = try reader.sized()
    case 0x0a: try reader.skip(try reader.fixed(1))
    case 0x03: try reader.skip(try reader.fixed(2))
    case 0x04: try reader.skip(try reader.fixed(4))
    case 0x0d, 0x0f, 0x15: try reader.skipLEB()
    case 0x20: try reader.skip(8)
    default: _ = try number(form, &reader)
    }
  }

  private mutating func abbreviations(at offset: Int) throws(WasmError) -> [Abbreviation] {
    if let known = abbreviations[offset] { return known }
    var reader = abbreviationSection
    try reader.skip(offset)
    var table: [Abbreviation] = []
    while true {
      let code = try reader.u32()
      if code == 0 { break }
      var abbreviation = Abbreviation(tag: try reader.u32())
      // Whether others are within: they all come one after another.
      try reader.skip(1)
      while true {
        let name = try reader.u32(), form = try reader.u32()
        if name == 0, form == 0 { break }
        abbreviation.attributes.append((name, form))
      }
      // The compiler numbers them from 1 on.
      guard code < 1 << 16 else { throw damaged(reader) }
      while table.count <= code { table.append(Abbreviation()) }
      table[code] = abbreviation
    }
    abbreviations[offset] = table
    return table
  }

  private func damaged(_ reader: ByteReader) -> WasmError {
    WasmError("The debugging information is damaged.", at: reader.position)
  }
}
