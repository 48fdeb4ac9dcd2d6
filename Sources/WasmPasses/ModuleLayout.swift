/// A function type, as far as the passes care.
struct FunctionType: Hashable {
  var parameters: [UInt8]
  var results: [UInt8]

  static let i32: UInt8 = 0x7f
  static let i64: UInt8 = 0x7e
  static let f32: UInt8 = 0x7d
  static let f64: UInt8 = 0x7c

  /// Whether the type is one that an asynchronous function can have: no result, and at least a
  /// context, a self and an error parameter, which Swift's convention adds at the end.
  var canBeAsynchronous: Bool {
    results.isEmpty && parameters.count >= 3 && parameters[0] == FunctionType.i32
  }
}

/// The memory that a module imports. Sizes are in pages of 64 KiB.
public typealias ImportedMemory = (initialPages: Int, maximumPages: Int?, isShared: Bool)

/// Where things are in a module: the result of reading everything but the function bodies.
struct ModuleLayout {
  struct Section {
    var id: UInt8
    /// The bytes of the whole section, from its id on.
    var range: Range<Int>
    /// For a custom section the bytes of its name, otherwise empty.
    var name: Range<Int>
    /// What follows the size, or for a custom section the name.
    var content: Range<Int>
  }

  private(set) var sections: [Section] = []
  private(set) var types: [FunctionType] = []
  /// For each function, imports first, the index of its type.
  private(set) var functionTypes: [Int] = []
  private(set) var importedFunctionCount = 0
  /// For each function whether others than its direct callers know it: it is imported, exported or
  /// the start function, or its address is taken outside the code.
  private(set) var isReferenced: [Bool] = []
  /// For each function that is not imported, its locals and instructions.
  private(set) var bodies: [Range<Int>] = []
  /// For each function, where its name is in the name section; empty if it has none.
  private(set) var functionNames: [Range<Int>] = []
  /// The functions that segments of the tables name by their index alone, and where each index is.
  private(set) var tableEntries: [(index: Range<Int>, function: Int)] = []
  private(set) var memory: ImportedMemory?
  private(set) var stackPointer: Int?
  private(set) var setStackPointer: Int?
  /// What is called before atomic accesses; of programs whose schedules are explored.
  private(set) var mayBePreempted: Int?
  /// The same before others, whose address it gets.
  private(set) var mayBePreemptedAt: Int?

  /// Reads a module.
  ///
  /// - Throws: `WasmError` for bytes that are not a WebAssembly module or are cut short.
  init(_ module: ByteReader) throws(WasmError) {
    var reader = module
    guard module.end - module.position >= 8,
      module.equals(module.position..<module.position + 4, "\0asm")
    else {
      throw WasmError("Not a WebAssembly module: it does not begin with \"\\0asm\".", at: 0)
    }
    reader.position += 4
    let version = (try reader.byte(), try reader.byte(), try reader.byte(), try reader.byte())
    guard version == (1, 0, 0, 0) else {
      throw WasmError("Not a WebAssembly module of version 1; components are not accepted.", at: 4)
    }
    while !reader.isAtEnd {
      let start = reader.position
      let id = try reader.byte()
      let body = try reader.sized()
      var name = body.lowerBound..<body.lowerBound
      var content = body
      if id == 0 {
        var custom = module.slice(body)
        name = try custom.sized()
        content = custom.position..<body.upperBound
      }
      sections.append(Section(id: id, range: start..<body.upperBound, name: name, content: content))
      try read(id, module.slice(content))
    }
    guard bodies.count == functionTypes.count - importedFunctionCount else {
      let declared = functionTypes.count - importedFunctionCount
      throw WasmError("The module declares \(declared) functions and has \(bodies.count) bodies.")
    }
    functionNames = Array(repeating: 0..<0, count: functionTypes.count)
    for section in sections where section.id == 0 && module.equals(section.name, "name") {
      try readNames(module.slice(section.content))
    }
  }

  func type(ofFunction index: Int) throws(WasmError) -> FunctionType {
    guard index < functionTypes.count else {
      throw WasmError("The module calls function \(index) of \(functionTypes.count).")
    }
    return types[functionTypes[index]]
  }

  func type(_ index: Int) throws(WasmError) -> FunctionType {
    guard index < types.count else {
      throw WasmError("The module uses type \(index) of \(types.count).")
    }
    return types[index]
  }

  private mutating func read(_ id: UInt8, _ content: ByteReader) throws(WasmError) {
    switch id {
    case 1: try readTypes(content)
    case 2: try readImports(content)
    case 3: try readFunctions(content)
    case 6: try readGlobals(content)
    case 7: try readExports(content)
    case 8: try readStart(content)
    case 9: try readElements(content)
    case 10: try readBodies(content)
    default: return
    }
  }

  private mutating func readTypes(_ content: ByteReader) throws(WasmError) {
    var reader = content
    for _ in 0..<(try reader.u32()) {
      let form = try reader.byte()
      guard form == 0x60 else {
        throw WasmError("A type of the module is not a function type.", at: reader.position - 1)
      }
      types.append(FunctionType(
        parameters: try valueTypes(&reader), results: try valueTypes(&reader)))
    }
  }

  private func valueTypes(_ reader: inout ByteReader) throws(WasmError) -> [UInt8] {
    let range = try reader.sized()
    return Array(UnsafeBufferPointer(start: reader.base + range.lowerBound, count: range.count))
  }

