import Webble
import WebbleTesting

@MainActor func parsingTests() {
  test("texts that are numbers") {
    expectBits("1.5", 1.5)
    expectBits("-0", -0.0)
    expectBits("+.5e+1", 5)
    expectBits("5.", 5)
    expectBits("1e23", 1e23)
    expectBits("0x1.8p1", 3)
    expectBits("0X.8P-1074", 0)
    expectBits("0x1.00000000000008000001p0", 1.0.nextUp)
    expectBits("inf", .infinity)
    expectBits("-Infinity", -.infinity)
    expectBits("1e400", .infinity)
    expectBits("1e-400", 0)
    expectBits("1e99999999999999999999", .infinity)
    expectBits("-1e-99999999999999999999", -0.0)
    expectBits("0e99999999999999999999", 0)
    expect(Double("nan")?.isNaN == true && Double("NaN(12)")?.isNaN == true)
  }

  test("texts that are none") {
    for text in [
      "", " ", "-", ".", "e5", "1e", "1e+", "0x", "0x.p1", "1.2.3", " 1", "1 ", "1_000", "1,5", "١", "--1",
      "infinit", "nan(", "1e5.5", "0x1p", "\u{0}",
    ] {
      expect(Double(text) == nil, "Double of \(text)")
      expect(Float(text) == nil, "Float of \(text)")
      expect(Float16(text) == nil, "Float16 of \(text)")
    }
  }

  test("texts of ten thousand digits") {
    let zeros = String(repeating: "0", count: 10_000)
    expectBits("1" + zeros + "e-10000", 1)
    expectBits("0." + zeros + "1e10001", 1)
    expectBits(zeros + "." + zeros, 0)
    expectBits(String(repeating: "9", count: 10_000) + "e-10000", 1)
    // Half-way between 1 and its successor, and beyond by the last of the digits.
    let middle = "1.00000000000000011102230246251565404236316680908203125"
    expectBits(middle + zeros, 1)
    expectBits(middle + zeros + "1", 1.0.nextUp)
    expectBits("0x1.00000000000008" + zeros, 1)
    expectBits("0x1.00000000000008" + zeros + "1", 1.0.nextUp)
  }

  test("published hard cases") {
    // V. Paxson and W. Kahan, A program for testing IEEE decimal-binary conversion, 1991, tables 1 and 2.
    expectBits("5e-324", .leastNonzeroMagnitude)
    expectBits("9e-265", 0x1.d05244fe5066ap-878)
    expectBits("8.5e-37", 0x1.213d716b33448p-120)
    expectBits("623e100", 0x1.640a62f3a83dfp341)
    expectBits("3571e263", 0x1.62644c61d41aap885)
    expectBits("81661e153", 0x1.7ca8e3d68578ep524)
    expectBits("6922498e-8", 0x1.1b8ba712a8fa1p-4)
    // What has kept PHP and Java busy for ever (2010, 2011).
    expectBits("2.2250738585072011e-308", 0x0.fffffffffffffp-1022)
    expectBits("2.2250738585072012e-308", 0x1p-1022)
    // Just above and below the half of the smallest number, and the largest number's upper edge.
    expectBits("2.4703282292062327208e-324", 0)
    expectBits("2.4703282292062328e-324", .leastNonzeroMagnitude)
    expectBits("1.797693134862315807e308", .greatestFiniteMagnitude)
    expectBits("1.797693134862315808e308", .infinity)
    expectBits("9007199254740993", 9007199254740992)
    expectBits("9007199254740995", 9007199254740996)
    expectBits("6929495644600919.5", 6929495644600920)
    expectBits("3.237883913302901e-319", 0x0.000000000ffffp-1022)
    expectFloat("16777217", 16777216)
    expectFloat("1.00000017881393432617187499", 0x1.000002p0)
    expectFloat("1.00000017881393432617187500", 0x1.000004p0)
    expectFloat("1.00000017881393421514957253748434595763683319091796875001", 0x1.000002p0)
    expectFloat("7.0064923216240853546186479164495e-46", 0)
    expectFloat("7.0064923216240853546186479164496e-46", 0x1p-149)
    expectFloat("3.4028235677973367e38", .infinity)
    expectEqual(Float16("65519.999999999999999999999")!, 65504)
    expectEqual(Float16("65520")!, .infinity)
  }

  // scripts/math/texts.sh asks for more of them.
  test("round trips of numbers with any bits", timeLimit: .seconds(600)) {
    let count = programArguments.last.flatMap { Int($0) } ?? 80_000
    let pool = try! ThreadPool(workerCount: 4)
    let parts = (0..<4).map { part in
      pool.spawn { () -> String in
        var numbers = Numbers()
        for _ in 0..<part { _ = numbers.wide() }
        var left = count / 4
        while left > 0 {
          let bits = numbers.next()
          let value = Double(bitPattern: bits)
          let narrow = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
          guard value.isFinite, narrow.isFinite else { continue }
          if Double("\(value)")?.bitPattern != bits { return "\(value)" }
          if Float("\(narrow)")?.bitPattern != narrow.bitPattern { return "\(narrow)" }
          left -= 1
        }
        return ""
      }
    }
    for part in parts { expectEqual(await part.value, "") }
    await pool.shutdown()
  }
}

private func expectBits(
  _ text: String, _ expected: Double, file: String = #fileID, line: Int = #line
) {
  let value = Double(text)
  expect(value?.bitPattern == expected.bitPattern, "\(text.prefix(40)) is \(value ?? .nan)", file: file,
    line: line)
}

private func expectFloat(
  _ text: String, _ expected: Float, file: String = #fileID, line: Int = #line
) {
  let value = Float(text)
  expect(value == expected, "\(text) is \(value ?? .nan)", file: file, line: line)
}
