import Foundation

@testable import WebbleTool

/// A connection to a server on this machine, that sends what no browser would.
final class TestClient: Sendable {
  let descriptor: Int32

  init(port: UInt16) {
    #if canImport(Darwin)
    descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    Sockets.prepare(descriptor)
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    _ = Sockets.write(Data(text.utf8), to: descriptor, until: .now + .seconds(10))
  }

  /// What comes until the server ends the connection; nil if it does not within `time`.
  func receiveAll(within time: Duration = .seconds(180)) -> String? {
    let deadline = ContinuousClock.now + time
    var all: [UInt8] = []
    while let bytes = Sockets.read(descriptor, until: deadline) {
      if bytes.isEmpty { return String(decoding: all, as: UTF8.self) }
      all += bytes
    }
    return nil
  }

  /// The answer to a request for which the connection is used alone.
  static func get(_ path: String, port: UInt16, headers: String = "") -> String? {
    let client = TestClient(port: port)
    client.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\(headers)\r\n")
    return client.receiveAll()
  }
}
