import Foundation

/// Finds requests of HTTP/1 in the bytes of a connection as they come in. Looks at each byte of a head
/// once, however small the pieces, and holds no more than its limits.
struct HTTPRequestParser {
  /// The request line and all headers. Cookies of everything else on this host come along.
  static let headLimit = 64 << 10
  /// What a page posts: lists of lines that a program has printed.
  static let bodyLimit = 64 << 20

  /// The client is told, and the connection ends.
  struct Refusal: Error, Equatable {
    var status: HTTPStatus
    var message: String
  }

  private var buffer: [UInt8] = []
  /// How much of the buffer holds no end of a head.
  private var searched = 0
  /// The request whose body is still coming in, and that body's length.
  private var begun: (request: HTTPRequest, length: Int)?
  private var owesContinue = false

  /// Whether nothing of a request has come in.
  var isIdle: Bool { buffer.isEmpty && begun == nil }

  /// Whether the headers of a request are complete, and its body is not.
  var isInBody: Bool { begun != nil }
  /// How many bytes that body has in all.
  var bodyLength: Int { begun?.length ?? 0 }

  mutating func add(_ bytes: some Collection<UInt8>) { buffer += bytes }

  /// Whether the client waits for a word before it sends the body. True once.
  mutating func takeContinue() -> Bool {
    defer { owesContinue = false }
    return owesContinue && begun != nil
  }

  /// The next request that has come in whole.
  mutating func next() throws(Refusal) -> HTTPRequest? {
    if begun == nil {
      guard let end = try endOfHead() else { return nil }
      begun = try Self.request(head: buffer[..<end])
      owesContinue = begun?.request.headers["Expect"]?.lowercased() == "100-continue"
      buffer.removeSubrange(..<end)
      searched = 0
    }
    guard let (head, length) = begun, buffer.count >= length else { return nil }
    var request = head
    request.body = Data(buffer[..<length])
    buffer.removeSubrange(..<length)
    begun = nil
    return request
  }

  /// Behind the empty line, once it is there.
  private mutating func endOfHead() throws(Refusal) -> Int? {
    // Empty lines before a request mean nothing.
    if let first = buffer.firstIndex(where: { $0 != newline && $0 != carriageReturn }) {
      if first > 0 {
        buffer.removeSubrange(..<first)
        searched = 0
      }
    } else {
      buffer = []
      return nil
    }
    // The line before may end where the last search did.
    var index = max(0, searched - 2)
    let limit = min(buffer.count, Self.headLimit)
    while index < limit {
      if buffer[index] == newline {
        if index + 1 < limit, buffer[index + 1] == newline { return index + 2 }
        if index + 2 < limit, buffer[index + 1] == carriageReturn, buffer[index + 2] == newline {
          return index + 3
        }
      }
      index += 1
    }
    searched = limit
    guard buffer.count < Self.headLimit else {
      throw Refusal(
        status: .headTooLarge,
        message: """
          The request's headers are longer than \(Self.headLimit >> 10) KiB. Cookies are the usual cause: \
          delete those of this host.
          """)
    }
    return nil
  }

  // MARK: The head

  private static func malformed(_ what: String) -> Refusal {
    Refusal(status: .badRequest, message: "This is no request of HTTP/1.1: \(what).")
  }

  private static func request(head: ArraySlice<UInt8>) throws(Refusal) -> (HTTPRequest, Int) {
    var lines = head.split(separator: newline).map {
      $0.last == carriageReturn ? $0.dropLast() : $0
    }[...]
    let parts = text(lines.removeFirst()).split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.allSatisfy(isToken) else {
      throw malformed("its first line is not a method, a target and a version")
    }
    guard parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0" else {
      throw parts[2].hasPrefix("HTTP/")
        ? Refusal(status: .versionNotSupported, message: "Only HTTP/1.1 is spoken here.")
        : malformed("it names no version")
    }
    var request = HTTPRequest(method: String(parts[0]), path: "")
    for line in lines where !line.isEmpty { try add(line, to: &request.headers) }
    try setTarget(String(parts[1]), of: &request)
    guard parts[2] == "HTTP/1.0" || request.headers["Host"] != nil else {
      throw malformed("it has no Host")
    }
    let connection = request.headers["Connection"]?.lowercased() ?? ""
    request.keepsAlive = parts[2] == "HTTP/1.1" && !connection.contains("close")
    guard request.headers["Transfer-Encoding"] == nil else {
      throw Refusal(
        status: .notImplemented, message: "Bodies are taken with a Content-Length only.")
    }
    guard let length = request.headers[.contentLength] else { return (request, 0) }
    guard !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw malformed("its Content-Length is not a number")
    }
    guard let count = Int(length), count <= bodyLimit else {
      throw Refusal(
        status: .contentTooLarge, message: "A body may have \(bodyLimit >> 20) MiB here.")
    }
    return (request, count)
  }

  private static func add(
    _ line: ArraySlice<UInt8>, to headers: inout [HTTPHeader: String]
  ) throws(Refusal) {
    // A line that begins with a space once continued the one before; nobody sends that now.
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(isToken)
    else { throw malformed("a header has no name") }
    let header = HTTPHeader(text(line[..<colon]))
    let value = text(line[(colon + 1)...]).trimmingCharacters(in: .whitespaces)
    guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
      throw malformed("the header \(header.name) has control characters")
    }
    if let old = headers[header] {
      // Two of these are two opinions on where the request ends, or whom it is for.
      guard header != .contentLength, header != "Host" else {
        throw malformed("it has \(header.name) twice")
      }
      headers[header] = "\(old), \(value)"
    } else {
      headers[header] = value
    }
  }

  private static func setTarget(_ target: String, of request: inout HTTPRequest) throws(Refusal) {
    var rest = target[...]
    if let scheme = rest.range(of: "://"), !rest.hasPrefix("/") {
      // The whole URL, as proxies are sent it. What it says of the host counts.
      let authority = rest[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
      request.headers["Host"] = String(authority)
      rest = rest[authority.endIndex...]
      if !rest.hasPrefix("/") { rest = "/" + rest }
    }
    guard rest.hasPrefix("/") || rest == "*",
      rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw malformed("its target is no path") }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    request.path = String(parts[0])
    guard parts.count == 2 else { return }
    for pair in parts[1].split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = sides[0].removingPercentEncoding else { continue }
      request.query[name] = sides.count == 2 ? sides[1].removingPercentEncoding : ""
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// `tchar` of RFC 9110, 5.6.2.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}

private let newline = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
