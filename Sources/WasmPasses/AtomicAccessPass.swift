/// Has a program say so before each atomic access of its own: for schedules that are explored.
///
/// An atomic instruction becomes a call, as long as the instruction, of a function that is added behind all others:
/// it calls `webble_may_be_preempted`, and then does what the instruction has done. Left out is what the runtime and its
/// libraries do, also where the compiler has put it in the place of a call: within their protocols nobody else may run.
/// The program's own is what has debugging information and a name that is none of theirs.
struct AtomicAccessPass {
  /// What differs between two instructions, apart from their operands.
  private struct Access: Hashable {
    var code: Int
    var offset: Int
  }

  /// `SharedAccess.atomic` of the SDK.
  private static let access = 5

  private let layout: ModuleLayout
  private let module: ByteReader
  private let hook: Int
  private var replaced: [(instruction: Range<Int>, access: Int)] = []
  private var accesses: [Access] = []

  /// Returns the module with the calls, or as it is if nothing takes them.
  static func applied(
    to module: ByteReader, _ layout: ModuleLayout, _ lines: LineTable, _ inlined: InlinedCalls,
    report: inout PassReport
  ) throws(WasmError) -> [UInt8] {
    guard let hook = layout.mayBePreempted,
      try layout.type(ofFunction: hook) == FunctionType(parameters: [FunctionType.i32], results: [])
    else { return module.bytes(0..<module.end) }
    var pass = AtomicAccessPass(layout: layout, module: module, hook: hook)
    try pass.find(lines, inlined)
    report.atomicAccesses = pass.replaced.count
    return pass.replaced.isEmpty ? module.bytes(0..<module.end) : try pass.rewritten()
  }

  private init(layout: ModuleLayout, module: ByteReader, hook: Int) {
    (self.layout, self.module, self.hook) = (layout, module, hook)
  }

  // MARK: Finding them

  private mutating func find(_ lines: LineTable, _ inlined: InlinedCalls) throws(WasmError) {
    let areRuntimes = inlined.names.map { Self.isRuntimes($0) }
    let runtimesCalls = inlined.calls.filter { areRuntimes[$0.name] }.map(\.addresses)
    var indices: [Access: Int] = [:]
    for (index, body) in layout.bodies.enumerated() {
      let name = layout.functionNames[layout.importedFunctionCount + index]
      let addresses = body.lowerBound - lines.codeStart..<body.upperBound - lines.codeStart
      if Self.isRuntimes(module.string(name)) || !lines.hasLine(in: addresses) { continue }
      let firstCall = runtimesCalls.partitioningIndex { $0.lowerBound >= addresses.lowerBound }
      var reader = module.slice(body)
      try reader.skipLocals()
      while !reader.isAtEnd {
        let start = reader.position
        let opcode = try reader.byte()
        guard opcode == Opcode.atomic else {
          try reader.skipImmediates(of: opcode)
          continue
        }
        var immediates = reader
        try reader.skipImmediates(of: opcode)
        let code = try immediates.u32()
        // The others are waits, wake-ups and fences.
        guard code >= 0x10 else { continue }
        let address = start - lines.codeStart
        if runtimesCalls[firstCall...].prefix(while: { $0.lowerBound <= address }).contains(where: { $0.contains(address) }) {
          continue
        }
        let access = Access(code: code, offset: try immediates.memoryOffset())
        let number = indices[access] ?? accesses.count
        if number == accesses.count {
          accesses.append(access)
          indices[access] = number
        }
        replaced.append((start..<reader.position, number))
      }
    }
  }

  /// The modules whose functions are no program's, as mangled names have them.
  private static let modules = [
    "6Webble", "14WebbleTesting", "10JavaScript", "12_Concurrency", "15WebbleScheduler", "15WebbleAllocator",
    "13WebbleAtomics", "21WebbleStandardLibrary",
  ]

  private static func isRuntimes(_ name: String) -> Bool {
    // LLVM calls so what it has made of several functions that are the same, whosever they are: the runtime's appends
    // to arrays, for one, which must not be interrupted.
    if name.hasPrefix(".L__unnamed") { return true }
    guard let prefix = ["$e", "$s"].first(where: { name.hasPrefix($0) }) else {
      return name.hasPrefix("swift_") || name.hasPrefix("webble_")
    }
    let rest = name.dropFirst(prefix.count)
    // Of the standard library, and of the concurrency library's types, which have short names.
    return rest.hasPrefix("s") || rest.hasPrefix("S") || modules.contains { rest.hasPrefix($0) }
  }

