/// A number in the code that takes more bytes than it needs.
struct Padding {
  /// Where the number ends.
  var end: Int
  /// How many of its last bytes say nothing and are still there.
  var spare: Int
  /// How many of them have been given away.
  var taken = 0
}

extension ByteReader {
  /// The padded numbers in a function body: the linker leaves five bytes for what it fills in.
  ///
  /// - Parameter setterLength: How many bytes to leave of the index in a `global.set`.
  func paddings(setterLength: Int = 1) throws(WasmError) -> [Padding] {
    var reader = self
    var result: [Padding] = []
    try reader.skipLocals()
    while !reader.isAtEnd {
      switch try reader.byte() {
      case Opcode.call, Opcode.returnCall, Opcode.globalGet:
        try reader.notePadding(isSigned: false, &result)
      case Opcode.globalSet:
        try reader.notePadding(isSigned: false, leaving: setterLength, &result)
      case Opcode.callIndirect, Opcode.returnCallIndirect:
        try reader.notePadding(isSigned: false, &result)
        try reader.notePadding(isSigned: false, &result)
      case Opcode.i32Const:
        try reader.notePadding(isSigned: true, &result)
      case Opcode.i32Load...Opcode.i64Store32:
        try reader.skipAlignment()
        try reader.notePadding(isSigned: false, &result)
      case let opcode:
        try reader.skipImmediates(of: opcode)
      }
    }
    return result
  }

  /// A function body without the padding of its numbers.
  ///
  /// - Parameter moved: is called with how far from its start what follows a number was, and is.
  func unpadded(_ moved: (_ old: Int, _ new: Int) -> Void = { _, _ in }) throws(WasmError) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(end - position)
    var copied = position
    func copy(to limit: Int) {
      output += UnsafeBufferPointer(start: base + copied, count: limit - copied)
    }
    for padding in try paddings() {
      // The byte before those that go becomes the last one of the number.
      let last = padding.end - 1 - padding.spare
      copy(to: last)
      output.append(base[last] & 0x7f)
      copied = padding.end
      moved(copied - position, output.count)
    }
    copy(to: end)
    return output
  }

  private mutating func notePadding(
    isSigned: Bool, leaving least: Int = 1, _ result: inout [Padding]
  ) throws(WasmError) {
    let start = position
    try skipLEB()
    var length = position - start
    while length > least {
      let last = base[start + length - 1] & 0x7f
      // The sign bit of a signed number has to survive in the byte that becomes the last.
      let isNegative = isSigned && base[start + length - 2] & 0x40 != 0
      guard last == (isNegative ? 0x7f : 0) else { break }
      length -= 1
    }
    if length < position - start {
      result.append(Padding(end: position, spare: position - start - length))
    }
  }
}
