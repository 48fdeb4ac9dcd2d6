// @ts-check
// A worker that takes part in the measurements of primitives.js, alone or as one of two.
import { answer, listen, onRequest } from "./threads.js";

/** @typedef {{count: number, words: Int32Array, isFirst: boolean, port: any}} Request */

// Two workers hand a number to and fro: word 0 is the first one's to write, word 16 the other's, so that
// each has a cache line of its own.

/** @type {Record<string, (request: Request) => Promise<void> | void>} */
const work = {
  async waitAsync({ count, words, isFirst }) {
    const [mine, theirs] = isFirst ? [0, 16] : [16, 0];
    for (let turn = 1; turn <= count; turn++) {
      if (isFirst) { Atomics.store(words, mine, turn); Atomics.notify(words, mine); }
      while (Atomics.load(words, theirs) !== turn) {
        const wait = /** @type {any} */ (Atomics).waitAsync(words, theirs, turn - 1);
        if (wait.async) await wait.value;
      }
      if (!isFirst) { Atomics.store(words, mine, turn); Atomics.notify(words, mine); }
    }
  },

  wait({ count, words, isFirst }) {
    const [mine, theirs] = isFirst ? [0, 16] : [16, 0];
    for (let turn = 1; turn <= count; turn++) {
      if (isFirst) { Atomics.store(words, mine, turn); Atomics.notify(words, mine); }
      while (Atomics.load(words, theirs) !== turn) Atomics.wait(words, theirs, turn - 1);
      if (!isFirst) { Atomics.store(words, mine, turn); Atomics.notify(words, mine); }
    }
  },

  spin({ count, words, isFirst }) {
    const [mine, theirs] = isFirst ? [0, 16] : [16, 0];
    for (let turn = 1; turn <= count; turn++) {
      if (isFirst) Atomics.store(words, mine, turn);
      while (Atomics.load(words, theirs) !== turn);
      if (!isFirst) Atomics.store(words, mine, turn);
    }
  },

  messagePort({ count, isFirst, port }) {
    return new Promise((resolve) => {
      let turn = 0;
      listen(port, () => {
        turn++;
        if (!isFirst || turn < count) port.postMessage(turn);
        if (turn === count) resolve();
      });
      if (isFirst) port.postMessage(0);
    });
  },

  async waitAsyncTurn({ count, words }) {
    for (let turn = 0; turn < count; turn++) {
      const wait = /** @type {any} */ (Atomics).waitAsync(words, 0, 0);
      Atomics.notify(words, 0);
      await wait.value;
    }
  },

  async microtask({ count }) {
    for (let turn = 0; turn < count; turn++) {
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    }
  },
};

onRequest(async ({ name, count, words, isFirst, port }) => {
  if (name === "timer") { answer(await timerLateness()); return; }
  // A promise of waitAsync alone does not keep Node from going to sleep for good.
  const keepAlive = setInterval(() => {}, 1e9);
  const request = { count, words: new Int32Array(words), isFirst, port };
  // Both are here before the clock starts.
  if (port && name !== "waitAsyncTurn" && name !== "microtask") await meet(port);
  const start = performance.now();
  await work[name](request);
  const time = performance.now() - start;
  clearInterval(keepAlive);
  listen(port, null);
  port?.close();
  answer(time);
});

/** Waits until the other worker is here too. @param {any} port */
async function meet(port) {
  const isHere = new Promise((resolve) => listen(port, resolve));
  port.postMessage("here");
  await isHere;
}

/** How many milliseconds the latest of some timers comes late while nothing else goes on. */
async function timerLateness() {
  let latest = 0;
  for (let timer = 0; timer < 50; timer++) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    latest = Math.max(latest, performance.now() - start - 5);
  }
  return latest;
}
