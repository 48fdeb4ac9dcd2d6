/// A type that can be made of a JSON value. Embedded Swift has no `Codable`, so a type says in one
/// line a property how it is made:
///
/// ```swift
/// struct User: JSONDecodable {
///   var name: String
///   var age: Int
///   var nickname: String?
///
///   init(json: JSONValue) throws(JSONError) {
///     name = try json.decode("name")
///     age = try json.decode("age")
///     nickname = try json.decode("nickname")
///   }
/// }
///
/// let users: [User] = try JSONValue(parsing: text).decode("users")
/// ```
public protocol JSONDecodable {
  /// Throws if the value is not of the right kind; the error says where in the whole it is.
  init(json: JSONValue) throws(JSONError)
}

extension JSONValue {
  /// The member of that name, as the type that is asked for. A member that is missing is `null`,
  /// which only an optional takes.
  public func decode<Value: JSONDecodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(JSONError) -> Value {
    guard case .object(let object) = self else {
      throw JSONError("an object was expected, not \(kind)")
    }
    let member = object[name]
    do throws(JSONError) {
      return try Value(json: member ?? .null)
    } catch {
      throw (member == nil ? JSONError("the member is missing") : error).inside(name)
    }
  }

  private func mismatch(_ expected: String) -> JSONError {
    JSONError("\(expected) was expected, not \(kind)")
  }

  fileprivate func expectString() throws(JSONError) -> String {
    guard case .string(let value) = self else { throw mismatch("a string") }
    return value
  }

  fileprivate func expectBool() throws(JSONError) -> Bool {
    guard case .bool(let value) = self else { throw mismatch("a boolean") }
    return value
  }

  fileprivate func expectNumber() throws(JSONError) -> JSONNumber {
    guard case .number(let value) = self else { throw mismatch("a number") }
    return value
  }

  fileprivate func expectArray() throws(JSONError) -> [JSONValue] {
    guard case .array(let value) = self else { throw mismatch("an array") }
    return value
  }

  fileprivate func expectObject() throws(JSONError) -> JSONObject {
    guard case .object(let value) = self else { throw mismatch("an object") }
    return value
  }
}

extension JSONValue: JSONDecodable {
  public init(json: JSONValue) { self = json }
}

extension String: JSONDecodable {
  public init(json: JSONValue) throws(JSONError) { self = try json.expectString() }
}

extension Bool: JSONDecodable {
  public init(json: JSONValue) throws(JSONError) { self = try json.expectBool() }
}

extension Double: JSONDecodable {
  /// The nearest `Double`; throws where that would be infinite.
  public init(json: JSONValue) throws(JSONError) {
    self = try json.expectNumber().double
    guard isFinite else { throw JSONError("the number is too large for Double") }
  }
}

extension Float: JSONDecodable {
  /// The nearest `Float` to the nearest `Double`; throws where that would be infinite.
  public init(json: JSONValue) throws(JSONError) {
    self = Float(try json.expectNumber().double)
    guard isFinite else { throw JSONError("the number is too large for Float") }
  }
}

extension FixedWidthInteger where Self: JSONDecodable {
  /// Throws if the number is not whole or does not fit.
  public init(json: JSONValue) throws(JSONError) {
    guard let value = try json.expectNumber().exactly(Self.self) else {
      throw JSONError("a whole number from \(Self.min) to \(Self.max) was expected")
    }
    self = value
  }
}

extension Int: JSONDecodable {}
extension Int8: JSONDecodable {}
extension Int16: JSONDecodable {}
extension Int32: JSONDecodable {}
extension Int64: JSONDecodable {}
extension UInt: JSONDecodable {}
extension UInt8: JSONDecodable {}
extension UInt16: JSONDecodable {}
extension UInt32: JSONDecodable {}
extension UInt64: JSONDecodable {}

extension Optional: JSONDecodable where Wrapped: JSONDecodable {
  /// nil of `null`, and of a member that is missing.
  public init(json: JSONValue) throws(JSONError) {
    self = json.isNull ? nil : try Wrapped(json: json)
  }
}

extension Array: JSONDecodable where Element: JSONDecodable {
  public init(json: JSONValue) throws(JSONError) {
    self = []
    for (index, element) in try json.expectArray().enumerated() {
      do throws(JSONError) {
        append(try Element(json: element))
      } catch {
        throw error.inside("[\(index)]")
      }
    }
  }
}

extension Dictionary: JSONDecodable where Key == String, Value: JSONDecodable {
  /// Of a name that the object has twice, the last value.
  public init(json: JSONValue) throws(JSONError) {
    self = [:]
    for member in try json.expectObject().members {
      do throws(JSONError) {
        self[member.name] = try Value(json: member.value)
      } catch {
        throw error.inside(member.name)
      }
    }
  }
}
