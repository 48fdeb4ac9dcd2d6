/// Has a program say so before each atomic access of its own, and if that is asked for before each other access to memory:
/// for schedules that are explored.
///
/// An atomic instruction becomes a call, as long as the instruction, of a function that is added behind all others:
/// it calls `webble_may_be_preempted`, and then does what the instruction has done. Left out is what the runtime and its
/// libraries do, also where the compiler has put it in the place of a call: within their protocols nobody else may run.
/// The program's own is what has debugging information and a name that is none of theirs.
///
/// Other loads and stores call `webble_may_be_preempted_at`, which knows the stack's addresses. They have three bytes at least,
/// and so has a call if the module has fewer than 16,384 functions: in a larger one those of three bytes stay as they are.
struct AtomicAccessPass {
  /// What differs between two instructions, apart from their operands.
  private struct Access: Hashable {
    /// An opcode, or of an atomic instruction what follows `Opcode.atomic`.
    var code: Int
    var offset: Int
    var isAtomic: Bool
  }

  /// `SharedAccess.atomic` of the SDK.
  private static let access = 5

  private let layout: ModuleLayout
  private let module: ByteReader
  private let hook: Int
  /// Of accesses that are not atomic; nil if those stay as they are.
  private let memoryHook: Int?
  private var replaced: [(instruction: Range<Int>, access: Int)] = []
  private var accesses: [Access] = []
  private var indices: [Access: Int] = [:]
  /// How many accesses are shorter than a call.
  private var tooShort = 0

  /// Returns the module with the calls, or as it is if nothing takes them.
  static func applied(
    to module: ByteReader, _ layout: ModuleLayout, _ lines: LineTable, _ inlined: InlinedCalls, ofMemory: Bool,
    report: inout PassReport
  ) throws(WasmError) -> [UInt8] {
    let type = FunctionType(parameters: [FunctionType.i32], results: [])
    guard let hook = layout.mayBePreempted, try layout.type(ofFunction: hook) == type
    else {
      if ofMemory { throw WasmError("The module does not export webble_may_be_preempted, which accesses are to call.") }
      return module.bytes(0..<module.end)
    }
    var memoryHook: Int?
    if ofMemory {
      memoryHook = layout.mayBePreemptedAt
      guard let memoryHook, try layout.type(ofFunction: memoryHook) == type else {
        throw WasmError("The module has no function webble_may_be_preempted_at, which is to be called before accesses.")
      }
    }
    var pass = AtomicAccessPass(layout: layout, module: module, hook: hook, memoryHook: memoryHook)
    try pass.find(lines, inlined)
    report.atomicAccesses = pass.replaced.count { pass.accesses[$0.access].isAtomic }
    report.memoryAccesses = pass.replaced.count - report.atomicAccesses
    report.memoryAccessesSkipped = pass.tooShort
    return pass.replaced.isEmpty ? module.bytes(0..<module.end) : try pass.rewritten()
  }

  private init(layout: ModuleLayout, module: ByteReader, hook: Int, memoryHook: Int?) {
    (self.layout, self.module, self.hook, self.memoryHook) = (layout, module, hook, memoryHook)
  }

  // MARK: Finding them

  private mutating func find(_ lines: LineTable, _ inlined: InlinedCalls) throws(WasmError) {
    let areRuntimes = inlined.names.map { Self.isRuntimes($0) }
    let runtimesCalls = inlined.calls.filter { areRuntimes[$0.name] }
    let arePointers = inlined.names.map { Self.isPointers($0) }
    for (index, body) in layout.bodies.enumerated() {
      let name = module.string(layout.functionNames[layout.importedFunctionCount + index])
      let addresses = body.lowerBound - lines.codeStart..<body.upperBound - lines.codeStart
      if Self.isRuntimes(name) || !lines.hasLine(in: addresses) { continue }
      let isCalledByRuntime = memoryHook == nil || Self.isCalledByRuntime(name)
      let firstCall = runtimesCalls.partitioningIndex { $0.addresses.lowerBound >= addresses.lowerBound }
      var reader = module.slice(body)
      try reader.skipLocals()
      while !reader.isAtEnd {
        let start = reader.position
        let opcode = try reader.byte()
        var immediates = reader
        try reader.skipImmediates(of: opcode)
        let code: Int
        switch opcode {
        case Opcode.atomic:
          code = try immediates.u32()
          // The others are waits, wake-ups and fences.
          if code < 0x10 { continue }
        case Opcode.i32Load...Opcode.i64Store32:
          if isCalledByRuntime { continue }
          code = Int(opcode)
        default: continue
        }
        let isAtomic = opcode == Opcode.atomic
        let address = start - lines.codeStart
        let isTheirs = runtimesCalls[firstCall...].prefix { $0.addresses.lowerBound <= address }.contains {
          $0.addresses.contains(address) && (isAtomic || !arePointers[$0.name])
        }
        if isTheirs { continue }
        let access = Access(code: code, offset: try immediates.memoryOffset(), isAtomic: isAtomic)
        let number = indices[access] ?? accesses.count
        if unsignedLEB(layout.functionTypes.count + number).count >= reader.position - start {
          tooShort += 1
          continue
        }
        if number == accesses.count {
          accesses.append(access)
          indices[access] = number
        }
        replaced.append((start..<reader.position, number))
      }
    }
  }

