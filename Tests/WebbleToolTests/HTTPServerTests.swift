import Foundation
import Synchronization
import Testing

@testable import WebbleTool

/// The server over real connections. In turn: their clients block threads that the server needs.
@Suite(.serialized) struct HTTPServerTests {
  private func serving<Result: Sendable>(
    limits: HTTPServer.Limits = .init(),
    _ body: @escaping @Sendable (_ port: UInt16, _ folder: URL) throws -> Result
  ) async throws -> Result {
    try await withFiles(["a.txt": "0123456789", "sub/index.html": "sub"]) { folder in
      let server = LocalServer(
        limits: limits,
        handler: { request in
          if request.path == "/never" { try await Task.sleep(for: .seconds(3600)) }
          return try await InterruptedResponse(path: request.path)?.answer()
        },
        folders: [("/", StaticFiles(root: folder))])
      return try await server.run { port in try await onThread { try body(port, folder) } }
    }
  }

  @Test func answersRequestsThatComeTogether() async throws {
    try await serving { port, _ in
      let client = TestClient(port: port)
      let request = "GET /a.txt HTTP/1.1\r\nHost: localhost\r\n"
      client.send("\(request)\r\nHEAD /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
      client.send("\(request)Connection: close\r\n\r\n")
      let answers = try #require(client.receiveAll())
      #expect(answers.components(separatedBy: "HTTP/1.1 200 OK\r\n").count == 4)
      #expect(answers.components(separatedBy: "Content-Length: 10\r\n").count == 4)
      #expect(answers.components(separatedBy: "0123456789").count == 3)
    }
  }

  @Test func waitsForTheBody() async throws {
    try await serving { port, _ in
      let client = TestClient(port: port)
      client.send(
        """
        POST /a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r
        Connection: close\r\n\r\n
        """)
      let go = Sockets.read(client.descriptor, until: .now + .seconds(10)) ?? []
      #expect(String(decoding: go, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
      client.send("abc")
      #expect(client.receiveAll()?.hasPrefix("HTTP/1.1 405 ") == true)
    }
  }

  @Test(arguments: [
    ("bytes=2-4", 206, "bytes 2-4/10", "234"), ("bytes=7-", 206, "bytes 7-9/10", "789"),
    ("bytes=-3", 206, "bytes 7-9/10", "789"), ("bytes=0-99", 206, "bytes 0-9/10", "0123456789"),
    ("bytes=10-", 416, "bytes */10", "no such range"), ("bytes=4-2", 416, "bytes */10", "no such"),
    ("bytes=-", 200, nil, "0123456789"), ("bytes=1-2,4-5", 200, nil, "0123456789"),
    ("bytes=99999999999999999999-", 416, "bytes */10", "no such range"),
  ])
  func sendsRanges(range: String, status: Int, content: String?, body: String) async throws {
    try await serving { port, _ in
      let answer = try #require(
        TestClient.get("/a.txt", port: port, headers: "Range: \(range)\r\n"))
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
      if let content { #expect(answer.contains("Content-Range: \(content)\r\n")) }
      #expect(answer.contains(body))
    }
  }

  @Test func leadsToTheSlashOfAFolder() async throws {
    try await serving { port, _ in
      let answer = try #require(TestClient.get("/sub", port: port))
      #expect(answer.hasPrefix("HTTP/1.1 307") && answer.contains("Location: /sub/\r\n"))
      let other = try #require(TestClient.get("//sub", port: port))
      #expect(!other.contains("Location: //"))
    }
  }

  /// Reading in quadratic time would take minutes.
  @Test(.timeLimit(.minutes(1))) func aLongHeadIsRefusedAndTheServerGoesOn() async throws {
    try await serving { port, _ in
      let cookie = "Cookie: \(String(repeating: "x", count: 4000))\r\n"
      #expect(TestClient.get("/a.txt", port: port, headers: cookie)?.hasSuffix("789") == true)
      let clients = (0..<20).map { _ in TestClient(port: port) }
      for client in clients {
        client.send("GET / HTTP/1.1\r\nHost: localhost\r\n")
        client.send("Cookie: \(String(repeating: "x", count: 100_000))\r\n")
      }
      #expect(TestClient.get("/a.txt", port: port)?.hasSuffix("789") == true)
      for client in clients { #expect(client.receiveAll()?.hasPrefix("HTTP/1.1 431 ") == true) }
    }
  }

  @Test func aSlowClientIsGivenUp() async throws {
    let limits = HTTPServer.Limits(idle: .milliseconds(300), head: .milliseconds(300), body: .seconds(1))
    try await serving(limits: limits) { port, _ in
      let idle = TestClient(port: port)
      let slow = TestClient(port: port)
      slow.send("GET / HTTP/1.1\r\nHo")
      let body = TestClient(port: port)
      body.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")
      #expect(slow.receiveAll()?.hasPrefix("HTTP/1.1 408 ") == true)
      #expect(body.receiveAll()?.hasPrefix("HTTP/1.1 408 ") == true)
      #expect(idle.receiveAll() == "")
    }
  }

  @Test func idleConnectionsMakeRoom() async throws {
    try await serving(limits: .init(connections: 4)) { port, _ in
      let idle = (0..<8).map { _ in TestClient(port: port) }
      #expect(TestClient.get("/a.txt", port: port)?.hasSuffix("789") == true)
      // The oldest have gone.
      #expect(idle[0].receiveAll() == "")
    }
  }

  /// As if this process had descriptors for four connections and the listener.
  @Test func withoutDescriptorsTheOldestMakesRoom() async throws {
    let open = Mutex<[TestClient]>([]), tries = Atomic(0)
    try await withFiles(["a.txt": "0123456789"]) { folder in
      let (listener, port) = try Sockets.listen(host: "127.0.0.1", port: 0)
      let files = StaticFiles(root: folder)
      // Descriptors that the server has taken and not closed yet.
      let taken = Mutex<[Int32]>([])
      let server = HTTPServer(
        listener: listener, limits: .init(room: 3600),
        takeConnection: { listener in
          tries.add(1, ordering: .relaxed)
          return taken.withLock { taken in
            taken.removeAll { Sockets.port(of: $0) != port }
            guard taken.count < 4 else {
              errno = EMFILE
              return -1
            }
            let descriptor = Sockets.accept(listener)
            if descriptor >= 0 { taken.append(descriptor) }
            return descriptor
          }
        },
        handler: { request in
          guard case .file(let name) = files.answer(to: request.path), let file = OpenFile(path: name)
          else { return .text("none", status: .notFound) }
          return .page(file.readAll())
        })
      defer { server.stop() }
      try await onThread {
        open.withLock { open in open = (0..<8).map { _ in TestClient(port: port) } }
        #expect(TestClient.get("/a.txt", port: port)?.hasSuffix("789") == true)
        // The oldest have gone.
        #expect(open.withLock { $0[0].receiveAll() } == "")
      }
    }
    // One for each connection, and one for each that found no room; none in between.
    #expect(tries.load(ordering: .relaxed) <= 2 * 9 + 1)
  }

  @Test func connectionsAtWorkAreNotThrownOut() async throws {
    try await serving(limits: .init(connections: 2)) { port, _ in
      let busy = (0..<2).map { _ in TestClient(port: port) }
      for client in busy { client.send("GET /.webble/test/unfinished HTTP/1.1\r\nHost: a.localhost\r\n\r\n") }
      for client in busy { _ = Sockets.read(client.descriptor, until: .now + .seconds(10)) }
      #expect(TestClient.get("/a.txt", port: port)?.hasPrefix("HTTP/1.1 503 ") == true)
    }
  }

  @Test(.timeLimit(.minutes(1))) func stopsAtOnceWhateverItsConnectionsDo() async throws {
    let clients = try await serving { port, _ in
      let clients = (0..<4).map { _ in TestClient(port: port) }
      clients[1].send("GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n")
      clients[2].send("GET /.webble/test/unfinished HTTP/1.1\r\nHost: localhost\r\n\r\n")
      clients[3].send("GET / HTTP/1.1\r\nHo")
      _ = Sockets.read(clients[2].descriptor, until: .now + .seconds(10))
      return clients
    }
    for client in clients { #expect(client.receiveAll() != nil) }
  }

  @Test func whatIsNoFileIsNotOpened() async throws {
    try await serving { port, folder in
      mkfifo(folder.appending(path: "fifo").path, 0o600)
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "link.txt").path, withDestinationPath: "fifo")
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "null").path, withDestinationPath: "/dev/null")
      for path in ["/fifo", "/link.txt", "/null"] {
        #expect(TestClient.get(path, port: port)?.hasPrefix("HTTP/1.1 403 ") == true, "\(path)")
      }
      #expect(OpenFile(path: folder.appending(path: "fifo").path) == nil)
    }
  }

  @Test func triesTheNextPortIfItMay() async throws {
    let first = LocalServer(folders: [])
    try await first.run { port in
      var second = LocalServer(port: port, folders: [])
      second.takesNextPort = true
      let other = try await second.run { $0 }
      #expect(other > port)
    }
  }
}
