import FlyingFox
import FlyingSocks
import Foundation

/// An HTTP server for a site and what comes with it.
struct LocalServer: Sendable {
  var host = "127.0.0.1"
  /// 0 takes any free port.
  var port: UInt16 = 0
  /// Whether pages are cross-origin isolated, which shared memory needs.
  var isolation = true
  /// The Content-Security-Policy of every page and script; nil: none.
  var contentSecurityPolicy: String?
  /// Answers a request itself, or leaves it to the files with nil.
  var handler: @Sendable (HTTPRequest) async throws -> HTTPResponse? = { _ in nil }
  /// Folders by the URL path that they appear under; the longest prefix wins.
  var folders: [(prefix: String, files: StaticFiles)]

  /// Listens for as long as `body` runs, which is told the port.
  func run<Result: Sendable>(
    _ body: @escaping @Sendable (UInt16) async throws -> Result
  ) async throws -> Result {
    let configuration: HTTPServer.Configuration
    let address = host == "localhost" ? "127.0.0.1" : host
    if let ip4 = try? sockaddr_in.inet(ip4: address, port: port) {
      configuration = .init(address: ip4, timeout: 60, logger: .disabled)
    } else if let ip6 = try? sockaddr_in6.inet6(ip6: address, port: port) {
      configuration = .init(address: ip6, timeout: 60, logger: .disabled)
    } else {
      throw Failure("\(host) is not an IP address. Give --host one of this machine's, or 0.0.0.0.")
    }
    let server = HTTPServer(
      config: configuration, handler: ClosureHTTPHandler { try await respond(to: $0) })
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      defer { group.cancelAll() }
      group.addTask {
        do {
          try await server.run()
        } catch SocketError.failed(_, errno: let code, let message) {
          throw Failure(cannotListen(code, message))
        }
        return nil
      }
      group.addTask {
        try await server.waitUntilListening(timeout: 30)
        switch await server.listeningAddress {
        case .ip4(_, let port), .ip6(_, let port): return try await body(port)
        default: throw Failure("the server lost its address")
        }
      }
      while let finished = try await group.next() {
        if let result = finished { return result }
      }
      throw CancellationError()
    }
  }

  private func cannotListen(_ code: Int32, _ message: String) -> String {
    switch code {
    case EADDRINUSE:
      "port \(port) of \(host) is in use by another program. Choose another with --port."
    case EACCES:
      "listening on port \(port) needs more rights than this user has. Choose one above 1023."
    case EADDRNOTAVAIL: "\(host) is not an address of this machine. See --host."
    default: "cannot listen on \(host):\(port): \(message)"
    }
  }

  // MARK: Answers

  func respond(to request: HTTPRequest) async throws -> HTTPResponse {
    var response: HTTPResponse
    if let own = try await handler(request) {
      response = own
    } else if request.method != .GET && request.method != .HEAD {
      response = .text("Only GET and HEAD are answered here.", status: .methodNotAllowed)
      response.headers[HTTPHeader("Allow")] = "GET, HEAD"
    } else {
      response = file(request.target.path())
      if request.method == .HEAD, case .httpBody(let body) = response.payload {
        response.headers[.contentLength] = String(body.count ?? 0)
        response.payload = .httpBody(HTTPBodySequence())
      }
    }
    response.headers[.cacheControl] = "no-store"
    response.headers[HTTPHeader("X-Content-Type-Options")] = "nosniff"
    if isolation {
      response.headers[HTTPHeader("Cross-Origin-Opener-Policy")] = "same-origin"
      response.headers[HTTPHeader("Cross-Origin-Embedder-Policy")] = "require-corp"
      response.headers[HTTPHeader("Cross-Origin-Resource-Policy")] = "same-origin"
    }
    if let contentSecurityPolicy {
      response.headers[HTTPHeader("Content-Security-Policy")] = contentSecurityPolicy
    }
    return response
  }

  private func file(_ path: String) -> HTTPResponse {
    let match = folders.filter { path.hasPrefix($0.prefix) }
      .max { $0.prefix.count < $1.prefix.count }
    guard let match else { return .text("Not found", status: .notFound) }
    switch match.files.answer(to: "/" + path.dropFirst(match.prefix.count)) {
    case .forbidden: return .text("Forbidden", status: .forbidden)
    case .notFound: return .text("Not found", status: .notFound)
    case .file(let file):
      guard let data = FileManager.default.contents(atPath: file) else {
        return .text("Not found", status: .notFound)
      }
      return HTTPResponse(
        statusCode: .ok, headers: [.contentType: StaticFiles.mediaType(of: file)],
        body: HTTPBodySequence(data: data, suggestedBufferSize: 1 << 18))
    }
  }
}

extension HTTPResponse {
  static func text(_ text: String, status: HTTPStatusCode) -> HTTPResponse {
    HTTPResponse(
      statusCode: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: Data((text + "\n").utf8))
  }

  static func json(_ value: some Encodable) throws -> HTTPResponse {
    HTTPResponse(
      statusCode: .ok, headers: [.contentType: "application/json"],
      body: try JSONEncoder().encode(value))
  }
}
