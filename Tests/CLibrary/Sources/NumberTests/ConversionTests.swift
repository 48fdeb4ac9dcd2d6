import WebbleTesting

// Conversions of ours hide the standard library's. In generic code those of the standard library are called: each
// number goes both ways.

private func number<Source: BinaryInteger, Result: BinaryFloatingPoint>(
  _ source: Source, as type: Result.Type
) -> Result {
  Result(source)
}

private func bits<Source: BinaryInteger, Result: FixedWidthInteger>(
  _ source: Source, as type: Result.Type
) -> Result {
  Result(truncatingIfNeeded: source)
}

private func exact<Source: BinaryInteger, Result: FixedWidthInteger>(
  _ source: Source, as type: Result.Type
) -> Result? {
  Result(exactly: source)
}

/// The edges of a type, and what lies around halves of what a `Float` and a `Double` can hold.
private func samples<Number: FixedWidthInteger>(_ type: Number.Type) -> [Number] {
  var samples: [Number] = [.min, .min &+ 1, 0, 1, .max, .max &- 1, ~0]
  for shift in 0..<Number.bitWidth {
    let power = Number(1) &<< Number(truncatingIfNeeded: shift)
    samples += [power, power &+ 1, power &- 1, power | power &>> 24, power | power &>> 53, 0 &- power]
  }
  return samples
}

@MainActor func conversionTests() {
  test("integers become the floating-point numbers that the standard library makes of them") {
    // Concrete types, since generic code would not call ours.
    for value in samples(Int8.self) { both(Float(value), Double(value), value) }
    for value in samples(UInt8.self) { both(Float(value), Double(value), value) }
    for value in samples(Int16.self) { both(Float(value), Double(value), value) }
    for value in samples(UInt16.self) { both(Float(value), Double(value), value) }
    for value in samples(Int32.self) { both(Float(value), Double(value), value) }
    for value in samples(UInt32.self) { both(Float(value), Double(value), value) }
    for value in samples(Int.self) { both(Float(value), Double(value), value) }
    for value in samples(UInt.self) { both(Float(value), Double(value), value) }
    for value in samples(Int64.self) { both(Float(value), Double(value), value) }
    for value in samples(UInt64.self) { both(Float(value), Double(value), value) }
    for value in samples(Int128.self) { both(Float(value), Double(value), value) }
    for value in samples(UInt128.self) { both(Float(value), Double(value), value) }
    func both<Number: FixedWidthInteger>(_ float: Float, _ double: Double, _ value: Number) {
      expectEqual(float, number(value, as: Float.self))
      expectEqual(double, number(value, as: Double.self))
    }
  }

  test("integers become 64 bits wide as the standard library makes them") {
    for value in samples(Int8.self) {
      both(Int64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value), value)
      if value >= 0 { expectEqual(UInt64(value), bits(value, as: UInt64.self)) }
      expectEqual(Int64(value), exact(value, as: Int64.self))
    }
    for value in samples(UInt16.self) {
      both(Int64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value), value)
      expectEqual(Int64(value), exact(value, as: Int64.self))
      expectEqual(UInt64(value), exact(value, as: UInt64.self))
    }
    for value in samples(UInt32.self) {
      both(Int64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value), value)
      expectEqual(Int64(value), exact(value, as: Int64.self))
      expectEqual(UInt64(value), exact(value, as: UInt64.self))
    }
    for value in samples(Int.self) {
      both(Int64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value), value)
      expectEqual(Int64(value), exact(value, as: Int64.self))
    }
    for value in samples(Int64.self) {
      both(Int64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value), value)
      expectEqual(Int64(value), value)
      if let same = exact(value, as: UInt64.self) { expectEqual(UInt64(value), same) }
    }
    for value in samples(UInt64.self) {
      both(Int64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value), value)
      if let same = exact(value, as: Int64.self) { expectEqual(Int64(value), same) }
    }
    for value in samples(Int128.self) {
      both(Int64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value), value)
      if let same = exact(value, as: Int64.self) { expectEqual(Int64(value), same) }
      if let same = exact(value, as: UInt64.self) { expectEqual(UInt64(value), same) }
    }
    for value in samples(UInt128.self) {
      both(Int64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value), value)
      if let same = exact(value, as: UInt64.self) { expectEqual(UInt64(value), same) }
    }
    func both<Number: FixedWidthInteger>(_ signed: Int64, _ unsigned: UInt64, _ value: Number) {
      expectEqual(signed, bits(value, as: Int64.self))
      expectEqual(unsigned, bits(value, as: UInt64.self))
    }
  }

  test("vectors are made whole lane by lane, towards zero") {
    let bytes = SIMD16<Float>(
      -0.99, 0, 0.99, 1, 1.5, 2.999, 127, 128.5, 200, 254.9, 255, 255.99, 3, 4, 5, 6)
    let words = SIMD8<Float>(-32768.9, -32768, -1.9, -0.1, 0.1, 1.9, 32767, 32767.9)
    let large = SIMD4<Float>(-0x1p31, -1.5, 1.5, 2147483520)
    for lane in 0..<16 { expectEqual(SIMD16<UInt8>(bytes)[lane], UInt8(bytes[lane])) }
    for lane in 0..<8 { expectEqual(SIMD8<UInt8>(bytes.highHalf)[lane], UInt8(bytes.highHalf[lane])) }
    for lane in 0..<8 { expectEqual(SIMD8<Int16>(words)[lane], Int16(words[lane])) }
    for lane in 0..<4 { expectEqual(SIMD4<Int32>(large)[lane], Int32(large[lane])) }
    for lane in 0..<4 {
      expectEqual(SIMD4<UInt8>(bytes.lowHalf.lowHalf)[lane], UInt8(bytes.lowHalf.lowHalf[lane]))
      expectEqual(SIMD4<Int16>(words.lowHalf)[lane], Int16(words.lowHalf[lane]))
    }
    let back = SIMD16<Float>(SIMD16<UInt8>(bytes)), eight = SIMD8<Float>(SIMD8<Int16>(words))
    for lane in 0..<16 { expectEqual(back[lane], bytes[lane].rounded(.towardZero)) }
    for lane in 0..<8 { expectEqual(eight[lane], words[lane].rounded(.towardZero)) }
    for lane in 0..<8 { expectEqual(SIMD8<Float>(SIMD8<UInt8>(bytes.highHalf))[lane], back[lane + 8]) }
    for lane in 0..<4 {
      expectEqual(SIMD4<Float>(SIMD4<UInt8>(bytes.lowHalf.highHalf))[lane], back[lane + 4])
      expectEqual(SIMD4<Float>(SIMD4<Int16>(words.lowHalf))[lane], eight[lane])
      expectEqual(SIMD4<Float>(SIMD4<Int32>(large))[lane], large[lane].rounded(.towardZero))
    }
    // The standard library's, with a rule.
    expectEqual(SIMD4<Int32>(large, rounding: .up)[1], -1)
  }
}
