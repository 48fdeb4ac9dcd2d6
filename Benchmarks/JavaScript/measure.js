// @ts-check
// One run, in a page or in Node: the program with the hand-written imports beside its own.
import { handwritten } from "./handwritten.js";

/**
 * @param {string} base the URL of the built program's folder
 * @param {BufferSource} bytes its module
 * @returns {Promise<object[]>} what it reports
 */
export async function measure(base, bytes) {
  // webble.js has no way to add imports, which nobody else needs.
  const { instantiate } = WebAssembly;
  /** @type {any} */ let instance;
  /** @type {any} */ (WebAssembly).instantiate = async (/** @type {any} */ module, /** @type {any} */ imports) =>
    instance = await instantiate(module, {
      ...imports, handwritten: handwritten(imports.env.memory, () => instance.exports),
    });
  const { start } = await import(new URL("webble.js", base).href);
  /** @type {object[]} */ const rows = [];
  const { exited } = await start({
    module: await WebAssembly.compile(bytes), isolated: true,
    print: (/** @type {string} */ line) => rows.push(JSON.parse(line)),
  });
  const status = await exited;
  if (status !== 0) throw new Error(`The program has ended with status ${status}.`);
  return rows;
}