  /// The standard library's types of unsafe pointers and buffers: what is accessed by way of them is the program's.
  private static func isPointers(_ name: String) -> Bool {
    ["$e", "$s"].contains { prefix in
      name.hasPrefix(prefix) && ["Sp", "SP", "Sr", "SR", "Sv", "SV", "Sw", "SW"].contains(String(name.dropFirst(2).prefix(2)))
    }
  }

  /// Copies, destructions and other operations of values, which the runtime may have done in the middle of its protocols.
  /// Suffixes of mangled names: Swift's "Mangling.rst".
  private static func isCalledByRuntime(_ name: String) -> Bool {
    let suffix = name.utf8.suffix(3)
    guard suffix.count == 3, let last = suffix.last, (0x61...0x7a).contains(last) || last == 0x44 || last == 0x45 else {
      return false
    }
    let text = String(decoding: suffix, as: UTF8.self)
    return text.hasPrefix("WO") || text.hasPrefix("w") || text.hasSuffix("fd") || text.hasSuffix("fD")
      || text.hasSuffix("fE")
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
      // Those with an underscore in front are the standard library's in C, of which each module has its own in debug builds.
      return ["swift_", "_swift_", "webble_"].contains { name.hasPrefix($0) }
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
      let type = Self.type(of: access)
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
      // Four bytes at least of an atomic one: two for its code, one for its alignment, one for its offset.
      let length = min(instruction.count - 1, 5)
      var call = [Opcode.call] + unsignedLEB(function, length: length)
      while call.count < instruction.count { call.append(Opcode.nop) }
      code.replaceSubrange(instruction.lowerBound - start..<instruction.upperBound - start, with: call)
    }
    return code
  }

  private func function(_ access: Access) -> [UInt8] {
    var code: [UInt8] = [0]
    if access.isAtomic {
      code += [Opcode.i32Const, UInt8(Self.access), Opcode.call] + unsignedLEB(hook)
    } else {
      code += [Opcode.localGet, 0, Opcode.i32Const] + unsignedLEB(access.offset, length: 5) + [Opcode.i32Add, Opcode.call]
        + unsignedLEB(memoryHook ?? 0)
    }
    for parameter in Self.type(of: access).parameters.indices {
      code += [Opcode.localGet] + unsignedLEB(parameter)
    }
    // An alignment is a promise only: of other accesses the least.
    code += access.isAtomic
      ? [Opcode.atomic] + unsignedLEB(access.code) + [Self.alignment(of: access.code)] : [UInt8(access.code), 0]
    return code + unsignedLEB(access.offset) + [Opcode.end]
  }

  private static func type(of access: Access) -> FunctionType {
    if access.isAtomic { return type(ofAtomic: access.code) }
    let type: UInt8 =
      switch access.code {
      case 0x28, 0x2c...0x2f, 0x36, 0x3a, 0x3b: FunctionType.i32
      case 0x2a, 0x38: FunctionType.f32
      case 0x2b, 0x39: FunctionType.f64
      default: FunctionType.i64
      }
    let isStore = access.code >= 0x36
    return FunctionType(parameters: [FunctionType.i32] + (isStore ? [type] : []), results: isStore ? [] : [type])
  }

  /// Instructions come in groups of seven, of which each has these operands.
  /// Numbers: WebAssembly threads proposal, "Binary Format".
  private static let widths: [(type: UInt8, alignment: UInt8)] = [
    (FunctionType.i32, 2), (FunctionType.i64, 3), (FunctionType.i32, 0), (FunctionType.i32, 1),
    (FunctionType.i64, 0), (FunctionType.i64, 1), (FunctionType.i64, 2),
  ]

  private static func alignment(of code: Int) -> UInt8 { widths[(code - 0x10) % 7].alignment }

  private static func type(ofAtomic code: Int) -> FunctionType {
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
