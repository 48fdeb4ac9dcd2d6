extension JSONValue {
  /// The value as JSON, without spaces. A double that is infinite or not a number becomes `null`,
  /// as by `JSON.stringify`: JSON has no such numbers.
  public var text: String { String(decoding: utf8(), as: UTF8.self) }

  /// The value as JSON in several lines, each level indented by so many spaces.
  public func text(indentedBy spaces: Int) -> String {
    String(decoding: utf8(indentedBy: spaces), as: UTF8.self)
  }

  /// The bytes of `text` or of `text(indentedBy:)`.
  public func utf8(indentedBy spaces: Int? = nil) -> [UInt8] {
    var writer = JSONWriter(spaces: spaces)
    writer.write(self)
    return writer.bytes
  }
}

private struct JSONWriter {
  /// An array or object that is open, and how many of its parts are written.
  private struct Level {
    var container: JSONValue
    var written = 0
  }

  let spaces: Int?
  var bytes: [UInt8] = []

  init(spaces: Int?) { self.spaces = spaces }

  /// Has a stack of its own, so that depth costs memory only.
  mutating func write(_ root: JSONValue) {
    var levels: [Level] = []
    begin(root, &levels)
    while let level = levels.last {
      let depth = levels.count
      levels[depth - 1].written += 1
      switch level.container {
      case .array(let elements) where level.written < elements.count:
        separate(level.written, depth)
        begin(elements[level.written], &levels)
      case .object(let object) where level.written < object.members.count:
        separate(level.written, depth)
        let member = object.members[level.written]
        write(member.name)
        bytes.append(UInt8(ascii: ":"))
        if spaces != nil { bytes.append(UInt8(ascii: " ")) }
        begin(member.value, &levels)
      default:
        levels.removeLast()
        if level.written > 0 { newLine(depth - 1) }
        if case .array = level.container {
          bytes.append(UInt8(ascii: "]"))
        } else {
          bytes.append(UInt8(ascii: "}"))
        }
      }
    }
  }

  private mutating func begin(_ value: JSONValue, _ levels: inout [Level]) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .number(let number): write(number)
    case .string(let text): write(text)
    case .array:
      bytes.append(UInt8(ascii: "["))
      levels.append(Level(container: value))
    case .object:
      bytes.append(UInt8(ascii: "{"))
      levels.append(Level(container: value))
    }
  }

  private mutating func separate(_ index: Int, _ depth: Int) {
    if index > 0 { bytes.append(UInt8(ascii: ",")) }
    newLine(depth)
  }

  private mutating func newLine(_ depth: Int) {
    guard let spaces else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: spaces * depth)
  }

  private mutating func write(_ number: JSONNumber) {
    switch number {
    case .integer(let value): bytes += value.description.utf8
    case .unsigned(let value): bytes += value.description.utf8
    case .double(let value): bytes += (value.isFinite ? value.description : "null").utf8
    case .digits(let text): bytes += text.utf8
    }
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += #"\n"#.utf8
      case 0x0D: bytes += #"\r"#.utf8
      case 0x09: bytes += #"\t"#.utf8
      case ..<0x20:
        bytes += #"\u00"#.utf8
        bytes.append(Self.hexDigit(byte >> 4))
        bytes.append(Self.hexDigit(byte & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}

// What `print` shows: JSON.

extension JSONValue: CustomStringConvertible {
  /// The value as JSON, without spaces: `text`.
  public var description: String { text }
}

extension JSONNumber: CustomStringConvertible {
  /// The number as JSON; `null` if it is infinite or none.
  public var description: String { JSONValue.number(self).text }
}

extension JSONObject: CustomStringConvertible {
  /// The object as JSON, without spaces.
  public var description: String { JSONValue.object(self).text }
}

extension JSONMember: CustomStringConvertible {
  /// Name and value as they stand in an object: `"name":1`.
  public var description: String { JSONValue.string(name).text + ":" + value.text }
}
