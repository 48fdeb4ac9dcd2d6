// @ts-check
// A worker of pool.js.
import { answer, listen, onRequest } from "./threads.js";

/**
 * What this worker has asked for.
 * @type {Map<number, (result: any) => void>}
 */
const waiting = new Map();
/**
 * The channels to the workers.
 * @type {any[]}
 */
const partners = [];
let nextID = 0;

/** @type {Record<string, (argument: any) => any>} */
const tasks = {
  nothing() {},

  /** Four rows of the set. */
  mandelbrot({ first, iterations }) {
    let inside = 0;
    for (let row = first; row < first + 4; row++) {
      const imaginary = row / 1024 * 3 - 1.5;
      for (let column = 0; column < 1024; column++) {
        const real = column / 1024 * 3 - 2;
        let [x, y, iteration] = [0, 0, 0];
        while (iteration < iterations && x * x + y * y <= 4) {
          const next = x * x - y * y + real;
          y = 2 * x * y + imaginary;
          x = next;
          iteration++;
        }
        if (iteration === iterations) inside++;
      }
    }
    return inside;
  },

  xorshift(steps) {
    let x = 1;
    for (let step = 0; step < steps; step++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
    }
    return x;
  },

  async fibonacci(n) {
    if (n < 12) return fibonacci(n);
    const [left, right] = await Promise.all([spawn("fibonacci", n - 1), spawn("fibonacci", n - 2)]);
    return left + right;
  },

  async spawnByMain(count) {
    await Promise.all(Array.from({ length: count }, () => spawn("nothing")));
  },

  async spawnOnPartners(count) {
    await Promise.all(Array.from({ length: count }, (_, index) => new Promise((resolve) => {
      waiting.set(nextID, resolve);
      partners[index % partners.length].postMessage({ name: "nothing", id: nextID++ });
    })));
  },
};

/**
 * On whichever worker is free.
 * @param {string} name @param {any} [argument]
 */
function spawn(name, argument) {
  const id = nextID++;
  answer({ name, argument, id });
  return new Promise((resolve) => { waiting.set(id, resolve); });
}

/** @param {any} message */
function settle({ id, result }) {
  waiting.get(id)?.(result);
  waiting.delete(id);
}

/** @param {number} n @returns {number} */
function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

onRequest(async ({ name, argument, id, result, serve, partner }) => {
  if (serve) {
    listen(serve, async ({ name, argument, id }) => {
      serve.postMessage({ id, result: await tasks[name](argument) });
    });
  } else if (partner) {
    listen(partner, settle);
    partners.push(partner);
  } else if (name) {
    answer({ id, result: await tasks[name](argument) });
  } else {
    settle({ id, result });
  }
});
