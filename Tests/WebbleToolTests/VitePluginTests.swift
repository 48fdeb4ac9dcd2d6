import Foundation
import Testing

@testable import WebbleTool

/// The plugin for Vite, driven as Vite drives it, with a tool that stands in for `webble`. The servers are of
/// `connect`, which Vite's are made of.
@Suite(.enabled(if: Engine.node.program != nil)) struct VitePluginTests {
  private static let driver = """
    import { EventEmitter } from "node:events";
    import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
    import { createRequire } from "node:module";
    import path from "node:path";
    import webble from "./webble-vite.mjs";

    const connect = createRequire(import.meta.url)("connect");

    // Notes its arguments, writes a glue, and fails while there is a file `wrong`, which it takes away if it says so.
    writeFileSync("tool.mjs", `
      import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
      const given = process.argv.slice(2), out = given[given.indexOf("-o") + 1];
      appendFileSync("calls", given[given.indexOf("-c") + 1] + " " + given.at(-1) + "\\\\n");
      if (existsSync("wrong")) {
        if (readFileSync("wrong", "utf8") === "once") rmSync("wrong");
        console.error("A.swift:1:1: error: wrong");
        process.exit(1);
      }
      mkdirSync(out, { recursive: true });
      writeFileSync(out + "/webble.js", 'export const module = new URL("./app.wasm", import.meta.url);');
      writeFileSync(out + "/app.wasm", "");
    `);
    const options = { tool: [process.execPath, "tool.mjs"], arguments: ["--extra"] };
    const check = (name, value) => console.log(name, JSON.stringify(value));
    const until = async (condition) => {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
    };

    const forBuild = webble(".", options);
    const configured = (given, command) => ({ ...given, ...forBuild.config(given, { command }) });
    check("target", [configured({}, "build").build, configured({ build: { target: "es2022" } }, "build").build]);
    await forBuild.buildStart();
    const glue = forBuild.resolveId("webble:app");
    check("resolved", glue === path.resolve(".build/webble/bundle/webble.js"));
    check("others", forBuild.resolveId("./main.js") ?? null);
    writeFileSync("wrong", "");
    check("refused", await forBuild.buildStart().then(() => "", (error) => error.message));

    // Vite's server, of which the plugin is given all this.
    const plugin = webble(".", options), sent = [], infos = [], errors = [];
    const logger = { info: (text) => infos.push(text), error: (text) => errors.push(text) };
    const config = { base: "/sub/", logger, server: { fs: { allow: ["/the/page"] } } };
    const watcher = Object.assign(new EventEmitter(), { add() {} });
    const ws = Object.assign(new EventEmitter(), { send: (message) => sent.push(message) });
    let invalidations = 0;
    const moduleGraph = { invalidateAll: () => { invalidations++; } };
    const middlewares = connect();
    plugin.config({}, { command: "serve" });
    plugin.configResolved(config);
    check("allowed", config.server.fs.allow.map((folder) => path.relative(".", folder)));
    plugin.configureServer({ config, middlewares, watcher, ws, moduleGraph });
    rmSync(path.dirname(glue), { recursive: true });
    await plugin.buildStart();
    check("goes on", errors);
    check("loading", [attempt(() => plugin.load(glue)), attempt(() => plugin.load("main.js"))]);
    function attempt(body) { try { return body() ?? null; } catch (error) { return error.message; } }
    const messages = async (event, file) => {
      sent.length = 0;
      watcher.emit(event, file);
      await until(() => sent.length);
      return sent.map(({ type, err }) => err ? [type, err.plugin, err.message] : type);
    };
    check("overlay", await messages("change", "Sources/A.swift"));
    sent.length = 0;
    ws.emit("connection");
    check("a page that comes later", sent.map(({ err }) => err.message));
    check("loaded anew", invalidations);
    // While a build is on its way that fails, a change mends the sources: another build follows.
    writeFileSync("wrong", "once");
    const reloaded = messages("change", "Sources/A.swift");
    watcher.emit("change", "Sources/A.swift");
    check("reloads", await reloaded);
    check("loaded anew", invalidations);
    check("adds", await messages("add", path.resolve("Sources/New.swift")));
    check("resources", await messages("unlink", "Sources/App/picture.png"));
    sent.length = 0;
    ws.emit("connection");
    for (const other of ["src/main.js", "../other/A.swift", ".build/checkouts/B.swift"]) watcher.emit("change", other);
    check("nothing to say", sent);
    check("calls", readFileSync("calls", "utf8").trim().split("\\n"));
    check("tells", [infos.length, infos[0], infos.at(-1).replace(/[0-9.]+/, "N")]);

    // What Vite has behind the plugin: the base path, and files beyond the page's by their whole path.
    const types = { ".js": "text/javascript", ".wasm": "application/wasm" };
    middlewares.use("/sub", (request, response, next) => {
      const { pathname } = new URL(request.url, "http://localhost");
      const file = pathname.slice("/@fs".length);
      if (pathname === "/") response.end("<!doctype html>");
      else if (!config.server.fs.allow.some((folder) => file.startsWith(folder)) || !existsSync(file)) next();
      else response.writeHead(200, { "Content-Type": types[path.extname(file)] }).end(readFileSync(file));
    });
    const previewed = connect();
    plugin.configurePreviewServer({ middlewares: previewed });
    previewed.use((_, response) => response.end());
    const serve = (app) => new Promise((resolve) => {
      const server = app.listen(0, "127.0.0.1", () => resolve([server, `http://127.0.0.1:${server.address().port}`]));
    });
    const get = async (address) => {
      const { status, headers } = await fetch(address);
      const isolation = ["cross-origin-opener-policy", "cross-origin-embedder-policy", "document-isolation-policy"];
      return [status, headers.get("content-type"), ...isolation.map((name) => headers.get(name))];
    };
    const [server, origin] = await serve(middlewares);
    const script = `${origin}/sub/@fs${glue}?import&t=1`;
    check("page", await get(`${origin}/sub/`));
    check("glue", await get(script));
    check("module", await get(new URL("./app.wasm", script)));
    check("nothing", await get(`${origin}/sub/nothing`));
    const [preview, at] = await serve(previewed);
    check("preview", await get(at));
    server.close();
    preview.close();
    """

  @Test func buildsReloadsShowsErrorsAndIsolates() async throws {
    let connect = "/usr/share/nodejs/connect"
    guard FileManager.default.fileExists(atPath: connect) else {
      Issue.record("connect is not installed: scripts/install-engines.sh connect")
      return
    }
    let plugin = try String(
      contentsOf: Repository.find().glue.appending(path: "bundlers/webble-vite.mjs"), encoding: .utf8)
    let result = try await withFiles(["webble-vite.mjs": plugin, "driver.mjs": Self.driver]) {
      try await capture(
        try Engine.node.requiredProgram(), ["driver.mjs"], in: $0, environment: ["NODE_PATH": "/usr/share/nodejs"])
    }
    let isolation = #""same-origin","require-corp","isolate-and-require-corp""#
    let message = "A.swift:1:1: error: wrong"
    #expect(
      result.everything == """
        target [{"target":"esnext"},{}]
        resolved true
        others null
        refused "\(message)"
        allowed ["../../the/page",".build/webble/bundle"]
        goes on ["\(message)"]
        loading ["\(message)",null]
        overlay [["error","webble","\(message)"]]
        a page that comes later ["\(message)"]
        loaded anew 0
        reloads ["full-reload"]
        loaded anew 1
        adds ["full-reload"]
        resources ["full-reload"]
        nothing to say []
        calls ["release --extra","release --extra","debug --extra","debug --extra","debug --extra","debug --extra","debug --extra","debug --extra"]
        tells [9,"webble: building Swift (debug)","webble: built in N s"]
        page [200,null,\(isolation)]
        glue [200,"text/javascript",\(isolation)]
        module [200,"application/wasm",\(isolation)]
        nothing [404,"text/html; charset=utf-8",\(isolation)]
        preview [200,null,\(isolation)]

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
