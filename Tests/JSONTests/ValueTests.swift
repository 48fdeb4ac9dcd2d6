import JSON
import Testing

@Suite struct ValueTests {
  @Test(arguments: [
    ("0", .integer(0)), ("-1", .integer(-1)), ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .unsigned(1 << 63)),
    ("18446744073709551615", .unsigned(.max)), ("-0", .double(-0.0)), ("0.1", .double(0.1)),
    ("1e22", .double(1e22)), ("1e23", .double(1e23)), ("5e-324", .double(.leastNonzeroMagnitude)),
    ("123456789.125e-3", .double(123456.789125)),
    ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
    ("18446744073709551616", .digits("18446744073709551616")),
    ("-9223372036854775809", .digits("-9223372036854775809")), ("1e400", .digits("1e400")),
    ("1e-400", .digits("1e-400")), ("0e-400", .double(0)),
    ("0.10000000000000000001", .digits("0.10000000000000000001")),
  ] as [(String, JSONNumber)])
  func numbers(_ text: String, _ number: JSONNumber) throws {
    let value = try JSONValue(parsing: text)
    #expect(value == .number(number))
    if case .double(let double) = number, case .number(let read) = value {
      #expect(read.double.sign == double.sign)
    }
    #expect(try JSONValue(parsing: value.text) == value)
  }

  @Test func valuesDescribeThemselves() throws {
    let value = try JSONValue(parsing: #"{"a": [1, "b\n", null], "c": 2.5}"#)
    #expect("\(value)" == #"{"a":[1,"b\n",null],"c":2.5}"#)
    let object = try #require(value.object)
    #expect("\(object)" == "\(value)")
    #expect("\(object.members[1])" == #""c":2.5"#)
    #expect("\(JSONNumber.unsigned(.max))" == "18446744073709551615")
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "[1,\n x") }
    #expect(error?.place.description == "line 2, column 2")
    #expect(JSONError("no").description == "no")
  }

  @Test func randomDoublesSurvive() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let double = Double(bitPattern: random.next())
      guard double.isFinite else { continue }
      #expect(try JSONValue(parsing: "\(double)").number?.double == double)
    }
  }

  @Test func strings() throws {
    let escaped = try JSONValue(parsing: #""a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00""#)
    #expect(escaped.string == "a\"\\/\u{8}\u{C}\n\r\téé😀")
    var all = "😀\u{FFFF}"
    for scalar in 0..<0x300 { all.unicodeScalars.append(Unicode.Scalar(UInt16(scalar))!) }
    let read = try #require(try JSONValue(parsing: JSONValue.string(all).text).string)
    #expect(Array(read.utf8) == Array(all.utf8))
    #expect(JSONValue.string("\u{1}\u{1F}").text == #""\u0001\u001f""#)
  }

  @Test func objects() throws {
    let value = try JSONValue(parsing: #"{"a":1,"\u00e9":2,"e\u0301":3,"a":4}"#)
    #expect(value["a"] == 4)
    #expect(value["\u{E9}"] == 2)
    #expect(value["e\u{301}"] == 3)
    #expect(value["b"] == nil)
    #expect(value.object?.members.count == 4)
    var object: JSONObject = ["x": 1]
    object["y"] = [true, nil]
    object["x"] = 2.5
    #expect(JSONValue.object(object).text == #"{"x":2.5,"y":[true,null]}"#)
    object["x"] = nil
    #expect(JSONValue.object(object).text == #"{"y":[true,null]}"#)
    let indented = JSONValue.object(object).text(indentedBy: 2)
    #expect(indented == "{\n  \"y\": [\n    true,\n    null\n  ]\n}")
    #expect((["a": [],
    "b": [:]] as JSONValue).text(indentedBy: 1) == "{\n \"a\": [],\n \"b\": {}\n}")
    #expect(([.number(.double(.infinity)), 1] as JSONValue).text == "[null,1]")
  }

  /// In time that grows with the text: a reader that copies what is finished at each bracket takes minutes.
  @Test(.timeLimit(.minutes(1))) func manyElements() throws {
    let text = "[" + String(repeating: "[0],", count: 200_000) + #"{"a":{"b":1}}]"#
    let value = try JSONValue(parsing: text)
    #expect(value.array?.count == 200_001)
    #expect(value[200_000] == ["a": ["b": 1]])
  }

  struct User: JSONDecodable, Equatable {
    var name: String
    var age: UInt8
    var tags: [String]
    var score: Double?

    init(json: JSONValue) throws(JSONError) {
      name = try json.decode("name")
      age = try json.decode("age")
      tags = try json.decode("tags")
      score = try json.decode("score")
    }
  }

  @Test func decoding() throws {
    let text = #"""
      {"users": [
        {"name": "Ada", "age": 36, "tags": ["a", "b"]},
        {"name": "Bob", "age": 3e1, "tags": [], "score": 1}
      ]}
      """#
    let users: [User] = try JSONValue(parsing: text).decode("users")
    #expect(users.map(\.name) == ["Ada", "Bob"])
    #expect(users[0].score == nil && users[1].score == 1 && users[1].age == 30)
  }

  @Test(arguments: [
    (#"{"users":[{"name":"Ada","age":256,"tags":[]}]}"#,
    "users[0].age: a whole number from 0 to 255 was expected"),
    (#"{"users":[{"name":"Ada","age":1.5,"tags":[]}]}"#,
    "users[0].age: a whole number from 0 to 255 was expected"),
    (#"{"users":[{"name":"Ada","age":1,"tags":["x",2]}]}"#,
    "users[0].tags[1]: a string was expected, not a number"),
    (#"{"users":[{"name":"Ada","age":1}]}"#, "users[0].tags: the member is missing"),
    (#"{"users":null}"#, "users: an array was expected, not null"),
    ("[]", "an object was expected, not an array"),
  ])
  func decodingErrors(_ text: String, _ message: String) {
    #expect {
      let _: [User] = try JSONValue(parsing: text).decode("users")
    } throws: { "\($0)" == message }
  }
}
