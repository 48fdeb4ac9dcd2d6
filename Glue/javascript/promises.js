// @ts-check
// Promises: those that Swift awaits, and those that it makes.

/** @typedef {import("../webble-javascript.js").Thread} Thread */

/** A promise of the same outcome. Asked for its constructor, a promise may throw, as it then does in `await`. */
const promised = (/** @type {any} */ value) => {
  try { return Promise.resolve(value); } catch (error) { return Promise.reject(error); }
};

/**
 * @param {Thread} thread @param {any[]} values what Swift holds, by index
 * @param {(list: any[]) => number} storeArguments leaves values in slots
 * @param {(task: number, fulfilled: boolean, value: any) => number} settle goes on with a task that waits
 */
export const promisesOf = (thread, values, storeArguments, settle) => {
  /** @type {WeakMap<object, Promise<any>>} those that Swift has made, by what rejects them */
  const promises = new WeakMap();
  /** @type {Record<string, (...values: any[]) => any>} */
  const functions = {
    /** Calls `settle` when the promise, or whatever it is, has an outcome. */
    then: (promise, task) => {
      promised(values[promise])
        .then((value) => thread.enter(settle, task, true, value), (error) => thread.enter(settle, task, false, error));
    },
    /** Somebody will look at the promise, but later than engines wait before they report a rejection. */
    expect: (promise) => { promised(values[promise]).catch(() => {}); },
    /** Leaves a promise and the functions that resolve and reject it in slots. */
    makePromise: () => {
      /** @type {any[]} */ let resolvers = [];
      const promise = new Promise((...both) => { resolvers = both; });
      if (thread.onend) promises.set(resolvers[1], promise);
      storeArguments([promise, ...resolvers]);
    },
  };
  return {
    functions,
    /** Rejects those for which Swift still holds what would settle them. */
    rejectAll: (/** @type {Error} */ reason) => {
      for (const reject of values) {
        const promise = typeof reject === "function" && promises.get(reject);
        if (!promise) continue;
        // If nobody waits, nobody has to be told.
        promise.catch(() => {});
        reject(reason);
      }
    },
  };
};
