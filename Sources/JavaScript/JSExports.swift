#if arch(wasm32)
/// What the program gives to the page's own JavaScript: functions that are properties of `swift`,
/// which `start` returns, with their types in the `app.d.ts` that `webble build` writes.
///
///     JSExports.add("distance", "from", "to") { (from: Double, to: Double) in abs(to - from) }
///
///     import type { Exports } from "./app";
///     const { swift } = await start<Exports>();
///     swift.distance(1, 4);
///
/// To be called on the main thread, at the beginning of `main`: the functions are there when
/// `start` returns if nothing was awaited before, and `webble build` looks no further than to the
/// first await.
///
/// An argument that cannot be converted is a `TypeError` for the caller; a `JSError` that a body
/// throws is its exception. The functions of asynchronous bodies return promises. They live as long
/// as the program.
public enum JSExports {
  /// Registers `function` under `name`, whatever its type.
  ///
  /// - Parameter type: what follows the name in TypeScript: `"(...numbers: number[]): number"`.
  public static func add(_ name: String, type: String, _ function: JSClosure) {
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

  // One for each number of parameters, with and without a result: Embedded Swift lacks parameter
  // packs. More parameters than two take `add(_:type:_:)`.

  /// Registers a function without parameters.
  public static func add<R: JSExportable>(
    _ name: String, _ body: @escaping () throws(JSError) -> R
  ) {
    add(
      name, type: "(): \(R.typeScriptType)",
      JSClosure { _ throws(JSError) in try body().jsValue })
  }

  /// Registers a function without parameters and result.
  public static func add(_ name: String, _ body: @escaping () throws(JSError) -> Void) {
    add(name) { () throws(JSError) -> JSNothing in JSNothing(try body()) }
  }

  /// Registers a function of one parameter, which is called `a` in the types.
  public static func add<A: JSExportable, R: JSExportable>(
    _ name: String, _ a: String = "a", _ body: @escaping (A) throws(JSError) -> R
  ) {
    let first = Parameter<A>(name: a, position: 0)
    add(
      name, type: "(\(first.declaration)): \(R.typeScriptType)",
      JSClosure { arguments throws(JSError) in try body(first.value(in: arguments)).jsValue })
  }

  /// Registers a function of one parameter, without a result.
  public static func add<A: JSExportable>(
    _ name: String, _ a: String = "a", _ body: @escaping (A) throws(JSError) -> Void
  ) {
    add(name, a) { (a: A) throws(JSError) -> JSNothing in JSNothing(try body(a)) }
  }

  /// Registers a function of two parameters, which are called `a` and `b` in the types.
  public static func add<A: JSExportable, B: JSExportable, R: JSExportable>(
    _ name: String, _ a: String = "a", _ b: String = "b",
    _ body: @escaping (A, B) throws(JSError) -> R
  ) {
    let first = Parameter<A>(name: a, position: 0), second = Parameter<B>(name: b, position: 1)
    add(
      name, type: "(\(first.declaration), \(second.declaration)): \(R.typeScriptType)",
      JSClosure { arguments throws(JSError) in
        try body(first.value(in: arguments), second.value(in: arguments)).jsValue
      })
  }

  /// Registers a function of two parameters, without a result.
  public static func add<A: JSExportable, B: JSExportable>(
    _ name: String, _ a: String = "a", _ b: String = "b",
    _ body: @escaping (A, B) throws(JSError) -> Void
  ) {
    add(name, a, b) { (a: A, b: B) throws(JSError) -> JSNothing in JSNothing(try body(a, b)) }
  }

  /// Registers an asynchronous function without parameters.
  public static func addAsync<R: JSExportable>(
    _ name: String, _ body: @escaping () async throws(JSError) -> R
  ) {
    add(
      name, type: "(): Promise<\(R.typeScriptType)>",
      JSClosure.async { _ throws(JSError) in try await body().jsValue })
  }

  /// Registers an asynchronous function of one parameter, which is called `a` in the types.
  public static func addAsync<A: JSExportable, R: JSExportable>(
    _ name: String, _ a: String = "a", _ body: @escaping (A) async throws(JSError) -> R
  ) {
    let first = Parameter<A>(name: a, position: 0)
    add(
      name, type: "(\(first.declaration)): Promise<\(R.typeScriptType)>",
      JSClosure.async { arguments throws(JSError) in
        try await body(first.value(in: arguments)).jsValue
      })
  }

  /// Registers an asynchronous function of two parameters, called `a` and `b` in the types.
  public static func addAsync<A: JSExportable, B: JSExportable, R: JSExportable>(
    _ name: String, _ a: String = "a", _ b: String = "b",
    _ body: @escaping (A, B) async throws(JSError) -> R
  ) {
    let first = Parameter<A>(name: a, position: 0), second = Parameter<B>(name: b, position: 1)
    add(
      name, type: "(\(first.declaration), \(second.declaration)): Promise<\(R.typeScriptType)>",
      JSClosure.async { arguments throws(JSError) in
        try await body(first.value(in: arguments), second.value(in: arguments)).jsValue
      })
  }

  /// Registers an asynchronous function without parameters and result.
  public static func addAsync(_ name: String, _ body: @escaping () async throws(JSError) -> Void) {
    addAsync(name) { () async throws(JSError) -> JSNothing in JSNothing(try await body()) }
  }

  /// Registers an asynchronous function of one parameter, without a result.
  public static func addAsync<A: JSExportable>(
    _ name: String, _ a: String = "a", _ body: @escaping (A) async throws(JSError) -> Void
  ) {
    addAsync(name, a) { (a: A) async throws(JSError) -> JSNothing in JSNothing(try await body(a)) }
  }

  /// Registers an asynchronous function of two parameters, without a result.
  public static func addAsync<A: JSExportable, B: JSExportable>(
    _ name: String, _ a: String = "a", _ b: String = "b",
    _ body: @escaping (A, B) async throws(JSError) -> Void
  ) {
    addAsync(name, a, b) { (a: A, b: B) async throws(JSError) -> JSNothing in
      JSNothing(try await body(a, b))
    }
  }
}

/// A parameter of an exported function.
private struct Parameter<Value: JSExportable> {
  var name: String
  var position: Int

