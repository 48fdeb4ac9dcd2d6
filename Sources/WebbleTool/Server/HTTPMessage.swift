import Foundation

/// The name of a header, of which the case says nothing.
struct HTTPHeader: Hashable, ExpressibleByStringLiteral, Sendable {
  /// As it is sent.
  let name: String

  init(_ name: String) { self.name = name }
  init(stringLiteral name: String) { self.name = name }

  static func == (one: Self, other: Self) -> Bool { one.key == other.key }
  func hash(into hasher: inout Hasher) { hasher.combine(key) }
  private var key: String { name.lowercased() }

  static let contentType: HTTPHeader = "Content-Type"
  static let contentLength: HTTPHeader = "Content-Length"
}

struct HTTPStatus: Equatable, Sendable {
  var code: Int
  var reason: String

  static let ok = HTTPStatus(code: 200, reason: "OK")
  static let noContent = HTTPStatus(code: 204, reason: "No Content")
  static let partialContent = HTTPStatus(code: 206, reason: "Partial Content")
  static let seeOther = HTTPStatus(code: 303, reason: "See Other")
  static let badRequest = HTTPStatus(code: 400, reason: "Bad Request")
  static let forbidden = HTTPStatus(code: 403, reason: "Forbidden")
  static let notFound = HTTPStatus(code: 404, reason: "Not Found")
  static let methodNotAllowed = HTTPStatus(code: 405, reason: "Method Not Allowed")
  static let requestTimeout = HTTPStatus(code: 408, reason: "Request Timeout")
  static let contentTooLarge = HTTPStatus(code: 413, reason: "Content Too Large")
  static let rangeNotSatisfiable = HTTPStatus(code: 416, reason: "Range Not Satisfiable")
  static let misdirectedRequest = HTTPStatus(code: 421, reason: "Misdirected Request")
  static let headTooLarge = HTTPStatus(code: 431, reason: "Request Header Fields Too Large")
  static let internalError = HTTPStatus(code: 500, reason: "Internal Server Error")
  static let notImplemented = HTTPStatus(code: 501, reason: "Not Implemented")
  static let unavailable = HTTPStatus(code: 503, reason: "Service Unavailable")
  static let versionNotSupported = HTTPStatus(code: 505, reason: "HTTP Version Not Supported")
}

struct HTTPRequest: Sendable {
  var method: String
  /// As it came: percent-encoded, without the query.
  var path: String
  var query: [String: String] = [:]
  var headers: [HTTPHeader: String] = [:]
  var body = Data()
  /// Whether the client wants to use the connection again.
  var keepsAlive = true
}

struct HTTPResponse: Sendable {
  var statusCode: HTTPStatus
  var headers: [HTTPHeader: String] = [:]
  var body = Body.data(Data())

  enum Body: Sendable {
    case data(Data)
    /// A part of a file that is open; sending the response lets go of it.
    case file(OpenFile, Range<Int>)
    /// Less than was promised. Then the connection ends, or stays open with nothing coming.
    case partial(Data, of: Int, ends: Bool)

    var count: Int {
      switch self {
      case .data(let data): data.count
      case .file(_, let range): range.count
      case .partial(_, let count, _): count
      }
    }
  }

  init(statusCode: HTTPStatus, headers: [HTTPHeader: String] = [:], body: Data = Data()) {
    self.statusCode = statusCode
    self.headers = headers
    self.body = .data(body)
  }

  static func text(_ text: String, status: HTTPStatus) -> HTTPResponse {
    HTTPResponse(
      statusCode: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: Data((text + "\n").utf8))
  }

  static func page(_ html: Data) -> HTTPResponse {
    HTTPResponse(
      statusCode: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: html)
  }

  static func json(_ value: some Encodable) throws -> HTTPResponse {
    HTTPResponse(
      statusCode: .ok, headers: [.contentType: "application/json"],
      body: try JSONEncoder().encode(value))
  }

  /// All that goes before the body.
  func head(keepsAlive: Bool) -> Data {
    var text = "HTTP/1.1 \(statusCode.code) \(statusCode.reason)\r\n"
    var headers = headers
    if headers[.contentLength] == nil && statusCode != .noContent {
      headers[.contentLength] = String(body.count)
    }
    headers["Connection"] = keepsAlive ? "keep-alive" : "close"
    for (header, value) in headers.sorted(by: { $0.key.name < $1.key.name }) {
      text += "\(header.name): \(value)\r\n"
    }
    return Data((text + "\r\n").utf8)
  }
}

/// A regular file, open for reading.
final class OpenFile: Sendable {
  let descriptor: Int32
  let size: Int

  /// Fails for what is no regular file: to open a FIFO would wait for its writer, so that the system is
  /// told not to wait, and what was opened is looked at, not what its name meant a moment ago.
  init?(path: String) {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// At most `count` bytes from `offset` on; nil at the file's end and at an error.
  func read(at offset: Int, count: Int) -> Data? {
    var data = Data(count: count)
    let read = data.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
    }
    return read > 0 ? data.prefix(read) : nil
  }

  func readAll() -> Data {
    var all = Data()
    while let part = read(at: all.count, count: 1 << 18) { all += part }
    return all
  }
}
