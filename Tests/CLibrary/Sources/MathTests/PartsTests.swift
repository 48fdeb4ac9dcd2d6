import Webble
import WebbleTesting

@MainActor func partsTests() {
  test("numbers are taken apart and put together") {
    for value in [1.0, -3.75, 5e-324, 1e-310, .greatestFiniteMagnitude, -0.1] {
      let (fraction, exponent): (Double, Int) = frexp(numbers(of: value))
      expect(fabs(fraction) >= 0.5 && fabs(fraction) < 1)
      expectEqual(ldexp(fraction, Int32(exponent)), value)
      expectEqual(ldexp(fraction, exponent), value)
      expectEqual(ilogb(numbers(of: value)) as Int, exponent - 1)
      expectEqual(logb(numbers(of: value)), Double(exponent - 1))
    }
    let zero: (Double, Int) = frexp(numbers(of: 0))
    expect(zero.0 == 0 && zero.1 == 0)
    let (whole, rest): (Double, Double) = modf(numbers(of: -2.75))
    expect(whole == -2 && rest == -0.75)
    let (none, infinity): (Double, Double) = (modf(numbers(of: .infinity)).1, modf(numbers(of: .infinity)).0)
    expect(none == 0 && infinity == .infinity)
  }

  test("a scaled number is rounded once") {
    expectEqual(scalbn(numbers(of: 0x1.8p0), Int32(-1074)), 0x1p-1073)
    expectEqual(scalbn(numbers(of: 0x1.7fffffffffffp0), Int32(-1074)), 0x1p-1074)
    expectEqual(scalbn(numbers(of: 0x1.0000000000001p0), Int32(-1075)), 0x1p-1074)
    expectEqual(scalbn(numbers(of: 1), Int32(-1075)), 0)
    expectEqual(scalbn(numbers(of: 5e-324), Int32(2097)), 0x1p1023)
    expectEqual(scalbn(numbers(of: 0x1p1023), Int32(-2097)), 5e-324)
    expectEqual(scalbn(numbers(of: 1), Int32.max), .infinity)
    expectEqual(scalbn(numbers(of: 1), Int32.min), 0)
  }

  test("rounding to whole numbers") {
    for (value, away, even) in [(0.5, 1.0, 0.0), (1.5, 2, 2), (2.5, 3, 2), (-0.5, -1, 0), (-2.5, -3, -2)] {
      expectEqual(round(numbers(of: value)), away)
      expectEqual(rint(numbers(of: value)), even)
      expectEqual(nearbyint(numbers(of: value)), even)
      expectEqual(lround(numbers(of: value)), Int(away))
      expectEqual(llrint(numbers(of: value)), Int64(even))
    }
    expectEqual(round(numbers(of: 0.49999999999999994)), 0)
    expectEqual(round(numbers(of: 4503599627370497.5)), 4503599627370498)
    expectEqual(lrint(numbers(of: 1e300)), Int.max)
    expectEqual(llround(numbers(of: .nan)), 0)
  }

  test("neighbours") {
    expectEqual(nextafter(numbers(of: 0), 1), 5e-324)
    expectEqual(nextafter(numbers(of: 0), -1), -5e-324)
    expectEqual(nextafter(numbers(of: 1), 2), 1.0.nextUp)
    expectEqual(nextafter(numbers(of: 1), 0), 1.0.nextDown)
    expectEqual(nextafter(numbers(of: .infinity), 0), .greatestFiniteMagnitude)
    expectEqual(nextafter(numbers(of: -5e-324), 1).sign, .minus)
  }

  test("a remainder and the last bits of its quotient") {
    let (rest, quotient): (Double, Int) = remquo(numbers(of: -29), 3)
    expect(rest == 1 && quotient % 8 == -2, "\(rest) \(quotient)")
    let (value, sign): (Double, Int) = lgamma(numbers(of: -1.5))
    expect(sign == 1 && fabs(value - 0.8600470153764810) < 1e-14, "\(value) \(sign)")
    let (_, negative): (Double, Int) = lgamma(numbers(of: -0.5))
    expectEqual(negative, -1)
  }
}
