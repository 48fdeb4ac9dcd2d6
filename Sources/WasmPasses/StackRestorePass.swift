/// Gives the shadow stack's frame back where the compiler has forgotten to.
///
/// LLVM, as Swift 6.3 has it, leaves out now and then what gives a function's frame back before a tail call: seen
/// in optimised parts of asynchronous functions, one in some hundreds. Each run of such a part takes its
/// frame from the thread's stack for good, until that overflows.
///
/// Which exits lack it, following the code tells: a frame is taken by `global.set` of the stack pointer less a
/// constant, once, at the beginning, and given back by another `global.set`. Between the two the stack pointer is
/// where the frame is, unless there are blocks of variable size in it, whose functions keep the old value in
/// a local, and are left alone. So what is missing is the stack pointer plus the constant.
struct StackRestorePass {
  private let layout: ModuleLayout
  private let stackPointer: Int
  /// The least length of the immediate of a `global.set __stack_pointer` that is written.
  private let setterLength: Int

  /// - Returns: nil if the module has no stack pointer.
  init?(_ layout: ModuleLayout, setterLength: Int) {
    guard let stackPointer = layout.stackPointer else { return nil }
    self.layout = layout
    self.stackPointer = stackPointer
    self.setterLength = setterLength
  }

  /// Rewrites the body of a function, which stays as long as it is.
  func run(
    body: Range<Int>, in module: UnsafeMutableBufferPointer<UInt8>, report: inout PassReport
  ) throws(WasmError) {
    let reader = ByteReader(
      base: UnsafePointer(module.baseAddress!), position: body.lowerBound, end: body.upperBound)
    guard let (size, exits) = try exitsWithFrame(reader), !exits.isEmpty else { return }
    let restore =
      [Opcode.globalGet] + unsignedLEB(stackPointer) + [Opcode.i32Const] + nonnegativeLEB(size)
      + [Opcode.i32Add, Opcode.globalSet] + unsignedLEB(stackPointer, length: setterLength)
    let insertions = exits.map { Insertion(position: $0.lowerBound, end: $0.upperBound, bytes: restore) }
    let added = try insert(insertions, into: body, of: module, setterLength: setterLength)
    guard added == exits.count else {
      throw WasmError("There is no room to give the stack's frame back before a tail call.", at: body.lowerBound)
    }
    report.restoresAdded += added
  }

  /// What is known of the frame at a place: nothing is, if that place cannot be reached.
  private enum Frame: Equatable {
    case none
    case taken
    /// Given back on one way to here, not on another.
    case unknown

    static func merged(_ one: Frame?, _ other: Frame?) -> Frame? {
      guard let one, let other else { return one ?? other }
      return one == other ? one : .unknown
    }
  }

  private struct Control {
    var isLoop: Bool
    /// Of the branches to its end, and of an `if`'s condition that does not hold.
    var atEnd: Frame?
    /// At the beginning of an `else`.
    var atElse: Frame?
  }

  /// The size of the function's frame, and where the function ends with it still taken: the instructions that leave.
  ///
  /// - Returns: nil if there is no frame, or one of a shape that is not known.
  private func exitsWithFrame(
    _ body: ByteReader
  ) throws(WasmError) -> (size: Int, exits: [Range<Int>])? {
    var reader = body
    try reader.skipLocals()
    // Nearly all functions with a frame begin with it; others have none.
    guard try reader.byte() == Opcode.globalGet, try reader.u32() == stackPointer,
      try reader.byte() == Opcode.i32Const, case let size = try reader.u32(), size > 0,
      try reader.byte() == Opcode.i32Sub
    else { return nil }

    var frame: Frame? = Frame.none
    var controls = [Control(isLoop: false)]
    var exits: [Range<Int>] = []
    var before = Opcode.i32Sub
    while !controls.isEmpty {
      let start = reader.position
      let opcode = try reader.byte()
      switch opcode {
      case Opcode.globalSet:
        guard try reader.u32() == stackPointer else { break }
        switch (before, frame) {
        case (_, nil): break
        case (Opcode.i32Sub, Frame.none?): frame = .taken
        case (Opcode.i32Add, .taken?): frame = Frame.none
        default: return nil
        }
      case Opcode.block, Opcode.loop:
        _ = try reader.blockType()
        controls.append(Control(isLoop: opcode == Opcode.loop))
      case Opcode.if:
        _ = try reader.blockType()
        controls.append(Control(isLoop: false, atElse: frame))
      case Opcode.else:
        let last = controls.count - 1
        controls[last].atEnd = Frame.merged(controls[last].atEnd, frame)
        frame = controls[last].atElse
        controls[last].atElse = nil
      case Opcode.end:
        let ended = controls.removeLast()
        frame = Frame.merged(Frame.merged(ended.atEnd, ended.atElse), frame)
        if controls.isEmpty, frame == .taken { exits.append(start..<reader.position) }
      case Opcode.br:
        try note(frame, branchTo: try reader.u32(), &controls)
        frame = nil
      case Opcode.brIf:
        try note(frame, branchTo: try reader.u32(), &controls)
      case Opcode.brTable:
        for _ in 0...(try reader.u32()) { try note(frame, branchTo: try reader.u32(), &controls) }
        frame = nil
      case Opcode.return, Opcode.returnCall, Opcode.returnCallIndirect:
        try reader.skipImmediates(of: opcode)
        if frame == .taken { exits.append(start..<reader.position) }
        frame = nil
      case Opcode.unreachable:
        frame = nil
      default:
        try reader.skipImmediates(of: opcode)
      }
      if opcode != Opcode.localTee { before = opcode }
    }
    return (size, exits)
  }

  private func note(
    _ frame: Frame?, branchTo label: Int, _ controls: inout [Control]
  ) throws(WasmError) {
    guard label < controls.count else { throw WasmError("A branch leads out of its function.") }
    let target = controls.count - 1 - label
    if !controls[target].isLoop {
      controls[target].atEnd = Frame.merged(controls[target].atEnd, frame)
    }
  }
}
