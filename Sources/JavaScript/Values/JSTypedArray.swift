/// A number that typed arrays of JavaScript hold.
public protocol TypedArrayElement: BitwiseCopyable {
  /// The position of the array's type in the glue's list.
  static var _typedArrayType: Int32 { get }
}

extension Int8: TypedArrayElement { public static var _typedArrayType: Int32 { 0 } }
extension UInt8: TypedArrayElement { public static var _typedArrayType: Int32 { 1 } }
extension Int16: TypedArrayElement { public static var _typedArrayType: Int32 { 3 } }
extension UInt16: TypedArrayElement { public static var _typedArrayType: Int32 { 4 } }
extension Int32: TypedArrayElement { public static var _typedArrayType: Int32 { 5 } }
extension Int: TypedArrayElement { public static var _typedArrayType: Int32 { 5 } }
extension UInt32: TypedArrayElement { public static var _typedArrayType: Int32 { 6 } }
extension UInt: TypedArrayElement { public static var _typedArrayType: Int32 { 6 } }
extension Float: TypedArrayElement { public static var _typedArrayType: Int32 { 7 } }
extension Double: TypedArrayElement { public static var _typedArrayType: Int32 { 8 } }
extension Int64: TypedArrayElement { public static var _typedArrayType: Int32 { 9 } }
extension UInt64: TypedArrayElement { public static var _typedArrayType: Int32 { 10 } }

private let clampedType: Int32 = 2

/// By type, as in the glue's list.
let typedArrayNames = [
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array",
  "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
]

/// A typed array of JavaScript, by reference: `Uint8Array` for `JSTypedArray<UInt8>`, and so on.
///
/// What goes between it and Swift's memory is copied as a whole, never element by element.
public struct JSTypedArray<Element: TypedArrayElement> {
  public let jsObject: JSObject

  /// The typed array that `object` is; nil if it is none, or of another type. `UInt8` takes a
  /// `Uint8ClampedArray` too.
  public init?(_ object: JSObject) {
    object.checkThread()
    let type = withExtendedLifetime(object) { jsTypedArrayType(object.index) }
    guard
      type == Element._typedArrayType
        || type == clampedType && Element._typedArrayType == UInt8._typedArrayType
    else { return nil }
    jsObject = object
  }

  /// A copy of `elements`.
  public init(buffer elements: UnsafeBufferPointer<Element>) {
    self.init(Element._typedArrayType, elements, isView: false)
  }

  /// A copy of `elements`.
  public init(_ elements: [Element]) {
    self = elements.withUnsafeBufferPointer { Self(buffer: $0) }
  }

  /// An array of `length` zeros.
  public init(length: Int) {
    precondition(length >= 0, "a typed array has no negative length")
    let thread = currentThread()
    jsObject = JSObject(
      index: jsMakeTypedArray(Element._typedArrayType, nil, length, 0), of: thread)
  }

  /// The memory of `elements` itself, without a copy: each side sees what the other writes.
  ///
  /// The memory must stay allocated for as long as JavaScript uses the array. Where the program has
  /// threads it is shared, and remains valid when the module's memory grows; many functions of the
  /// web refuse shared memory. Where it has none, growth detaches the array, which then has length
  /// 0: use it before anything is allocated.
  public init(viewing elements: UnsafeMutableBufferPointer<Element>) {
    self.init(Element._typedArrayType, UnsafeBufferPointer(elements), isView: true)
  }

  private init(_ type: Int32, _ elements: UnsafeBufferPointer<Element>, isView: Bool) {
    let index = jsMakeTypedArray(type, elements.baseAddress, elements.count, isView ? 1 : 0)
    jsObject = JSObject(index: index, of: currentThread())
  }

  /// The number of elements; `Int.max` if they are more than that.
  public var length: Int {
    jsObject.checkThread()
    return withExtendedLifetime(jsObject) {
      jsElementCount(jsObject.index, MemoryLayout<Element>.stride)
    }
  }

  /// Of the element at `position`, from the array's first byte on. May be more than an `Int` holds.
  private func offset(of position: Int) -> Double {
    Double(position) * Double(MemoryLayout<Element>.stride)
  }

  /// One element. For many of them, copy.
  public subscript(position: Int) -> Element {
    get {
      precondition(position >= 0 && position < length, "the index is outside of the typed array")
      return withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { element in
        copy(from: position, to: element)
        return element[0]
      }
    }
    nonmutating set {
      withUnsafePointer(to: newValue) {
        copy(UnsafeBufferPointer(start: $0, count: 1), at: position)
      }
    }
  }

