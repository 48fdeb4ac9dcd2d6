// @ts-check
// What the page calls of a program, and what it is told once the program has ended.

/** @typedef {import("../webble-javascript.js").Thread} Thread */

/**
 * What is thrown once the program has ended. Workers are not told how, as they end, too.
 * @param {Thread} thread
 */
export const programEnd = (thread) =>
  thread.end ?? Object.assign(new Error("the Swift program has ended"), { name: "ProgramEnded" });

/**
 * What the page calls. After the program's end it throws, or rejects if it returns promises, for the reason. So does the
 * call that ends the program, unless it does what it is there for: it exits, and is to return nothing.
 * @param {Thread} thread @param {(...values: any[]) => any} closure @param {string} type
 */
export const makeExport = (thread, closure, type) => {
  const isAsync = /\): Promise<[^]*>$/.test(type), isVoid = /\): void$/.test(type);
  /** @param {any[]} values */
  const exported = (...values) => {
    if (!thread.isStopped) {
      const result = closure(...values);
      if (!thread.isStopped || isAsync) return result;
      if (isVoid && /** @type {any} */ (thread.end)?.reason === "exit") return;
    }
    if (isAsync) return Promise.reject(programEnd(thread));
    throw programEnd(thread);
  };
  return Object.assign(exported, { type });
};

/**
 * @param {Thread} thread
 * @param {(...values: any[]) => any} next promises the next element, as iterators do
 * @param {(...values: any[]) => any} stop nobody will ask for another
 */
export const makeAsyncIterator = (thread, next, stop) => ({
  next: makeExport(thread, next, "(): Promise<any>"),
  return: async (/** @type {any} */ value) => {
    if (!thread.isStopped) stop();
    return { done: true, value };
  },
  [Symbol.asyncIterator]() { return this; },
});

/** Takes a closure that was called after the program's end from the target of the event: it is of no use any more. */
export const forget = (/** @type {any} */ event, /** @type {any} */ closure) => {
  for (const capture of [false, true]) event?.currentTarget?.removeEventListener?.(event.type, closure, { capture });
};
