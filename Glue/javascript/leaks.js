// @ts-check
// Debug builds tell of closures that nobody has released.

/** @typedef {import("../webble-javascript.js").Thread} Thread */

/**
 * Where closures were made.
 * @param {any[]} values what Swift holds, by index
 */
export const makeOrigins = (values) => {
  /** @type {WeakMap<object, { token: {isAlive: boolean}, origin: string }>} */ const origins = new WeakMap();
  return {
    /** @param {object} closure @param {{isAlive: boolean}} token @param {string} origin */
    remember: (closure, token, origin) => { origins.set(closure, { token, origin }); },
    /** Of those that Swift still holds and has not released. */
    leaks: () => {
      const held = new Set(values.map((value) => origins.get(value)));
      return [...held].filter((one) => one?.token.isAlive).map((one) => one?.origin);
    },
  };
};

/** @param {Thread} thread @param {any[]} places */
export const reportLeaks = (thread, places) => {
  for (const origin of places) {
    thread.printError?.(`warning: the Swift closure made at ${origin} was never released: Swift holds it at the end `
      + "of its thread. If what it captures holds it, only release() frees it.");
  }
};