  /// Copies elements, from `start` on, to `destination`, as many as it has room for.
  ///
  /// - Returns: how many there were.
  @discardableResult
  public func copy(
    from start: Int = 0, to destination: UnsafeMutableBufferPointer<Element>
  ) -> Int {
    let count = Swift.max(0, Swift.min(destination.count, length - start))
    precondition(start >= 0, "the index is outside of the typed array")
    withExtendedLifetime(jsObject) {
      jsCopyOut(
        jsObject.index, offset(of: start), destination.baseAddress,
        count * MemoryLayout<Element>.stride)
    }
    return count
  }

  /// Overwrites elements, from `start` on, with a copy of `source`, for which there must be room.
  public func copy(_ source: UnsafeBufferPointer<Element>, at start: Int = 0) {
    precondition(
      start >= 0 && start + source.count <= length, "the elements do not fit into the typed array")
    withExtendedLifetime(jsObject) {
      jsCopyIn(
        jsObject.index, offset(of: start), source.baseAddress,
        source.count * MemoryLayout<Element>.stride)
    }
  }

  /// Overwrites elements, from `start` on, with a copy of `source`, for which there must be room.
  public func copy(_ source: [Element], at start: Int = 0) {
    source.withUnsafeBufferPointer { copy($0, at: start) }
  }

  /// Calls `body` with a copy of the elements.
  public func withUnsafeBytes<R>(_ body: (UnsafeBufferPointer<Element>) -> R) -> R {
    [Element](self).withUnsafeBufferPointer(body)
  }

  /// The buffer that the elements are in.
  public var buffer: JSArrayBuffer {
    JSArrayBuffer(unsafelyWrapping: jsObject.buffer.object.unsafelyUnwrapped)
  }
}

extension JSTypedArray where Element == UInt8 {
  /// A `Uint8ClampedArray`, as images want it, with a copy of `elements`.
  public init(clamped elements: [UInt8]) {
    self = elements.withUnsafeBufferPointer { Self(clampedType, $0, isView: false) }
  }
}

extension JSTypedArray: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Element...) { self.init(elements) }
}

extension JSTypedArray: ConvertibleToJSValue, ConstructibleFromJSValue {
  public var jsValue: JSValue { .object(jsObject) }
  public static func construct(from value: JSValue) -> JSTypedArray? {
    value.object.flatMap { JSTypedArray($0) }
  }
}

extension Array where Element: TypedArrayElement {
  /// A copy of the elements of a typed array.
  public init(_ source: JSTypedArray<Element>) {
    let length = source.length
    self.init(unsafeUninitializedCapacity: length) { buffer, count in
      count = source.copy(to: UnsafeMutableBufferPointer(rebasing: buffer[..<length]))
    }
  }
}

public typealias JSInt8Array = JSTypedArray<Int8>
public typealias JSUInt8Array = JSTypedArray<UInt8>
public typealias JSInt16Array = JSTypedArray<Int16>
public typealias JSUInt16Array = JSTypedArray<UInt16>
public typealias JSInt32Array = JSTypedArray<Int32>
public typealias JSUInt32Array = JSTypedArray<UInt32>
public typealias JSFloat32Array = JSTypedArray<Float>
public typealias JSFloat64Array = JSTypedArray<Double>

/// An `ArrayBuffer`, by reference.
public struct JSArrayBuffer {
  public let jsObject: JSObject

  /// The buffer that `object` is; nil if it is none.
  public init?(_ object: JSObject) {
    let constructor = JSObject.global.ArrayBuffer.function.unsafelyUnwrapped
    guard object.isInstanceOf(constructor) else { return nil }
    jsObject = object
  }

  init(unsafelyWrapping object: JSObject) { jsObject = object }

  /// A new buffer with a copy of `bytes`.
  public init(_ bytes: [UInt8]) { self = JSTypedArray(bytes).buffer }

  /// How many bytes there are; `Int.max` if they are more than that.
  public var byteLength: Int {
    jsObject.checkThread()
    return withExtendedLifetime(jsObject) { jsElementCount(jsObject.index, 1) }
  }

  /// A copy of the bytes.
  public var bytes: [UInt8] {
    let length = byteLength
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      withExtendedLifetime(jsObject) { jsCopyOut(jsObject.index, 0, buffer.baseAddress, length) }
      count = length
    }
  }
}

extension JSArrayBuffer: ConvertibleToJSValue, ConstructibleFromJSValue {
  public var jsValue: JSValue { .object(jsObject) }
  public static func construct(from value: JSValue) -> JSArrayBuffer? {
    value.object.flatMap { JSArrayBuffer($0) }
  }
}

extension JSTypedArray: CustomStringConvertible {
  /// What `String(object)` says.
  public var description: String { jsObject.description }
}

extension JSArrayBuffer: CustomStringConvertible {
  /// What `String(object)` says.
  public var description: String { jsObject.description }
}
