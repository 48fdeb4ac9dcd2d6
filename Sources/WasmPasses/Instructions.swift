/// The opcodes the passes look at by name.
/// Numbers: WebAssembly Core Specification 3.0, section 5.4.
enum Opcode {
  static let unreachable: UInt8 = 0x00
  static let nop: UInt8 = 0x01
  static let block: UInt8 = 0x02
  static let loop: UInt8 = 0x03
  static let `if`: UInt8 = 0x04
  static let `else`: UInt8 = 0x05
  static let end: UInt8 = 0x0b
  static let br: UInt8 = 0x0c
  static let brIf: UInt8 = 0x0d
  static let brTable: UInt8 = 0x0e
  static let `return`: UInt8 = 0x0f
  static let call: UInt8 = 0x10
  static let callIndirect: UInt8 = 0x11
  static let returnCall: UInt8 = 0x12
  static let returnCallIndirect: UInt8 = 0x13
  static let drop: UInt8 = 0x1a
  static let select: UInt8 = 0x1b
  static let localGet: UInt8 = 0x20
  static let localSet: UInt8 = 0x21
  static let localTee: UInt8 = 0x22
  static let globalGet: UInt8 = 0x23
  static let globalSet: UInt8 = 0x24
  static let i32Load: UInt8 = 0x28
  static let i64Store32: UInt8 = 0x3e
  static let i32Const: UInt8 = 0x41
  static let f64Const: UInt8 = 0x44
  static let i32Add: UInt8 = 0x6a
  static let i32Sub: UInt8 = 0x6b
  static let refFunc: UInt8 = 0xd2
  /// Begins those of the threads proposal.
  static let atomic: UInt8 = 0xfe
}

extension ByteReader {
  /// Passes over the immediates of the instruction whose first byte, already read, is `opcode`.
  ///
  /// Knows the instructions of WebAssembly 2.0 (sign extension, saturating conversion, bulk
  /// memory, reference types, multiple values, 128-bit vectors), threads, relaxed vectors and tail
  /// calls: what LLVM emits for Embedded Swift and C. Exception handling is not among them, since
  /// a tail call inside a `try` would leave it.
  mutating func skipImmediates(of opcode: UInt8) throws(WasmError) {
    switch opcode {
    case 0x20...0x24, 0x0c, 0x0d, 0x10, 0x12, 0x25, 0x26, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2:
      try skipLEB()
    case 0x45...0xc4, 0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1:
      return
    case 0x28...0x3e:
      _ = try memoryOffset()
    case 0x02...0x04:
      _ = try blockType()
    case 0x11, 0x13:
      try skipLEB()
      try skipLEB()
    case 0x0e:
      let count = try u32()
      // One target for each case and one for none of them.
      for _ in 0...count { try skipLEB() }
    case 0x1c:
      try skip(try u32())
    case 0x43: try skip(4)
    case 0x44: try skip(8)
    case 0xfc: try skipBulkImmediates()
    case 0xfd: try skipVectorImmediates()
    case 0xfe: try skipAtomicImmediates()
    default:
      throw unknown("0x" + String(opcode, radix: 16))
    }
  }

  /// Reads the immediates of a load or store and returns the offset among them.
  mutating func memoryOffset() throws(WasmError) -> Int {
    try skipAlignment()
    return try u32()
  }

  /// Passes over the immediates of a load or store that come before the offset.
  mutating func skipAlignment() throws(WasmError) {
    // Bit 6 of the alignment announces the index of a memory.
    if try u32() & 0x40 != 0 { try skipLEB() }
  }

  private mutating func skipBulkImmediates() throws(WasmError) {
    let code = try u32()
    switch code {
    case 0...7: return
    case 9, 11, 13, 15, 16, 17: try skipLEB()
    case 8, 10, 12, 14:
      try skipLEB()
      try skipLEB()
    default: throw unknown("0xfc " + String(code))
    }
  }

  private mutating func skipVectorImmediates() throws(WasmError) {
    let code = try u32()
    switch code {
    case 0...11, 92, 93: _ = try memoryOffset()
    case 12, 13: try skip(16)
    case 21...34: try skip(1)
    case 84...91:
      _ = try memoryOffset()
      try skip(1)
    case 14...20, 35...83, 94...0x113: return
    default: throw unknown("0xfd " + String(code))
    }
  }

  private mutating func skipAtomicImmediates() throws(WasmError) {
    let code = try u32()
    switch code {
    case 0...2, 0x10...0x4e: _ = try memoryOffset()
    case 3: try skip(1)
    default: throw unknown("0xfe " + String(code))
    }
  }

  private func unknown(_ opcode: String) -> WasmError {
    WasmError("Unknown WebAssembly instruction \(opcode).", at: position - 1)
  }
}
