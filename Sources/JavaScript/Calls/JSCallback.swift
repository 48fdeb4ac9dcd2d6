// Functions of JavaScript whose types Swift knows: parameters of exported functions.

/// A function without parameters. `Result` is `JSVoid` where there is none.
public struct JSCallback0<Result: JSExportable>: JSExportable {
  public let function: JSFunction

  /// - Throws: what the function throws; a `TypeError` if it returns something else.
  @discardableResult public func callAsFunction() throws(JSError) -> Result {
    try result(function.throws())
  }

  public var jsValue: JSValue { function.jsValue }
  public static func construct(from value: JSValue) -> Self? { value.function.map { Self(function: $0) } }
  public static var typeScriptType: String { "() => \(Result.typeScriptParameter)" }
}

/// A function of one parameter. `Result` is `JSVoid` where there is none.
public struct JSCallback1<A: JSExportable, Result: JSExportable>: JSExportable {
  public let function: JSFunction

  /// - Throws: what the function throws; a `TypeError` if it returns something else.
  @discardableResult public func callAsFunction(_ a: A) throws(JSError) -> Result {
    try result(function.throws(a))
  }

  public var jsValue: JSValue { function.jsValue }
  public static func construct(from value: JSValue) -> Self? { value.function.map { Self(function: $0) } }
  public static var typeScriptType: String {
    "(a: \(A.typeScriptType)) => \(Result.typeScriptParameter)"
  }
}

/// A function of two parameters. `Result` is `JSVoid` where there is none.
public struct JSCallback2<A: JSExportable, B: JSExportable, Result: JSExportable>: JSExportable {
  public let function: JSFunction

  /// - Throws: what the function throws; a `TypeError` if it returns something else.
  @discardableResult public func callAsFunction(_ a: A, _ b: B) throws(JSError) -> Result {
    try result(function.throws(a, b))
  }

  public var jsValue: JSValue { function.jsValue }
  public static func construct(from value: JSValue) -> Self? { value.function.map { Self(function: $0) } }
  public static var typeScriptType: String {
    "(a: \(A.typeScriptType), b: \(B.typeScriptType)) => \(Result.typeScriptParameter)"
  }
}

private func result<Result: JSExportable>(_ value: JSValue) throws(JSError) -> Result {
  if let result = Result.construct(from: value) { return result }
  let message = "a callback returned \(value), not \(Result.typeScriptParameter)"
  throw JSError(.object(JSObject.global.TypeError.function.unsafelyUnwrapped.new(message)))
}
