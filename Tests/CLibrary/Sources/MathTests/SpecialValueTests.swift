import Webble
import WebbleTesting

@MainActor func specialValueTests() {
  let infinity = Double.infinity, nan = Double.nan

  test("not a number in, not a number out") {
    let functions: [(Double) -> Double] = [
      { sin($0) }, { cos($0) }, { tan($0) }, { asin($0) }, { acos($0) }, { atan($0) }, { sinh($0) }, { cosh($0) },
      { tanh($0) }, { asinh($0) }, { acosh($0) }, { atanh($0) }, { exp($0) }, { exp2($0) }, { exp10($0) },
      { expm1($0) }, { log($0) }, { log2($0) }, { log10($0) }, { log1p($0) }, { cbrt($0) }, { erf($0) },
      { erfc($0) }, { tgamma($0) }, { lgamma($0) }, { logb($0) }, { rint($0) }, { sqrt($0) }, { fabs($0) },
      { hypot($0, 1) }, { atan2($0, 1) }, { atan2(1, $0) }, { pow($0, 1) }, { pow(2, $0) }, { fdim($0, 1) },
      { fmod($0, 1) }, { remainder(1, $0) }, { nextafter($0, 1) }, { fma($0, 1, 1) }, { ldexp($0, 3) },
    ]
    for (index, function) in functions.enumerated() {
      expect(function(numbers(of: nan)).isNaN, "function \(index)")
    }
    expectEqual(pow(numbers(of: nan), 0), 1)
    expectEqual(pow(numbers(of: 1), nan), 1)
    expectEqual(hypot(numbers(of: infinity), nan), infinity)
    expectEqual(fmax(numbers(of: nan), 2), 2)
    expectEqual(fmin(2, numbers(of: nan)), 2)
  }

  test("outside of a function's domain, and at its poles") {
    for value in [
      sin(numbers(of: infinity)), asin(numbers(of: 1.1)), acos(numbers(of: -1.1)), acosh(numbers(of: 0.9)),
      atanh(numbers(of: 1.1)), log(numbers(of: -1)), log2(numbers(of: -1)), log10(numbers(of: -1)),
      log1p(numbers(of: -1.1)), pow(numbers(of: -2), 0.5), tgamma(numbers(of: -3)), tgamma(numbers(of: -infinity)),
      fmod(numbers(of: 1), 0), sqrt(numbers(of: -1)),
    ] { expect(value.isNaN) }
    expectEqual(log(numbers(of: 0)), -infinity)
    expectEqual(log1p(numbers(of: -1)), -infinity)
    expectEqual(atanh(numbers(of: 1)), infinity)
    expectEqual(tgamma(numbers(of: 0)), infinity)
    expectEqual(tgamma(numbers(of: -0.0)), -infinity)
    expectEqual(lgamma(numbers(of: -3)), infinity)
    expectEqual(logb(numbers(of: 0)), -infinity)
    expectEqual(pow(numbers(of: 0), -1), infinity)
    expectEqual(pow(numbers(of: -0.0), -1), -infinity)
  }

  test("overflow, underflow and infinity") {
    expectEqual(exp(numbers(of: 710)), infinity)
    expectEqual(exp(numbers(of: -746)), 0)
    expectEqual(exp2(numbers(of: 1024)), infinity)
    expectEqual(tgamma(numbers(of: 172)), infinity)
    expectEqual(tgamma(numbers(of: -190.5)), 0)
    expectEqual(erfc(numbers(of: 30)), 0)
    expectEqual(erfc(numbers(of: -infinity)), 2)
    expectEqual(erf(numbers(of: -infinity)), -1)
    expectEqual(hypot(numbers(of: 1.5e308), 1.5e308), infinity)
    expectEqual(pow(numbers(of: -1), infinity), 1)
    expectEqual(pow(numbers(of: -1), -infinity), 1)
    expectEqual(pow(numbers(of: 0.5), infinity), 0)
    expectEqual(pow(numbers(of: -2), 3), -8)
    expectEqual(atan(numbers(of: infinity)), .pi / 2)
  }

  test("zeros keep their signs") {
    let zero = numbers(of: -0.0)
    for value in [
      sin(zero), tan(zero), asin(zero), atan(zero), sinh(zero), tanh(zero), asinh(zero), atanh(zero), expm1(zero),
      log1p(zero), cbrt(zero), erf(zero), rint(zero), round(zero), trunc(zero), fmod(zero, 1), remainder(zero, 1),
      ldexp(zero, 5), nearbyint(zero), atan2(zero, 1), modf(numbers(of: -2)).1, pow(zero, 3), fmin(zero, 0),
    ] { expect(value == 0 && value.sign == .minus, "\(value)") }
    expectEqual(fmax(zero, 0).sign, .plus)
  }

  test("whole numbers give whole results") {
    var factorial = 1.0
    for n in 1...22 {
      expectEqual(tgamma(numbers(of: Double(n))), factorial)
      factorial *= Double(n)
    }
    expectEqual(lgamma(numbers(of: 1)), 0)
    expectEqual(lgamma(numbers(of: 2)), 0)
    expectEqual(cbrt(numbers(of: 27)), 3)
    for exponent in -1074...1023 {
      let power = Double(sign: .plus, exponent: exponent, significand: 1)
      expectEqual(log2(numbers(of: power)), Double(exponent))
      expectEqual(exp2(numbers(of: Double(exponent))), power)
    }
    expectEqual(hypot(numbers(of: 3), 4), 5)
  }

  test("functions of Float are those of Double, rounded") {
    let x = Float(numbers(of: 0.7))
    expectEqual(sin(x), Float(sin(Double(x))))
    expectEqual(exp(x), Float(exp(Double(x))))
    expectEqual(pow(x, x), Float(pow(Double(x), Double(x))))
    expectEqual(hypot(x * 3, x * 4), Float(hypot(Double(x * 3), Double(x * 4))))
    expectEqual(exp(Float(numbers(of: 89))), .infinity)
    expectEqual(nextafter(x, 1), x.nextUp)
    expectEqual(sqrt(x), x.squareRoot())
  }
}
