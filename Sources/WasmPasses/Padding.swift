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

/// Instructions for which a pass needs room.
struct Insertion {
  /// Where they go: before the instruction here,
  var position: Int
  /// which ends here.
  var end: Int
  var bytes: [UInt8]
}

/// Inserts instructions into a function body.
///
/// The bytes for them come from numbers that the linker has padded to five bytes: that of the instruction behind
/// first, then those nearest before it. So the function keeps its length, everything outside it
/// its offset, and the line table is off by a few bytes between the padding used and the place.
///
/// - Parameters:
///   - insertions: in the order of their places.
///   - willInsert: is called for each for which there is padding enough, before anything moves.
/// - Returns: for how many there was.
func insert(
  _ insertions: [Insertion], into body: Range<Int>, of module: UnsafeMutableBufferPointer<UInt8>,
  setterLength: Int, willInsert: (Insertion) -> Void = { _ in }
) throws(WasmError) -> Int {
  let reader = ByteReader(
    base: UnsafePointer(module.baseAddress!), position: body.lowerBound, end: body.upperBound)
  var paddings = try reader.paddings(setterLength: setterLength)
  var accepted: [Insertion] = []
  for insertion in insertions {
    // Its own first, then what lies before it, then whatever else there is.
    var order = paddings.indices.filter { paddings[$0].end <= insertion.end }
    order.reverse()
    order += paddings.indices.filter { paddings[$0].end > insertion.end }
    let available = order.reduce(0) { $0 + paddings[$1].spare }
    guard available >= insertion.bytes.count else { continue }
    var missing = insertion.bytes.count
    for index in order where missing > 0 {
      let taken = min(missing, paddings[index].spare)
      paddings[index].spare -= taken
      paddings[index].taken += taken
      missing -= taken
    }
    willInsert(insertion)
    accepted.append(insertion)
  }

  var output: [UInt8] = []
  output.reserveCapacity(body.count)
  var position = body.lowerBound
  var next = accepted.makeIterator()
  var insertion = next.next()
  func copy(to end: Int) {
    while let current = insertion, current.position < end {
      output += module[position..<current.position]
      output += current.bytes
      position = current.position
      insertion = next.next()
    }
    output += module[position..<end]
    position = end
  }
  for padding in paddings where padding.taken > 0 {
    // The byte before those that go becomes the last one of the number.
    let last = padding.end - 1 - padding.taken
    copy(to: last)
    output.append(module[last] & 0x7f)
    position = padding.end
  }
  copy(to: body.upperBound)
  for (index, byte) in zip(body, output) { module[index] = byte }
  return accepted.count
}
