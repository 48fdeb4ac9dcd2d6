// Takes the pictures of the gallery's first page: `make gallery`, then
// node24 scripts/gallery-pictures.mjs .build/gallery [PAGE…]
// With a headless Chromium, by its debugging protocol; of Node 22 or newer, which has WebSocket.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

const [site, ...asked] = process.argv.slice(2);
const folder = new URL("../Examples/Gallery/Public/pictures/", import.meta.url);
const type = (text) => `(async () => {
  const input = document.querySelector("input");
  while (input.disabled) await new Promise((resolve) => setTimeout(resolve, 100));
  input.value = ${JSON.stringify(text)};
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
})()`;
const slide = (name, value) => `(() => {
  const input = document.querySelector("input[name=${name}]");
  input.value = ${value};
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
})()`;
// What is done on each page, and for how many seconds it then goes on.
const pages = {
  mandelbrot: [[17]],
  particles: [[6]],
  search: [[0, type("amber lant harb")], [2]],
  pathtracer: [[25]],
  synthesizer: [[2], [4, `document.querySelector("#arpeggio").click()`]],
  files: [[2], [2, `document.querySelector("[data-action=fill]").click()`]],
  "photo-editor": [[8]],
  scheduler: [[5], [6, slide("rate", 4)], [9, slide("rate", 3.5)], [0, slide("rate", 4.2)], [2]],
};

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".webp": "image/webp" };
const server = createServer(async (request, response) => {
  try {
    const path = new URL(request.url, "http://host").pathname;
    const body = await readFile(join(site, path));
    response.writeHead(200, {
      "Content-Type": types[extname(path)] ?? "text/plain",
      "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp",
    });
    response.end(body);
  } catch {
    response.writeHead(404);
    response.end();
  }
}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));

const profile = await mkdtemp(join(tmpdir(), "gallery-"));
const root = process.getuid() === 0 ? ["--no-sandbox"] : [];
const browser = spawn("chromium", [
  "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0",
  "--autoplay-policy=no-user-gesture-required", `--user-data-dir=${profile}`, ...root, "about:blank",
], { stdio: ["ignore", "ignore", "pipe"] });
const port = await new Promise((resolve) => {
  let text = "";
  browser.stderr.on("data", (data) => {
    const found = (text += data).match(/ws:\/\/127\.0\.0\.1:(\d+)/);
    if (found) resolve(found[1]);
  });
});
const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
const socket = new WebSocket(targets.find((target) => target.type === "page").webSocketDebuggerUrl);
await new Promise((resolve) => { socket.onopen = resolve; });
const answers = new Map();
socket.onmessage = ({ data }) => {
  const { id, result, error } = JSON.parse(data);
  answers.get(id)?.(result ?? Promise.reject(new Error(error.message)));
};
let last = 0;
const send = (method, params = {}) => new Promise((resolve) => {
  answers.set(++last, resolve);
  socket.send(JSON.stringify({ id: last, method, params }));
});

await send("Emulation.setDeviceMetricsOverride", { width: 960, height: 600, deviceScaleFactor: 1, mobile: false });
await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: "dark" }] });
for (const [page, steps] of Object.entries(pages)) {
  if (asked.length && !asked.includes(page)) continue;
  await send("Page.navigate", { url: `http://127.0.0.1:${server.address().port}/${page === "photo-editor" ? "photo-editor/index" : page}.html` });
  for (const [seconds, script] of steps) {
    if (script) await send("Runtime.evaluate", { expression: script, awaitPromise: true, userGesture: true });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  const { data } = await send("Page.captureScreenshot", { format: "webp", quality: 70 });
  const picture = Buffer.from(data, "base64");
  await writeFile(new URL(`${page}.webp`, folder), picture);
  console.log(`${page}.webp: ${picture.length} bytes`);
}
const ended = new Promise((resolve) => browser.once("exit", resolve));
browser.kill();
await ended;
await rm(profile, { recursive: true, force: true });
server.close();
