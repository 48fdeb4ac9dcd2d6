// What the standard library's collections, ranges and durations say of themselves. Embedded Swift leaves these
// conformances out, since natively they look at types at run time; here the elements must describe themselves.

/// As an element of a collection stands in its description: texts have quotes.
@inline(__always)
func textInside<Value: CustomStringConvertible>(_ value: Value) -> String {
  // The compiler knows the type of every value: one of these branches is left.
  if Value.self == String.self || Value.self == Substring.self || Value.self == Character.self {
    return value.description.debugDescription
  }
  return value.description
}

@inline(never)
func listText<Elements: Sequence>(_ elements: Elements) -> String
where Elements.Element: CustomStringConvertible {
  var text = "["
  for element in elements {
    if text.utf8.count > 1 { text += ", " }
    text += textInside(element)
  }
  return text + "]"
}

extension Array: @retroactive CustomStringConvertible where Element: CustomStringConvertible {
  /// The elements, in brackets.
  public var description: String { listText(self) }
}
extension ArraySlice: @retroactive CustomStringConvertible where Element: CustomStringConvertible {
  /// The elements, in brackets.
  public var description: String { listText(self) }
}
extension ContiguousArray: @retroactive CustomStringConvertible where Element: CustomStringConvertible {
  /// The elements, in brackets.
  public var description: String { listText(self) }
}
extension Set: @retroactive CustomStringConvertible where Element: CustomStringConvertible {
  /// The elements, in brackets and in no certain order.
  public var description: String { listText(self) }
}

@inline(never)
private func pairsText<Pairs: Sequence, Key: CustomStringConvertible, Value: CustomStringConvertible>(
  _ pairs: Pairs
) -> String where Pairs.Element == (key: Key, value: Value) {
  var text = "["
  for (key, value) in pairs {
    if text.utf8.count > 1 { text += ", " }
    text += textInside(key) + ": " + textInside(value)
  }
  return text.utf8.count > 1 ? text + "]" : "[:]"
}

extension Dictionary: @retroactive CustomStringConvertible
where Key: CustomStringConvertible, Value: CustomStringConvertible {
  /// Keys and values, in brackets and in no certain order.
  public var description: String { pairsText(self) }
}
extension Dictionary.Keys: @retroactive CustomStringConvertible where Key: CustomStringConvertible {
  /// The keys, in brackets and in no certain order.
  public var description: String { listText(self) }
}
extension Dictionary.Values: @retroactive CustomStringConvertible where Value: CustomStringConvertible {
  /// The values, in brackets and in no certain order.
  public var description: String { listText(self) }
}
extension KeyValuePairs: @retroactive CustomStringConvertible
where Key: CustomStringConvertible, Value: CustomStringConvertible {
  /// Keys and values, in brackets.
  public var description: String { pairsText(self) }
}

extension Optional: @retroactive CustomStringConvertible where Wrapped: CustomStringConvertible {
  /// `Optional(…)`, or `nil`.
  public var description: String {
    switch self {
    case .some(let value): "Optional(" + textInside(value) + ")"
    case .none: "nil"
    }
  }
}

extension Result: @retroactive CustomStringConvertible
where Success: CustomStringConvertible, Failure: CustomStringConvertible {
  /// `success(…)` or `failure(…)`.
  public var description: String {
    switch self {
    case .success(let value): "success(" + textInside(value) + ")"
    case .failure(let error): "failure(" + textInside(error) + ")"
    }
  }
}
extension Never: @retroactive CustomStringConvertible {
  public var description: String { switch self {} }
}

extension Range: @retroactive CustomStringConvertible where Bound: CustomStringConvertible {
  public var description: String { lowerBound.description + "..<" + upperBound.description }
}
extension ClosedRange: @retroactive CustomStringConvertible where Bound: CustomStringConvertible {
  public var description: String { lowerBound.description + "..." + upperBound.description }
}

@inline(never)
private func addressText(_ address: UInt) -> String {
  let digits = String(address, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
}

extension UnsafeRawPointer: @retroactive CustomStringConvertible {
  public var description: String { addressText(UInt(bitPattern: self)) }
}
extension UnsafeMutableRawPointer: @retroactive CustomStringConvertible {
  public var description: String { addressText(UInt(bitPattern: self)) }
}
extension UnsafePointer: @retroactive CustomStringConvertible {
  public var description: String { addressText(UInt(bitPattern: self)) }
}
extension UnsafeMutablePointer: @retroactive CustomStringConvertible {
  public var description: String { addressText(UInt(bitPattern: self)) }
}
extension OpaquePointer: @retroactive CustomStringConvertible {
  public var description: String { addressText(UInt(bitPattern: self)) }
}
extension ObjectIdentifier: @retroactive CustomStringConvertible {
  public var description: String { "ObjectIdentifier(" + addressText(UInt(bitPattern: self)) + ")" }
}

extension Duration: @retroactive CustomStringConvertible {
  /// In seconds, as a decimal number.
  public var description: String {
    let (seconds, attoseconds) = components
    return (Double(seconds) + Double(attoseconds) * 1e-18).description + " seconds"
  }
}

/// The scalar type's name, as far as it is one of the standard library's.
@inline(__always)
private func scalarName<Scalar>(_ type: Scalar.Type) -> String {
  // One of these is left.
  if type == Float.self { return "Float" }
  if type == Double.self { return "Double" }
  if type == Float16.self { return "Float16" }
  if type == Int.self { return "Int" }
  if type == Int8.self { return "Int8" }
  if type == Int16.self { return "Int16" }
  if type == Int32.self { return "Int32" }
  if type == Int64.self { return "Int64" }
  if type == UInt.self { return "UInt" }
  if type == UInt8.self { return "UInt8" }
  if type == UInt16.self { return "UInt16" }
  if type == UInt32.self { return "UInt32" }
  if type == UInt64.self { return "UInt64" }
  return "_"
}

@inline(never)
private func vectorText<Vector: SIMD>(_ vector: Vector) -> String
where Vector.Scalar: CustomStringConvertible {
  var text = "SIMD" + Vector.scalarCount.description + "<" + scalarName(Vector.Scalar.self) + ">("
  for index in 0..<Vector.scalarCount {
    if index > 0 { text += ", " }
    text += vector[index].description
  }
  return text + ")"
}

extension SIMD2: @retroactive CustomStringConvertible where Scalar: CustomStringConvertible {
  public var description: String { vectorText(self) }
}
extension SIMD3: @retroactive CustomStringConvertible where Scalar: CustomStringConvertible {
  public var description: String { vectorText(self) }
}
extension SIMD4: @retroactive CustomStringConvertible where Scalar: CustomStringConvertible {
  public var description: String { vectorText(self) }
}
extension SIMD8: @retroactive CustomStringConvertible where Scalar: CustomStringConvertible {
  public var description: String { vectorText(self) }
}
extension SIMD16: @retroactive CustomStringConvertible where Scalar: CustomStringConvertible {
  public var description: String { vectorText(self) }
}
extension SIMD32: @retroactive CustomStringConvertible where Scalar: CustomStringConvertible {
  public var description: String { vectorText(self) }
}
extension SIMD64: @retroactive CustomStringConvertible where Scalar: CustomStringConvertible {
  public var description: String { vectorText(self) }
}
