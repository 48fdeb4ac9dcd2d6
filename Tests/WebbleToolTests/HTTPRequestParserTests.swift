import Foundation
import Testing

@testable import WebbleTool

struct HTTPRequestParserTests {
  private func parse(_ text: String, inPiecesOf size: Int = .max) throws -> [HTTPRequest] {
    var parser = HTTPRequestParser()
    var requests: [HTTPRequest] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      parser.add(rest.prefix(size))
      rest = rest.dropFirst(size)
      while let request = try parser.next() { requests.append(request) }
    }
    return requests
  }

  @Test(arguments: [1, 2, 3, 7, .max]) func findsRequestsInPieces(size: Int) throws {
    let text = """
      \r\nGET /a%20b?x=1&y=%C3%A4&z HTTP/1.1\r\nHost: localhost:8080\r\nAccept:  text/html, */* \r
      accept: image/png\r\n\r
      POST /events HTTP/1.1\r\nhost: [::1]\r\ncontent-length: 5\r\nConnection: close\r\n\r
      a\r\n\rbGET http://example.org/c HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD / HTTP/1.0\n\n
      """
    let requests = try parse(text, inPiecesOf: size)
    #expect(requests.map(\.method) == ["GET", "POST", "GET", "HEAD"])
    #expect(requests.map(\.path) == ["/a%20b", "/events", "/c", "/"])
    #expect(requests[0].query == ["x": "1", "y": "ä", "z": ""])
    #expect(requests[0].headers["accept"] == "text/html, */*, image/png")
    #expect(requests[1].body == Data("a\r\n\rb".utf8))
    #expect(requests[2].headers["Host"] == "example.org")
    #expect(requests.map(\.keepsAlive) == [true, false, true, false])
  }

  @Test(arguments: [
    ("GET\r\n\r\n", 400), ("GET / HTTP/1.1 x\r\n\r\n", 400), ("GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("G{T / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ("GET / FTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\u{0}b\r\n\r\n", 400), ("GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /ä HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 67108865\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
    ("\u{16}\u{3}\u{1}hello of TLS\r\n\r\n", 400),
  ])
  func refuses(text: String, status: Int) {
    for size in [1, Int.max] {
      let refusal = #expect(throws: HTTPRequestParser.Refusal.self) {
        try parse(text, inPiecesOf: size)
      }
      #expect(refusal?.status.code == status)
    }
  }

  @Test func limitsHeads() throws {
    let limit = HTTPRequestParser.headLimit
    let start = "GET / HTTP/1.1\r\nHost: a\r\nCookie: "
    let fits = start + String(repeating: "x", count: limit - start.utf8.count - 4) + "\r\n\r\n"
    #expect(try parse(fits).count == 1)
    let refusal = #expect(throws: HTTPRequestParser.Refusal.self) {
      try parse(start + String(repeating: "x", count: limit), inPiecesOf: 1000)
    }
    #expect(refusal?.status.code == 431)
    #expect(refusal?.message.contains("Cookies") == true)
  }

  /// As many steps as bytes: what a client sends one by one must not be looked at again and again.
  @Test func takesLinearTime() throws {
    func time(_ count: Int) throws -> Duration {
      let head = "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(String(repeating: "x", count: count))\r\n\r\n"
      return try ContinuousClock().measure { _ = try parse(head, inPiecesOf: 1) }
    }
    _ = try time(1000)
    // Quadratic time would take 16 times as long for each byte.
    #expect(try time(64_000) < time(4_000) * 16 * 6)
  }
}
