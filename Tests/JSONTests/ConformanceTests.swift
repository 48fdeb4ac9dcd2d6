import JSON
import Testing

/// What RFC 8259 asks of a reader, after the rules of the JSONTestSuite.
@Suite struct ConformanceTests {
  @Test(arguments: [
    "[]", "{}", " \t\r\n[1] \n", "0", "-0", "-1", "\"\"", "true", "false", "null",
    "[null, 1, \"a\", {}]",
    "[1.5]", "[1e5]", "[1E+5]", "[1e-5]", "[0e1]", "[0.0]", "[-0.1]", "[123456789012345678901]",
    "[1e400]", "[1e-400]", "[-1e9999999999999999999]", #"["\u0041\n\/\\\""]"#, #"["\ud83d\ude00"]"#,
    #"["\u0000"]"#, #"["\uFFFF"]"#, "[\"\u{7F}\"]", "[\"\u{2028}é€😀\"]", #"{"a":1,"a":2}"#,
    #"{"":0}"#,
    #"{"a":{"b":[{}]}}"#, "[[],[[]],{}]", #""\ufdd0""#, "[1,\n2]",
  ])
  func accepts(_ text: String) throws {
    _ = try JSONValue(parsing: text)
  }

  @Test(arguments: [
    "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1}", "{]",
    "{1:1}",
    "{a:1}", "{'a':1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1 "b":2}"#, #"{,"a":1}"#,
    #"{"a"::1}"#,
    #"{"a":1}}"#, "[]]", "[] x", "1 2", "tru", "True", "nul", "nan", "NaN", "Infinity", "-Infinity",
    "+1", "-", "--1", "01", "-01", "1.", ".5", "-.5", "1e", "1e+", "1.e5", "0x1", "1_0", "1,5",
    "1e5.5",
    "\"", "\"a", "\"\\", #""\x""#, #""\u12""#, #""\u12G4""#, #""\u"#, "\"\n\"", "\"\t\"",
    "\"\u{0}\"",
    "'a'", "[\"a\"", "// c\n1", "/* c */ 1", "[1]\u{0}", "\u{FEFF}[]", "\u{A0}1", "\u{2028}1",
    #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\ud800\ud800""#, #""\ud800x""#, #""\a""#,
    "*",
  ])
  func refuses(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  /// A reader of eight bytes at once stops at each of them.
  @Test(arguments: 0..<24) func stopsWhereverItIs(_ place: Int) throws {
    let plain = String(repeating: "a", count: place)
    let rest = String(repeating: "b", count: 24 - place)
    #expect(try JSONValue(parsing: "\"\(plain)é\(rest)\"").string == "\(plain)é\(rest)")
    #expect(try JSONValue(parsing: "\"\(plain)\\n\(rest)\"").string == "\(plain)\n\(rest)")
    #expect(try JSONValue(parsing: "[\"\(plain)\",\"\(rest)\"]")[1]?.string == rest)
    for bad in [UInt8(0), 0x1F, 0x80, 0xFF] {
      let bytes = Array("\"\(plain)".utf8) + [bad] + Array("\(rest)\"".utf8)
      #expect(throws: JSONError.self) { try JSONValue(utf8: bytes) }
    }
  }

  /// Each prefix of a text is no JSON, and told so.
  @Test func cutOff() {
    let text = Array(#"{"a":[1.5e3,"\u00e9\ud83d\ude00é",true,null,{"b":-0}]}"#.utf8)
    for count in text.indices {
      #expect(throws: JSONError.self) { try JSONValue(utf8: Array(text[..<count])) }
    }
  }

  @Test(arguments: [
    [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82],
    [0xF5, 0x80, 0x80, 0x80],
    [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xFF], [0xC3, 0x28], [0xF0, 0x9F, 0x98],
  ] as [[UInt8]])
  func notUTF8(_ bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONValue(utf8: [0x22] + bytes + [0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(utf8: [0x22, 0x5C, 0x6E] + bytes + [0x22]) }
    #expect(throws: JSONError.self) { try JSONValue(utf8: bytes) }
  }

  @Test(arguments: [
    ("[1,\n 2 x]", 2, 4), ("[", 1, 2), ("\"é\" x", 1, 5), ("{\"a\":\n\n  tru}", 3, 3),
    ("[\"abc", 1, 2),
  ])
  func places(_ text: String, _ line: Int, _ column: Int) {
    #expect {
      try JSONValue(parsing: text)
    } throws: { error in
      guard case .text(line, column, _) = (error as! JSONError).place else { return false }
      return true
    }
  }

  @Test func depth() throws {
    let million = String(repeating: "[", count: 1_000_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: million) }
    #expect(throws: JSONError.self) {
      try JSONValue(parsing: million + String(repeating: "]", count: 1_000_000))
    }
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSONValue(parsing: nested(512)).text == nested(512))
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(513)) }
    #expect(try JSONValue(parsing: nested(3), maximumDepth: 3).text == nested(3))
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(4), maximumDepth: 3) }
  }
}
