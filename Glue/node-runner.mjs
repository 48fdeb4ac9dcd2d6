// Runs a built program in Node, Deno or Bun: node node-runner.mjs SITE isolated|plain [ARGUMENT…]
import { writeFileSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

const [folder, isolation, ...programArguments] = process.argv.slice(2);
const site = pathToFileURL(resolve(folder) + "/");

/**
 * Writes at once: what is printed before a crash must not be lost in a buffer.
 * @param {number} descriptor @param {string} line
 */
function write(descriptor, line) {
  const bytes = new TextEncoder().encode(line + "\n");
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      if (/** @type {any} */ (error).code !== "EAGAIN") throw error;
    }
  }
}

let ended = false;
process.on("exit", (/** @type {number} */ status) => {
  // The event loop is empty and the promise below still pending.
  if (ended || status !== 0) return;
  write(2, "The program waits for what cannot come: no timer, worker or event is left.");
  process.exit(1);
});

process.on("uncaughtException", (/** @type {any} */ error) => {
  // What the program throws when it ends within a listener: `exited` tells of the end itself.
  if (error?.name === "ProgramEnded") return;
  write(2, error.stack ?? String(error));
  process.exit(1);
});

const { start } = await import(new URL("webble.js", site).href);
// What `webble run` wants of builds for inspection.
const wanted = JSON.parse(process.env.WEBBLE_INSPECTION || "{}");
/** @type {Record<string, (text: string) => void>} */ const profiles = {};
for (const kind of ["trace", "heap"]) {
  if (wanted[kind]) profiles[kind] = (text) => writeFileSync(wanted[kind], text);
}
for (const kind of ["leaks", "lost"]) if (wanted[kind]) profiles[kind] = (text) => write(2, text);

/**
 * Starts the thread that makes dumps when the tool asks for one.
 * @param {any} inspector
 */
async function inspect(inspector) {
  if (!inspector || !wanted.requests) return;
  const thread = new Worker(inspector.source, { eval: true, name: "webble inspector" });
  thread.postMessage({ ...inspector.start, ...wanted });
  // Before `main`, which may not come back to the event loop.
  await new Promise((resolve) => thread.once("message", resolve).once("error", resolve));
  thread.unref();
}

const program = await start({
  inspect,
  profiles,
  module: new URL("app.wasm", site),
  arguments: programArguments,
  isolated: isolation === "isolated",
  print: (/** @type {string} */ line) => write(1, line),
  printError: (/** @type {string} */ line) => write(2, line),
});
const status = await program.exited;
ended = true;
process.exit(status);
