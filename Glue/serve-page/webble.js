// @ts-check
/// <reference lib="dom" />
// Stands before the glue in pages of `webble serve`: a program that is built for inspection gets a thread that answers
// the live view at /.webble/console. Workers get the glue alone.
import * as glue from "/webble.js?glue";

export * from "/webble.js?glue";

/** @param {import("../webble.js").StartOptions} given */
export const start = (given = {}) =>
  typeof document === "undefined" ? glue.start(given) : glue.start({ ...given, .../** @type {any} */ ({ inspect }) });

/** @param {any} inspector */
async function inspect(inspector) {
  if (!inspector) return;
  const script = URL.createObjectURL(new Blob([inspector.source], { type: "text/javascript" }));
  /** @type {Worker} */ let worker;
  // A Content-Security-Policy that forbids such workers leaves no live view, and WebKit throws.
  try { worker = new Worker(script, { type: "module", name: "webble inspector" }); } catch { return; }
  worker.postMessage({ ...inspector.start, title: document.title || location.pathname });
  // Before `main`, which may not come back to the event loop.
  await new Promise((resolve) => { worker.onmessage = worker.onerror = resolve; });
}
