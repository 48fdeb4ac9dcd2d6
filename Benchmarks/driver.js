// @ts-check
// One run of `webble bench`, in one page or one Node process. It stands where a program's glue stands, and has
// its interface, so that benchmarks start as programs do; its only argument is a request in JSON. Prints a line
// of JSON for each measurement, {"begins": NAME} before, and {"ends": true} at the end.
import { Thread } from "./Baselines/threads.js";
import { measurePool } from "./Baselines/pool.js";
import { measurePrimitives } from "./Baselines/primitives.js";

/**
 * @typedef {object} Request which benchmarks of each kind to run
 * @property {number} workers
 * @property {boolean} isTiny
 * @property {boolean} primitives
 * @property {string[]} rows
 * @property {string[]} kernels
 * @property {string[]} pool of the pool that posts messages
 * @property {string[]} emscripten
 */

/**
 * @param {{arguments: string[], print: (line: string) => void, isolated?: boolean}} options
 * @returns {Promise<{exited: Promise<number>}>}
 */
export async function start({ arguments: [request], print }) {
  return { exited: run(JSON.parse(request), print).then(() => 0) };
}

/** @param {Request} request @param {(line: string) => void} print */
async function run(request, print) {
  const { workers, isTiny, rows, kernels, pool, emscripten } = request;
  const say = (/** @type {object} */ report) => print(JSON.stringify(report));

  /** @param {string} folder @param {string[]} names */
  const program = async (folder, names) => {
    if (names.length === 0) return;
    const base = new URL(`./${folder}/`, import.meta.url);
    const { start } = await import(new URL("webble.js", base).href);
    const module = await load(new URL("app.wasm", base));
    // Each has an instance of its own, with a memory that nobody has used.
    for (const name of names) {
      say({ begins: name });
      const options = { module, arguments: [String(workers), isTiny ? "tiny" : "full", name], print };
      const status = await (await start(options)).exited;
      if (status !== 0) throw new Error(`${name} has ended with status ${status}.`);
    }
  };

  // The first start in a process, before anything has warmed it up.
  await program("rows", rows.filter((name) => name === "1-first"));
  if (request.primitives) {
    say({ begins: "the primitives" });
    const module = await load(new URL("./rows/app.wasm", import.meta.url));
    const idle = rows.filter((name) => name.startsWith("wake-")).map((name) => name.slice("wake-".length));
    for (const [name, nanoseconds] of Object.entries(await measurePrimitives(module, isTiny, idle))) {
      say({ name, variant: "bare", nanoseconds });
    }
  }
  await program("rows", rows.filter((name) => name !== "1-first"));
  for (const name of pool) {
    say({ begins: `${name} by messages` });
    say({ name, variant: "messages", ...await measurePool(name, workers, isTiny) });
  }
  if (emscripten.length > 0) {
    const { measureThreads } = await import("./Baselines/emscripten.js");
    for (const name of emscripten) {
      say({ begins: `${name} by emscripten` });
      say({ name, variant: "emscripten", ...await measureThreads(name, workers, isTiny) });
    }
  }
  const inC = kernels.length > 0 ? await load(new URL("./kernels.wasm", import.meta.url)) : undefined;
  for (const name of kernels) {
    await program("kernels", [name]);
    say({ begins: `${name} in C` });
    const thread = new Thread(new URL("./Baselines/kernel.js", import.meta.url));
    thread.post({ module: inC, name, isTiny });
    say({ name, variant: "c", ...await thread.next() });
    thread.end();
  }
  say({ ends: true });
}

/** @param {URL} url @returns {Promise<WebAssembly.Module>} */
async function load(url) {
  if (url.protocol !== "file:") return WebAssembly.compileStreaming(fetch(url));
  const files = /** @type {any} */ (globalThis).process.getBuiltinModule("node:fs");
  return WebAssembly.compile(files.readFileSync(url));
}
