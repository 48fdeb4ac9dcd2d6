// @ts-check
// One run: the primitives, then the program, in one page or one Node process.
import { measurePrimitives } from "./Baselines/primitives.js";

/**
 * @param {{workers: number, rows: string[], base: string, bytes: BufferSource}} options
 *   base: the URL of the built program's folder; bytes: its module
 * @returns {Promise<object>} nanoseconds of each primitive, and what each row reports
 */
export async function measure({ workers, rows, base, bytes }) {
  const { start } = await import(new URL("webble.js", base).href);
  const module = await WebAssembly.compile(bytes);
  /** @type {Record<string, object>} */ const results = {};
  /** @param {string[]} rows */
  const run = async (rows) => {
    if (rows.length === 0) return;
    const { exited } = await start({
      module, arguments: [String(workers), ...rows],
      print: (/** @type {string} */ line) => {
        const { row, ...measured } = JSON.parse(line);
        results[row] = measured;
      },
    });
    const status = await exited;
    if (status !== 0) throw new Error(`The program has ended with status ${status}.`);
  };
  // The first start in a process, before anything has warmed it up.
  await run(rows.filter((row) => row === "1-first"));
  const primitives = await measurePrimitives(module);
  await run(rows.filter((row) => row !== "1-first"));
  return { primitives, rows: results };
}
