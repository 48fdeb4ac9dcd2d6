extension JSONReader {
  /// Powers of ten that a double holds exactly.
  private static let exactPowers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  mutating func readNumber() throws(JSONError) -> JSONNumber {
    let start = offset
    let isNegative = peek == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    /// The digits as one whole number, as long as it fits.
    var magnitude: UInt64 = 0
    var fits = true
    /// Digits from the first that is not zero.
    var significant = 0

    func add(_ digit: UInt8) {
      if significant > 0 || digit != 0 { significant += 1 }
      // Eighteen digits always fit. To multiply with a look at the overflow takes 128 bits.
      if significant <= 18 {
        magnitude = magnitude &* 10 &+ UInt64(digit)
        return
      }
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if overflow || carry { fits = false } else { magnitude = sum }
    }

    guard let first = digit else { throw expected("a digit") }
    offset += 1
    add(first)
    if first == 0 {
      if digit != nil { throw error("a number must not begin with 0 and another digit") }
    } else {
      while let next = digit {
        add(next)
        offset += 1
      }
    }
    var isWhole = true
    var exponent = 0
    if peek == UInt8(ascii: ".") {
      isWhole = false
      offset += 1
      guard digit != nil else { throw expected("a digit after the decimal point") }
      while let next = digit {
        add(next)
        exponent -= 1
        offset += 1
      }
    }
    if peek | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      offset += 1
      let isLowered = peek == UInt8(ascii: "-")
      if isLowered || peek == UInt8(ascii: "+") { offset += 1 }
      guard digit != nil else { throw expected("a digit of the exponent") }
      var written = 0
      while let next = digit {
        // Beyond that it is out of range whatever the other digits are.
        if written < 100_000_000 { written = written * 10 + Int(next) }
        offset += 1
      }
      exponent += isLowered ? -written : written
    }

    if isWhole, fits {
      if !isNegative {
        return magnitude <= Int64.max ? .integer(Int64(magnitude)) : .unsigned(magnitude)
      }
      if magnitude == 0 { return .double(-0.0) }
      if magnitude <= Int64.min.magnitude {
        return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
      }
    }
    // A product or quotient of two exact doubles is rounded once (Clinger, "How to Read Floating
    // Point Numbers Accurately", 1990).
    if !isWhole, fits, magnitude <= 1 << 53, abs(exponent) <= 22 {
      let power = Self.exactPowers[abs(exponent)]
      let value = exponent < 0 ? Double(magnitude) / power : Double(magnitude) * power
      return .double(isNegative ? -value : value)
    }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
    guard !isWhole, significant <= 17, let value = Double(text), value.isFinite,
      value != 0 || significant == 0
    else { return .digits(text) }
    return .double(value)
  }

  /// The value of the digit at hand.
  private var digit: UInt8? {
    let value = peek &- UInt8(ascii: "0")
    return value < 10 ? value : nil
  }
}
