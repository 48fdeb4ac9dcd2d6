import Builtin

// Conversions between numbers. On a target whose `Int` has 32 bits the standard library makes an integer wider, and a
// floating-point number of an integer, by a loop over the words of any integer. LLVM unrolls that in the end, but the
// Swift optimiser does not look past a loop within a loop: the bounds checks of arrays stay in the outer one, which
// therefore never uses vectors. `sums[i] += weight * Float(bytes[i])` took four times as long.

extension Float {
  /// The nearest number to an integer.
  @inlinable @inline(__always)
  public init<Source: BinaryInteger>(_ value: Source) {
    if Source.self == UInt8.self || Source.self == UInt16.self {
      // Where the last bit of a `Float` counts 1. The instruction that converts vectors of unsigned numbers is
      // many on processors of x86-64, and LLVM takes it for these.
      self = Float(bitPattern: Float(0x1p23).bitPattern | UInt32(truncatingIfNeeded: value)) - 0x1p23
    } else if let value = value._narrow {
      self.init(value)
    } else if let value = value._asUInt32 {
      self.init(Builtin.uitofp_Int32_FPIEEE32(value._value))
    } else if let value = value._asInt64 {
      self.init(Builtin.sitofp_Int64_FPIEEE32(value._value))
    } else if let value = value._asUInt64 {
      self.init(Builtin.uitofp_Int64_FPIEEE32(value._value))
    } else {
      self = Self._convert(from: value).value
    }
  }
}

extension Double {
  /// The nearest number to an integer.
  @inlinable @inline(__always)
  public init<Source: BinaryInteger>(_ value: Source) {
    if let value = value._narrow {
      self.init(value)
    } else if let value = value._asUInt32 {
      self.init(Builtin.uitofp_Int32_FPIEEE64(value._value))
    } else if let value = value._asInt64 {
      self.init(Builtin.sitofp_Int64_FPIEEE64(value._value))
    } else if let value = value._asUInt64 {
      self.init(Builtin.uitofp_Int64_FPIEEE64(value._value))
    } else {
      self = Self._convert(from: value).value
    }
  }
}

// What of these a type is, the compiler knows: of each conversion one way remains.
extension BinaryInteger {
  /// This number, if its type is one of those that `Int` has room for.
  @inlinable @inline(__always)
  var _narrow: Int? {
    if Self.self == UInt8.self || Self.self == UInt16.self || Self.self == Int8.self
      || Self.self == Int16.self || Self.self == Int32.self || Self.self == Int.self
    {
      return Int(truncatingIfNeeded: self)
    }
    return nil
  }

  @inlinable @inline(__always)
  var _asUInt32: UInt32? {
    Self.self == UInt32.self || Self.self == UInt.self ? UInt32(truncatingIfNeeded: self) : nil
  }

  @inlinable @inline(__always)
  var _asInt64: Int64? { Self.self == Int64.self ? unsafeBitCast(self, to: Int64.self) : nil }

  @inlinable @inline(__always)
  var _asUInt64: UInt64? { Self.self == UInt64.self ? unsafeBitCast(self, to: UInt64.self) : nil }
}

extension Int64 {
  /// The integer's lowest 64 bits.
  @inlinable @inline(__always)
  public init<Source: BinaryInteger>(truncatingIfNeeded source: Source) {
    if let source = source._narrow {
      self.init(Builtin.sext_Int32_Int64(source._value))
    } else if let source = source._asUInt32 {
      self.init(Builtin.zext_Int32_Int64(source._value))
    } else {
      self.init(bitPattern: source._lowest64Bits)
    }
  }

  /// The same number, which must fit.
  @inlinable @inline(__always)
  public init<Source: BinaryInteger>(_ source: Source) {
    if source.bitWidth > 64 || source.bitWidth == 64 && !Source.isSigned {
      precondition(source <= Int64.max, "Not enough bits to represent the passed value")
    }
    if Source.isSigned, source.bitWidth > 64 {
      precondition(source >= Int64.min, "Not enough bits to represent a signed value")
    }
    self.init(truncatingIfNeeded: source)
  }
}

extension UInt64 {
  /// The integer's lowest 64 bits.
  @inlinable @inline(__always)
  public init<Source: BinaryInteger>(truncatingIfNeeded source: Source) {
    if let source = source._narrow {
      self.init(Builtin.sext_Int32_Int64(source._value))
    } else if let source = source._asUInt32 {
      self.init(Builtin.zext_Int32_Int64(source._value))
    } else {
      self = source._lowest64Bits
    }
  }

  /// The same number, which must fit.
  @inlinable @inline(__always)
  public init<Source: BinaryInteger>(_ source: Source) {
    if Source.isSigned {
      precondition(source >= (0 as Source), "Negative value is not representable")
    }
    if source.bitWidth > 64 {
      precondition(source <= UInt64.max, "Not enough bits to represent the passed value")
    }
    self.init(truncatingIfNeeded: source)
  }
}

