import Foundation
import Testing

/// The server as a process of its own, asked by plain sockets.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ServerTests {
  @Test func answersWithPicturesAndWithWhatIsWrong() throws {
    let server = try RunningServer()
    defer { server.kill() }
    let picture = try server.connect().ask("/mandelbrot?size=64", "Connection: close").answer()
    #expect(picture.hasPrefix("HTTP/1.1 200 OK"))
    #expect(picture.contains("Content-Type: image/bmp"))
    #expect(picture.contains("Content-Length: \(54 + 64 * 64 * 4)"))
    for (path, status) in [
      ("/mandelbrot?size=0", 400), ("/mandelbrot?size=2001", 400), ("/mandelbrot?size=1.5", 400),
      ("/mandelbrot?x=nan", 400), ("/mandelbrot?y=", 400), ("/mandelbrot?z=1", 400),
      ("/none", 404), ("/../Package.swift", 404), ("/", 404),
    ] {
      let answer = try server.connect().ask(path, "Connection: close").answer()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(path): \(answer.prefix(100))")
    }
    let post = try server.connect().ask("/mandelbrot", "Connection: close", method: "POST").answer()
    #expect(post.hasPrefix("HTTP/1.1 405 "))
  }

  @Test func sendsThePageWithWhatSharedMemoryAsksFor() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "deep"), withIntermediateDirectories: true)
    try Data("<!doctype html>".utf8).write(to: folder.appending(path: "index.html"))
    try Data("module".utf8).write(to: folder.appending(path: "deep/app.wasm"))
    let server = try RunningServer("--site", folder.path)
    defer { server.kill() }
    let page = try server.connect().ask("/", "Connection: close").answer()
    #expect(page.hasSuffix("\r\n\r\n<!doctype html>"))
    #expect(page.contains("Content-Type: text/html"))
    #expect(page.contains("Cross-Origin-Opener-Policy: same-origin"))
    #expect(page.contains("Cross-Origin-Embedder-Policy: require-corp"))
    let module = try server.connect().ask("/deep/app.wasm?query", "Connection: close").answer()
    #expect(module.contains("Content-Type: application/wasm"))
  }

  /// All have connected and sent when the signal comes: some are being answered, some wait for a worker, some
  /// in the system's queues.
  @Test func aSignalToEndLosesNoRequest() throws {
    for signal in [SIGTERM, SIGINT] {
      let server = try RunningServer()
      let idle = try server.connect()
      let kept = try server.connect().ask("/mandelbrot?size=1")
      #expect(try kept.answerWithLength().hasPrefix("HTTP/1.1 200 OK"))
      let waiting = try (0..<100).map { _ in
        try server.connect().ask("/mandelbrot?size=32")
      }
      server.send(signal)
      let answers = waiting.map { $0.answer() }
      for answer in answers {
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"), "\(answer.prefix(100))")
      }
      #expect(answers.contains { $0.contains("Connection: close") }, "the signal came too late")
      // These have nothing to lose, and do not keep the server.
      #expect(idle.answer() == "")
      #expect(kept.answer() == "")
      #expect(server.end() == 0)
      #expect(throws: (any Error).self) { try server.connect() }
    }
  }

  @Test func aClientThatDoesNotFinishIsNotWaitedForForever() throws {
    let server = try RunningServer("--patience", "1")
    let client = try server.connect().ask("/mandelbrot", "Content-Length: 10", method: "POST")
    server.send(SIGTERM)
    #expect(server.end() == 0)
    #expect(client.answer() == "")
  }

  @Test(arguments: [["--port", "65536"], ["--port"], ["--patience", "-1"], ["--nothing", "1"]])
  func badOptionsAreNamed(arguments: [String]) throws {
    let server = try RunningServer(arguments: arguments)
    #expect(server.end() == 64)
    #expect(server.firstLine.contains(arguments[0]))
  }

  @Test func whatKeepsItFromStartingIsNamed() throws {
    let first = try RunningServer()
    defer { first.kill() }
    let none = try RunningServer("--site", "/no/such/folder")
    #expect(none.end() == 1)
    #expect(none.firstLine.contains("/no/such/folder"))
    let second = try RunningServer(arguments: ["--port", "\(first.port)"])
    #expect(second.end() == 1)
    #expect(second.firstLine.contains("cannot start on 127.0.0.1, port \(first.port)"))
  }
}