  var declaration: String { "\(name): \(Value.typeScriptType)" }

  func value(in arguments: [JSValue]) throws(JSError) -> Value {
    let argument = position < arguments.count ? arguments[position] : .undefined
    if let value = Value.construct(from: argument) { return value }
    let message = "\(name) is \(argument), not of type \(Value.typeScriptType)"
    throw JSError(.object(JSObject.global.TypeError.function.unsafelyUnwrapped.new(message)))
  }
}

/// What can be a parameter or the result of an exported function.
public protocol JSExportable: JSValueCompatible {
  /// The type's name in TypeScript.
  static var typeScriptType: String { get }
}

/// The result of a function without one.
private struct JSNothing: JSExportable {
  init(_ nothing: Void) {}
  var jsValue: JSValue { .undefined }
  static func construct(from value: JSValue) -> JSNothing? { JSNothing(()) }
  static var typeScriptType: String { "void" }
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
extension JSDate: JSExportable { public static var typeScriptType: String { "Date" } }
extension JSArray: JSExportable { public static var typeScriptType: String { "any[]" } }
extension JSArrayBuffer: JSExportable { public static var typeScriptType: String { "ArrayBuffer" } }

extension JSTypedArray: JSExportable {
  public static var typeScriptType: String { typedArrayNames[Int(Element._typedArrayType)] }
}

extension Optional: JSExportable where Wrapped: JSExportable {
  public static var typeScriptType: String { "\(Wrapped.typeScriptType) | null | undefined" }
}

extension Array: JSExportable where Element: JSExportable {
  public static var typeScriptType: String { "Array<\(Element.typeScriptType)>" }
}

extension Dictionary: JSExportable where Key == String, Value: JSExportable {
  public static var typeScriptType: String { "Record<string, \(Value.typeScriptType)>" }
}
#endif