  private mutating func readImports(_ content: ByteReader) throws(WasmError) {
    var reader = content
    for _ in 0..<(try reader.u32()) {
      _ = try reader.sized()
      _ = try reader.sized()
      switch try reader.byte() {
      case 0: try addFunction(&reader)
      case 1:
        try reader.skip(1)
        _ = try limits(&reader)
      case 2: memory = try limits(&reader)
      case 3: try reader.skip(2)
      case 4: try reader.skip(1); try reader.skipLEB()
      default: throw WasmError("Unknown kind of import.", at: reader.position - 1)
      }
    }
    importedFunctionCount = functionTypes.count
    isReferenced = Array(repeating: true, count: importedFunctionCount)
  }

  private func limits(_ reader: inout ByteReader) throws(WasmError) -> ImportedMemory {
    let flags = try reader.byte()
    guard flags <= 3 else {
      throw WasmError("Only 32-bit memories and tables are supported.", at: reader.position - 1)
    }
    let initial = try reader.u32()
    return (initial, flags & 1 != 0 ? try reader.u32() : nil, flags & 2 != 0)
  }

  private mutating func addFunction(_ reader: inout ByteReader) throws(WasmError) {
    let type = try reader.u32()
    guard type < types.count else {
      throw WasmError("The module uses type \(type) of \(types.count).", at: reader.position)
    }
    functionTypes.append(type)
  }

  private mutating func readFunctions(_ content: ByteReader) throws(WasmError) {
    var reader = content
    for _ in 0..<(try reader.u32()) {
      try addFunction(&reader)
      isReferenced.append(false)
    }
  }

  private mutating func readGlobals(_ content: ByteReader) throws(WasmError) {
    var reader = content
    for _ in 0..<(try reader.u32()) {
      // Its type, and whether it may be set.
      try reader.skip(2)
      try readExpression(&reader)
    }
  }

  private mutating func readStart(_ content: ByteReader) throws(WasmError) {
    var reader = content
    _ = try readReference(&reader)
  }

  /// Layout: WebAssembly Core Specification, section 5.5.12.
  private mutating func readElements(_ content: ByteReader) throws(WasmError) {
    var reader = content
    for _ in 0..<(try reader.u32()) {
      let flags = try reader.u32()
      guard flags <= 7 else {
        throw WasmError("Unknown kind of element segment.", at: reader.position - 1)
      }
      let isActive = flags & 1 == 0
      if isActive {
        if flags & 2 != 0 { try reader.skipLEB() }
        try readExpression(&reader)
      }
      // The kind or type of the elements.
      if flags & 3 != 0 { try reader.skip(1) }
      for _ in 0..<(try reader.u32()) {
        if flags & 4 == 0 {
          let start = reader.position
          let function = try readReference(&reader)
          tableEntries.append((start..<reader.position, function))
        } else {
          try readExpression(&reader)
        }
      }
    }
  }

  /// Reads a constant expression up to its end.
  private mutating func readExpression(_ reader: inout ByteReader) throws(WasmError) {
    while true {
      switch try reader.byte() {
      case Opcode.end: return
      case Opcode.refFunc: _ = try readReference(&reader)
      case let opcode: try reader.skipImmediates(of: opcode)
      }
    }
  }

  private mutating func readReference(_ reader: inout ByteReader) throws(WasmError) -> Int {
    let function = try reader.u32()
    guard function < isReferenced.count else {
      throw WasmError(
        "The module names function \(function) of \(isReferenced.count).", at: reader.position)
    }
    isReferenced[function] = true
    return function
  }

  private mutating func readExports(_ content: ByteReader) throws(WasmError) {
    var reader = content
    for _ in 0..<(try reader.u32()) {
      let name = try reader.sized()
      let kind = try reader.byte()
      var reference = reader
      if kind == 0 { _ = try readReference(&reference) }
      let index = try reader.u32()
      if kind == 0, reader.equals(name, "webble_set_stack_pointer") { setStackPointer = index }
      if kind == 0, reader.equals(name, "webble_may_be_preempted") { mayBePreempted = index }
      if kind == 0, reader.equals(name, "webble_may_be_preempted_at") { mayBePreemptedAt = index }
      if kind == 3, reader.equals(name, "__stack_pointer") { stackPointer = index }
    }
  }

  private mutating func readBodies(_ content: ByteReader) throws(WasmError) {
    var reader = content
    for _ in 0..<(try reader.u32()) { bodies.append(try reader.sized()) }
  }

  /// Reads the names of functions and globals.
  /// Layout: WebAssembly Core Specification, appendix "Name Section".
  private mutating func readNames(_ content: ByteReader) throws(WasmError) {
    var reader = content
    while !reader.isAtEnd {
      let id = try reader.byte()
      var names = reader.slice(try reader.sized())
      guard id == NameSubsection.functions || id == NameSubsection.globals else { continue }
      for _ in 0..<(try names.u32()) {
        let index = try names.u32()
        let name = try names.sized()
        if id == NameSubsection.globals {
          if reader.equals(name, "__stack_pointer") { stackPointer = index }
        } else if index < functionNames.count {
          functionNames[index] = name
          if reader.equals(name, "webble_set_stack_pointer") { setStackPointer = index }
        }
      }
    }
  }
}