  // MARK: Putting calls in their place

  private func rewritten() throws(WasmError) -> [UInt8] {
    var types = layout.types
    var accessTypes: [Int] = []
    for access in accesses {
      let type = Self.type(of: access.code)
      let index = types.firstIndex(of: type) ?? types.count
      if index == types.count { types.append(type) }
      accessTypes.append(index)
    }
    var output = module.bytes(0..<8)
    for section in layout.sections {
      switch section.id {
      case 1:
        appendLonger(
          section, by: types[layout.types.count...].map { type in
            [0x60] + sized(type.parameters) + sized(type.results)
          }, to: &output)
      case 3: appendLonger(section, by: accessTypes.map { unsignedLEB($0) }, to: &output)
      case 10:
        appendLonger(section, by: accesses.map { sized(function($0)) }, to: &output)
      default: output += module.bytes(section.range)
      }
    }
    return output
  }

  private func sized(_ bytes: [UInt8]) -> [UInt8] { unsignedLEB(bytes.count) + bytes }

  /// Appends a section that is a vector, with further items.
  private func appendLonger(_ section: ModuleLayout.Section, by items: [[UInt8]], to output: inout [UInt8]) {
    var reader = module.slice(section.content)
    let count = (try? reader.u32()) ?? 0
    var content = unsignedLEB(count + items.count)
    content += section.id == 10 ? code(from: reader.position) : module.bytes(reader.position..<reader.end)
    for item in items { content += item }
    output.append(section.id)
    appendSized(content, to: &output)
  }

  /// The bodies, with calls for the instructions.
  private func code(from start: Int) -> [UInt8] {
    let end = layout.sections.first { $0.id == 10 }.map(\.content.upperBound) ?? start
    var code = module.bytes(start..<end)
    for (instruction, access) in replaced {
      let function = layout.functionTypes.count + access
      // Four bytes at least: an instruction has two for its code, one for its alignment, one for its offset.
      let length = min(instruction.count - 1, 5)
      var call = [Opcode.call] + unsignedLEB(function, length: length)
      while call.count < instruction.count { call.append(Opcode.nop) }
      code.replaceSubrange(instruction.lowerBound - start..<instruction.upperBound - start, with: call)
    }
    return code
  }

  private func function(_ access: Access) -> [UInt8] {
    var code: [UInt8] = [0, Opcode.i32Const, UInt8(Self.access), Opcode.call] + unsignedLEB(hook)
    for parameter in Self.type(of: access.code).parameters.indices {
      code += [Opcode.localGet] + unsignedLEB(parameter)
    }
    return code + [Opcode.atomic] + unsignedLEB(access.code) + [Self.alignment(of: access.code)]
      + unsignedLEB(access.offset) + [Opcode.end]
  }

  /// Instructions come in groups of seven, of which each has these operands.
  /// Numbers: WebAssembly threads proposal, "Binary Format".
  private static let widths: [(type: UInt8, alignment: UInt8)] = [
    (FunctionType.i32, 2), (FunctionType.i64, 3), (FunctionType.i32, 0), (FunctionType.i32, 1),
    (FunctionType.i64, 0), (FunctionType.i64, 1), (FunctionType.i64, 2),
  ]

  private static func alignment(of code: Int) -> UInt8 { widths[(code - 0x10) % 7].alignment }

  private static func type(of code: Int) -> FunctionType {
    let type = widths[(code - 0x10) % 7].type
    let address = FunctionType.i32
    return switch (code - 0x10) / 7 {
    case 0: FunctionType(parameters: [address], results: [type])
    case 1: FunctionType(parameters: [address, type], results: [])
    // Compare and exchange.
    case 8: FunctionType(parameters: [address, type, type], results: [type])
    default: FunctionType(parameters: [address, type], results: [type])
    }
  }
}

extension LineTable {
  /// Whether any of the code at these addresses is known to come from a line.
  fileprivate func hasLine(in addresses: Range<Int>) -> Bool {
    rows[rows.partitioningIndex { $0.address >= addresses.lowerBound }...]
      .prefix { $0.address < addresses.upperBound }.contains { $0.file >= 0 }
  }
}

extension Array {
  /// The first index whose element, and all after it, are as `isBehind` says.
  fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
