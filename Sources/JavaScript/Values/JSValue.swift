/// A value of JavaScript. Numbers, booleans and texts are copies; the rest belongs to one thread.
@dynamicMemberLookup
public enum JSValue {
  case boolean(Bool)
  case string(JSString)
  case number(Double)
  case object(JSObject)
  case null
  case undefined
  case symbol(JSSymbol)
  case bigInt(JSBigInt)
}

@available(*, unavailable, message: "objects of JavaScript belong to the thread that made them")
extension JSValue: Sendable {}

extension JSValue {
  public var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }

  /// The text, if it is one. Surrogates without their other half, which Swift's strings cannot
  /// hold, are replaced; `jsString` keeps them.
  public var string: String? {
    if case .string(let value) = self { value.description } else { nil }
  }

  public var jsString: JSString? {
    if case .string(let value) = self { value } else { nil }
  }

  public var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  public var object: JSObject? {
    if case .object(let value) = self { value } else { nil }
  }

  public var function: JSFunction? {
    guard case .object(let value) = self, value.isFunction else { return nil }
    return unsafeDowncast(value, to: JSFunction.self)
  }

  public var array: JSArray? { object.flatMap { JSArray($0) } }

  public var symbol: JSSymbol? {
    if case .symbol(let value) = self { value } else { nil }
  }

  public var bigInt: JSBigInt? {
    if case .bigInt(let value) = self { value } else { nil }
  }

  public var isNull: Bool {
    if case .null = self { true } else { false }
  }

  public var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  /// The value as the Swift type that the context asks for; nil if it is another, or would lose
  /// digits.
  public func fromJSValue<Value: ConstructibleFromJSValue>() -> Value? {
    Value.construct(from: self)
  }

  /// Whether the object is one of those that `constructor` makes.
  public func isInstance(of constructor: JSFunction) -> Bool {
    object?.isInstanceOf(constructor) ?? false
  }

  // The object's members

  private func member(_ name: StaticString) -> JSObject {
    if case .object(let object) = self { return object }
    fatalError("\(description) has no property \(name)")
  }

  /// A property of the object that this is; stops the program if it is none.
  public subscript(dynamicMember name: StaticString) -> JSValue {
    get { member(name)[dynamicMember: name] }
    nonmutating set { member(name)[dynamicMember: name] = newValue }
  }

  /// A method of the object that this is; stops the program if it is none.
  @_disfavoredOverload
  public subscript(dynamicMember name: StaticString) -> JSMethod! {
    JSMethod(object: member(name), name: name)
  }

  /// An element of the object that this is; stops the program if it is none.
  public subscript(_ index: Int) -> JSValue {
    get { member("with an index")[index] }
    nonmutating set { member("with an index")[index] = newValue }
  }
}

/// What `===` says, but that NaN is not itself.
extension JSValue: Equatable {
  public static func == (left: JSValue, right: JSValue) -> Bool {
    switch (left, right) {
    case (.boolean(let left), .boolean(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    case (.symbol(let left), .symbol(let right)): left == right
    case (.bigInt(let left), .bigInt(let right)): left == right
    case (.null, .null), (.undefined, .undefined): true
    default: false
    }
  }
}

/// What `String(value)` says, and never an exception.
extension JSValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .boolean(let value): value ? "true" : "false"
    case .string(let value): value.description
    case .number(let value): describe(value)
    case .object(let value): value.description
    case .null: "null"
    case .undefined: "undefined"
    case .symbol(let value): value.description
    case .bigInt(let value): value.description
    }
  }
}

/// A number as JavaScript writes it.
private func describe(_ number: Double) -> String {
  if let integer = Int64(exactly: number), abs(integer) < 1 << 53 { return String(integer) }
  guard let function = JSObject.global.String.function else { return "number" }
  return function(number).string ?? "number"
}

extension JSValue: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .string(JSString(value)) }
}

extension JSValue: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int32) { self = .number(Double(value)) }
}

extension JSValue: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .number(value) }
}

extension JSValue: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension JSValue: ExpressibleByNilLiteral {
  public init(nilLiteral: ()) { self = .null }
}

extension JSValue {
  /// A text.
  public static func string(_ text: String) -> JSValue { .string(JSString(text)) }

  public static func number(_ value: some BinaryInteger) -> JSValue { .number(Double(value)) }

  /// A function of JavaScript that runs `body`; see `JSClosure`.
  public static func function(_ body: @escaping ([JSValue]) -> JSValue) -> JSValue {
    .object(JSClosure(body))
  }
}
