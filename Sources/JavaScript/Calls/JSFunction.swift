/// Something that is called with values of JavaScript.
///
/// Embedded Swift has neither arrays of values of any type nor parameter packs; hence one function
/// for each number of arguments, up to six, and for more of them `callAsFunction(arguments:)`.
public protocol JSCallable {
  associatedtype Output
  associatedtype Failure: Error
  /// Calls it with the values in `count` slots.
  func _call(_ slots: UnsafeMutableRawPointer, _ count: Int) throws(Failure) -> Output
  /// Calls it with a number.
  func _call(_ a: Double) throws(Failure) -> Output
  /// Calls it with two numbers.
  func _call(_ a: Double, _ b: Double) throws(Failure) -> Output
}

extension JSCallable {
  @inline(__always)
  public func _call(_ a: Double) throws(Failure) -> Output {
    var writer = SlotWriter()
    writer.append(.number(a))
    return try _call(writer.slots, 1)
  }

  @inline(__always)
  public func _call(_ a: Double, _ b: Double) throws(Failure) -> Output {
    var writer = SlotWriter()
    writer.append(.number(a))
    writer.append(.number(b))
    return try _call(writer.slots, 2)
  }

  @inline(__always) @discardableResult
  public func callAsFunction() throws(Failure) -> Output {
    let writer = SlotWriter()
    return try _call(writer.slots, 0)
  }

  @inline(__always) @discardableResult
  public func callAsFunction<A: ConvertibleToJSValue>(_ a: A) throws(Failure) -> Output {
    let a = a.jsValue
    if case .number(let a) = a { return try _call(a) }
    defer { withExtendedLifetime(a) {} }
    var writer = SlotWriter()
    writer.append(a)
    return try _call(writer.slots, 1)
  }

  @inline(__always) @discardableResult
  public func callAsFunction<A: ConvertibleToJSValue, B: ConvertibleToJSValue>(
    _ a: A, _ b: B
  ) throws(Failure) -> Output {
    let (a, b) = (a.jsValue, b.jsValue)
    if case .number(let a) = a, case .number(let b) = b { return try _call(a, b) }
    defer { withExtendedLifetime((a, b)) {} }
    var writer = SlotWriter()
    writer.append(a)
    writer.append(b)
    return try _call(writer.slots, 2)
  }

  @discardableResult
  public func callAsFunction<
    A: ConvertibleToJSValue, B: ConvertibleToJSValue, C: ConvertibleToJSValue
  >(_ a: A, _ b: B, _ c: C) throws(Failure) -> Output {
    try call([a.jsValue, b.jsValue, c.jsValue])
  }

  @discardableResult
  public func callAsFunction<
    A: ConvertibleToJSValue, B: ConvertibleToJSValue, C: ConvertibleToJSValue,
    D: ConvertibleToJSValue
  >(_ a: A, _ b: B, _ c: C, _ d: D) throws(Failure) -> Output {
    try call([a.jsValue, b.jsValue, c.jsValue, d.jsValue])
  }

  @discardableResult
  public func callAsFunction<
    A: ConvertibleToJSValue, B: ConvertibleToJSValue, C: ConvertibleToJSValue,
    D: ConvertibleToJSValue, E: ConvertibleToJSValue
  >(_ a: A, _ b: B, _ c: C, _ d: D, _ e: E) throws(Failure) -> Output {
    try call([a.jsValue, b.jsValue, c.jsValue, d.jsValue, e.jsValue])
  }

  @discardableResult
  public func callAsFunction<
    A: ConvertibleToJSValue, B: ConvertibleToJSValue, C: ConvertibleToJSValue,
    D: ConvertibleToJSValue, E: ConvertibleToJSValue, F: ConvertibleToJSValue
  >(_ a: A, _ b: B, _ c: C, _ d: D, _ e: E, _ f: F) throws(Failure) -> Output {
    try call([a.jsValue, b.jsValue, c.jsValue, d.jsValue, e.jsValue, f.jsValue])
  }

  /// Calls it with up to `Scratch.slotCount - 1` values, for which nothing is allocated.
  private func call<let count: Int>(_ values: [count of JSValue]) throws(Failure) -> Output {
    defer { withExtendedLifetime(values) {} }
    var writer = SlotWriter()
    for index in values.indices { writer.append(values[index]) }
    return try _call(writer.slots, count)
  }

  /// Calls it with any number of values.
  @discardableResult
  public func callAsFunction(arguments: [JSValue]) throws(Failure) -> Output {
    defer { withExtendedLifetime(arguments) {} }
    guard arguments.count >= Scratch.slotCount else {
      var writer = SlotWriter()
      for argument in arguments { writer.append(argument) }
      return try _call(writer.slots, writer.count)
    }
    let slots = UnsafeMutableRawPointer.allocate(
      byteCount: slotSize * arguments.count, alignment: slotSize)
    defer { slots.deallocate() }
    var writer = SlotWriter(to: slots)
    for argument in arguments { writer.append(argument) }
    return try _call(slots, writer.count)
  }
}

