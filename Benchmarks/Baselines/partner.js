// @ts-check
// A worker that takes part in the measurements of primitives.js, alone or as one of two.
import { answer, listen, onRequest } from "./threads.js";

/** @typedef {{count: number, words: Int32Array, isFirst: boolean, port: any, milliseconds: number}} Request */

// Two workers hand a number to and fro: word 0 is the first one's to write, word 16 the other's, so that
// each has a cache line of its own.

// What returns a number has taken its own time, in milliseconds.
/** @type {Record<string, (request: Request) => Promise<number | void> | number | void>} */
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

  /** The first of two; the other waits as without idleness. */
  async waitAsyncAfter({ count, words, milliseconds }) {
    let time = 0;
    for (let turn = 1; turn <= count; turn++) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      const start = performance.now();
      Atomics.store(words, 0, turn);
      Atomics.notify(words, 0);
      while (Atomics.load(words, 16) !== turn) {
        const wait = /** @type {any} */ (Atomics).waitAsync(words, 16, turn - 1);
        if (wait.async) await wait.value;
      }
      time += performance.now() - start;
    }
    return time;
  },

  waitAfter({ count, words, milliseconds }) {
    let time = 0;
    for (let turn = 1; turn <= count; turn++) {
      Atomics.wait(words, 32, 0, milliseconds);
      const start = performance.now();
      Atomics.store(words, 0, turn);
      Atomics.notify(words, 0);
      while (Atomics.load(words, 16) !== turn) Atomics.wait(words, 16, turn - 1);
      time += performance.now() - start;
    }
    return time;
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

  arithmetic({ count }) {
    if (xorshift(count) === 0) throw new Error("A generator that reaches 0 stays there.");
  },

  async microtask({ count }) {
    for (let turn = 0; turn < count; turn++) {
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    }
  },
};

onRequest(async ({ name, count, words, isFirst, port, isBusy, milliseconds }) => {
  if (name === "timer") { answer(await timerLateness(isBusy, count)); return; }
  // A promise of waitAsync alone does not keep Node from going to sleep for good.
  const keepAlive = setInterval(() => {}, 1e9);
  const request = { count, words: words && new Int32Array(words), isFirst, port, milliseconds };
  // Both are here before the clock starts.
  if (port && name !== "waitAsyncTurn" && name !== "microtask") await meet(port);
  const start = performance.now();
  const own = await work[name](request);
  const time = own ?? performance.now() - start;
  clearInterval(keepAlive);
  if (port) listen(port, null);
  port?.close();
  answer(time);
});

/**
 * Waits until the other worker is here too.
 * @param {any} port
 */
async function meet(port) {
  const isHere = new Promise((resolve) => listen(port, resolve));
  port.postMessage("here");
  await isHere;
}

/**
 * Marsaglia's generator: nothing that a compiler can shorten.
 * @param {number} count
 */
function xorshift(count) {
  let x = 1;
  for (let step = 0; step < count; step++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

/**
 * How many milliseconds the latest of some timers comes late, while nothing else goes on or while this thread
 * computes, 4 ms at a time.
 * @param {boolean} isBusy @param {number} count
 */
async function timerLateness(isBusy, count) {
  const { port1, port2 } = new MessageChannel();
  // Node's ports handle a thousand messages before a timer has its turn.
  const later = /** @type {any} */ (globalThis).setImmediate ?? (() => port2.postMessage(0));
  const compute = () => {
    const end = performance.now() + 4;
    while (performance.now() < end) xorshift(100);
    if (!isOver) later(compute);
  };
  let isOver = false;
  listen(port1, compute);
  if (isBusy) later(compute);
  let latest = 0;
  for (let timer = 0; timer < count; timer++) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    latest = Math.max(latest, performance.now() - start - 5);
  }
  isOver = true;
  port1.close();
  return latest;
}
