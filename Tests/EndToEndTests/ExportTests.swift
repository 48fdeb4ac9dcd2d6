import FlyingFox
import Foundation
import Testing

@testable import WebbleTool

/// The product Exporting of Tests/JavaScript, called by JavaScript of its page's.
@Suite(.serialized) struct ExportTests {
  private static let site = Task {
    let builder = try await SiteBuilder(
      package: Repository.find().root.appending(path: "Tests/JavaScript").path,
      options: try BuildOptions.parse(["-c", "release"]))
    return try await builder.build(
      product: "Exporting", into: builder.products.scratch.appending(path: "exporting"),
      output: .onlyOnFailure)
  }

  @Test func exportsAreTyped() async throws {
    let site = try await Self.site.value
    #expect(try await site.writeExportTypes(repository: .find()))
    let types = try String(contentsOf: site.folder.appending(path: "app.d.ts"), encoding: .utf8)
    #expect(
      types == """
        /** What the Swift program exports, made by `webble build`. */
        export interface Exports {
          distance(from: number, to: number): number;
          joined(texts: Array<string>): string;
          log(line: string): void;
          fail(): number;
          later(value: number | null | undefined): Promise<number>;
          logLater(line: string, end: string): Promise<void>;
          sum(...numbers: number[]): number;
        }

        """)
  }

  @Test(arguments: Engine.allCases)
  func exportsAreCalled(engine: Engine) async throws {
    let site = try await Self.site.value
    let lines = try await engine == .node ? runInNode(site) : runInBrowser(site, engine)
    #expect(
      lines == """
        3.5 a-b 6
        line
        undefined 7 -1
        later!
        undefined
        Error: as asked
        TypeError: to is undefined, not of type number
        TypeError: texts is 1, not of type Array<string>
        """)
  }

  /// Calls the exports of the program in the folder `site`; `lines` gets what comes of it.
  private static let calls = """
    async function callExports(site) {
      const lines = [];
      const { start } = await import(new URL("webble.js", site));
      const { swift } = await start({
        module: new URL("app.wasm", site),
        print: (line) => lines.push(line),
        printError: (line) => lines.push(`error: ${line}`),
      });
      const add = (...values) => lines.push(values.join(" "));
      add(swift.distance(1, 4.5), swift.joined(["a", "b"]), swift.sum(1, 2, 3));
      add(String(swift.log("line")), await swift.later(7), await swift.later());
      add(String(await swift.logLater("later", "!")));
      for (const wrong of [() => swift.fail(), () => swift.distance(1), () => swift.joined([1])]) {
        try { wrong(); } catch (error) { add(`${error.name}: ${error.message}`); }
      }
      return lines.join("\\n");
    }
    """

  private func runInNode(_ site: Site) async throws -> String {
    let script = """
      \(Self.calls)
      process.stdout.write(await callExports("\(site.folder.absoluteString)/"), () => process.exit());
      """
    let result = try await capture(
      try Engine.node.requiredProgram(), ["--input-type=module", "-e", script])
    return result.output + result.errorOutput
  }

  private func runInBrowser(_ site: Site, _ engine: Engine) async throws -> String {
    let page = """
      <!doctype html>
      <meta charset="utf-8">
      <link rel="icon" href="data:,">
      <script type="module">
      \(Self.calls)
      const lines = await callExports(location.href).catch((error) => `${error}\\n${error.stack}`);
      await fetch("lines", { method: "POST", body: lines });
      </script>
      """
    let (texts, text) = AsyncStream.makeStream(of: String.self)
    let server = LocalServer(
      handler: { request in
        switch request.path {
        case "/":
          return HTTPResponse(
            statusCode: .ok, headers: [.contentType: "text/html"], body: Data(page.utf8))
        case "/lines":
          text.yield(String(decoding: try await request.bodyData, as: UTF8.self))
          return HTTPResponse(statusCode: .noContent)
        default: return nil
        }
      },
      folders: [("/", StaticFiles(root: site.folder))])
    return try await server.run { port in
      try await withThrowingTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        group.addTask {
          text.yield(try await engine.openBrowser(at: "http://127.0.0.1:\(port)/"))
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
