import Mandelbrot
import NIOCore
import NIOHTTP1
import Webble

/// What the service answers.
struct Service: Sendable {
  let pool: ThreadPool
  let site: Site

  /// `GET /mandelbrot?x=…&y=…&extent=…&size=…` is a picture; all else is a file of the page.
  func respond(to request: HTTPRequestHead) async -> Response {
    guard request.method == .GET else {
      return Response(.methodNotAllowed, "only GET is allowed", headers: ["Allow": "GET"])
    }
    let parts = request.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0] == "/mandelbrot" else {
      return site.file(at: String(parts[0])) ?? Response(.notFound, "there is no such file")
    }
    var view = View.whole
    var size = 400
    for pair in parts.count < 2 ? [] : parts[1].split(separator: "&") {
      let (name, value) = (pair.prefix { $0 != "=" }, pair.drop { $0 != "=" }.dropFirst())
      guard let number = Double(value), number.isFinite else {
        return Response(.badRequest, "\(name) is not a number")
      }
      switch name {
      case "x": view.x = number
      case "y": view.y = number
      case "extent": view.extent = number
      case "size":
        guard let whole = Int(exactly: number), (1...2000).contains(whole) else {
          return Response(.badRequest, "size is a whole number from 1 to 2000")
        }
        size = whole
      default: return Response(.badRequest, "there is no parameter \(name)")
      }
    }
    // The connection's task waits; the pool's workers compute.
    let picture = await view.picture(size: size, on: pool)
    return Response(.ok, "image/bmp", Bitmap.file(pixels: picture, size: size))
  }
}

/// An answer: all of it is there when it is sent.
struct Response: Sendable {
  let status: HTTPResponseStatus
  var headers: HTTPHeaders
  let body: ByteBuffer

  init(_ status: HTTPResponseStatus, _ type: String, _ body: ByteBuffer) {
    self.status = status
    headers = ["Content-Type": type, "Content-Length": "\(body.readableBytes)"]
    self.body = body
  }

  /// A line of text, as for errors.
  init(_ status: HTTPResponseStatus, _ text: String, headers: HTTPHeaders = [:]) {
    self.init(status, "text/plain; charset=utf-8", ByteBuffer(string: text + "\n"))
    self.headers.add(contentsOf: headers)
  }
}
