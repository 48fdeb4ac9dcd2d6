import Foundation

/// An HTTP server for a site and what comes with it.
struct LocalServer: Sendable {
  var host = "127.0.0.1"
  /// 0 takes any free port.
  var port: UInt16 = 0
  /// If the port is taken, the next ones are tried.
  var takesNextPort = false
  /// The names that this server answers to, besides `localhost` and addresses in numbers.
  var names: [String] = []
  /// Whether pages are cross-origin isolated, which shared memory needs.
  var isolation = true
  /// The Content-Security-Policy of every page and script; nil: none.
  var contentSecurityPolicy: String?
  var limits = HTTPServer.Limits()
  /// Answers a request itself, or leaves it to the files with nil.
  var handler: @Sendable (HTTPRequest) async throws -> HTTPResponse? = { _ in nil }
  /// Folders by the URL path that they appear under. Those with the longest prefix that fits are
  /// looked at, the first before the second.
  var folders: [(prefix: String, files: StaticFiles)]

  /// Listens for as long as `body` runs, which is told the port.
  func run<Result: Sendable>(
    _ body: @escaping @Sendable (UInt16) async throws -> Result
  ) async throws -> Result {
    let (listener, port) = try listen()
    let server = HTTPServer(listener: listener, limits: limits) { await answer(to: $0) }
    defer { server.stop() }
    return try await body(port)
  }

  private func listen() throws -> (Int32, UInt16) {
    let last = takesNextPort && port != 0 ? port.addingReportingOverflow(50).partialValue : port
    for next in port..<max(port, last) {
      if let found = try? Sockets.listen(host: host, port: next) { return found }
    }
    return try Sockets.listen(host: host, port: port)
  }

  // MARK: Answers

  /// The same as `respond`, save that there is always something to send.
  private func answer(to request: HTTPRequest) async -> HTTPResponse {
    do {
      return try await respond(to: request)
    } catch is CancellationError {
      return .text("The server is ending.", status: .unavailable)
    } catch {
      return .text("\(error)", status: .internalError)
    }
  }

  func respond(to request: HTTPRequest) async throws -> HTTPResponse {
    var response: HTTPResponse
    if let refusal = RequestOrigin(request).refusal(names: names) {
      response = refusal
    } else if let own = try await handler(request) {
      response = own
    } else if request.method != "GET" && request.method != "HEAD" {
      response = .text("Only GET and HEAD are answered here.", status: .methodNotAllowed)
      response.headers["Allow"] = "GET, HEAD"
    } else {
      response = file(for: request)
    }
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if isolation {
      for (name, value) in Isolation.headers { response.headers[HTTPHeader(name)] = value }
      response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    }
    if let contentSecurityPolicy {
      response.headers["Content-Security-Policy"] = contentSecurityPolicy
    }
    return response
  }

  private func file(for request: HTTPRequest) -> HTTPResponse {
    let path = request.path
    let longest = folders.map(\.prefix).filter(path.hasPrefix).max { $0.count < $1.count }
    for (prefix, files) in folders where prefix == longest {
      switch files.answer(to: "/" + path.dropFirst(prefix.count)) {
      case .forbidden: return .text("Forbidden", status: .forbidden)
      case .folder: return redirection(to: path + "/")
      case .notFound: continue
      case .file(let name):
        guard let file = OpenFile(path: name) else { continue }
        return response(for: request, path: name, file)
      }
    }
    return .text("Not found", status: .notFound)
  }

  private func redirection(to path: String) -> HTTPResponse {
    var response = HTTPResponse.text(
      "See \(path)", status: .init(code: 307, reason: "Temporary Redirect"))
    // Two slashes at the start would name another host.
    response.headers["Location"] = "/" + path.drop { $0 == "/" }
    return response
  }

  /// The file, or the one range of it that is asked for, as players of videos do.
  private func response(for request: HTTPRequest, path: String, _ file: OpenFile) -> HTTPResponse {
    var response = HTTPResponse(
      statusCode: .ok,
      headers: [.contentType: StaticFiles.mediaType(of: path), "Accept-Ranges": "bytes"])
    response.body = .file(file, 0..<file.size)
    guard let header = request.headers["Range"],
      let match = header.wholeMatch(of: /bytes=(\d*)-(\d*)/), !(match.1.isEmpty && match.2.isEmpty)
    else { return response }
    var (first, last) = (Int(match.1), Int(match.2) ?? .max)
    // No first byte: so many from the end.
    if match.1.isEmpty { (first, last) = (max(0, file.size - last), .max) }
    guard let first, first < file.size, first <= last else {
      var refusal = HTTPResponse.text("There is no such range.", status: .rangeNotSatisfiable)
      refusal.headers["Content-Range"] = "bytes */\(file.size)"
      return refusal
    }
    let end = min(last, file.size - 1) + 1
    response.statusCode = .partialContent
    response.headers["Content-Range"] = "bytes \(first)-\(end - 1)/\(file.size)"
    response.body = .file(file, first..<end)
    return response
  }
}
