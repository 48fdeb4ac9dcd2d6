// What a page under `webble run` and `webble test` tells the server. A cookie that only this page's browser
// has goes with it.

// A worker posts, so that the reports arrive even while the program keeps this thread busy.
const poster = new Worker(new URL("poster.js", import.meta.url));
// A worker does not start while this thread is busy, so it has to run before the program does.
await new Promise((resolve) => { poster.onmessage = resolve; });
let ended = false;

/** @param {"output" | "error"} stream @param {string} line */
export function report(stream, line) {
  poster.postMessage({ stream, line });
}

/** @param {number} status */
export function end(status) {
  if (ended) return;
  ended = true;
  poster.postMessage({ exit: status });
}

/** @param {unknown} error */
export function fail(error) {
  // What the program throws when it ends within a listener: `exited` tells of the end itself.
  if (error instanceof Error && error.name === "ProgramEnded") return;
  report("error", error instanceof Error ? (error.stack?.includes(error.message) ? error.stack
    : `${error}\n${error.stack ?? ""}`) : String(error));
  // In a later turn: if this is the program's own trap, its status comes first.
  setTimeout(end, 0, 1);
}

addEventListener("error", (event) => fail(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => fail(event.reason));

poster.postMessage({ loaded: true });

/**
 * Starts the thread that makes dumps when the server asks for one.
 * @param {any} inspector
 */
async function inspect(inspector) {
  if (!inspector) return;
  const script = URL.createObjectURL(new Blob([inspector.source], { type: "text/javascript" }));
  /** @type {Worker} */ let worker;
  // A Content-Security-Policy that forbids such workers leaves no dumps, and WebKit throws.
  try { worker = new Worker(script, { type: "module", name: "webble inspector" }); } catch { return; }
  worker.postMessage({ ...inspector.start, ...instructions.inspection, server: location.origin });
  // Before `main`, which may not come back to the event loop.
  await new Promise((resolve) => { worker.onmessage = worker.onerror = resolve; });
}

const instructions = await (await fetch("/.webble/instructions.json")).json();
/** @type {Record<string, (text: string) => void>} what takes which profile of a build for inspection */
const profiles = {};
for (const kind of ["trace", "heap"]) {
  if (instructions.inspection?.[kind]) profiles[kind] = (text) => poster.postMessage({ profile: kind, text });
}
for (const kind of ["leaks", "lost"]) {
  if (instructions.inspection?.[kind]) profiles[kind] = (text) => text.split("\n").forEach((line) => report("error", line));
}

/** What `start` gets besides the page's own options. */
export const options = {
  inspect,
  profiles,
  arguments: instructions.arguments,
  print: (/** @type {string} */ line) => report("output", line),
  printError: (/** @type {string} */ line) => report("error", line),
};
