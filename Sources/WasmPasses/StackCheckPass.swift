/// Where the stack pointer is checked against the end of the thread's stack.
public enum StackChecks: Sendable {
  case none
  /// Where a function makes its frame, unless it is a small one that no other can follow: what release
  /// builds can afford. All that grows without a bound, and all that is large, is found.
  case entries
  /// At every change.
  case all
}

/// Replaces `global.set __stack_pointer` by `call webble_set_stack_pointer`, so that a stack that
/// grows over its limit is reported where it happens and does not run into the memory below it.
struct StackCheckPass {
  let stackPointer: Int
  let setter: Int
  let checks: StackChecks

  /// Bytes below each stack that belong to nobody: room for the frame of a function that is not checked.
  static let redZone: UInt64 = 2048

  /// - Throws: `WasmError` if the module has no `__stack_pointer` or no function to call.
  init(_ layout: ModuleLayout, _ checks: StackChecks) throws(WasmError) {
    guard let stackPointer = layout.stackPointer else {
      throw WasmError("Stack checks need the global __stack_pointer, and neither the exports nor "
        + "the name section of the module tell which one it is. Link without --strip-all.")
    }
    guard let setter = layout.setStackPointer else {
      throw WasmError("Stack checks call webble_set_stack_pointer, which the module does not have. "
        + "Link with --export=webble_set_stack_pointer, or build without stack checks.")
    }
    let type = try layout.type(ofFunction: setter)
    guard type == FunctionType(parameters: [FunctionType.i32], results: []) else {
      throw WasmError("webble_set_stack_pointer must take one i32 and return nothing.")
    }
    self.stackPointer = stackPointer
    self.setter = setter
    self.checks = checks
  }

  /// Rewrites the body of a function other than the setter; it stays as long as it is.
  func run(
    body: Range<Int>, in module: UnsafeMutableBufferPointer<UInt8>, report: inout PassReport
  ) throws(WasmError) {
    var reader = ByteReader(
      base: UnsafePointer(module.baseAddress!), position: body.lowerBound, end: body.upperBound)
    try reader.skipLocals()
    let callsOthers = checks == .all ? true : try Self.hasCall(reader)
    // The last instructions, save those that only move the value.
    var before: UInt8 = 0
    var frameSize: UInt64 = .max
    while !reader.isAtEnd {
      let start = reader.position
      let opcode = try reader.byte()
      guard opcode == Opcode.globalSet else {
        if opcode == Opcode.i32Const {
          // Of a frame's size, which is not negative, the same as without a sign.
          var copy = reader
          frameSize = (try? copy.u32()).map(UInt64.init) ?? .max
        } else if opcode != Opcode.i32Sub, opcode != Opcode.localTee {
          frameSize = .max
        }
        if opcode != Opcode.localTee { before = opcode }
        try reader.skipImmediates(of: opcode)
        continue
      }
      guard try reader.u32() == stackPointer else { continue }
      if checks == .entries {
        // What adds gives a frame back.
        if before == Opcode.i32Add { continue }
        if !callsOthers, before == Opcode.i32Sub, frameSize <= Self.redZone { continue }
      }
      let length = reader.position - start - 1
      let index = unsignedLEB(setter, length: length)
      guard index.count == length else {
        report.stackChecksSkipped += 1
        continue
      }
      module[start] = Opcode.call
      for (offset, byte) in index.enumerated() { module[start + 1 + offset] = byte }
      report.stackChecks += 1
    }
  }

  /// Whether a frame of another function may come on top of the function's own.
  private static func hasCall(_ reader: ByteReader) throws(WasmError) -> Bool {
    var reader = reader
    while !reader.isAtEnd {
      let opcode = try reader.byte()
      if opcode == Opcode.call || opcode == Opcode.callIndirect { return true }
      try reader.skipImmediates(of: opcode)
    }
    return false
  }
}
