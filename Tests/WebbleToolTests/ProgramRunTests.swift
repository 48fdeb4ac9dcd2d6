import Foundation
import Synchronization
import Testing

@testable import WebbleTool

/// Runs sites with a glue of the tests' own, so that engines are tested and no compiler is needed.
@Suite(.serialized) struct ProgramRunTests {
  static let installed = Engine.allCases.filter { $0.program != nil }
  static let browsers = installed.filter(\.isBrowser)

  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
    func add(_ stream: ProgramRun.OutputStream, _ line: String) {
      all.withLock { $0.append(stream == .output ? line : "! " + line) }
    }
  }

  /// Runs `body`, JavaScript that sees `options`, `exit(status)`, and may await.
  private func run(
    _ body: String, in engine: Engine, arguments: [String] = [], isolation: Bool = true,
    timeLimit: Duration = .seconds(100)
  ) async throws -> (outcome: ProgramRun.Outcome, lines: [String]) {
    let glue = """
      export async function start(options) {
        let exit;
        const exited = new Promise((resolve) => { exit = resolve; });
        (async () => { \(body) })();
        return { exited };
      }
      """
    return try await withFiles(["webble.js": glue, "app.wasm": ""]) { folder in
      let lines = Lines()
      let run = ProgramRun(
        engine: engine, site: Site(folder: folder), repository: try .find(), arguments: arguments,
        isolation: isolation, timeLimit: timeLimit, print: lines.add)
      let outcome = try await run.run()
      return (outcome, lines.all.withLock { $0 })
    }
  }

  @Test(arguments: installed) func forwardsLinesAndStatus(engine: Engine) async throws {
    let result = try await run(
      """
      for (const argument of options.arguments) options.print(argument);
      for (let i = 0; i < 5000; i++) options.print(`line ${i}`);
      exit(7);
      """, in: engine, arguments: ["--in", "ünï \"x\"", ""])
    #expect(result.outcome == .exited(7))
    #expect(result.lines == ["--in", "ünï \"x\"", ""] + (0..<5000).map { "line \($0)" })
  }

  @Test(arguments: browsers) func pagesAreIsolatedUnlessToldOtherwise(engine: Engine) async throws {
    let body = "options.print(String(crossOriginIsolated)); exit(0);"
    #expect(try await run(body, in: engine).lines == ["true"])
    #expect(try await run(body, in: engine, isolation: false).lines == ["false"])
  }

  @Test(.enabled(if: Engine.node.program != nil))
  func nodeIsIsolatedUnlessToldOtherwise() async throws {
    let body = "options.print(String(options.isolated)); exit(0);"
    #expect(try await run(body, in: .node).lines == ["true"])
    #expect(try await run(body, in: .node, isolation: false).lines == ["false"])
  }

  /// The line before a hang arrives, even if the program keeps the page's thread busy; only WebKit
  /// cannot send anything then, not from a worker either.
  @Test(arguments: [
    (Engine.node, "setInterval(() => {}, 1000);"), (.node, "for (;;) {}"),
    (.chromium, "for (;;) {}"), (.firefox, "for (;;) {}"),
    (.webkit, "setInterval(() => {}, 1000);"),
  ].filter { installed.contains($0.0) })
  func theTimeLimitEndsAHang(engine: Engine, hang: String) async throws {
    let result = try await run(
      "options.printError('before'); \(hang)", in: engine, timeLimit: .seconds(10))
    #expect(result.outcome == .timedOut)
    #expect(result.lines == ["! before"])
  }

  @Test(arguments: browsers) func thePageIsWhereTheSiteIs(engine: Engine) async throws {
    let result = try await run(
      "options.print(new URL('webble.js', location.href).pathname + location.hash); exit(0);",
      in: engine)
    #expect(result.lines == ["/webble.js"])
  }

  /// Other pages in the same browser, and other processes of this machine, do not know the secret.
  @Test(arguments: browsers) func nobodyElseReportsForThePage(engine: Engine) async throws {
    let result = try await run(
      """
      const body = JSON.stringify([{ stream: "output", line: "forged" }, { exit: 7 }]);
      const credentials = "omit";
      const posted = await fetch("/.webble/events", { method: "POST", body, credentials });
      const read = await fetch("/.webble/instructions.json", { credentials });
      options.print(posted.status + " " + read.status + " " + document.cookie + location.search);
      exit(0);
      """, in: engine)
    #expect(result.lines == ["403 403 "])
    #expect(result.outcome == .exited(0))
  }

  @Test(arguments: browsers) func aPageOfTheUsersIsShown(engine: Engine) async throws {
    let files = [
      "index.html": "<!doctype html><p>mine</p><script type=module src=main.js></script>",
      "main.js": """
      import { start, other } from "./webble.js";
      const own = [];
      const { exited } = await start({ print: (line) => own.push(line), isolated: other });
      await exited;
      """,
      "webble.js": """
      export const other = 5;
      export async function start(options) {
        options.print(document.querySelector("p").textContent + options.arguments + options.isolated);
        return { exited: Promise.resolve(3) };
      }
      """,
    ]
    try await withFiles(files) { folder in
      let lines = Lines()
      let outcome = try await ProgramRun(
        engine: engine, site: Site(folder: folder), repository: try .find(), arguments: ["a"],
        usesUsersPage: true, timeLimit: .seconds(100), print: lines.add
      ).run()
      #expect(outcome == .exited(3))
      #expect(lines.all.withLock { $0 } == ["minea5"])
    }
  }

  @Test(arguments: browsers) func reportsErrorsOfThePage(engine: Engine) async throws {
    let thrown = try await run("setTimeout(() => { throw new Error('one'); });", in: engine)
    #expect(thrown.outcome == .exited(1))
    #expect(thrown.lines.contains { $0.hasPrefix("! ") && $0.contains("one") })
    let rejected = try await run("throw new Error('two');", in: engine)
    #expect(rejected.outcome == .exited(1))
    #expect(rejected.lines.contains { $0.hasPrefix("! ") && $0.contains("two") })
  }

  @Test(arguments: installed) func reportsAGlueThatDoesNotLoad(engine: Engine) async throws {
    let lines = Lines()
    let outcome = try await withFiles(["app.wasm": ""]) { folder in
      try await ProgramRun(
        engine: engine, site: Site(folder: folder), repository: try .find(),
        timeLimit: .seconds(100), print: lines.add
      ).run()
    }
    #expect(outcome == .exited(1))
    #expect(lines.all.withLock { $0.contains { $0.hasPrefix("! ") } })
  }

  @Test(.enabled(if: Engine.node.program != nil))
  func aProgramThatWaitsForNothingIsAnError() async throws {
    let result = try await run("", in: .node)
    #expect(result.outcome == .exited(1))
    #expect(result.lines.contains { $0.contains("waits for what cannot come") })
  }
}