/// The receiver of a call that has none.
private let noReceiver: Int32 = -1

/// A function of JavaScript. An exception in a call stops the program; `throws` gives it as an
/// error.
public class JSFunction: JSObject, JSCallable {
  override var isFunction: Bool { true }

  @inline(__always)
  public final func _call(_ slots: UnsafeMutableRawPointer, _ count: Int) -> JSValue {
    value { jsCall($0, noReceiver, slots, count) }
  }

  /// The function with `this` as its receiver: `function.bound(to: object)(1, 2)`.
  public final func bound(to this: JSObject) -> JSBoundFunction {
    JSBoundFunction(function: self, this: this)
  }

  @discardableResult
  public final func callAsFunction(this: JSObject, arguments: [JSValue] = []) -> JSValue {
    bound(to: this)(arguments: arguments)
  }

  @discardableResult
  public final func callAsFunction<A: ConvertibleToJSValue>(this: JSObject, _ a: A) -> JSValue {
    bound(to: this)(a)
  }

  @discardableResult
  public final func callAsFunction<A: ConvertibleToJSValue, B: ConvertibleToJSValue>(
    this: JSObject, _ a: A, _ b: B
  ) -> JSValue {
    bound(to: this)(a, b)
  }

  /// The function as a constructor: `function.new(1, 2)`.
  public final var new: JSConstructor { JSConstructor(function: self) }

  /// The function, whose exceptions are then thrown: `try function.throws(1, 2)`.
  public final var `throws`: JSThrowingFunction { JSThrowingFunction(function: self, this: nil) }
}

/// A function and its receiver.
public struct JSBoundFunction: JSCallable {
  let function: JSFunction
  let this: JSObject

  public func _call(_ slots: UnsafeMutableRawPointer, _ count: Int) -> JSValue {
    this.checkThread()
    return withExtendedLifetime(this) { function.value { jsCall($0, this.index, slots, count) } }
  }

  /// The same, whose exceptions are then thrown.
  public var `throws`: JSThrowingFunction { JSThrowingFunction(function: function, this: this) }
}

/// A function whose exceptions are thrown as `JSError`.
public struct JSThrowingFunction: JSCallable {
  let function: JSFunction
  let this: JSObject?

  public func _call(_ slots: UnsafeMutableRawPointer, _ count: Int) throws(JSError) -> JSValue {
    this?.checkThread()
    return try withExtendedLifetime(this) { () throws(JSError) in
      try function.valueOrError { jsCall($0, this?.index ?? noReceiver, slots, count) }
    }
  }

  /// The function as a constructor.
  public var new: JSThrowingConstructor { JSThrowingConstructor(function: function) }
}

/// A function to be called with `new`.
public struct JSConstructor: JSCallable {
  let function: JSFunction

  public func _call(_ slots: UnsafeMutableRawPointer, _ count: Int) -> JSObject {
    // A constructor returns an object, whatever its body says.
    function.value { jsConstruct($0, slots, count) }.object.unsafelyUnwrapped
  }
}

/// A function to be called with `new`, whose exceptions are thrown as `JSError`.
public struct JSThrowingConstructor: JSCallable {
  let function: JSFunction

  public func _call(_ slots: UnsafeMutableRawPointer, _ count: Int) throws(JSError) -> JSObject {
    try function.valueOrError { jsConstruct($0, slots, count) }.object.unsafelyUnwrapped
  }
}

/// A method of an object: found by its name when it is called.
public struct JSMethod: JSCallable {
  let object: JSObject
  let name: StaticString

  @inline(__always)
  public func _call(_ slots: UnsafeMutableRawPointer, _ count: Int) -> JSValue {
    object.value { jsCallMethod($0, name.utf8Start, slots, count) }
  }

  @inline(__always)
  public func _call(_ a: Double) -> JSValue {
    object.value { jsCallMethod1($0, name.utf8Start, a) }
  }

  @inline(__always)
  public func _call(_ a: Double, _ b: Double) -> JSValue {
    object.value { jsCallMethod2($0, name.utf8Start, a, b) }
  }
}

/// A method of an object, whose exceptions are thrown as `JSError`.
public struct JSThrowingMethod: JSCallable {
  let object: JSObject
  let name: StaticString

  public func _call(_ slots: UnsafeMutableRawPointer, _ count: Int) throws(JSError) -> JSValue {
    try object.valueOrError { jsCallMethod($0, name.utf8Start, slots, count) }
  }
}
