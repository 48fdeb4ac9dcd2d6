// @ts-check
// The pool of threads of pool.cpp, as emscripten has compiled it.

/** @type {Promise<any> | undefined} */ let module;

/**
 * @param {string} name of a row @param {number} workers @param {boolean} isTiny
 * @returns {Promise<{nanoseconds: number, alone?: number}>}
 */
export async function measureThreads(name, workers, isTiny) {
  // @ts-ignore: there when it was built.
  module ??= import("../emscripten.mjs").then(({ default: make }) => make({ workers }));
  const { ccall } = await module;
  const measure = (/** @type {number} */ count) => Math.round(
    ccall("measure", "number", ["string", "number", "boolean"], [name, count, isTiny]));
  const nanoseconds = measure(workers);
  return name.startsWith("7") ? { nanoseconds, alone: measure(1) } : { nanoseconds };
}
