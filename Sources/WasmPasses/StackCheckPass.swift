/// Replaces `global.set __stack_pointer` by `call webble_set_stack_pointer`, so that a stack that
/// grows over its limit is reported where it happens and does not run into the memory below it.
struct StackCheckPass {
  let stackPointer: Int
  let setter: Int

  /// - Throws: `WasmError` if the module has no `__stack_pointer` or no function to call.
  init(_ layout: ModuleLayout) throws(WasmError) {
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
  }

  /// Rewrites the body of a function other than the setter; it stays as long as it is.
  func run(
    body: Range<Int>, in module: UnsafeMutableBufferPointer<UInt8>, report: inout PassReport
  ) throws(WasmError) {
    var reader = ByteReader(
      base: UnsafePointer(module.baseAddress!), position: body.lowerBound, end: body.upperBound)
    try reader.skipLocals()
    while !reader.isAtEnd {
      let start = reader.position
      let opcode = try reader.byte()
      guard opcode == Opcode.globalSet else {
        try reader.skipImmediates(of: opcode)
        continue
      }
      guard try reader.u32() == stackPointer else { continue }
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
}
