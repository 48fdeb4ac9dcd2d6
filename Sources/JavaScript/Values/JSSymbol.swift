/// A symbol of JavaScript.
public final class JSSymbol: JSObject {
  override init(index: Int32, of owner: JavaScriptThreadPointer) {
    super.init(index: index, of: owner)
  }

  /// A new symbol, different from every other.
  public convenience init(_ description: String) {
    let thread = currentThread()
    let index = withUTF8(of: description) { jsMakeSymbol($0.baseAddress, $0.count) }
    self.init(index: index, of: thread)
  }

  /// The symbol that `Symbol.for(key)` registers, on this thread, or finds.
  public static func `for`(_ key: String) -> JSSymbol {
    JSObject.global.Symbol.for(key).symbol.unsafelyUnwrapped
  }

  /// `Symbol.iterator`.
  public static var iterator: JSSymbol { JSObject.global.Symbol.iterator.symbol.unsafelyUnwrapped }

  /// `Symbol.asyncIterator`.
  public static var asyncIterator: JSSymbol {
    JSObject.global.Symbol.asyncIterator.symbol.unsafelyUnwrapped
  }
}

/// An integer of any size.
public final class JSBigInt: JSObject {
  override init(index: Int32, of owner: JavaScriptThreadPointer) {
    super.init(index: index, of: owner)
  }

  public convenience init(_ value: Int64) {
    let thread = currentThread()
    self.init(index: jsMakeBigInt(value, 1), of: thread)
  }

  public convenience init(unsigned value: UInt64) {
    let thread = currentThread()
    self.init(index: jsMakeBigInt(Int64(bitPattern: value), 0), of: thread)
  }

  /// The value; nil if it needs more than 64 bits.
  public var int64: Int64? {
    checkThread()
    return withExtendedLifetime(self) { jsBigIntFits(index, 1) != 0 ? jsBigIntValue(index) : nil }
  }

  /// The value; nil if it is negative or needs more than 64 bits.
  public var uint64: UInt64? {
    checkThread()
    return withExtendedLifetime(self) {
      jsBigIntFits(index, 0) != 0 ? UInt64(bitPattern: jsBigIntValue(index)) : nil
    }
  }
}
