// @ts-check
// Properties and methods of JavaScript objects, by name.

/** @typedef {import("../webble-javascript.js").Thread} Thread */

// What an engine learns of objects it keeps for each place in the source: an access is fast where the key has always
// been the same. Hence a place of its own for each of the first 31 names (in calls the first 15, since engines inline
// small functions only) and one for all others. Functions made for each name would need `eval`, which a strict
// Content-Security-Policy forbids.

/** @type {(id: number, o: any, key: string) => any} */
export const read = (id, o, key) => {
  switch (id) {
    case 1: return o[key]; case 2: return o[key]; case 3: return o[key]; case 4: return o[key];
    case 5: return o[key]; case 6: return o[key]; case 7: return o[key]; case 8: return o[key];
    case 9: return o[key]; case 10: return o[key]; case 11: return o[key]; case 12: return o[key];
    case 13: return o[key]; case 14: return o[key]; case 15: return o[key]; case 16: return o[key];
    case 17: return o[key]; case 18: return o[key]; case 19: return o[key]; case 20: return o[key];
    case 21: return o[key]; case 22: return o[key]; case 23: return o[key]; case 24: return o[key];
    case 25: return o[key]; case 26: return o[key]; case 27: return o[key]; case 28: return o[key];
    case 29: return o[key]; case 30: return o[key]; case 31: return o[key];
    default: return o[key];
  }
};

/** @type {(id: number, o: any, key: string, value: any) => void} */
export const write = (id, o, key, value) => {
  switch (id) {
    case 1: o[key] = value; break; case 2: o[key] = value; break; case 3: o[key] = value; break;
    case 4: o[key] = value; break; case 5: o[key] = value; break; case 6: o[key] = value; break;
    case 7: o[key] = value; break; case 8: o[key] = value; break; case 9: o[key] = value; break;
    case 10: o[key] = value; break; case 11: o[key] = value; break; case 12: o[key] = value; break;
    case 13: o[key] = value; break; case 14: o[key] = value; break; case 15: o[key] = value; break;
    case 16: o[key] = value; break; case 17: o[key] = value; break; case 18: o[key] = value; break;
    case 19: o[key] = value; break; case 20: o[key] = value; break; case 21: o[key] = value; break;
    case 22: o[key] = value; break; case 23: o[key] = value; break; case 24: o[key] = value; break;
    case 25: o[key] = value; break; case 26: o[key] = value; break; case 27: o[key] = value; break;
    case 28: o[key] = value; break; case 29: o[key] = value; break; case 30: o[key] = value; break;
    case 31: o[key] = value; break;
    default: o[key] = value;
  }
};

/** @type {(id: number, o: any, key: string) => any} */
export const call0 = (id, o, key) => {
  switch (id) {
    case 1: return o[key](); case 2: return o[key](); case 3: return o[key](); case 4: return o[key]();
    case 5: return o[key](); case 6: return o[key](); case 7: return o[key](); case 8: return o[key]();
    case 9: return o[key](); case 10: return o[key](); case 11: return o[key](); case 12: return o[key]();
    case 13: return o[key](); case 14: return o[key](); case 15: return o[key]();
    default: return o[key]();
  }
};

/** @type {(id: number, o: any, key: string, a: any) => any} */
export const call1 = (id, o, key, a) => {
  switch (id) {
    case 1: return o[key](a); case 2: return o[key](a); case 3: return o[key](a); case 4: return o[key](a);
    case 5: return o[key](a); case 6: return o[key](a); case 7: return o[key](a); case 8: return o[key](a);
    case 9: return o[key](a); case 10: return o[key](a); case 11: return o[key](a); case 12: return o[key](a);
    case 13: return o[key](a); case 14: return o[key](a); case 15: return o[key](a);
    default: return o[key](a);
  }
};

/** @type {(id: number, o: any, key: string, a: any, b: any) => any} */
export const call2 = (id, o, key, a, b) => {
  switch (id) {
    case 1: return o[key](a, b); case 2: return o[key](a, b); case 3: return o[key](a, b);
    case 4: return o[key](a, b); case 5: return o[key](a, b); case 6: return o[key](a, b);
    case 7: return o[key](a, b); case 8: return o[key](a, b); case 9: return o[key](a, b);
    case 10: return o[key](a, b); case 11: return o[key](a, b); case 12: return o[key](a, b);
    case 13: return o[key](a, b); case 14: return o[key](a, b); case 15: return o[key](a, b);
    default: return o[key](a, b);
  }
};

/** The error of a call: the engine's, unless there is no such method, of which engines do not tell the name. */
export const named = (
  /** @type {Thread} */ thread, /** @type {any} */ error, /** @type {any} */ self, /** @type {string} */ key,
) => {
  if (!(error instanceof TypeError) || thread.isStopped) return error;
  try { return typeof self[key] === "function" ? error : new TypeError(`${key} is not a function`); } catch {
    return error;
  }
};
