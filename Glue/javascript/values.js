// @ts-check
// What Swift asks of values by their index, and the making of those that need no memory.

/** @typedef {import("../webble-javascript.js").Thread} Thread */

/**
 * @param {Thread} thread @param {any[]} values what Swift holds, by index @param {(value: any) => number} keep
 * @param {(address: number, length: number) => string} decode
 * @param {(value: any) => number} give @param {(error: any) => number} giveError
 * @returns {Record<string, (...values: any[]) => any>}
 */
export const valueFunctions = (thread, values, keep, decode, give, giveError) => ({
  equals: (one, other) => values[one] === values[other],
  isInstance: (object, constructor) => {
    try { return give(Number(values[object] instanceof values[constructor])); } catch { return give(0); }
  },
  describe: (value) => {
    try { return give(String(values[value])); } catch (error) { return giveError(error); }
  },

  makeSymbol: (at, length) => keep(Symbol(decode(at, length))),
  makeBigInt: (value, isSigned) => keep(isSigned ? value : BigInt.asUintN(64, value)),
  bigIntValue: (value) => BigInt.asIntN(64, values[value]),
  bigIntFits: (value, isSigned) =>
    (isSigned ? BigInt.asIntN(64, values[value]) : BigInt.asUintN(64, values[value])) === values[value],

  makeObject: () => keep({}),

  /** A URL relative to the page, in full. */
  resolve: (at, length) => {
    const url = decode(at, length);
    try { return give(thread.page ? new URL(url, thread.page).href : url); } catch (error) { return giveError(error); }
  },
});
