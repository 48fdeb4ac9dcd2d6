// What exported functions may take and return besides the types of `ConvertibleToJSValue`.

/// What follows a function's name in TypeScript.
func signature(_ parameters: [String], _ result: String) -> String {
  var text = "("
  for (index, parameter) in parameters.enumerated() {
    if index > 0 { text += ", " }
    text += parameter
  }
  return text + "): " + result
}

/// An error of the program's own that exported functions may throw: an `Error` for JavaScript, with this
/// name and message.
///
/// ```swift
/// enum LoadError: JSExportableError {
///   case tooLarge
///   var name: String { "LoadError" }
///   var message: String { "the picture is too large" }
/// }
/// ```
public protocol JSExportableError: Error {
  var name: String { get }
  var message: String { get }
  /// What JavaScript gets.
  var jsError: JSError { get }
}

extension JSExportableError {
  public var jsError: JSError { JSError(name: name, message: message) }
}

extension JSError: JSExportableError {
  public var jsError: JSError { self }

  /// A new `Error` of JavaScript with a name of its own.
  public init(name: String, message: String) {
    let object = JSObject.global.Error.function.unsafelyUnwrapped.new(message)
    object.name = .string(JSString(name))
    self.init(.object(object))
  }
}

extension Never: JSExportableError {
  public var name: String { switch self {} }
  public var message: String { switch self {} }
}

/// As a parameter it takes what is of that class: an object that is no function, or a function.
extension JSObject: JSExportable {
  public static func construct(from value: JSValue) -> Self? {
    switch value {
    case .object(let object): object as? Self
    case .symbol(let symbol): symbol as? Self
    case .bigInt(let bigInt): bigInt as? Self
    default: nil
    }
  }

  // Embedded Swift cannot ask which class `Self` is, but what it takes.
  public static var typeScriptType: String {
    if construct(from: .object(JSObject())) != nil { return "object" }
    if construct(from: JSObject.global.Object) != nil { return "(...values: any[]) => any" }
    return construct(from: .bigInt(JSBigInt(Int64(0)))) != nil ? "bigint" : "symbol"
  }
}

/// A struct that crosses as an object of JavaScript, a copy, with a property for each field.
///
/// ```swift
/// struct Options: JSExportableStruct {
///   var name = "", size: Int?
///   mutating func visit(_ fields: inout JSFields) {
///     fields.visit("name", &name)
///     fields.visit("size", &size)
///   }
/// }
/// ```
public protocol JSExportableStruct: JSExportable {
  init()
  /// Hands each field over, with the name that it has in JavaScript: to be read, written or described.
  mutating func visit(_ fields: inout JSFields)
}

/// What is done with each field of a `JSExportableStruct`.
public struct JSFields {
  fileprivate enum Visit {
    case reading(JSObject)
    case writing(JSObject)
    case describing(isParameter: Bool)
  }

  fileprivate let kind: Visit
  fileprivate var members: [String] = []
  fileprivate var isWrong = false

  fileprivate init(_ kind: Visit) { self.kind = kind }

  public mutating func visit<Value: JSExportable>(_ name: String, _ value: inout Value) {
    switch kind {
    case .reading(let object):
      if let new = Value.construct(from: object[name]) { value = new } else { isWrong = true }
    case .writing(let object): object[name] = value.jsValue
    case .describing(let isParameter):
      members.append("\(name): \(isParameter ? Value.typeScriptParameter : Value.typeScriptType)")
    }
  }
}

extension JSExportableStruct {
  public var jsValue: JSValue {
    let object = JSObject()
    var fields = JSFields(.writing(object))
    var copy = self
    copy.visit(&fields)
    return .object(object)
  }

  /// Nil unless the value is an object of which each field can be converted.
  public static func construct(from value: JSValue) -> Self? {
    guard let object = value.object else { return nil }
    var fields = JSFields(.reading(object)), result = Self()
    result.visit(&fields)
    return fields.isWrong ? nil : result
  }

  public static var typeScriptType: String { description(isParameter: false) }
  public static var typeScriptParameter: String { description(isParameter: true) }

  private static func description(isParameter: Bool) -> String {
    var fields = JSFields(.describing(isParameter: isParameter)), sample = Self()
    sample.visit(&fields)
    var text = "{ "
    for (index, member) in fields.members.enumerated() {
      if index > 0 { text += "; " }
      text += member
    }
    return text + " }"
  }
}

/// A `Uint8ClampedArray`, which `ImageData` wants.
public struct JSUInt8ClampedArray: JSExportable {
  public let jsObject: JSObject

  /// A copy of `elements`.
  public init(_ elements: [UInt8]) {
    let bytes = JSTypedArray<UInt8>(elements)
    jsObject = JSObject.global.Uint8ClampedArray.function.unsafelyUnwrapped.new(bytes.jsObject.buffer)
  }

  private init(_ object: JSObject) { jsObject = object }

  /// The same array, for its elements.
  public var elements: JSTypedArray<UInt8> {
    JSTypedArray<UInt8>(jsObject).unsafelyUnwrapped
  }

  public var jsValue: JSValue { .object(jsObject) }

  public static func construct(from value: JSValue) -> JSUInt8ClampedArray? {
    guard let constructor = JSObject.global.Uint8ClampedArray.function, let object = value.object,
      object.isInstanceOf(constructor)
    else { return nil }
    return JSUInt8ClampedArray(object)
  }

  public static var typeScriptType: String { "Uint8ClampedArray" }
}
