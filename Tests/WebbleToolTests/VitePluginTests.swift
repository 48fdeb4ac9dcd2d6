import Foundation
import Testing

@testable import WebbleTool

/// The plugin for Vite, driven as Vite drives it, with a tool that stands in for `webble`.
@Suite(.enabled(if: Engine.node.program != nil)) struct VitePluginTests {
  private static let driver = """
    import { EventEmitter } from "node:events";
    import { readFileSync, writeFileSync, appendFileSync } from "node:fs";
    import webble from "./webble-vite.mjs";

    // Notes its arguments, writes a glue, and fails while there is a file `wrong`.
    writeFileSync("tool.mjs", `
      import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
      const given = process.argv.slice(2), out = given[given.indexOf("-o") + 1];
      appendFileSync("calls", given[given.indexOf("-c") + 1] + " " + given.at(-1) + "\\\\n");
      if (existsSync("wrong")) { console.error("A.swift:1:1: error: wrong"); process.exit(1); }
      mkdirSync(out, { recursive: true });
      writeFileSync(out + "/webble.js", "");
    `);
    const options = { tool: [process.execPath, "tool.mjs"], arguments: ["--extra"] };
    const check = (name, value) => console.log(name, JSON.stringify(value));

    const forBuild = webble(".", options);
    const config = forBuild.config({}, { command: "build" });
    check("headers", [config.server.headers, config.preview.headers]);
    await forBuild.buildStart();
    check("resolved", forBuild.resolveId("webble:app").endsWith("/.build/webble/bundle/webble.js"));
    check("others", forBuild.resolveId("./main.js") ?? null);
    writeFileSync("wrong", "");
    check("refused", await forBuild.buildStart().then(() => "", (error) => error.message));

    const plugin = webble(".", options), sent = [], errors = [];
    const server = {
      watcher: Object.assign(new EventEmitter(), { add() {} }),
      ws: Object.assign(new EventEmitter(), { send: (message) => sent.push(message) }),
      moduleGraph: { invalidateAll() {} }, config: { logger: { error: (text) => errors.push(text) } },
    };
    plugin.config({}, { command: "serve" });
    plugin.configureServer(server);
    await plugin.buildStart();
    check("goes on", errors);
    const change = async (event, file) => {
      const before = sent.length;
      server.watcher.emit(event, file);
      while (sent.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
      return sent.at(-1);
    };
    const { type, err } = await change("change", "Sources/A.swift");
    check("overlay", [type, err.message]);
    (await import("node:fs")).rmSync("wrong");
    check("reloads", await change("add", process.cwd() + "/Sources/New.swift"));
    server.watcher.emit("change", "src/main.js");
    server.watcher.emit("change", "../other/A.swift");
    check("calls", readFileSync("calls", "utf8").trim().split("\\n"));
    """

  @Test func buildsReloadsAndShowsErrors() async throws {
    let plugin = try String(
      contentsOf: Repository.find().glue.appending(path: "bundlers/webble-vite.mjs"), encoding: .utf8)
    let result = try await withFiles(["webble-vite.mjs": plugin, "driver.mjs": Self.driver]) {
      try await capture(try Engine.node.requiredProgram(), ["driver.mjs"], in: $0)
    }
    let isolation =
      #"{"Cross-Origin-Opener-Policy":"same-origin","Cross-Origin-Embedder-Policy":"require-corp"}"#
    #expect(
      result.everything == """
        headers [\(isolation),\(isolation)]
        resolved true
        others null
        refused "A.swift:1:1: error: wrong"
        goes on ["A.swift:1:1: error: wrong"]
        overlay ["error","A.swift:1:1: error: wrong"]
        reloads {"type":"full-reload"}
        calls ["release --extra","release --extra","debug --extra","debug --extra","debug --extra"]

        """)
  }

  /// Rollup itself calls the plugin: Vite builds with it.
  @Test func rollupBuildsWithIt() async throws {
    guard let rollup = findExecutable(named: "rollup") else {
      Issue.record("rollup is not installed: scripts/install-engines.sh rollup")
      return
    }
    let plugin = try String(
      contentsOf: Repository.find().glue.appending(path: "bundlers/webble-vite.mjs"), encoding: .utf8)
    let files = [
      "webble-vite.mjs": plugin,
      "tool.mjs": """
      import { existsSync, mkdirSync, writeFileSync } from "node:fs";
      const given = process.argv.slice(2), out = given[given.indexOf("-o") + 1];
      if (existsSync("wrong")) { console.error("A.swift:1:1: error: wrong"); process.exit(1); }
      mkdirSync(out, { recursive: true });
      writeFileSync(out + "/webble.js", `export const start = () => "started in ${given[given.indexOf("-c") + 1]}";`);
      """,
      "main.js": #"import { start } from "webble:app"; console.log(start());"#,
      "rollup.config.mjs": """
      import webble from "./webble-vite.mjs";
      const plugin = webble(".", { tool: [process.execPath, "tool.mjs"] });
      export default { input: "main.js", plugins: [plugin], output: { file: "out/main.mjs" } };
      """,
    ]
    try await withFiles(files) { folder in
      let built = try await capture(rollup, ["-c", "rollup.config.mjs"], in: folder)
      #expect(built.succeeded, "\(built.everything)")
      let ran = try await capture(try Engine.node.requiredProgram(), ["out/main.mjs"], in: folder)
      #expect(ran.output == "started in release\n", "\(ran.everything)")
      try Data().write(to: folder.appending(path: "wrong"))
      let refused = try await capture(rollup, ["-c", "rollup.config.mjs"], in: folder)
      #expect(!refused.succeeded && refused.everything.contains("A.swift:1:1: error: wrong"))
    }
  }
}
