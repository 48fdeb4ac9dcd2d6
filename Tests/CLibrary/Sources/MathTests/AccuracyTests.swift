import Webble
import WebbleTesting

// Arguments that are hard or ordinary, and the nearest double of the exact result, by MPFR with 160 bits. Engines
// differ by a unit; `scripts/math` measures a million arguments each.

@MainActor func accuracyTests() {
  test("elementary and special functions come close to the exact results") {
    check("sin", { sin($0) }, [
      (0x1.921fb54442d18p1, 0x1.1a62633145c07p-53), (0x1.0f0cf064dd592p73, -0x1.b453ab76bf397p-1),
      (0x1.0000000000000p-1, 0x1.eaee8744b05f0p-2),
      (0x1.b333333333333p1000, -0x1.3f9357a2e42d0p-3),
      (-0x1.56e1fc2f8f359p-997, -0x1.56e1fc2f8f359p-997),
      (0x1.6300000000000p8, -0x1.f9bd0307d1de3p-16),
    ], within: 2)
    check("cos", { cos($0) }, [
      (0x1.921fb54442d18p0, 0x1.1a62633145c07p-54), (0x1.0f0cf064dd592p73, 0x1.0be2cef01c8f4p-1),
      (0x1.0000000000000p-1, 0x1.c1528065b7d50p-1),
      (0x1.b333333333333p1000, -0x1.f9ba68596f062p-1),
      (0x1.6300000000000p8, -0x1.fffffffc18e4cp-1),
    ], within: 2)
    check("tan", { tan($0) }, [
      (0x1.921fb54442d18p0, 0x1.d02967c31cdb5p53), (0x1.0f0cf064dd592p73, -0x1.a0f79c1b6b257p0),
      (0x1.0000000000000p-1, 0x1.17b4f5bf3474ap-1), (0x1.8000000000000p1, -0x1.23ef71254b86fp-3),
    ], within: 2)
    check("asin", { asin($0) }, [
      (0x1.0000000000000p-1, 0x1.0c152382d7366p-1), (-0x1.ffffde7210be9p-1, -0x1.91c306b2c13adp0),
      (0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9d7bdbbp-34), (0x1.0000000000000p0, 0x1.921fb54442d18p0),
    ], within: 2)
    check("acos", { acos($0) }, [
      (0x1.0000000000000p-1, 0x1.0c152382d7366p0), (-0x1.ffffde7210be9p-1, 0x1.91f15dfb82062p1),
      (0x1.b7cdfd9d7bdbbp-34, 0x1.921fb543d4de0p0), (0x1.ffffffff24190p-1, 0x1.da88066815a95p-17),
    ], within: 2)
    check("atan", { atan($0) }, [
      (0x1.0000000000000p-1, 0x1.dac670561bb4fp-2), (0x1.2a05f20000000p33, 0x1.921fb543d4de0p0),
      (-0x1.b7cdfd9d7bdbbp-34, -0x1.b7cdfd9d7bdbbp-34),
      (0x1.0000000000000p0, 0x1.921fb54442d18p-1),
    ], within: 2)
    check("sinh", { sinh($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9d7bdbbp-34),
      (0x1.3333333333333p-2, 0x1.37d42af54b926p-2), (0x1.6800000000000p4, 0x1.604b68cf05f66p31),
      (-0x1.6300000000000p9, -0x1.3e21a464507f9p1023),
    ], within: 2)
    check("cosh", { cosh($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.0000000000000p0), (0x1.3333333333333p-2, 0x1.0b9b4e0b6ec4cp0),
      (0x1.6800000000000p4, 0x1.604b68cf05f66p31), (0x1.6300000000000p9, 0x1.3e21a464507f9p1023),
    ], within: 2)
    check("tanh", { tanh($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9d7bdbbp-34),
      (0x1.0100e6afcce1cp-2, 0x1.f77ac807053c7p-3), (0x1.6666666666666p-1, 0x1.356fb17af2e91p-1),
      (0x1.3000000000000p4, 0x1.fffffffffffffp-1),
    ], within: 3)
    check("asinh", { asinh($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9d7bdbbp-34),
      (0x1.999999999999ap-2, 0x1.8f656b3acced7p-2),
      (-0x1.4e718d7d7625ap664, -0x1.cd35cd6cad20fp8), (0x1.8000000000000p1, 0x1.d185b507edc0ep0),
    ], within: 2)
    check("acosh", { acosh($0) }, [
      (0x1.000001ad7f29bp0, 0x1.d4effc065cae4p-12), (0x1.8000000000000p0, 0x1.ecc2caec5160ap-1),
      (0x1.4e718d7d7625ap664, 0x1.cd35cd6cad20fp8),
    ], within: 2)
    check("atanh", { atanh($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9d7bdbbp-34),
      (0x1.ccccccccccccdp-2, 0x1.f0554513b1b4cp-2), (-0x1.fffffca501acbp-1, -0x1.0cfad9b61ff69p3),
    ], within: 2)
    check("exp", { exp($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.000000006df38p0), (0x1.6666666666666p-1, 0x1.01c2a61268987p1),
      (-0x1.7480000000000p9, 0x0.0000000000001p-1022),
      (0x1.62d999999999ap9, 0x1.d75ae7a50ee14p1023), (-0x1.0000000000000p0, 0x1.78b56362cef38p-2),
    ], within: 2)
    check("expm1", { expm1($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9dda4e3p-34), (0x1.6666666666666p-1, 0x1.03854c24d130dp0),
      (-0x1.4000000000000p5, -0x1.0000000000000p0), (0x1.5e00000000000p9, 0x1.d945df4f8ec8ep1009),
    ], within: 2)
    check("exp2", { exp2($0) }, [
      (0x1.3333333333333p-2, 0x1.3b2c47bff8329p0),
      (-0x1.0c60000000000p10, 0x0.0000000000001p-1022),
      (0x1.fff3333333333p9, 0x1.ddb680117aa8ep1023), (0x1.4000000000000p3, 0x1.0000000000000p10),
    ], within: 2)
    check("exp10", { exp10($0) }, [
      (0x1.3333333333333p-2, 0x1.fec982d5bb8afp0),
      (-0x1.4080000000000p8, 0x0.0000000000280p-1022),
      (0x1.3433333333333p8, 0x1.c3647f1d600b6p1023), (0x1.6000000000000p4, 0x1.0f0cf064dd592p73),
    ], within: 2)
    check("log", { log($0) }, [
      (0x1.fffffff768fa1p-1, -0x1.12e0be024e4bcp-30), (0x1.0000000000000p1, 0x1.62e42fefa39efp-1),
      (0x0.0000000000001p-1022, -0x1.74385446d71c3p9),
      (0x1.1ccf385ebc8a0p1023, 0x1.62991d5d62a5ep9),
    ], within: 2)
    check("log1p", { log1p($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.b7cdfd9d1d693p-34),
      (-0x1.fff2e48e8a71ep-1, -0x1.26bb1bbb55554p3), (0x1.0000000000000p1, 0x1.193ea7aad030bp0),
      (0x1.7e43c8800759cp996, 0x1.5963447f87fb5p9),
    ], within: 2)
    check("log2", { log2($0) }, [
      (0x1.fffffff768fa1p-1, -0x1.8c90a2ac14f3bp-30), (0x1.8000000000000p1, 0x1.95c01a39fbd68p0),
      (0x0.0000000000001p-1022, -0x1.0c80000000000p10),
      (0x1.0000000000000p3, 0x1.8000000000000p1),
    ], within: 2)
    check("log10", { log10($0) }, [
      (0x1.fffffff768fa1p-1, -0x1.dd830699b9413p-32), (0x1.8000000000000p1, 0x1.e8927964fd5fdp-2),
      (0x0.0000000000001p-1022, -0x1.434e6420f4374p8), (0x1.f400000000000p9, 0x1.8000000000000p1),
    ], within: 2)
    check("cbrt", { cbrt($0) }, [
      (0x1.b000000000000p4, 0x1.8000000000000p1), (0x1.0000000000000p1, 0x1.428a2f98d728bp0),
      (-0x1.7e43c8800759cp996, -0x1.249ad2594c37dp332),
      (0x0.0000000000001p-1022, 0x1.0000000000000p-358),
    ], within: 2)
    check("erf", { erf($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.f044332d68161p-34),
      (0x1.0000000000000p-1, 0x1.0a7ef5c18edd2p-1), (0x1.c9f255f3519bdp-1, 0x1.9693d777aef44p-1),
      (-0x1.0000000000000p1, -0x1.fd9ae142795e3p-1), (0x1.799999999999ap2, 0x1.fffffffffffffp-1),
    ], within: 2)
    check("erfc", { erfc($0) }, [
      (0x1.b7cdfd9d7bdbbp-34, 0x1.ffffffff07ddep-1), (0x1.0000000000000p-1, 0x1.eb02147ce245cp-2),
      (0x1.ccccccccccccdp-1, 0x1.9fee964dd7469p-3), (-0x1.0000000000000p1, 0x1.fecd70a13caf2p0),
      (0x1.4000000000000p3, 0x1.7d8a7f2a8a2d0p-149),
      (0x1.a800000000000p4, 0x1.3df6725a60cf5p-1019),
    ], within: 6)
    check("tgamma", { tgamma($0) }, [
      (0x1.0000000000000p-1, 0x1.c5bf891b4ef6bp0), (0x1.4000000000000p2, 0x1.8000000000000p4),
      (0x1.56e1fc2f8f359p-997, 0x1.7e43c8800759bp996),
      (-0x1.8000000000000p0, 0x1.2e7fb0bcdf4f2p1), (0x1.899999999999ap3, 0x1.3e1705f9991bcp26),
      (0x1.5733333333333p7, 0x1.c3adadc5107b1p1023),
      (-0x1.9200000000000p6, -0x1.7932fb5136292p-527), (0x1.000008637bd06p1, 0x1.00000717d8bedp0),
    ], within: 8)
    check("lgamma", { lgamma($0) }, [
      (0x1.0000000000000p-1, 0x1.250d048e7a1bdp-1), (0x1.4000000000000p2, 0x1.96ca77c922cf9p1),
      (0x1.000001ad7f29bp0, -0x1.efd30c8e518b9p-25), (0x1.000000d6bf94dp1, 0x1.6b2b43f393939p-25),
      (0x1.899999999999ap3, 0x1.23d2e043dbf73p4), (0x1.7e43c8800759cp996, 0x1.017f38e7a1ab5p1006),
      (0x1.56e1fc2f8f359p-997, 0x1.5963447f87fb5p9),
    ], within: 4)
  }

  test("functions of two arguments come close to the exact results") {
    expectClose(pow(numbers(of: 1.0000001), 1e7), 0x1.5bf0a790ce6f2p1, within: 2, "pow")
    expectClose(pow(numbers(of: 10), -308), 1e-308, within: 2, "pow")
    expectClose(pow(numbers(of: 2), 0.5), 0x1.6a09e667f3bcdp0, within: 2, "pow")
    expectClose(atan2(numbers(of: -1), -1), -0x1.2d97c7f3321d2p1, within: 2, "atan2")
    expectClose(hypot(numbers(of: 3e300), 4e300), 5e300, within: 1, "hypot")
    expectClose(hypot(numbers(of: 3e-320), 4e-320), 5e-320, within: 1, "hypot")
    expectClose(hypot(numbers(of: 1), 1e-8), 0x1.0000000000000p0, within: 1, "hypot")
  }
}

private func check(
  _ name: String, _ function: (Double) -> Double, _ cases: [(Double, Double)], within limit: UInt64,
  line: Int = #line
) {
  for (argument, expected) in cases {
    expectClose(function(numbers(of: argument)), expected, within: limit, "\(name)(\(argument))", line: line)
  }
}

/// `limit` in units in the last place.
private func expectClose(
  _ value: Double, _ expected: Double, within limit: UInt64, _ name: String, line: Int = #line
) {
  let (a, b) = (value.bitPattern, expected.bitPattern)
  expect((a > b ? a - b : b - a) <= limit, "\(name) is \(value), not \(expected)", line: line)
}

@inline(never) @_optimize(none) func numbers(of value: Double) -> Double { value }
