/// A cursor over the bytes of a module.
///
/// Holds a pointer rather than an array because the passes run in unoptimised builds of the tool
/// as well. Safe as long as `base` points to at least `end` bytes, which the maker of a reader
/// guarantees; every read checks `position` against `end`.
struct ByteReader {
  let base: UnsafePointer<UInt8>
  var position: Int
  let end: Int

  var isAtEnd: Bool { position >= end }

  mutating func byte() throws(WasmError) -> UInt8 {
    guard position < end else { throw truncated() }
    let value = base[position]
    position += 1
    return value
  }

  /// An unsigned LEB128 number of at most 32 bits.
  mutating func u32() throws(WasmError) -> Int {
    guard position < end else { throw truncated() }
    let first = base[position]
    if first < 0x80 {
      position += 1
      return Int(first)
    }
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 35 {
      let next = try byte()
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 {
        guard value <= 0xffff_ffff else { throw overflow() }
        return Int(value)
      }
      shift += 7
    }
    throw overflow()
  }

  /// The type of a block: a negative number of one byte for a value type or none, otherwise the
  /// index of a function type.
  mutating func blockType() throws(WasmError) -> Int {
    guard position < end else { throw truncated() }
    let first = base[position]
    if first & 0xc0 == 0x40 {
      position += 1
      return Int(first) - 0x80
    }
    // A non-negative signed number of 33 bits reads the same as an unsigned one of 32.
    return try u32()
  }

  /// Passes over a LEB128 number of up to 64 bits, signed or not.
  mutating func skipLEB() throws(WasmError) {
    var next = position
    let limit = position + 10
    while next < end, base[next] >= 0x80 { next += 1 }
    guard next < end else { throw truncated() }
    guard next < limit else { throw overflow() }
    position = next + 1
  }

  mutating func skip(_ count: Int) throws(WasmError) {
    guard count <= end - position else { throw truncated() }
    position += count
  }

  /// Passes over a vector of bytes, such as a name, and returns where it lies.
  mutating func sized() throws(WasmError) -> Range<Int> {
    let count = try u32()
    let start = position
    try skip(count)
    return start..<position
  }

  /// A reader of the part of the module in `range`, which lies within this one's.
  func slice(_ range: Range<Int>) -> ByteReader {
    ByteReader(base: base, position: range.lowerBound, end: range.upperBound)
  }

  func bytes(_ range: Range<Int>) -> [UInt8] {
    Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  func string(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count),
      as: UTF8.self)
  }

  func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    for index in 0..<range.count where base[range.lowerBound + index] != text.utf8Start[index] {
      return false
    }
    return true
  }

  func hasPrefix(_ range: Range<Int>, _ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard range.count >= count else { return false }
    return equals(range.lowerBound..<range.lowerBound + count, text)
  }

  /// Whether the bytes in `range` have `text` among them.
  func contains(_ range: Range<Int>, _ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard range.count >= length else { return false }
    return (range.lowerBound...range.upperBound - length).contains {
      hasPrefix($0..<range.upperBound, text)
    }
  }

  private func truncated() -> WasmError {
    WasmError("The WebAssembly module ends in the middle of a section or a function.", at: position)
  }

  private func overflow() -> WasmError {
    WasmError("A LEB128 number of the WebAssembly module has too many bits.", at: position)
  }
}

/// The bytes of an unsigned LEB128 number, padded to `length` bytes where that is longer.
func unsignedLEB(_ value: Int, length: Int = 1) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = UInt32(truncatingIfNeeded: value)
  repeat {
    bytes.append(UInt8(rest & 0x7f) | 0x80)
    rest >>= 7
  } while rest != 0 || bytes.count < length
  bytes[bytes.count - 1] &= 0x7f
  return bytes
}

/// A number that is not negative, where one with a sign is expected.
func nonnegativeLEB(_ value: Int) -> [UInt8] {
  var bytes = unsignedLEB(value)
  if bytes[bytes.count - 1] & 0x40 != 0 {
    bytes[bytes.count - 1] |= 0x80
    bytes.append(0)
  }
  return bytes
}
