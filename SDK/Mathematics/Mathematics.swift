// The functions of C's math.h with Swift's types: the names without `f` take `Float`, too, what C returns through
// pointers comes as a tuple, and counts are `Int`. Names and types are those of the modules that Swift has for
// other systems, so that code for those compiles. Any thread.
//
// How exact each function is: Documentation/CLibrary.md.
@_exported import CLibrary.math

// MARK: As the C functions of the same name

public func sin(_ x: Float) -> Float { sinf(x) }
public func cos(_ x: Float) -> Float { cosf(x) }
public func tan(_ x: Float) -> Float { tanf(x) }
public func asin(_ x: Float) -> Float { asinf(x) }
public func acos(_ x: Float) -> Float { acosf(x) }
public func atan(_ x: Float) -> Float { atanf(x) }
public func sinh(_ x: Float) -> Float { sinhf(x) }
public func cosh(_ x: Float) -> Float { coshf(x) }
public func tanh(_ x: Float) -> Float { tanhf(x) }
public func asinh(_ x: Float) -> Float { asinhf(x) }
public func acosh(_ x: Float) -> Float { acoshf(x) }
public func atanh(_ x: Float) -> Float { atanhf(x) }
public func exp(_ x: Float) -> Float { expf(x) }
public func exp2(_ x: Float) -> Float { exp2f(x) }
public func exp10(_ x: Float) -> Float { exp10f(x) }
public func expm1(_ x: Float) -> Float { expm1f(x) }
public func log(_ x: Float) -> Float { logf(x) }
public func log2(_ x: Float) -> Float { log2f(x) }
public func log10(_ x: Float) -> Float { log10f(x) }
public func log1p(_ x: Float) -> Float { log1pf(x) }
public func logb(_ x: Float) -> Float { logbf(x) }
public func cbrt(_ x: Float) -> Float { cbrtf(x) }
public func erf(_ x: Float) -> Float { erff(x) }
public func erfc(_ x: Float) -> Float { erfcf(x) }
public func tgamma(_ x: Float) -> Float { tgammaf(x) }
public func nearbyint(_ x: Float) -> Float { nearbyintf(x) }
public func rint(_ x: Float) -> Float { rintf(x) }
public func atan2(_ x: Float, _ y: Float) -> Float { atan2f(x, y) }
public func pow(_ x: Float, _ y: Float) -> Float { powf(x, y) }
public func hypot(_ x: Float, _ y: Float) -> Float { hypotf(x, y) }
public func fdim(_ x: Float, _ y: Float) -> Float { fdimf(x, y) }
public func fmax(_ x: Float, _ y: Float) -> Float { fmaxf(x, y) }
public func fmin(_ x: Float, _ y: Float) -> Float { fminf(x, y) }
public func nextafter(_ x: Float, _ y: Float) -> Float { nextafterf(x, y) }

// MARK: Of any floating-point type

public func fabs<T: FloatingPoint>(_ x: T) -> T { x.magnitude }
public func sqrt<T: FloatingPoint>(_ x: T) -> T { x.squareRoot() }
public func fma<T: FloatingPoint>(_ x: T, _ y: T, _ z: T) -> T { z.addingProduct(x, y) }
public func remainder<T: FloatingPoint>(_ x: T, _ y: T) -> T { x.remainder(dividingBy: y) }
public func fmod<T: FloatingPoint>(_ x: T, _ y: T) -> T { x.truncatingRemainder(dividingBy: y) }
public func ceil<T: FloatingPoint>(_ x: T) -> T { x.rounded(.up) }
public func floor<T: FloatingPoint>(_ x: T) -> T { x.rounded(.down) }
/// Halves go away from zero.
public func round<T: FloatingPoint>(_ x: T) -> T { x.rounded() }
public func trunc<T: FloatingPoint>(_ x: T) -> T { x.rounded(.towardZero) }
public func copysign<T: FloatingPoint>(_ x: T, _ y: T) -> T {
  T(signOf: y, magnitudeOf: x)
}

/// `x` times two to the power of `n`, rounded once.
public func scalbn<T: FloatingPoint>(_ x: T, _ n: Int) -> T where T.Exponent == Int {
  T(sign: .plus, exponent: n, significand: x)
}
public func ldexp<T: FloatingPoint>(_ x: T, _ n: Int) -> T where T.Exponent == Int { scalbn(x, n) }

/// The whole part and the rest, both with the number's sign.
public func modf(_ x: Double) -> (Double, Double) {
  var whole = 0.0
  let rest = modf(x, &whole)
  return (whole, rest)
}
public func modf(_ x: Float) -> (Float, Float) {
  var whole: Float = 0
  let rest = modff(x, &whole)
  return (whole, rest)
}

/// A number from a half up to one, and the power of two that it is to be multiplied with.
public func frexp(_ x: Double) -> (Double, Int) {
  var exponent: Int32 = 0
  let fraction = frexp(x, &exponent)
  return (fraction, Int(exponent))
}
public func frexp(_ x: Float) -> (Float, Int) {
  var exponent: Int32 = 0
  let fraction = frexpf(x, &exponent)
  return (fraction, Int(exponent))
}

public func ilogb(_ x: Double) -> Int { Int(ilogb(x) as Int32) }
public func ilogb(_ x: Float) -> Int { Int(ilogbf(x)) }

/// The remainder of the nearest quotient, and that quotient's last three bits with its sign.
public func remquo(_ x: Double, _ y: Double) -> (Double, Int) {
  var quotient: Int32 = 0
  let rest = remquo(x, y, &quotient)
  return (rest, Int(quotient))
}
public func remquo(_ x: Float, _ y: Float) -> (Float, Int) {
  var quotient: Int32 = 0
  let rest = remquof(x, y, &quotient)
  return (rest, Int(quotient))
}

/// The logarithm of the gamma function's magnitude, and the sign of that function: 1 or -1.
public func lgamma(_ x: Double) -> (Double, Int) {
  var sign: Int32 = 0
  let value = lgamma_r(x, &sign)
  return (value, Int(sign))
}
public func lgamma(_ x: Float) -> (Float, Int) {
  var sign: Int32 = 0
  let value = lgammaf_r(x, &sign)
  return (value, Int(sign))
}

/// Not a number, with a payload.
public func nan(_ payload: String) -> Double { payload.withCString { nan($0) } }
