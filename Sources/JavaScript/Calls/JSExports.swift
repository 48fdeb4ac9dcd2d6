/// What the program gives to the page's own JavaScript: functions that are properties of `swift`,
/// which `start` returns, with their types in the `app.d.ts` that `webble build` writes.
///
/// ```swift
/// JSExports.add("distance", "from", "to") { (from: Double, to: Double) in abs(to - from) }
/// ```
///
/// ```ts
/// import type { Exports } from "./app";
/// const { swift } = await start<Exports>();
/// swift.distance(1, 4);
/// ```
///
/// To be called on the main thread, at the beginning of `main`: the functions are there when
/// `start` returns if nothing was awaited before, and `webble build` looks no further than to the
/// first await.
///
/// A function has up to eight parameters of types that conform to `JSExportable`, as its result does.
/// An argument that cannot be converted is a `TypeError` for the caller; what a body throws, a
/// `JSError` or an error of the program's own that conforms to `JSExportableError`, is its exception.
/// The functions of asynchronous bodies return promises. They live as long as the program.
public enum JSExports {
  /// Registers `function` under `name`, whatever its type.
  ///
  /// - Parameters:
  ///   - type: what follows the name in TypeScript: `"(...numbers: number[]): number"`.
  ///   - documentation: what editors show of it, in the types.
  public static func add(
    _ name: String, type: String, documentation: String = "", _ function: JSClosure
  ) {
    // The glue keeps both as one text, which `webble build` asks for.
    let type = documentation.isEmpty ? type : "/** \(documentation) */\n\(type)"
    guard ThreadID.current == .main else {
      fatalError("\(name) was exported on a worker, where nobody could call it")
    }
    withUTF8(of: name) { name in
      withUTF8(of: type) { type in
        jsExport(name.baseAddress, name.count, type.baseAddress, type.count, function.index)
      }
    }
    withExtendedLifetime(function) {}
  }
}

/// A parameter of an exported function.
struct Parameter<Value: JSExportable> {
  var name: String
  var position: Int

  init(_ name: String, _ position: Int) {
    self.name = name
    self.position = position
  }

  var declaration: String { "\(name): \(Value.typeScriptParameter)" }

  func value(in arguments: [JSValue]) throws(JSError) -> Value {
    let argument = position < arguments.count ? arguments[position] : .undefined
    if let value = Value.construct(from: argument) { return value }
    let message = "\(name) is \(argument), not of type \(Value.typeScriptParameter)"
    throw JSError(.object(JSObject.global.TypeError.function.unsafelyUnwrapped.new(message)))
  }
}

/// What can be a parameter or the result of an exported function.
public protocol JSExportable: JSValueCompatible {
  /// The type's name in TypeScript.
  static var typeScriptType: String { get }
  /// The type's name where it is a parameter's, which may take more than what it is as a result.
  static var typeScriptParameter: String { get }
  /// What cancels an asynchronous function that has the value for an argument.
  var _abortSignal: JSAbortSignal? { get }
}

extension JSExportable {
  public static var typeScriptParameter: String { typeScriptType }
  public var _abortSignal: JSAbortSignal? { nil }
}

/// The result of a function without one.
public struct JSVoid: JSExportable {
  public init(_ nothing: Void = ()) {}
  public var jsValue: JSValue { .undefined }
  public static func construct(from value: JSValue) -> JSVoid? { JSVoid() }
  public static var typeScriptType: String { "void" }
}

extension JSValue: JSExportable { public static var typeScriptType: String { "any" } }
extension Bool: JSExportable { public static var typeScriptType: String { "boolean" } }
extension Double: JSExportable { public static var typeScriptType: String { "number" } }
extension Float: JSExportable { public static var typeScriptType: String { "number" } }
extension Int: JSExportable { public static var typeScriptType: String { "number" } }
extension Int8: JSExportable { public static var typeScriptType: String { "number" } }
extension Int16: JSExportable { public static var typeScriptType: String { "number" } }
extension Int32: JSExportable { public static var typeScriptType: String { "number" } }
extension UInt: JSExportable { public static var typeScriptType: String { "number" } }
extension UInt8: JSExportable { public static var typeScriptType: String { "number" } }
extension UInt16: JSExportable { public static var typeScriptType: String { "number" } }
extension UInt32: JSExportable { public static var typeScriptType: String { "number" } }
extension Int64: JSExportable { public static var typeScriptType: String { "bigint" } }
extension UInt64: JSExportable { public static var typeScriptType: String { "bigint" } }
extension String: JSExportable { public static var typeScriptType: String { "string" } }
extension JSString: JSExportable { public static var typeScriptType: String { "string" } }
extension JSPromise: JSExportable { public static var typeScriptType: String { "Promise<any>" } }
extension JSDate: JSExportable { public static var typeScriptType: String { "Date" } }
extension JSArray: JSExportable { public static var typeScriptType: String { "any[]" } }
extension JSArrayBuffer: JSExportable { public static var typeScriptType: String { "ArrayBuffer" } }

extension JSTypedArray: JSExportable {
  public static var typeScriptType: String { typedArrayNames[Int(Element._typedArrayType)] }
  public static var typeScriptParameter: String {
    let isUInt8 = Element._typedArrayType == UInt8._typedArrayType
    return isUInt8 ? "\(typeScriptType) | Uint8ClampedArray" : typeScriptType
  }
}

extension Optional: JSExportable where Wrapped: JSExportable {
  public static var typeScriptType: String { "\(Wrapped.typeScriptType) | null | undefined" }
  public static var typeScriptParameter: String { "\(Wrapped.typeScriptParameter) | null | undefined" }
  public var _abortSignal: JSAbortSignal? { self?._abortSignal }
}

extension Array: JSExportable where Element: JSExportable {
  public static var typeScriptType: String { "Array<\(Element.typeScriptType)>" }
  public static var typeScriptParameter: String { "Array<\(Element.typeScriptParameter)>" }
}

extension Dictionary: JSExportable where Key == String, Value: JSExportable {
  public static var typeScriptType: String { "Record<string, \(Value.typeScriptType)>" }
  public static var typeScriptParameter: String { "Record<string, \(Value.typeScriptParameter)>" }
}
