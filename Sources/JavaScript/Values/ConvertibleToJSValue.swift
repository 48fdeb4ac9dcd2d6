/// What can be given to JavaScript.
public protocol ConvertibleToJSValue {
  var jsValue: JSValue { get }
}

/// What a value of JavaScript can be made into.
public protocol ConstructibleFromJSValue {
  /// Nil if the value is of another type, or cannot be represented exactly.
  static func construct(from value: JSValue) -> Self?
}

public typealias JSValueCompatible = ConvertibleToJSValue & ConstructibleFromJSValue

extension JSValue: JSValueCompatible {
  public var jsValue: JSValue { self }
  public static func construct(from value: JSValue) -> JSValue? { value }
}

extension Bool: JSValueCompatible {
  public var jsValue: JSValue { .boolean(self) }
  public static func construct(from value: JSValue) -> Bool? { value.boolean }
}

extension Double: JSValueCompatible {
  public var jsValue: JSValue { .number(self) }
  public static func construct(from value: JSValue) -> Double? { value.number }
}

extension Float: JSValueCompatible {
  public var jsValue: JSValue { .number(Double(self)) }
  public static func construct(from value: JSValue) -> Float? { value.number.map { Float($0) } }
}

/// Integers of at most 32 bits are numbers.
public protocol JSNumberInteger: JSValueCompatible, FixedWidthInteger {}

extension JSNumberInteger {
  public var jsValue: JSValue { .number(Double(self)) }
  public static func construct(from value: JSValue) -> Self? {
    value.number.flatMap { Self(exactly: $0) }
  }
}

extension Int: JSNumberInteger {}
extension Int8: JSNumberInteger {}
extension Int16: JSNumberInteger {}
extension Int32: JSNumberInteger {}
extension UInt: JSNumberInteger {}
extension UInt8: JSNumberInteger {}
extension UInt16: JSNumberInteger {}
extension UInt32: JSNumberInteger {}

/// As a BigInt: a number would lose digits from 2^53 on.
extension Int64: JSValueCompatible {
  public var jsValue: JSValue { .bigInt(JSBigInt(self)) }
  public static func construct(from value: JSValue) -> Int64? {
    value.bigInt?.int64 ?? value.number.flatMap { Int64(exactly: $0) }
  }
}

/// As a BigInt: a number would lose digits from 2^53 on.
extension UInt64: JSValueCompatible {
  public var jsValue: JSValue { .bigInt(JSBigInt(unsigned: self)) }
  public static func construct(from value: JSValue) -> UInt64? {
    value.bigInt?.uint64 ?? value.number.flatMap { UInt64(exactly: $0) }
  }
}

extension String: JSValueCompatible {
  public var jsValue: JSValue { .string(JSString(self)) }
  public static func construct(from value: JSValue) -> String? { value.string }
}

extension JSString: JSValueCompatible {
  public var jsValue: JSValue { .string(self) }
  public static func construct(from value: JSValue) -> JSString? { value.jsString }
}

extension JSObject: ConvertibleToJSValue {
  public var jsValue: JSValue {
    switch self {
    case let symbol as JSSymbol: .symbol(symbol)
    case let bigInt as JSBigInt: .bigInt(bigInt)
    default: .object(self)
    }
  }
}

/// Nil is `undefined`, as an argument that is left out; both that and `null` are nil.
extension Optional: ConvertibleToJSValue where Wrapped: ConvertibleToJSValue {
  public var jsValue: JSValue { self?.jsValue ?? .undefined }
}

extension Optional: ConstructibleFromJSValue where Wrapped: ConstructibleFromJSValue {
  public static func construct(from value: JSValue) -> Wrapped?? {
    if value.isNull || value.isUndefined { return .some(nil) }
    return Wrapped.construct(from: value).map { .some($0) }
  }
}

/// A new array of JavaScript, with copies of the elements.
extension Array: ConvertibleToJSValue where Element: ConvertibleToJSValue {
  public var jsValue: JSValue { .object(JSArray(map { $0.jsValue }).jsObject) }
}

extension Array: ConstructibleFromJSValue where Element: ConstructibleFromJSValue {
  /// Nil unless the value is an array of which each element can be converted.
  public static func construct(from value: JSValue) -> [Element]? {
    guard let array = value.array else { return nil }
    var elements: [Element] = []
    elements.reserveCapacity(array.count)
    for value in array {
      guard let element = Element.construct(from: value) else { return nil }
      elements.append(element)
    }
    return elements
  }
}

/// A new object of JavaScript, with a property for each key.
extension Dictionary: ConvertibleToJSValue where Key == String, Value: ConvertibleToJSValue {
  public var jsValue: JSValue {
    let object = JSObject()
    for (key, value) in self { object[key] = value.jsValue }
    return .object(object)
  }
}

extension Dictionary: ConstructibleFromJSValue
where Key == String, Value: ConstructibleFromJSValue {
  /// Nil unless the value is an object whose own enumerable properties can all be converted.
  public static func construct(from value: JSValue) -> [String: Value]? {
    guard let object = value.object,
      let keys = JSObject.global.Object.keys(object).array
    else { return nil }
    var dictionary: [String: Value] = [:]
    for key in keys {
      guard let name = key.string, let value = Value.construct(from: object[name]) else {
        return nil
      }
      dictionary[name] = value
    }
    return dictionary
  }
}
