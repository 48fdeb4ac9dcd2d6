/// How many operands an instruction takes from the stack, and how many it puts there.
struct OperandEffect: Equatable {
  var taken: Int
  var left: Int

  init(_ taken: Int, _ left: Int) {
    self.taken = taken
    self.left = left
  }
}

extension ByteReader {
  /// What the instruction whose first byte, already read, is `opcode` does with operands; its
  /// immediates are passed over.
  ///
  /// - Precondition: The instruction is neither a call nor does it structure control, leave a block
  ///   or return.
  mutating func operandEffect(of opcode: UInt8) throws(WasmError) -> OperandEffect {
    var immediates = self
    try skipImmediates(of: opcode)
    switch opcode {
    case 0x01: return OperandEffect(0, 0)
    // Locals and globals, then tables.
    case 0x20, 0x23: return OperandEffect(0, 1)
    case 0x21, 0x24: return OperandEffect(1, 0)
    case 0x22, 0x25: return OperandEffect(1, 1)
    case 0x26: return OperandEffect(2, 0)
    // Loads, stores, and the size of the memory.
    case 0x28...0x35, 0x40: return OperandEffect(1, 1)
    case 0x36...0x3e: return OperandEffect(2, 0)
    case 0x3f, 0x41...0x44, 0xd0, 0xd2: return OperandEffect(0, 1)
    case 0x1a: return OperandEffect(1, 0)
    case 0x1b, 0x1c: return OperandEffect(3, 1)
    // Of the numeric instructions, those with one operand.
    case 0x45, 0x50, 0x67...0x69, 0x79...0x7b, 0x8b...0x91, 0x99...0x9f, 0xa7...0xc4, 0xd1:
      return OperandEffect(1, 1)
    case 0x46...0xa6: return OperandEffect(2, 1)
    case 0xfc:
      switch try immediates.u32() {
      case 0...7: return OperandEffect(1, 1)
      case 9, 13: return OperandEffect(0, 0)
      case 15: return OperandEffect(2, 1)
      case 16: return OperandEffect(0, 1)
      default: return OperandEffect(3, 0)
      }
    case 0xfd: return Self.vectorEffect(of: try immediates.u32())
    case 0xfe:
      switch try immediates.u32() {
      case 3: return OperandEffect(0, 0)
      case 1, 2, 0x48...0x4e: return OperandEffect(3, 1)
      case 0x10...0x16: return OperandEffect(1, 1)
      case 0x17...0x1d: return OperandEffect(2, 0)
      default: return OperandEffect(2, 1)
      }
    default:
      throw WasmError("Instruction 0x\(String(opcode, radix: 16)) has no place here.", at: position)
    }
  }

  /// What instruction `code` of those for vectors of 128 bits does with operands.
  private static func vectorEffect(of code: Int) -> OperandEffect {
    switch code {
    case 12: OperandEffect(0, 1)
    // Stores, of a whole vector and of a lane.
    case 11, 88...91: OperandEffect(2, 0)
    case 82, 0x105...0x10c, 0x113: OperandEffect(3, 1)
    // With one operand: loads, splats, lanes, conversions, roundings, signs and roots, and what counts and asks.
    case 0...10, 15...22, 24, 25, 27, 29, 31, 33, 77, 83, 92...100, 103...106, 116, 117, 122, 124...129,
      131, 132, 135...138, 148, 160, 161, 163, 164, 167...170, 192, 193, 195, 196, 199...202, 224, 225,
      227, 236, 237, 239, 248...255, 0x101...0x104:
      OperandEffect(1, 1)
    default: OperandEffect(2, 1)
    }
  }
}
