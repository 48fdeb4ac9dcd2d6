// @ts-check
// What the primitives of JavaScript cost with nothing around them: what the rows are compared to.
import { median } from "./statistics.js";
import { Thread } from "./threads.js";

let repetitions = 5;

/** Operations of one repetition after some idleness, by its milliseconds. */
const idleCounts = { "5ms": [5, 50], "50ms": [50, 10], "1s": [1000, 1] };

/** Operations of one repetition. */
const counts = {
  waitAsync: 2_000, wait: 5_000, spin: 100_000, messagePort: 2_000, waitAsyncTurn: 20_000, microtask: 100_000,
};

/**
 * @param {WebAssembly.Module} module what the bare workers of "startUp" instantiate
 * @param {boolean} isTiny whether to do each thing once, and little of it
 * @param {string[]} idle what to measure after idleness: "5ms" and the like
 * @returns {Promise<Record<string, number>>} nanoseconds of one operation
 */
export async function measurePrimitives(module, isTiny, idle) {
  if (isTiny) repetitions = 1;
  /** @type {Record<string, number>} */ const results = {};
  results.startUp = await measureStartUp(module);

  const script = new URL("partner.js", import.meta.url);
  const [a, b] = [new Thread(script), new Thread(script)];
  for (const [name, full] of Object.entries(counts)) {
    const count = isTiny ? 20 : full;
    const isAlone = name === "waitAsyncTurn" || name === "microtask";
    const values = [];
    for (let repetition = -1; repetition < repetitions; repetition++) {
      const words = new SharedArrayBuffer(256);
      const { port1, port2 } = new MessageChannel();
      a.post({ name, count, words, isFirst: true, port: port1 }, [port1]);
      if (!isAlone) b.post({ name, count, words, isFirst: false, port: port2 }, [port2]);
      const milliseconds = await a.next();
      if (!isAlone) await b.next();
      if (repetition >= 0) values.push(milliseconds * 1e6 / count);
    }
    results[name] = median(values);
  }
  for (const when of /** @type {(keyof typeof idleCounts)[]} */ (idle)) {
    const [milliseconds, full] = idleCounts[when];
    const count = isTiny ? 1 : full;
    for (const name of ["waitAsync", "wait"]) {
      const values = [];
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const words = new SharedArrayBuffer(256);
        const { port1, port2 } = new MessageChannel();
        a.post({ name: `${name}After`, milliseconds, count, words, isFirst: true, port: port1 }, [port1]);
        b.post({ name, count, words, isFirst: false, port: port2 }, [port2]);
        values.push(await a.next() * 1e6 / count);
        await b.next();
      }
      results[`${name}-${when}`] = median(values);
    }
  }
  results.secondCore = await measureSecondCore(a, b, isTiny ? 1_000 : 40_000_000);
  for (const isBusy of [false, true]) {
    for (const thread of [a, b]) thread.post({ name: "timer", isBusy, count: isTiny ? 2 : 50 });
    results[isBusy ? "busyTimerLateness" : "timerLateness"] = await a.next() * 1e6;
    await b.next();
  }
  a.end();
  b.end();
  return results;
}

/**
 * How much faster two workers are than one at arithmetic that shares nothing: what this machine gives at best.
 * @param {Thread} a @param {Thread} b @param {number} steps
 */
async function measureSecondCore(a, b, steps) {
  const [alone, together] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let repetition = -1; repetition < repetitions; repetition++) {
    a.post({ name: "arithmetic", count: steps });
    const whole = await a.next();
    for (const thread of [a, b]) thread.post({ name: "arithmetic", count: steps / 2 });
    const halves = Math.max(await a.next(), await b.next());
    if (repetition < 0) continue;
    alone.push(whole);
    together.push(halves);
  }
  return median(alone) / median(together);
}

/**
 * Two workers that do no more than instantiate the module.
 * @param {WebAssembly.Module} module
 */
async function measureStartUp(module) {
  const [section] = WebAssembly.Module.customSections(module, "webble");
  const { initialPages, maximumPages } = JSON.parse(new TextDecoder().decode(section));
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages, shared: true });
  const values = [];
  for (let repetition = -1; repetition < repetitions; repetition++) {
    const start = performance.now();
    const threads = [0, 1].map(() => new Thread(new URL("instance.js", import.meta.url)));
    for (const thread of threads) thread.post({ module, memory });
    for (const thread of threads) await thread.next();
    if (repetition >= 0) values.push((performance.now() - start) * 1e6);
    for (const thread of threads) thread.end();
  }
  return median(values);
}
