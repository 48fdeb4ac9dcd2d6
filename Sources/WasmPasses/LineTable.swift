/// Which line of the source each instruction comes from: the line tables of DWARF's section `.debug_line`.
///
/// Layout: DWARF Debugging Information Format, versions 2 to 5, section 6.2. Addresses are offsets from where the
/// content of the code section begins, as "DWARF for WebAssembly" has it.
public struct LineTable: Sendable {
  public struct Row: Equatable, Sendable {
    /// From the beginning of the code section's content.
    public var address: Int
    /// An index in `files`; -1 where code comes from no line of any.
    public var file: Int
    /// From 1.
    public var line: Int
    /// From 1; 0 is the whole line.
    public var column: Int
  }

  /// As the compiler has named them.
  public internal(set) var files: [String] = []
  /// By address, one each. A row holds up to the next one.
  public internal(set) var rows: [Row] = []
  /// Where the code section's content begins in the module.
  public internal(set) var codeStart = 0
  /// For each function that is not imported, where its body begins and ends in the module.
  public internal(set) var bodies: [Range<Int>] = []
  public internal(set) var importedFunctionCount = 0
  /// The files of each unit, by where its table begins in the section: indices in `files`.
  var filesOfUnits: [Int: [Int]] = [:]
  private var fileIndices: [String: Int] = [:]

  /// Reads the tables of a linked module. One without debugging information has no rows.
  ///
  /// - Throws: `WasmError` if `module` is not a WebAssembly module or is damaged.
  public init(of module: [UInt8]) throws(WasmError) {
    self = try withReader(of: module) { (reader) throws(WasmError) in
      try LineTable(try ModuleLayout(reader), reader)
    }
  }

  private init(_ layout: ModuleLayout, _ module: ByteReader) throws(WasmError) {
    bodies = layout.bodies
    importedFunctionCount = layout.importedFunctionCount
    guard let code = layout.sections.first(where: { $0.id == 10 }) else { return }
    codeStart = code.content.lowerBound
    func section(_ name: StaticString) -> ByteReader {
      let found = layout.sections.first { $0.id == 0 && module.equals($0.name, name) }
      return module.slice(found?.content ?? 0..<0)
    }
    let strings = Strings(line: section(".debug_line_str"), all: section(".debug_str"))
    var lines = section(".debug_line")
    let start = lines.position
    while !lines.isAtEnd {
      let offset = lines.position - start
      let unit = try lines.dwarfUnit()
      lines.position = unit.end
      var program = LineProgram(codeSize: code.content.count, strings)
      try program.run(unit)
      add(program, at: offset)
    }
    sort()
  }

  /// The same for a module whose code a pass has moved.
  ///
  /// - Parameter moved: the new module, with the same functions in the same order.
  public func moved(_ moves: [CodeMoves], to moved: [UInt8]) throws(WasmError) -> LineTable {
    var table = self
    let layout = try withReader(of: moved) { (reader) throws(WasmError) in try ModuleLayout(reader) }
    table.bodies = layout.bodies
    table.codeStart = layout.sections.first { $0.id == 10 }?.content.lowerBound ?? 0
    for index in table.rows.indices { table.rows[index].address = moves.newAddress(of: rows[index].address) }
    table.sort()
    return table
  }

  private mutating func add(_ program: LineProgram, at offset: Int) {
    let files = program.files.map { index(of: $0) }
    filesOfUnits[offset] = files
    for row in program.rows {
      var row = row
      row.file = files.indices.contains(row.file) && row.line > 0 ? files[row.file] : -1
      rows.append(row)
    }
  }

  private mutating func index(of file: String) -> Int {
    if let index = fileIndices[file] { return index }
    files.append(file)
    fileIndices[file] = files.count - 1
    return files.count - 1
  }

  /// Of several rows of an address the last holds, save that the end of one function is the start of the next.
  private mutating func sort() {
    let order = rows.indices.sorted { (rows[$0].address, $0) < (rows[$1].address, $1) }
    var sorted: [Row] = []
    sorted.reserveCapacity(rows.count)
    for index in order {
      let row = rows[index]
      if let last = sorted.last, last.address == row.address {
        if row.file >= 0 { sorted[sorted.count - 1] = row }
      } else if let last = sorted.last, last.file == row.file, last.line == row.line, last.column == row.column {
        continue
      } else {
        sorted.append(row)
      }
    }
    rows = sorted
  }
}

/// The sections that hold texts.
struct Strings {
  var line: ByteReader
  var all: ByteReader
}

/// The line number program of one unit.
struct LineProgram {
  private let codeSize: Int
  private let strings: Strings
  private(set) var files: [String] = []
  private(set) var rows: [LineTable.Row] = []

  init(codeSize: Int, _ strings: Strings) {
    self.codeSize = codeSize
    self.strings = strings
  }

