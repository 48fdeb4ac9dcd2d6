import Foundation
import Testing

@testable import WebbleTool

struct LocalServerTests {
  private static let headers = [
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp",
    "Document-Isolation-Policy": "isolate-and-require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
  ]

  private func respond(
    _ method: String, _ path: String, isolation: Bool = true
  ) async throws -> HTTPResponse {
    try await withFiles(["site/app.wasm": "module", "extra/x.js": "script"]) { folder in
      let server = LocalServer(
        isolation: isolation,
        folders: [
          ("/", StaticFiles(root: folder.appending(path: "site"))),
          ("/.webble/", StaticFiles(root: folder.appending(path: "extra"))),
        ])
      return try await server.respond(
        to: HTTPRequest(method: method, path: path, headers: ["Host": "localhost"]))
    }
  }

  @Test func sendsFilesWithTheirTypesAndTheIsolationHeaders() async throws {
    let response = try await respond("GET", "/app.wasm")
    #expect(response.statusCode == .ok)
    guard case .file(let file, let range) = response.body else {
      Issue.record("no file")
      return
    }
    #expect(file.readAll() == Data("module".utf8) && range == 0..<6)
    #expect(response.headers[.contentType] == "application/wasm")
    for (name, value) in Self.headers { #expect(response.headers[HTTPHeader(name)] == value) }
    let script = try await respond("GET", "/.webble/x.js")
    #expect(script.headers[.contentType]?.hasPrefix("text/javascript") == true)
  }

  @Test func leavesTheIsolationHeadersOut() async throws {
    let response = try await respond("GET", "/app.wasm", isolation: false)
    #expect(response.statusCode == .ok)
    for name in Self.headers.keys { #expect(response.headers[HTTPHeader(name)] == nil) }
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
  func refusesOtherMethods(method: String) async throws {
    let response = try await respond(method, "/app.wasm")
    #expect(response.statusCode == .methodNotAllowed)
    #expect(response.headers[HTTPHeader("Allow")] == "GET, HEAD")
  }

  @Test func doesNotServeOneFolderBelowTheOther() async throws {
    #expect(try await respond("GET", "/x.js").statusCode == .notFound)
    #expect(try await respond("GET", "/.webble/app.wasm").statusCode == .notFound)
  }

  @Test func saysWhatIsWrongWithThePortAndTheHost() async throws {
    let first = LocalServer(folders: [])
    let failure = try await first.run { port in
      await #expect(throws: Failure.self) {
        try await LocalServer(port: port, folders: []).run { _ in }
      }
    }
    let advice = "in use by another program. Choose another with --port"
    #expect(failure?.message.contains(advice) == true)
    let host = await #expect(throws: Failure.self) {
      try await LocalServer(host: "example.org", folders: []).run { _ in }
    }
    #expect(host?.message.contains("--host") == true)
  }

  @Test func takesTheNextPortOnlyIfItMay() async throws {
    let (first, next) = try await LocalServer(folders: []).run { first -> (UInt16, UInt16) in
      let second = LocalServer(port: first, folders: [])
      await #expect(throws: Failure.self) { try await second.run { _ in } }
      return (first, try await LocalServer(port: first, takesNextPort: true, folders: []).run { $0 })
    }
    #expect(next > first && next <= first + 50)
  }
}
