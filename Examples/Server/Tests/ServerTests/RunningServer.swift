import Foundation

/// The program `Server`, as `swift test` has built it.
final class RunningServer {
  private let process = Process()
  private let output = Pipe()
  /// What it says first: where it listens, or what is wrong.
  let firstLine: String

  /// On a port that is free.
  convenience init(_ arguments: String...) throws {
    try self.init(arguments: ["--port", "0"] + arguments)
  }

  init(arguments: [String]) throws {
    process.executableURL = Self.products.appending(path: "Server")
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
      line += byte
    }
    firstLine = String(decoding: line, as: UTF8.self)
  }

  private static var products: URL {
    #if os(macOS)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }!
      return bundle.bundleURL.deletingLastPathComponent()
    #else
      return Bundle.main.bundleURL
    #endif
  }

  var port: UInt16 { UInt16(firstLine.split(separator: ":").last ?? "") ?? 0 }

  func send(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

  func kill() {
    send(SIGKILL)
    process.waitUntilExit()
  }

  /// Its status, once it has ended.
  func end() -> Int32 {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -1
  }

  func connect() throws -> Client { try Client(port: port) }
}

/// A connection to a server.
final class Client {
  private let socket: Int32

  struct Refused: Error {}

  init(port: UInt16) throws {
    #if os(Linux)
      socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socket = Foundation.socket(AF_INET, SOCK_STREAM, 0)
    #endif
    // A server that says nothing fails the test.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if status != 0 { throw Refused() }
  }

  deinit { close(socket) }

  /// Sends a request and waits for nothing.
  func ask(_ target: String, _ headers: String..., method: String = "GET") -> Client {
    let lines = ["\(method) \(target) HTTP/1.1", "Host: here"] + headers
    let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    precondition(send(socket, request, request.count, 0) == request.count)
    return self
  }

  /// All that comes until the server closes the connection.
  func answer() -> String {
    var answer: [UInt8] = []
    while let more = receive(4096) { answer += more }
    return String(decoding: answer, as: UTF8.self)
  }

  /// One answer, of a connection that stays open.
  func answerWithLength() throws -> String {
    var head = ""
    while !head.hasSuffix("\r\n\r\n"), let more = receive(1) { head += String(decoding: more, as: UTF8.self) }
    let field = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
    var rest = field.flatMap { Int($0.dropFirst(16)) } ?? 0
    while rest > 0, let more = receive(rest) { rest -= more.count }
    return head
  }

  private func receive(_ limit: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = recv(socket, &bytes, limit, 0)
    return count > 0 ? Array(bytes[..<count]) : nil
  }
}
