import Foundation

@testable import WebbleTool

extension Engine {
  /// Bun's stacks say “unknown” in place of a module's functions.
  var namesFrames: Bool { self != .bun }

  /// Runs `script` in a page of the site's, or in a process: what its function `name` resolves to, given the address of the
  /// site's folder, or what it rejects with.
  func run(_ script: String, calling name: String, on site: Site) async throws -> String {
    try await isBrowser ? runInPage(script, name, site) : runInProcess(script, name, site)
  }

  private func runInProcess(_ script: String, _ name: String, _ site: Site) async throws -> String {
    let script = """
      \(script)
      const text = await \(name)("\(site.folder.absoluteString)/").catch((error) => `${error.stack}`);
      process.stdout.write(text, () => process.exit());
      """
    return try await withTemporaryFolder { folder in
      let file = folder.appending(path: "script.mjs")
      try Data(script.utf8).write(to: file)
      var arguments = arguments(running: file.path, [])
      switch self {
      case .node: arguments.insert("--expose-gc", at: 0)
      case .deno: arguments.insert("--v8-flags=--expose-gc", at: 1)
      default: break
      }
      let result = try await capture(try requiredProgram(), arguments)
      return result.output + result.errorOutput
    }
  }

  private func runInPage(_ script: String, _ name: String, _ site: Site) async throws -> String {
    let page = """
      <!doctype html>
      <meta charset="utf-8">
      <link rel="icon" href="data:,">
      <script type="module">
      \(script)
      const text = await \(name)(location.href).catch((error) => `${error}\\n${error.stack}`);
      await fetch("text", { method: "POST", body: text });
      </script>
      """
    let (texts, text) = AsyncStream.makeStream(of: String.self)
    let server = LocalServer(
      handler: { request in
        switch request.path {
        case "/":
          return HTTPResponse(
            statusCode: .ok, headers: [.contentType: "text/html"], body: Data(page.utf8))
        case "/text":
          text.yield(String(decoding: request.body, as: UTF8.self))
          return HTTPResponse(statusCode: .noContent)
        default: return nil
        }
      },
      folders: [("/", StaticFiles(root: site.folder))])
    return try await server.run { port in
      try await withThrowingTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        group.addTask {
          text.yield(try await openBrowser(at: "http://127.0.0.1:\(port)/"))
        }
        group.addTask {
          try await Task.sleep(for: .seconds(120))
          text.yield("the page sent nothing")
        }
        for await text in texts { return text }
        throw CancellationError()
      }
    }
  }
}
