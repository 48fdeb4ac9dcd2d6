/// An array of JavaScript, by reference.
public struct JSArray {
  public let jsObject: JSObject

  /// The array that `object` is; nil if it is none.
  public init?(_ object: JSObject) {
    guard JSObject.global.Array.isArray(object).boolean == true else { return nil }
    jsObject = object
  }

  /// A new array.
  public init(_ elements: [JSValue] = []) {
    let thread = currentThread()
    defer { withExtendedLifetime(elements) {} }
    let slots = UnsafeMutableRawPointer.allocate(
      byteCount: Swift.max(slotSize, slotSize * elements.count), alignment: slotSize)
    defer { slots.deallocate() }
    var writer = SlotWriter(to: slots)
    for element in elements { writer.append(element) }
    jsObject = JSObject(index: jsMakeArray(slots, writer.count), of: thread)
  }

  /// Adds an element at the end.
  public func append(_ element: JSValue) { jsObject.push(element) }

  /// The number of elements, holes included.
  public var length: Int { jsObject.length.fromJSValue() ?? 0 }
}

extension JSArray: RandomAccessCollection, MutableCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { length }

  public subscript(position: Int) -> JSValue {
    get { jsObject[position] }
    nonmutating set { jsObject[position] = newValue }
  }
}

extension JSArray: ConvertibleToJSValue, ConstructibleFromJSValue {
  public var jsValue: JSValue { .object(jsObject) }
  public static func construct(from value: JSValue) -> JSArray? { value.array }
}

extension JSArray: CustomStringConvertible {
  /// What `String(object)` says.
  public var description: String { jsObject.description }
}
