import WebbleTesting

// What the compiler makes calls of for `Int128`: nothing here is known before it runs.

@MainActor func wideIntegerTests() {
  test("128-bit division takes a number apart and multiplication puts it together") {
    var numbers = Numbers()
    for _ in 0..<20_000 {
      let value = numbers.wide(), divisor = max(1, numbers.wide())
      let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
      expect(remainder < divisor && quotient * divisor + remainder == value, "\(value) / \(divisor)")
      let signed = Int128(bitPattern: value), by = Int128(bitPattern: divisor)
      if signed == .min && by == -1 { continue }
      expectEqual(signed / by * by + signed % by, signed)
      expect(signed % by == 0 || (signed % by < 0) == (signed < 0), "\(signed) % \(by)")
    }
  }

  test("128-bit division with a divisor of each length") {
    for bit in 0..<128 {
      let divisor = UInt128(1) << bit
      for value in [0, 1, divisor - 1, divisor, divisor &+ 1, .max] as [UInt128] {
        expectEqual(value / divisor, value >> bit)
        expectEqual(value % divisor, value & (divisor - 1))
      }
      expectEqual(UInt128.max / (divisor | 1) * (divisor | 1) + UInt128.max % (divisor | 1), .max)
    }
  }

  test("128-bit shifts at the edges of their halves") {
    var numbers = Numbers()
    let value = numbers.wide() | 1 << 127
    for count in 0..<128 {
      let left = value << count
      for bit in [0, 1, 62, 63, 64, 65, 126, 127] where bit + count < 128 {
        expectEqual(left >> (bit + count) & 1, value >> bit & 1)
      }
      expectEqual(Int128(bitPattern: value) >> count < 0, true)
    }
    expectEqual(value << 128, 0)
    expectEqual(Int128(bitPattern: value) >> 200, -1)
  }

  test("128-bit products report their overflow") {
    let large = numbers(of: Int128.max)
    expectEqual(large.multipliedReportingOverflow(by: 2).overflow, true)
    expectEqual(Int128.min.multipliedReportingOverflow(by: -numbers(of: 1)).overflow, true)
    expectEqual(Int128.min.multipliedReportingOverflow(by: numbers(of: 1)).overflow, false)
    expectEqual((numbers(of: 1 << 63) as Int128).multipliedReportingOverflow(by: 1 << 63).overflow, false)
    expectEqual((numbers(of: 1 << 64) as Int128).multipliedReportingOverflow(by: 1 << 63).overflow, true)
    expectEqual((numbers(of: 1 << 64) as Int128).multipliedReportingOverflow(by: -1 << 63).overflow, false)
    expectEqual((numbers(of: 1 << 64) as UInt128).multipliedReportingOverflow(by: 1 << 64).overflow, true)
  }

  test("128-bit integers to floating point and back, to the nearest, ties to even") {
    expectEqual(Double(numbers(of: (1 << 100) + 1) as UInt128), 0x1p100)
    expectEqual(Double(numbers(of: (1 << 100) + (1 << 47)) as UInt128), 0x1p100)
    expectEqual(Double(numbers(of: (1 << 100) + (1 << 47) + 1) as UInt128), 0x1.0000000000001p100)
    expectEqual(Double(numbers(of: (1 << 100) + (3 << 47)) as UInt128), 0x1.0000000000002p100)
    expectEqual(Double(numbers(of: UInt128.max)), 0x1p128)
    expectEqual(Float(numbers(of: UInt128.max)), Float.infinity)
    expectEqual(Float(numbers(of: (1 << 127) + (1 << 103) + 1) as UInt128), 0x1.000002p127)
    expectEqual(Double(numbers(of: Int128.min)), -0x1p127)
    expectEqual(UInt128(numbers(of: 0x1.fffffffffffffp127)), UInt128.max << 75)
    expectEqual(Int128(numbers(of: -0x1p127)), Int128.min)
    expectEqual(Int128(numbers(of: -1.5)), -1)
    expectEqual(UInt128(exactly: numbers(of: 0x1p128)), nil)
    expectEqual(Int128(exactly: numbers(of: 0x1p127)), nil)
    expectEqual(UInt128(numbers(of: Float(0x1p100))), 1 << 100)
  }

  test("128-bit integers to text and back") {
    var numbers = Numbers()
    expectEqual("\(UInt128.max) \(Int128.min)",
      "340282366920938463463374607431768211455 -170141183460469231731687303715884105728")
    for _ in 0..<500 {
      let value = numbers.wide()
      for radix in [2, 7, 10, 16, 36] {
        expectEqual(UInt128(String(value, radix: radix), radix: radix), value)
      }
      expectEqual(Int128("\(Int128(bitPattern: value))"), Int128(bitPattern: value))
    }
    expectEqual(UInt128("340282366920938463463374607431768211456"), nil)
  }
}

/// The same value, without the optimiser's knowledge of it.
@inline(never) @_optimize(none) func numbers<Value>(of value: Value) -> Value { value }

/// Pseudo-random numbers (Marsaglia's xorshift) of many lengths and with long runs of bits.
struct Numbers {
  private var state: UInt64 = 88_172_645_463_325_252

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x9E37_79B9_7F4A_7C15
  }

  mutating func wide() -> UInt128 {
    let value = (UInt128(next()) << 64 | UInt128(next())) >> UInt128(next() % 128)
    switch next() % 4 {
    case 0: return ~value
    case 1: return value & (.max << UInt128(next() % 100))
    case 2: return value | ((1 << UInt128(next() % 127)) - 1)
    default: return value
    }
  }
}
