/// A script for Node that debugs a site in Chromium by its debugging protocol, as the developer tools do: sets a
/// breakpoint on a line of a Swift source on a worker, and prints where that stops.
///
/// Arguments: the site's folder, Chromium, a folder of its own, the source, the line.
let debuggerScript = #"""
  import { spawn } from "node:child_process";
  import { createServer } from "node:http";
  import { readFileSync } from "node:fs";

  const [folder, chromium, profile, source, line] = process.argv.slice(2);
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

  const browser = spawn(chromium, [
    "--headless=new", "--disable-gpu", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run",
    `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank",
  ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  function fail(text) { console.log(text); browser?.kill(); process.exit(1); }
  setTimeout(() => fail("no stop within 60 s"), 60_000);
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
      console.log(`stopped on ${workers.get(sessionId)} at ${placeOf(frame.location.columnNumber)} in ${frame.functionName}`);
      browser.kill();
      process.exit(0);
    }
  }
  await send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  await send("Target.createTarget", { url: address });
  """#
