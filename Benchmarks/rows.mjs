// @ts-check
// The rows: what they measure, which primitive each is compared to, and what the Rust crate of the same
// name (webble 0.0.2, built with threads) reached, on the machine and with the primitives given below.

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {"ms" | "µs" | "ns" | "per second" | "speed-up"} unit
 * @property {string} [primitive] of primitives.js
 */

/** In the order of the table: an object would put those that look like numbers first. @type {Map<string, Row>} */
export const rows = new Map(/** @type {[string, Row][]} */ ([
  ["1-first", { what: "start-up in a fresh process: until each worker has run a task", unit: "ms" }],
  ["1", { what: "the same for later pools", unit: "ms", primitive: "startUp" }],
  ["2a", { what: "spawn from main, awaited", unit: "µs", primitive: "waitAsync" }],
  ["2c", { what: "spawn from a worker on the other, awaited", unit: "µs", primitive: "waitAsync" }],
  ["2d", { what: "onMain from a worker, awaited", unit: "µs", primitive: "waitAsync" }],
  ["3a", { what: "pinned spawns from main, 100,000", unit: "per second", primitive: "microtask" }],
  ["3b", { what: "pinned spawns from a worker, 100,000", unit: "per second", primitive: "microtask" }],
  ["4a", { what: "stealable spawns from main, 100,000", unit: "per second", primitive: "waitAsyncTurn" }],
  ["4b", { what: "stealable spawns from a worker, 100,000", unit: "per second", primitive: "waitAsyncTurn" }],
  ["5a", { what: "yield of a stealable task", unit: "ns", primitive: "waitAsyncTurn" }],
  ["5b", { what: "yield of a pinned task", unit: "ns", primitive: "microtask" }],
  ["6", { what: "round trip of two tasks on two workers, by two channels", unit: "µs", primitive: "waitAsync" }],
  ["7a", { what: "Mandelbrot, 1024², 500 iterations, 256 stealable tasks", unit: "speed-up", primitive: "secondCore" }],
  ["7b", { what: "imbalanced ×100, heavy tasks anywhere", unit: "speed-up", primitive: "secondCore" }],
  ["7c", { what: "imbalanced ×100, heavy tasks first", unit: "speed-up", primitive: "secondCore" }],
  ["8", { what: "fork–join fib(27), 5,167 tasks", unit: "per second", primitive: "waitAsyncTurn" }],
]));

/** @type {Record<string, string>} */
export const primitives = {
  startUp: "two bare workers that instantiate the module, ms",
  waitAsync: "waitAsync and notify, to and fro, µs",
  wait: "blocking wait and notify, to and fro, µs",
  spin: "spinning, to and fro, µs",
  messagePort: "MessagePort, to and fro, µs",
  waitAsyncTurn: "waitAsync woken by oneself, µs",
  microtask: "await of a queueMicrotask, µs",
  secondCore: "arithmetic that shares nothing, speed-up",
};

/**
 * The Rust crate's figures with two workers, and the primitives of that run in µs.
 * @type {Record<string, {primitives: Record<string, number>, rows: Record<string, number>}>}
 */
export const rustCrate = {
  chromium: {
    primitives: { waitAsync: 44, waitAsyncTurn: 2.6, microtask: 0.78 },
    rows: {
      "1-first": 66, "2a": 30, "2c": 35, "2d": 35, "3a": 451e3, "3b": 592e3, "4a": 309e3, "4b": 217e3,
      "5a": 2128, "5b": 667, 6: 83, "7a": 1.95, "7b": 1.94, "7c": 1.92, 8: 233e3,
    },
  },
  node: {
    primitives: { waitAsync: 82, waitAsyncTurn: 3.4, microtask: 0.16 },
    rows: {
      "1-first": 63, "2a": 14.9, "2c": 24, "2d": 53, "3a": 501e3, "3b": 634e3, "4a": 186e3, "4b": 211e3,
      "5a": 3831, "5b": 134, 6: 57, "7a": 1.96, "7b": 1.97, "7c": 1.97, 8: 144e3,
    },
  },
  firefox: {
    primitives: { waitAsync: 46, waitAsyncTurn: 1.9, microtask: 1.5 },
    rows: {
      "1-first": 148, "2a": 20, "2c": 40, "2d": 40, "3a": 457e3, "3b": 757e3, "4a": 327e3, "4b": 259e3,
      "5a": 2058, "5b": 793, 6: 61, "7a": 1.98, "7b": 1.96, "7c": 1.94, 8: 259e3,
    },
  },
};
