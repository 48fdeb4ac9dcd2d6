extension JSONReader {
  /// Reads a string, from its opening to its closing quote.
  mutating func readString() throws(JSONError) -> String {
    let opening = offset
    offset += 1
    let start = offset
    let isASCII = try skipPlain(from: opening)
    if bytes[offset] == UInt8(ascii: "\"") {
      defer { offset += 1 }
      return try text(bytes[start..<offset], isASCII)
    }
    // With escapes it is put together in a buffer.
    var unescaped = Array(bytes[start..<offset])
    var isPlainASCII = isASCII
    while bytes[offset] != UInt8(ascii: "\"") {
      try readEscape(into: &unescaped)
      let next = offset
      isPlainASCII = try skipPlain(from: opening) && isPlainASCII
      unescaped.append(contentsOf: bytes[next..<offset])
    }
    if !isPlainASCII { try checkUTF8(bytes[start..<offset]) }
    offset += 1
    return String(decoding: unescaped, as: UTF8.self)
  }

  /// Goes on to the next quote or backslash; whether all before it is ASCII.
  private mutating func skipPlain(from opening: Int) throws(JSONError) -> Bool {
    var all: UInt8 = 0
    // Eight bytes at a time, as long as none of them is one to stop at.
    while bytes.count - offset >= 8 {
      let eight = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + offset)
        .loadUnaligned(as: UInt64.self)
      if Self.hasStop(eight) { break }
      if eight & Self.highBits != 0 { all = 0x80 }
      offset += 8
    }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return all < 0x80 }
      if byte < 0x20 { throw error("a control character in a string must be written as \\u00XX") }
      all |= byte
      offset += 1
    }
    throw error("the string that begins here has no end", at: opening)
  }

  private static let eachByte: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Whether a quote, a backslash or a control character is among eight bytes: a byte that is less than n has its
  /// high bit set once n is subtracted and had it not before (A. Mycroft, 1987).
  private static func hasStop(_ eight: UInt64) -> Bool {
    let quotes = eight ^ (eachByte &* UInt64(UInt8(ascii: "\"")))
    let backslashes = eight ^ (eachByte &* UInt64(UInt8(ascii: "\\")))
    let found =
      ((quotes &- eachByte) & ~quotes) | ((backslashes &- eachByte) & ~backslashes)
      | ((eight &- eachByte &* 0x20) & ~eight)
    return found & highBits != 0
  }

  private func text(_ slice: Slice<UnsafeBufferPointer<UInt8>>, _ isASCII: Bool) throws(JSONError)
    -> String
  {
    if !isASCII { try checkUTF8(slice) }
    return String(decoding: UnsafeBufferPointer(rebasing: slice), as: UTF8.self)
  }

  /// Well-formed UTF-8 by table 3-7 of the Unicode Standard.
  private func checkUTF8(_ slice: Slice<UnsafeBufferPointer<UInt8>>) throws(JSONError) {
    var index = slice.startIndex
    while index < slice.endIndex {
      let lead = bytes[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let count: Int
      var second: ClosedRange<UInt8> = 0x80...0xBF
      switch lead {
      case 0xC2...0xDF: count = 2
      case 0xE0...0xEF:
        count = 3
        if lead == 0xE0 { second = 0xA0...0xBF }
        if lead == 0xED { second = 0x80...0x9F }
      case 0xF0...0xF4:
        count = 4
        if lead == 0xF0 { second = 0x90...0xBF }
        if lead == 0xF4 { second = 0x80...0x8F }
      default: count = 0
      }
      guard count > 0, index + count <= slice.endIndex, second.contains(bytes[index + 1]),
        bytes[(index + 2)..<(index + max(count, 2))].allSatisfy({ $0 & 0xC0 == 0x80 })
      else { throw error("the bytes are not UTF-8", at: index) }
      index += count
    }
  }

  private mutating func readEscape(into buffer: inout [UInt8]) throws(JSONError) {
    let start = offset
    offset += 1
    let letter = peek
    offset += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(letter)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"):
      var value = try readHex()
      if value & 0xFC00 == 0xD800, peek == UInt8(ascii: "\\"), offset + 1 < bytes.count,
        bytes[offset + 1] == UInt8(ascii: "u")
      {
        offset += 2
        let low = try readHex()
        guard low & 0xFC00 == 0xDC00 else {
          throw error("a surrogate has no other half; no Swift string can hold it", at: start)
        }
        value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(value) else {
        throw error("a surrogate has no other half; no Swift string can hold it", at: start)
      }
      buffer.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
    default:
      throw error("a backslash must be followed by one of \"\\/bfnrtu", at: start)
    }
  }

  private mutating func readHex() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch peek {
      case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
        digit = byte - UInt8(ascii: "0")
      case let byte where byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"):
        digit = (byte | 0x20) - UInt8(ascii: "a") + 10
      default: throw expected("four hexadecimal digits after \\u")
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
