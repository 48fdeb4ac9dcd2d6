import Foundation
import Synchronization
import Testing

@testable import WebbleTool

/// Pages that become isolated without the server's usual headers.
@Suite(.serialized) struct IsolationTests {
  static let browsers = Engine.allCases.filter { $0.isBrowser && $0.program != nil }

  /// Opens a page in a browser and returns what its script posts to "result".
  private func visit(
    _ path: String, in engine: Engine, folder: URL,
    handler: @escaping @Sendable (HTTPRequest, UInt16) -> HTTPResponse? = { _, _ in nil }
  ) async throws -> String {
    let (texts, text) = AsyncStream.makeStream(of: String.self)
    let ownPort = Mutex<UInt16>(0)
    let server = LocalServer(
      isolation: false,
      handler: { request in
        if request.method == "POST" {
          text.yield(String(decoding: request.body, as: UTF8.self))
          return HTTPResponse(statusCode: .noContent)
        }
        return handler(request, ownPort.withLock { $0 })
      },
      folders: [("/sub/", StaticFiles(root: folder))])
    return try await server.run { port in
      ownPort.withLock { $0 = port }
      return await withTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        group.addTask {
          let end = try? await engine.openBrowser(at: "http://127.0.0.1:\(port)\(path)")
          text.yield(end ?? "no browser")
        }
        for await text in texts { return text }
        return ""
      }
    }
  }

  private static let page = """
    <!doctype html>
    <link rel="icon" href="data:,">
    <script src="webble-isolation.js"></script>
    <script>
    const loads = Number(sessionStorage.getItem("loads") ?? 0) + 1;
    sessionStorage.setItem("loads", loads);
    const tell = (body) => fetch("result", { method: "POST", body });
    if (crossOriginIsolated) {
      const source = "postMessage(crossOriginIsolated && new SharedArrayBuffer(8).byteLength)";
      const worker = new Worker(URL.createObjectURL(new Blob([source])));
      worker.onmessage = ({ data }) => tell(`isolated, worker ${data}, loads ${loads}`);
    } else if (loads === 2) {
      // Another reload would come now, if one came.
      navigator.serviceWorker.ready.then(() => setTimeout(tell, 500, "not isolated, loads 2"));
    } else if (loads > 2) {
      tell(`loads ${loads}`);
    }
    </script>
    """

  private func withScript<Result: Sendable>(_ body: (URL) async throws -> Result) async throws -> Result {
    let script = try String(
      contentsOf: Repository.find().glue.appending(path: "webble-isolation.js"), encoding: .utf8)
    let files = ["index.html": Self.page, "webble-isolation.js": script]
    return try await withFiles(files, body)
  }

  @Test(arguments: browsers) func theServiceWorkerIsolatesBelowAPath(engine: Engine) async throws {
    let result = try await withScript { try await visit("/sub/", in: engine, folder: $0) }
    #expect(result == "isolated, worker 8, loads 2")
  }

  /// A browser that isolates nothing, as if: the worker adds no headers.
  @Test(arguments: browsers) func theServiceWorkerReloadsOnce(engine: Engine) async throws {
    let result = try await withScript { folder in
      try await visit("/sub/", in: engine, folder: folder) { request, _ in
        guard request.headers["Service-Worker"] == "script" else { return nil }
        let worker = """
          addEventListener("install", () => skipWaiting());
          addEventListener("activate", (event) => event.waitUntil(clients.claim()));
          """
        return HTTPResponse(
          statusCode: .ok, headers: [.contentType: "text/javascript"], body: Data(worker.utf8))
      }
    }
    #expect(result == "not isolated, loads 2")
  }

  /// One document alone, in a frame of another site's page that is not isolated.
  @Test(.enabled(if: Engine.chromium.program != nil))
  func aDocumentIsIsolatedInAFrame() async throws {
    let result = try await withFiles([:]) { folder in
      try await visit("/outer", in: .chromium, folder: folder) { request, port in
        switch request.path {
        case "/outer":
          // The same machine, and to browsers another site.
          return .page(Data("<iframe src=\"http://localhost:\(port)/inner\"></iframe>".utf8))
        case "/inner":
          var page = HTTPResponse.page(
            Data(
              """
              <script>
              const source = "postMessage(crossOriginIsolated)";
              const worker = new Worker(URL.createObjectURL(new Blob([source])));
              worker.onmessage = ({ data }) => fetch("result", {
                method: "POST", body: `${crossOriginIsolated} ${data} ${parent !== window}`,
              });
              </script>
              """.utf8))
          let policy = Isolation.headers.first { $0.0 == "Document-Isolation-Policy" }
          page.headers["Document-Isolation-Policy"] = policy?.1
          return page
        default: return nil
        }
      }
    }
    #expect(result == "true true true")
  }
}
