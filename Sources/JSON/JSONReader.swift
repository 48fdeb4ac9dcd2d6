extension JSONValue {
  /// How many arrays and objects may lie in one another unless told otherwise. A value is released
  /// by recursion, and a worker's stack is small.
  public static let defaultMaximumDepth = 512

  /// Reads one value with nothing but white space around it.
  ///
  /// Throws where the text is no JSON, has a lone surrogate (`\ud800` without its other half, which
  /// no Swift string can hold), or is nested more deeply than `maximumDepth`.
  public init(
    parsing text: String, maximumDepth: Int = defaultMaximumDepth
  ) throws(JSONError) {
    var text = text
    self = try text.withUTF8 { Self.read($0, maximumDepth) }.get()
  }

  /// Reads one value from UTF-8, without a byte order mark. Throws where the bytes are not UTF-8,
  /// and where a text would be refused.
  public init(
    utf8 bytes: [UInt8], maximumDepth: Int = defaultMaximumDepth
  ) throws(JSONError) {
    self = try bytes.withUnsafeBufferPointer { Self.read($0, maximumDepth) }.get()
  }

  /// Reads one value from UTF-8 that lies in memory; see `init(utf8:maximumDepth:)`.
  public init(
    utf8 bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int = defaultMaximumDepth
  ) throws(JSONError) {
    self = try Self.read(bytes, maximumDepth).get()
  }

  private static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ maximumDepth: Int
  ) -> Result<JSONValue, JSONError> {
    var reader = JSONReader(bytes: bytes, maximumDepth: maximumDepth)
    do throws(JSONError) { return .success(try reader.read()) } catch { return .failure(error) }
  }
}

/// Reads values without recursion: what is finished lies on one stack, the containers that are open
/// on another.
struct JSONReader: ~Copyable {
  private struct Container {
    var isObject: Bool
    /// Where its parts begin on the stack of finished values.
    var start: Int
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let maximumDepth: Int
  var offset = 0
  private var values = ValueStack<JSONValue>()
  private var names = ValueStack<String>()
  private var containers: [Container] = []

  init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  mutating func read() throws(JSONError) -> JSONValue {
    skipSpace()
    while true {
      var value: JSONValue
      switch peek {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        if let empty = try open() { value = empty } else { continue }
      case UInt8(ascii: "\""): value = .string(try readString())
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = .number(try readNumber())
      default: value = try readWord()
      }
      // Each value may be the last of its container, and that the last of the next.
      while true {
        skipSpace()
        guard let container = containers.last else {
          if offset < bytes.count { throw error("nothing may follow the value") }
          return value
        }
        values.push(value)
        if peek == UInt8(ascii: ",") {
          offset += 1
          skipSpace()
          if container.isObject { try readName() }
          break
        }
        guard peek == (container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw expected(container.isObject ? "',' or '}'" : "',' or ']'")
        }
        offset += 1
        value = close(container)
      }
    }
  }

  /// The byte at hand; 0, which is no part of any JSON text, at the end.
  var peek: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }

  // MARK: Containers

  /// Opens an array or object, and reads the first name of an object; a value if it is empty.
  private mutating func open() throws(JSONError) -> JSONValue? {
    let isObject = peek == UInt8(ascii: "{")
    guard containers.count < maximumDepth else {
      throw error("arrays and objects are nested more than \(maximumDepth) deep")
    }
    offset += 1
    skipSpace()
    if peek == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      offset += 1
      return isObject ? .object(JSONObject()) : .array([])
    }
    containers.append(Container(isObject: isObject, start: values.count))
    if isObject { try readName() }
    return nil
  }

  private mutating func close(_ container: Container) -> JSONValue {
    containers.removeLast()
    guard container.isObject else { return .array(values.take(from: container.start)) }
    return .object(
      JSONObject(
        values.take(from: container.start, with: &names) { JSONMember(name: $1, value: $0) }))
  }

  private mutating func readName() throws(JSONError) {
    guard peek == UInt8(ascii: "\"") else { throw expected("a member's name in quotes") }
    names.push(try readString())
    skipSpace()
    guard peek == UInt8(ascii: ":") else { throw expected("':'") }
    offset += 1
    skipSpace()
  }

  private mutating func readWord() throws(JSONError) -> JSONValue {
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    if take("null") { return .null }
    throw expected("a value")
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.count - offset >= count else { return false }
    for index in 0..<count where bytes[offset + index] != word.utf8Start[index] { return false }
    offset += count
    return true
  }

  // MARK: Errors

  func error(_ message: String, at place: Int? = nil) -> JSONError {
    JSONError(message, at: place ?? offset, in: bytes)
  }

  func expected(_ what: String) -> JSONError {
    error("\(what) was expected" + (offset < bytes.count ? "" : "; the text ends here"))
  }
}