extension BinaryInteger {
  @inlinable @inline(__always)
  var _lowest64Bits: UInt64 {
    if let same = _asUInt64 { return same }
    if let same = _asInt64 { return UInt64(bitPattern: same) }
    var words = words.makeIterator()
    let low = words.next() ?? 0
    let high = words.next() ?? (self < (0 as Self) ? .max : 0)
    return UInt64(Builtin.zext_Int32_Int64(high._value)) &<< 32
      | UInt64(Builtin.zext_Int32_Int64(low._value))
  }
}

// Vectors of numbers with a fraction, made whole. The standard library does it lane by lane, with three checks each.

extension SIMD4 where Scalar == Int32 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD4<Float>) {
    precondition(all((other .>= -0x1p31) .& (other .< 0x1p31)), "a number is out of the range of Int32")
    self.init(_inRange: other)
  }

  @inlinable @inline(__always)
  init(_inRange other: SIMD4<Float>) {
    self.init()
    _storage._value = Builtin.fptosi_Vec4xFPIEEE32_Vec4xInt32(other._storage._value)
  }
}

extension SIMD4 where Scalar == Int16 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD4<Float>) {
    precondition(all((other .> -0x8001) .& (other .< 0x8000)), "a number is out of the range of Int16")
    self.init(truncatingIfNeeded: SIMD4<Int32>(_inRange: other))
  }
}

extension SIMD4 where Scalar == UInt8 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD4<Float>) {
    precondition(all((other .> -1) .& (other .< 256)), "a number is out of the range of UInt8")
    self.init(truncatingIfNeeded: SIMD4<Int32>(_inRange: other))
  }
}

extension SIMD8 where Scalar == Int32 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD8<Float>) {
    self.init(lowHalf: SIMD4<Int32>(other.lowHalf), highHalf: SIMD4<Int32>(other.highHalf))
  }
}

extension SIMD8 where Scalar == Int16 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD8<Float>) {
    self.init(lowHalf: SIMD4<Int16>(other.lowHalf), highHalf: SIMD4<Int16>(other.highHalf))
  }
}

extension SIMD8 where Scalar == UInt8 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD8<Float>) {
    self.init(lowHalf: SIMD4<UInt8>(other.lowHalf), highHalf: SIMD4<UInt8>(other.highHalf))
  }
}

extension SIMD16 where Scalar == Int32 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD16<Float>) {
    self.init(lowHalf: SIMD8<Int32>(other.lowHalf), highHalf: SIMD8<Int32>(other.highHalf))
  }
}

extension SIMD16 where Scalar == Int16 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD16<Float>) {
    self.init(lowHalf: SIMD8<Int16>(other.lowHalf), highHalf: SIMD8<Int16>(other.highHalf))
  }
}

extension SIMD16 where Scalar == UInt8 {
  /// The numbers rounded towards zero, which must fit.
  @inlinable @inline(__always)
  public init(_ other: SIMD16<Float>) {
    self.init(lowHalf: SIMD8<UInt8>(other.lowHalf), highHalf: SIMD8<UInt8>(other.highHalf))
  }
}

// And whole numbers as ones with a fraction.

extension SIMD4 where Scalar == Float {
  /// The same numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD4<UInt8>) {
    let sum = SIMD4<UInt32>(repeating: Float(0x1p23).bitPattern) | SIMD4<UInt32>(truncatingIfNeeded: other)
    self = unsafeBitCast(sum, to: SIMD4<Float>.self) - 0x1p23
  }

  /// The same numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD4<Int16>) {
    self.init()
    _storage._value = Builtin.sitofp_Vec4xInt16_Vec4xFPIEEE32(other._storage._value)
  }

  /// The nearest numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD4<Int32>) {
    self.init()
    _storage._value = Builtin.sitofp_Vec4xInt32_Vec4xFPIEEE32(other._storage._value)
  }
}

extension SIMD8 where Scalar == Float {
  /// The same numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD8<UInt8>) {
    self.init(lowHalf: SIMD4<Float>(other.lowHalf), highHalf: SIMD4<Float>(other.highHalf))
  }

  /// The same numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD8<Int16>) {
    self.init(lowHalf: SIMD4<Float>(other.lowHalf), highHalf: SIMD4<Float>(other.highHalf))
  }

  /// The nearest numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD8<Int32>) {
    self.init(lowHalf: SIMD4<Float>(other.lowHalf), highHalf: SIMD4<Float>(other.highHalf))
  }
}

extension SIMD16 where Scalar == Float {
  /// The same numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD16<UInt8>) {
    self.init(lowHalf: SIMD8<Float>(other.lowHalf), highHalf: SIMD8<Float>(other.highHalf))
  }

  /// The same numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD16<Int16>) {
    self.init(lowHalf: SIMD8<Float>(other.lowHalf), highHalf: SIMD8<Float>(other.highHalf))
  }

  /// The nearest numbers.
  @inlinable @inline(__always)
  public init(_ other: SIMD16<Int32>) {
    self.init(lowHalf: SIMD8<Float>(other.lowHalf), highHalf: SIMD8<Float>(other.highHalf))
  }
}
