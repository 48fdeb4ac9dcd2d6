import WebbleTesting

@MainActor func remainderTests() {
  test("remainders are exact, whatever the exponents") {
    expectEqual(numbers(of: 7.5).truncatingRemainder(dividingBy: 2), 1.5)
    expectEqual(numbers(of: -7.5).truncatingRemainder(dividingBy: 2), -1.5)
    expectEqual(numbers(of: 7.5).remainder(dividingBy: 2), -0.5)
    expectEqual(numbers(of: 5.0).remainder(dividingBy: 2), 1)
    expectEqual(numbers(of: 7.0).remainder(dividingBy: 2), -1)
    // 2^1023 mod 10, and the largest number by the smallest: found with whole numbers of any length.
    expectEqual(numbers(of: 0x1p1023).truncatingRemainder(dividingBy: 10), 8)
    expectEqual(numbers(of: 0x1p1023).remainder(dividingBy: 10), -2)
    expectEqual(numbers(of: 1e308).truncatingRemainder(dividingBy: 3), 2)
    expectEqual(numbers(of: 1e300).truncatingRemainder(dividingBy: 5e-324), 0)
    expectEqual(numbers(of: 1e-310).truncatingRemainder(dividingBy: 3e-320), 0x0.0000000000343p-1022)
    expectEqual(numbers(of: Float(1e38)).truncatingRemainder(dividingBy: 7), 2)
  }

  test("remainders of what is not finite") {
    let infinity = Double.infinity
    expect(numbers(of: infinity).truncatingRemainder(dividingBy: 2).isNaN)
    expect(numbers(of: 1.0).truncatingRemainder(dividingBy: 0).isNaN)
    expect(numbers(of: 1.0).remainder(dividingBy: .nan).isNaN)
    expectEqual(numbers(of: 1.0).truncatingRemainder(dividingBy: infinity), 1)
    expectEqual(numbers(of: 1.0).remainder(dividingBy: -infinity), 1)
    expectEqual(numbers(of: -4.0).truncatingRemainder(dividingBy: 2).sign, .minus)
    expectEqual(numbers(of: -4.0).remainder(dividingBy: 2).sign, .minus)
  }

  test("a fused product and sum is rounded once") {
    let x = numbers(of: 0x1.0000001p0)
    expectEqual((-1.0).addingProduct(x, x), 0x1.00000008p-27)
    expectEqual((-0x1p-1074).addingProduct(0x1p-537, 0x1p-537), 0)
    expectEqual((0x1p-1074).addingProduct(numbers(of: 0x1p-600), 0x1p-475), 0x1p-1073)
    expectEqual((-0x1p1023).addingProduct(numbers(of: 0x1p1000), 0x1p24), 0x1p1023)
    expectEqual((0x1p-149 as Float).addingProduct(numbers(of: 1), 1), 1)
    expectEqual((0x1p-40 as Float).addingProduct(numbers(of: 0x1.000002p0), 0x1.fffffep-1), 0x1.000002p0)
    expect((Double.infinity).addingProduct(numbers(of: -.infinity), 1).isNaN)
    expectEqual((-0.0).addingProduct(numbers(of: -0.0), 1).sign, .minus)
  }

  test("strides of floating point") {
    expectEqual(Array(stride(from: 0.0, to: 1, by: 0.25)), [0, 0.25, 0.5, 0.75])
    expectEqual(Array(stride(from: Float(1), through: 0, by: -0.5)), [1, 0.5, 0])
  }
}
