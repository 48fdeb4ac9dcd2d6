// Runs a built program in Node: node node-runner.mjs SITE isolated|plain [ARGUMENT…]
import { writeSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

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
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

let ended = false;
process.on("exit", (status) => {
  // The event loop is empty and the promise below still pending.
  if (ended || status !== 0) return;
  write(2, "The program waits for what cannot come: no timer, worker or event is left.");
  process.exit(1);
});

process.on("uncaughtException", (error) => {
  // What the program throws when it ends within a listener: `exited` tells of the end itself.
  if (error.message === "the Swift program has ended") return;
  write(2, error.stack ?? String(error));
  process.exit(1);
});

const { start } = await import(new URL("webble.js", site).href);
const { exited } = await start({
  module: new URL("app.wasm", site),
  arguments: programArguments,
  isolated: isolation === "isolated",
  print: (line) => write(1, line),
  printError: (line) => write(2, line),
});
const status = await exited;
ended = true;
process.exit(status);
