// The page of `webble run` and `webble test`: starts the program and reports to the server. It
// stands in for the site's own page, at the same address, so that relative URLs mean the same.

// A worker posts, so that the reports arrive even while the program keeps this thread busy.
const poster = new Worker(new URL("poster.js", import.meta.url));
// A worker does not start while this thread is busy, so it has to run before the program does.
await new Promise((resolve) => { poster.onmessage = resolve; });
let ended = false;

/** @param {"output" | "error"} stream @param {string} line */
function report(stream, line) {
  poster.postMessage({ stream, line });
}

/** @param {number} status */
function end(status) {
  if (ended) return;
  ended = true;
  poster.postMessage({ exit: status });
}

/** @param {unknown} error */
function fail(error) {
  // What the program throws when it ends within a listener: `exited` tells of the end itself.
  if (error instanceof Error && error.message === "the Swift program has ended") return;
  report("error", error instanceof Error ? (error.stack?.includes(error.message) ? error.stack
    : `${error}\n${error.stack ?? ""}`) : String(error));
  // In a later turn: if this is the program's own trap, its status comes first.
  setTimeout(end, 0, 1);
}

addEventListener("error", (event) => fail(event.error ?? event.message));
addEventListener("unhandledrejection", (event) => fail(event.reason));

poster.postMessage({ loaded: true });
try {
  const { arguments: programArguments } = await (await fetch("/.webble/instructions.json")).json();
  const { start } = await import("/webble.js");
  const { exited } = await start({
    module: new URL("/app.wasm", location.href),
    arguments: programArguments,
    print: (/** @type {string} */ line) => report("output", line),
    printError: (/** @type {string} */ line) => report("error", line),
  });
  end(await exited);
} catch (error) {
  fail(error);
}
