import WebbleTesting

@MainActor func halfTests() {
  test("every Float16 survives the way to Float, Double and text") {
    for bits in 0..<UInt16.max {
      let half = Float16(bitPattern: bits)
      if half.isNaN {
        expect(Float(half).isNaN && Float16(Float(half)).isNaN)
        continue
      }
      expectEqual(Float16(Float(half)).bitPattern, bits)
      expectEqual(Float16(Double(half)).bitPattern, bits)
    }
    for bits in stride(from: UInt16(0), to: 0x7C00, by: 7) {
      let half = Float16(bitPattern: bits)
      expectEqual(Float16("\(half)")?.bitPattern, bits)
    }
  }

  test("Float16 rounds to nearest, ties to even, and once") {
    for bits in stride(from: UInt16(0), to: 0x7BFF, by: 3) {
      let low = Float16(bitPattern: bits), high = Float16(bitPattern: bits + 1)
      let middle = (Double(low) + Double(high)) / 2
      expectEqual(Float16(middle).bitPattern, bits & 1 == 0 ? bits : bits + 1)
      expectEqual(Float16(middle.nextUp).bitPattern, bits + 1)
      expectEqual(Float16(middle.nextDown).bitPattern, bits)
      expectEqual(Float16(-middle.nextUp).bitPattern, bits + 1 | 0x8000)
    }
    expectEqual(Float16(numbers(of: 65519.99)), 65504)
    expectEqual(Float16(numbers(of: 65520.0)), .infinity)
    expectEqual(Float16(numbers(of: 0x1p-25)), 0)
    expectEqual(Float16(numbers(of: 0x1p-25.nextUp)), .leastNonzeroMagnitude)
    expectEqual(Float16(numbers(of: Float(0x1.002p0).nextUp)), 0x1.004p0)
  }

  test("arithmetic of Float16") {
    let half = numbers(of: Float16(1.5))
    expectEqual(half * half + half / 3 - half, 1.25)
    expectEqual(half.squareRoot().isLess(than: half), true)
    expectEqual(Int(half.rounded()), 2)
    expectEqual(half.truncatingRemainder(dividingBy: 1), 0.5)
    expectEqual(half.addingProduct(half, half), 3.75)
  }
}
