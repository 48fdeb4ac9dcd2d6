/// A `Date` of JavaScript, by reference.
public struct JSDate {
  public let jsObject: JSObject

  /// Now.
  public init() { jsObject = Self.constructor.new() }

  /// The time `milliseconds` after the beginning of 1970, UTC.
  public init(millisecondsSinceEpoch milliseconds: Double) {
    jsObject = Self.constructor.new(milliseconds)
  }

  /// The date that `object` is; nil if it is none.
  public init?(_ object: JSObject) {
    guard object.isInstanceOf(Self.constructor) else { return nil }
    jsObject = object
  }

  private static var constructor: JSFunction { JSObject.global.Date.function.unsafelyUnwrapped }

  /// Milliseconds since the beginning of 1970, UTC; NaN for an invalid date.
  public func valueOf() -> Double { jsObject.getTime().number ?? .nan }

  /// For example `1970-01-01T00:00:00.000Z`; nil for an invalid date.
  public func toISOString() -> String? { valueOf().isFinite ? jsObject.toISOString().string : nil }

  /// Milliseconds since the beginning of 1970, UTC.
  public static func now() -> Double {
    JSObject.global.Date.object.unsafelyUnwrapped.now().number ?? .nan
  }
}

extension JSDate: ConvertibleToJSValue, ConstructibleFromJSValue {
  public var jsValue: JSValue { .object(jsObject) }
  public static func construct(from value: JSValue) -> JSDate? {
    value.object.flatMap { JSDate($0) }
  }
}

extension JSDate: CustomStringConvertible {
  /// As `toISOString` has it, or `Invalid Date`.
  public var description: String { toISOString() ?? "Invalid Date" }
}
