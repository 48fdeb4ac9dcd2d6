@testable import WebbleTool

/// A script for Node that debugs a site in a browser by its debugging protocol, as the developer tools do: sets a
/// breakpoint on a line of a Swift source on a worker, and prints where that stops.
///
/// Arguments: the site's folder, the browser, a folder of its own, the source, the line.
func debuggerScript(_ engine: Engine) -> String { siteAndMap + (engine == .firefox ? inFirefox : inChromium) }

/// Serves the site, and reads its source map.
private let siteAndMap = #"""
  import { spawn } from "node:child_process";
  import { createServer } from "node:http";
  import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
  import { connect } from "node:net";

  const [folder, program, profile, source, line] = process.argv.slice(2);
  let browser;
  const page = `<!doctype html><script type="module">
    import { start } from "./webble.js"; start({ arguments: ["steps"] });</script>`;
  const types = { html: "text/html", js: "text/javascript", wasm: "application/wasm", map: "application/json" };
  const server = createServer((request, response) => {
    const path = request.url.replace(/\?.*/, "");
    try {
      const body = path === "/" ? page : readFileSync(folder + path);
      response.writeHead(200, {
        "Content-Type": types[path === "/" ? "html" : path.split(".").pop()] ?? "text/plain",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp",
      });
      response.end(body);
    } catch { response.writeHead(404).end(); }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const address = `http://127.0.0.1:${server.address().port}/`;

  // The map, as a tool reads it: bytes of the module to lines and back.
  const map = JSON.parse(readFileSync(`${folder}/app.wasm.map`, "utf8"));
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const rows = [], at = [0, 0, 0, 0];
  for (const segment of map.mappings.split(",")) {
    let field = 0, value = 0, shift = 0;
    for (const character of segment) {
      const digit = digits.indexOf(character);
      value |= (digit & 31) << shift; shift += 5;
      if (digit & 32) continue;
      at[field++] += value & 1 ? -(value >> 1) : value >> 1; value = shift = 0;
    }
    if (field > 1) rows.push({ byte: at[0], file: map.sources[at[1]], line: at[2] + 1 });
  }
  const wanted = rows.filter((row) => row.file === source && row.line === Number(line));
  if (!wanted.length) fail(`the map has no line ${line} of ${source}; it has ${map.sources.filter((one) => !/^(webble|swift)/.test(one))}`);
  const placeOf = (byte) => {
    const row = rows.findLast((one) => one.byte <= byte);
    return `${row.file}:${row.line}`;
  };
  function fail(text) { console.log(text); browser?.kill("SIGKILL"); process.exit(1); }
  setTimeout(() => fail("no stop within 60 s"), 60_000);
  function stopped(where, byte, name) {
    console.log(`stopped on ${where} at ${placeOf(byte)} in ${name}`);
    browser.kill("SIGKILL");
    process.exit(0);
  }

  """#

private let inChromium = #"""
  browser = spawn(program, [
    "--headless=new", "--disable-gpu", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run",
    `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank",
  ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  let identifier = 0, rest = "";
  const answers = new Map();
  const send = (method, params = {}, sessionId) => new Promise((done) => {
    answers.set(++identifier, done);
    browser.stdio[3].write(JSON.stringify({ id: identifier, method, params, sessionId }) + "\0");
  });
  browser.stdio[4].on("data", (data) => {
    const messages = (rest + data).split("\0");
    rest = messages.pop();
    for (const message of messages) receive(JSON.parse(message));
  });
  const workers = new Map();
  async function receive({ id, result, error, method, params, sessionId }) {
    if (id) return answers.get(id)?.(error ?? result);
    if (method === "Target.attachedToTarget") {
      const { sessionId: session, targetInfo } = params;
      await send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }, session);
      if (targetInfo.type === "worker") { workers.set(session, targetInfo.title); await send("Debugger.enable", {}, session); }
      await send("Runtime.runIfWaitingForDebugger", {}, session);
    } else if (method === "Debugger.scriptParsed" && params.scriptLanguage === "WebAssembly") {
      if (params.sourceMapURL !== "app.wasm.map") fail(`the module names the map ${params.sourceMapURL}`);
      console.log(`module ${params.url.replace(address, "/")}`);
      const { scriptId } = params;
      await send("Debugger.setBreakpoint", { location: { scriptId, lineNumber: 0, columnNumber: wanted[0].byte } }, sessionId);
    } else if (method === "Debugger.paused") {
      const [frame] = params.callFrames;
      stopped(workers.get(sessionId), frame.location.columnNumber, frame.functionName);
    }
  }
  await send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  await send("Target.createTarget", { url: address });
  """#

/// A packet is the length of its JSON, a colon, and the JSON. Lines of WebAssembly are bytes of the module.
private let inFirefox = #"""
  mkdirSync(profile, { recursive: true });
  const port = 6100 + process.pid % 800;
  writeFileSync(`${profile}/user.js`, [
    ["devtools.debugger.remote-enabled", true], ["devtools.chrome.enabled", true],
    ["devtools.debugger.prompt-connection", false], ["browser.shell.checkDefaultBrowser", false],
    ["datareporting.policy.dataSubmissionEnabled", false], ["termsofuse.bypassNotification", true],
  ].map(([name, value]) => `user_pref("${name}", ${value});\n`).join(""));
  browser = spawn(program, [
    "--headless", "--no-remote", "--profile", profile, "--start-debugger-server", String(port), "about:blank",
  ], { stdio: "ignore", env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" } });
  const socket = await (async () => {
    for (;;) {
      const socket = connect(port, "127.0.0.1");
      if (await new Promise((done) => socket.once("connect", () => done(true)).once("error", () => done(false)))) return socket;
      await new Promise((done) => setTimeout(done, 200));
    }
  })();
  let rest = Buffer.alloc(0);
  /** By actor, in order: a packet that is no event answers the oldest request. */
  const waiting = new Map(), threads = new Map(), known = new Set();
  const send = (to, type, fields = {}) => new Promise((done) => {
    waiting.set(to, [...waiting.get(to) ?? [], done]);
    const text = JSON.stringify({ to, type, ...fields });
    socket.write(`${Buffer.byteLength(text)}:${text}`);
  });
  socket.on("data", (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const colon = rest.indexOf(":"), length = Number(rest.subarray(0, colon));
      if (colon < 0 || rest.length < colon + 1 + length) return;
      const packet = JSON.parse(rest.subarray(colon + 1, colon + 1 + length));
      rest = rest.subarray(colon + 1 + length);
      if (process.env.WEBBLE_TELLS_PACKETS) console.log(JSON.stringify(packet).slice(0, 700));
      // The first is a greeting.
      if (packet.type) receive(packet); else if (!packet.applicationType) waiting.get(packet.from)?.shift()?.(packet);
    }
  });
  let breakpoints;
  async function receive({ type, target, array, from }) {
    if (type === "target-available-form") {
      threads.set(target.actor, target);
      if (target.threadActor) await send(target.threadActor, "attach", { options: {} });
      return;
    }
    if (type !== "resources-available-array") return;
    for (const [kind, resources] of array) for (const one of resources) {
      if (kind === "source" && one.introductionType === "wasm") {
        const url = one.url.replace(address, "/");
        if (known.has(url)) continue;
        known.add(url);
        if (one.sourceMapURL !== "app.wasm.map") fail(`the module names the map ${one.sourceMapURL}`);
        console.log(`module ${url}`);
        await send(breakpoints, "setBreakpoint", {
          location: { sourceUrl: one.url, line: wanted[0].byte, column: 1 }, options: {},
        });
      } else if (kind === "thread-state" && one.state === "paused") {
        const { frame } = one, target = threads.get(from);
        stopped(target?.targetType === "worker" ? "webble worker" : "main", frame.where.line, frame.displayName);
      }
    }
  }
  let tabs = [];
  while (!tabs.length) ({ tabs } = await send("root", "listTabs"));
  const tab = tabs[0].actor, { actor: watcher } = await send(tab, "getWatcher", { isServerTargetSwitchingEnabled: true });
  const { configuration } = await send(watcher, "getThreadConfigurationActor");
  await send(configuration.actor, "updateConfiguration", {
    configuration: { observeWasm: true, pauseWorkersUntilAttach: true },
  });
  breakpoints = (await send(watcher, "getBreakpointListActor")).breakpointList.actor;
  await send(watcher, "watchTargets", { targetType: "frame" });
  await send(watcher, "watchTargets", { targetType: "worker" });
  await send(watcher, "watchResources", { resourceTypes: ["source", "thread-state"] });
  await send(tab, "navigateTo", { url: address, waitForLoad: false });
  """#
