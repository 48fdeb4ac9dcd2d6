/// A value of JSON (RFC 8259): a tree that any thread may read and write, without JavaScript.
///
/// ```swift
/// let value = try JSONValue(parsing: #"{"name": "Ada", "born": 1815}"#)
/// print(value["name"]?.string ?? "nobody")
/// print(JSONValue.object(["ok": true]).text)
/// ```
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  public var isNull: Bool { self == .null }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  public var number: JSONNumber? {
    if case .number(let value) = self { value } else { nil }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  public var object: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The member of that name; nil if there is none or this is no object.
  public subscript(name: String) -> JSONValue? { object?[name] }

  /// The element of that index; nil if there is none or this is no array.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// What errors call it.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A number, exactly as it was written, or the `Double` nearest to it.
public enum JSONNumber: Sendable, Hashable {
  /// A whole number, written without fraction and exponent. −0 is a double.
  case integer(Int64)
  /// One above `Int64.max`.
  case unsigned(UInt64)
  /// Correctly rounded; 17 significant digits at most were given.
  case double(Double)
  /// The text of a number that neither holds: more digits, or out of a double's range.
  case digits(String)

  /// The `Double` nearest to it, infinite where it is too large.
  public var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    case .digits(let text): Double(text) ?? .nan
    }
  }

  /// The number as a whole one of that type; nil if it is not whole or does not fit.
  public func exactly<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
    switch self {
    case .integer(let value): Integer(exactly: value)
    case .unsigned(let value): Integer(exactly: value)
    case .double(let value): Integer(exactly: value)
    case .digits(let text): Integer(text)
    }
  }
}

/// The members of an object, in the order in which they were written.
public struct JSONObject: Sendable, Hashable {
  /// Names and values. A name that the text has twice is here twice.
  public var members: [JSONMember]

  public init(_ members: [JSONMember] = []) { self.members = members }

  /// The last member of that name; nil if there is none. Assignment changes it, adds one at the
  /// end, or, with nil, removes all of that name. Takes time in proportion to the members.
  public subscript(name: String) -> JSONValue? {
    get { members.last { $0.hasName(name) }?.value }
    set {
      guard let newValue else { return members.removeAll { $0.hasName(name) } }
      if let index = members.lastIndex(where: { $0.hasName(name) }) {
        members[index].value = newValue
      } else {
        members.append(JSONMember(name: name, value: newValue))
      }
    }
  }
}

public struct JSONMember: Sendable, Hashable {
  public var name: String
  public var value: JSONValue

  public init(name: String, value: JSONValue) {
    self.name = name
    self.value = value
  }

  /// Names are the same if their code points are, as RFC 8259 (8.3) asks; `==` of strings would
  /// take composed and decomposed letters for one.
  func hasName(_ other: String) -> Bool { name.utf8.elementsEqual(other.utf8) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    members = elements.map { JSONMember(name: $0.0, value: $0.1) }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .number(.integer(value)) }
  public init(floatLiteral value: Double) { self = .number(.double(value)) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { JSONMember(name: $0.0, value: $0.1) }))
  }
}