  mutating func run(_ unit: ByteReader) throws(WasmError) {
    var reader = unit
    let version = try reader.fixed(2)
    guard (2...5).contains(version) else { return }
    if version >= 5 { try reader.skip(2) }
    let headerSize = try reader.fixed(4)
    let start = reader.position + headerSize
    let minimumLength = Int(try reader.byte())
    if version >= 4 { try reader.skip(1) }
    try reader.skip(1)
    let lineBase = Int(Int8(bitPattern: try reader.byte()))
    let lineRange = Swift.max(1, Int(try reader.byte()))
    let opcodeBase = Int(try reader.byte())
    var lengths: [Int] = []
    for _ in 1..<Swift.max(1, opcodeBase) { lengths.append(Int(try reader.byte())) }
    if version >= 5 { try readFiles5(&reader) } else { try readFiles(&reader) }
    guard start <= reader.end else { throw WasmError("A line table is cut short.", at: reader.position) }
    reader.position = start

    var sequence: [LineTable.Row] = []
    let initial = LineTable.Row(address: 0, file: 1, line: 1, column: 0)
    var row = initial
    while !reader.isAtEnd {
      let opcode = Int(try reader.byte())
      if opcode >= opcodeBase {
        let adjusted = opcode - opcodeBase
        row.address += adjusted / lineRange * minimumLength
        row.line += lineBase + adjusted % lineRange
        sequence.append(row)
        continue
      }
      switch opcode {
      case 0:
        let size = try reader.u32()
        let next = reader.position + size
        guard size > 0, next <= reader.end else { throw WasmError("A line table is damaged.", at: reader.position) }
        switch try reader.byte() {
        case 1:
          row.file = -1
          sequence.append(row)
          finish(sequence)
          sequence = []
          row = initial
        case 2: row.address = try reader.fixed(Swift.min(size - 1, 4))
        default: break
        }
        reader.position = next
      case 1: sequence.append(row)
      case 2: row.address += try reader.u32() * minimumLength
      case 3: row.line += try reader.signed()
      case 4: row.file = try reader.u32()
      case 5: row.column = try reader.u32()
      case 8: row.address += (255 - opcodeBase) / lineRange * minimumLength
      case 9: row.address += try reader.fixed(2)
      case 6, 7, 10, 11: break
      // Also what later versions add: as many numbers as the header says.
      default: for _ in 0..<lengths[opcode - 1] { try reader.skipLEB() }
      }
    }
  }

  /// A function that the linker has left out keeps its lines, at the address 0 or at none that there is.
  private mutating func finish(_ sequence: [LineTable.Row]) {
    guard let first = sequence.first, first.address > 0, first.address < codeSize else { return }
    rows += sequence
  }

  /// Up to version 4: index 0 is no file, and no folder but the compiler's own.
  private mutating func readFiles(_ reader: inout ByteReader) throws(WasmError) {
    var folders = [""]
    while true {
      let folder = try reader.text()
      if folder.isEmpty { break }
      folders.append(folder)
    }
    files = [""]
    while true {
      let name = try reader.text()
      if name.isEmpty { break }
      let folder = try reader.u32()
      try reader.skipLEB()
      try reader.skipLEB()
      files.append(Self.path(folders.indices.contains(folder) ? folders[folder] : "", name))
    }
  }

  private mutating func readFiles5(_ reader: inout ByteReader) throws(WasmError) {
    let folders = try readEntries(&reader).map { $0.path }
    files = try readEntries(&reader).map {
      Self.path(folders.indices.contains($0.folder) ? folders[$0.folder] : "", $0.path)
    }
  }

  private func readEntries(
    _ reader: inout ByteReader
  ) throws(WasmError) -> [(path: String, folder: Int)] {
    var formats: [(content: Int, form: Int)] = []
    for _ in 0..<(try reader.byte()) { formats.append((try reader.u32(), try reader.u32())) }
    var entries: [(path: String, folder: Int)] = []
    for _ in 0..<(try reader.u32()) {
      var entry = (path: "", folder: 0)
      for format in formats {
        switch (format.content, format.form) {
        case (1, 0x08): entry.path = try reader.text()
        case (1, 0x1f): entry.path = try strings.line.text(at: try reader.fixed(4))
        case (1, 0x0e): entry.path = try strings.all.text(at: try reader.fixed(4))
        case (2, 0x0b): entry.folder = Int(try reader.byte())
        case (2, 0x05): entry.folder = try reader.fixed(2)
        case (2, 0x0f): entry.folder = try reader.u32()
        case (_, let form): try reader.skip(form: form)
        }
      }
      entries.append(entry)
    }
    return entries
  }

  private static func path(_ folder: String, _ name: String) -> String {
    name.hasPrefix("/") || folder.isEmpty ? name : "\(folder)/\(name)"
  }
}

extension ByteReader {
  /// A unit of DWARF of 32 bits: its content, behind the length.
  mutating func dwarfUnit() throws(WasmError) -> ByteReader {
    let size = try fixed(4)
    guard size <= end - position else { throw WasmError("A line table is cut short.", at: position) }
    return slice(position..<position + size)
  }

  /// A number of that many bytes, the lowest first.
  mutating func fixed(_ count: Int) throws(WasmError) -> Int {
    var value = 0
    for index in 0..<count { value |= Int(try byte()) << (8 * index) }
    return value
  }

  mutating func signed() throws(WasmError) -> Int {
    var value = 0
    var shift = 0
    while true {
      let next = try byte()
      value |= Int(next & 0x7f) << shift
      shift += 7
      if next < 0x80 { return next & 0x40 != 0 && shift < 63 ? value | -1 << shift : value }
      if shift > 56 { throw WasmError("A number of a line table is too long.", at: position) }
    }
  }

  /// A text up to the zero byte that ends it.
  mutating func text() throws(WasmError) -> String {
    let start = position
    while try byte() != 0 {}
    return string(start..<position - 1)
  }

  fileprivate func text(at offset: Int) throws(WasmError) -> String {
    var reader = self
    try reader.skip(offset)
    return try reader.text()
  }

  fileprivate mutating func skip(form: Int) throws(WasmError) {
    switch form {
    case 0x08: _ = try text()
    case 0x0b: try skip(1)
    case 0x05: try skip(2)
    case 0x06, 0x0e, 0x1f: try skip(4)
    case 0x07: try skip(8)
    case 0x1e: try skip(16)
    case 0x0f: try skipLEB()
    case 0x09: _ = try sized()
    default: throw WasmError("A line table has a form that is not known: \(form).", at: position)
    }
  }
}
