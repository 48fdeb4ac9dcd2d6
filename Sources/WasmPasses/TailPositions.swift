/// A call after which the function does nothing but return, or restore the shadow stack and return.
struct TailCallSite {
  /// Where the opcode is.
  var start: Int
  /// Where the next instruction is.
  var end: Int
  /// The function called, or nil for an indirect call.
  var callee: Int?
  /// The instructions that restore the shadow stack after the call, if there are any.
  var restore: Range<Int>?
  /// Whether this is an indirect call of a function pointer found where an asynchronous context
  /// keeps its resume function, one word in.
  var resumesCaller: Bool
}

/// Finds the calls in tail position of one function after another, in one pass over the code and
/// without a list of instructions.
///
/// `arriving` holds the calls from whose end control reaches the current instruction with nothing
/// in between but jumps. Any instruction that does something empties it; a `br` puts it by until
/// the end of its block; a `return` or the end of the function confirms what is in it.
struct TailPositions {
  private struct Control {
    var isLoop: Bool
    /// How many values a branch to the end of the block carries.
    var arity: Int
  }

  private let layout: ModuleLayout
  private var controls: [Control] = []
  private var arriving: [TailCallSite] = []
  private var branched: [(depth: Int, site: TailCallSite)] = []
  private var found: [TailCallSite] = []

  /// Operands pushed by the instructions after a call that only touch locals, constants and the
  /// stack pointer, and where those began.
  private var operands = 0
  private var quietStart: Int?

  init(_ layout: ModuleLayout) { self.layout = layout }

  /// The calls in tail position of the function with the code `body`, in order of confirmation.
  mutating func sites(in body: ByteReader, type: FunctionType) throws(WasmError) -> [TailCallSite] {
    controls.removeAll(keepingCapacity: true)
    branched.removeAll(keepingCapacity: true)
    arriving.removeAll(keepingCapacity: true)
    found.removeAll(keepingCapacity: true)
    forgetQuiet()
    var reader = body
    try reader.skipLocals()
    controls.append(Control(isLoop: false, arity: type.results.count))

    // Where function pointers of contexts are: on the operand stack, or in this local.
    var loadsResume = false
    var resumeLocal: Int?

    while !controls.isEmpty {
      let start = reader.position
      let opcode = try reader.byte()
      switch opcode {
      case Opcode.call, Opcode.callIndirect:
        let index = try reader.u32()
        let callee: FunctionType
        if opcode == Opcode.call {
          callee = try layout.type(ofFunction: index)
        } else {
          callee = try layout.type(index)
          try reader.skipLEB()
        }
        arriving.removeAll(keepingCapacity: true)
        forgetQuiet()
        if callee.results == type.results {
          arriving.append(TailCallSite(
            start: start, end: reader.position, callee: opcode == Opcode.call ? index : nil,
            restore: nil, resumesCaller: opcode == Opcode.callIndirect && loadsResume))
        }
        loadsResume = false
        continue
      case Opcode.block, Opcode.loop, Opcode.if:
        let blockType = try reader.blockType()
        let arity = blockType < 0 ? (blockType == -0x40 ? 0 : 1)
          : try layout.type(blockType).results.count
        controls.append(Control(isLoop: opcode == Opcode.loop, arity: arity))
        // An `if` takes a condition, and a loop may come back: something happens here.
        arriving.removeAll(keepingCapacity: true)
        forgetQuiet()
      case Opcode.end:
        settle()
        controls.removeLast()
        if controls.isEmpty {
          confirm()
        } else {
          collect(depth: controls.count)
        }
      case Opcode.else:
        guard controls.count > 1 else { throw misplaced("else", start) }
        settle()
        branch(to: controls.count - 1)
      case Opcode.br:
        let label = try reader.u32()
        guard label < controls.count else { throw misplaced("br", start) }
        settle()
        let target = controls.count - 1 - label
        if controls[target].isLoop || controls[target].arity != type.results.count {
          arriving.removeAll(keepingCapacity: true)
        } else {
          branch(to: target)
        }
      case Opcode.return:
        settle()
        confirm()
      case Opcode.nop:
        break
      default:
        if opcode == Opcode.localGet {
          let local = try reader.u32()
          loadsResume = local == resumeLocal
        } else if opcode == Opcode.i32Load {
          loadsResume = try reader.memoryOffset() == 4
        } else if opcode == Opcode.localSet || opcode == Opcode.localTee {
          let local = try reader.u32()
          if loadsResume {
            resumeLocal = local
          } else if resumeLocal == local {
            resumeLocal = nil
          }
        } else {
          let isStackPointer = opcode == Opcode.globalGet || opcode == Opcode.globalSet
          let immediates = reader.position
          try reader.skipImmediates(of: opcode)
          loadsResume = false
          if isStackPointer, !arriving.isEmpty {
            var index = reader
            index.position = immediates
            if try index.u32() != layout.stackPointer {
              arriving.removeAll(keepingCapacity: true)
            }
          }
        }
        if !arriving.isEmpty { follow(opcode, start, reader.position) }
      }
    }
    guard reader.isAtEnd else {
      throw WasmError("Instructions follow the end of a function.", at: reader.position)
    }
    return found
  }

  /// Takes note of an instruction after a call: a sequence of instructions that leaves the operand
  /// stack as it was and changes only locals may as well come before the call, and if at its end it
  /// sets the stack pointer, it is the restore.
  private mutating func follow(_ opcode: UInt8, _ start: Int, _ end: Int) {
    if quietStart == nil { quietStart = start }
    switch opcode {
    case Opcode.localGet, Opcode.i32Const, Opcode.globalGet:
      operands += 1
      return
    case Opcode.i32Add, Opcode.i32Sub:
      operands -= 1
      if operands >= 1 { return }
    case Opcode.localTee:
      if operands >= 1 { return }
    case Opcode.localSet:
      operands -= 1
      if operands >= 0 { return }
    case Opcode.globalSet:
      operands -= 1
      if operands == 0, let quietStart, arriving.allSatisfy({ $0.restore == nil }) {
        for index in arriving.indices { arriving[index].restore = quietStart..<end }
        self.quietStart = nil
        return
      }
    default: break
    }
    arriving.removeAll(keepingCapacity: true)
    forgetQuiet()
  }

  private mutating func forgetQuiet() {
    operands = 0
    quietStart = nil
  }

  /// At a jump: operands left over belong to something that is not a restore.
  private mutating func settle() {
    if operands != 0 { arriving.removeAll(keepingCapacity: true) }
    forgetQuiet()
  }

  private mutating func confirm() {
    found.append(contentsOf: arriving)
    if controls.isEmpty {
      for entry in branched where entry.depth == 0 { found.append(entry.site) }
    }
    arriving.removeAll(keepingCapacity: true)
  }

  private mutating func branch(to depth: Int) {
    for site in arriving { branched.append((depth, site)) }
    arriving.removeAll(keepingCapacity: true)
  }

  private mutating func collect(depth: Int) {
    guard !branched.isEmpty else { return }
    for entry in branched where entry.depth == depth { arriving.append(entry.site) }
    branched.removeAll { $0.depth == depth }
  }

  private func misplaced(_ name: String, _ position: Int) -> WasmError {
    WasmError("A \(name) leads out of its function.", at: position)
  }
}

extension ByteReader {
  /// Passes over the declarations of locals at the start of a function body.
  mutating func skipLocals() throws(WasmError) {
    for _ in 0..<(try u32()) {
      try skipLEB()
      try skip(1)
    }
  }
}
