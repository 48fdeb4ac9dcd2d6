// @ts-check
/// <reference lib="dom" />
// What a worker runs: webble-worker.js, or the text that webble.js starts its workers from.

import { READY, STARTING, Thread, Unwind, nodeThreads, scope } from "./thread.js";

/** This file and what it imports, as `webble build` puts them together: without imports, and calling nothing. */
export const workerSource = "";

/** Waits for the message that makes this thread the worker of a pool. */
export function becomeWorker() {
  const port = nodeThreads?.parentPort ?? scope;
  port.addEventListener("message", function receive(/** @type {MessageEvent} */ { data }) {
    if (data?.webble !== "start") return;
    port.removeEventListener("message", receive);
    runWorker(data);
  });
}

/** @param {any} start */
async function runWorker(start) {
  const { module, memory, pointer, index, stack, stackSize, tls, port, state, timeOrigin, page, programArguments } = start;
  Atomics.store(state, 0, STARTING);
  // Of our own: what the program's JavaScript posts is not for us. In Node it keeps the thread running.
  port.onmessage = () => {};
  try {
    const thread = new Thread(memory, `worker ${index}`, timeOrigin, page, programArguments);
    thread.port = port;
    // inspection: thread.symbols = start.symbols;
    thread.trapped = (error) => {
      if (thread.claimEnd()) port.postMessage({ webble: "trap", ...thread.describe(error) });
    };
    if (!nodeThreads) {
      // Browsers tell nobody of a worker that has closed itself.
      scope.close = () => thread.trapped(new Error("its JavaScript has called close(), which ends the program"));
    }
    // What JavaScript is told by an exception, that the program has ended, is no error of its own.
    scope.addEventListener?.("error", (/** @type {Event} */ event) => {
      if (thread.isStopped) event.preventDefault();
    });
    await thread.instantiate(module, {
      exit: (/** @type {number} */ status) => {
        if (thread.claimEnd()) port.postMessage({ webble: "exit", status });
        throw new Unwind();
      },
      // The main thread alone prints and starts workers.
      print: () => {}, mainReturned: () => {}, start: () => {},
    });
    // V8 may not know what other threads have grown the memory by while it came here in a message, and then takes an
    // atomic access there, or one in bulk, for one out of bounds, until the memory grows again.
    memory.grow(0);
    thread.exports.__stack_pointer.value = thread.stackTop = stack + stackSize;
    thread.exports.__wasm_init_tls(tls);
    thread.exports.webble_enter_worker(pointer, stack, stackSize);
    const loop = thread.loop(pointer);
    loop.left = () => {
      // The stack is freed when the message arrives: nothing may run the module's code any more. The main thread then
      // ends this one; a thread that ends itself may take the message with it.
      thread.isStopped = true;
      port.postMessage({ webble: "left" });
    };
    Atomics.store(state, 0, READY);
    port.postMessage({ webble: "ready" });
    loop.turn(true);
  } catch (error) {
    port.postMessage({ webble: "failed", reason: `the module failed: ${/** @type {Error} */ (error).message}` });
  }
}
