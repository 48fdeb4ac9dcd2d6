// @ts-check
/// <reference lib="dom" />
// What the functions of a program are called, and which lines of the sources they come from: for reports and dumps of
// builds that have a source map. `webble build` puts this file before the others, and takes the lines of those that begin
// with `// lines: ` for code.

import { scope, isNode } from "./thread.js";

/** @typedef {import("./thread.js").Thread} Thread */
/** @typedef {{name: string, place: string}} Frame of a function, and where in the sources, if that is known */

/** @type {Lines | undefined} */ let knownLines;

/** What the functions are called, and which lines of the sources they come from. */
class Lines {
  /** @type {string[]} by index */ names;
  /** @type {number[]} addresses in the module where a line begins */ #addresses = [];
  /** @type {number[]} by the same index; -1: of no line */ #sources = [];
  /** @type {number[]} */ #lines = [];
  /** @type {string[]} */ #files = [];
  /** @type {{importedFunctionCount: number, bodies: number[], inlined: {names: string[], calls: string}}} */
  #functions = { importedFunctionCount: 0, bodies: [], inlined: { names: [], calls: "" } };

  /** @param {string} symbols JSON @param {string} map JSON; either may be empty */
  constructor(symbols, map) {
    this.names = JSON.parse(symbols || "[]").map(plainName);
    if (!map) return;
    const { mappings, sources, x_webble } = JSON.parse(map);
    this.#files = sources;
    this.#functions = x_webble;
    const numbers = [0, 0, 0, 0];
    eachSegment(mappings, (values) => {
      for (const [field, value] of values.entries()) numbers[field] += value;
      this.#addresses.push(numbers[0]);
      this.#sources.push(values.length > 1 ? numbers[1] : -1);
      this.#lines.push(numbers[2] + 1);
    });
  }

  /** Of the last line that begins at the address or before. */
  #index(/** @type {number} */ address) { return lastUpTo(this.#addresses, address); }

  #place(/** @type {number} */ index) {
    return this.#sources[index] >= 0 ? `${this.#files[this.#sources[index]]}:${this.#lines[index]}` : "";
  }

  /** @param {number} address in the module @returns {string} file and line, or nothing */
  at(address) { return this.#place(this.#index(address)); }

  /** @param {number} number of a function @returns {string} where it begins */
  ofFunction(number) {
    const { importedFunctionCount, bodies } = this.#functions;
    const start = bodies[number - importedFunctionCount], end = bodies[number - importedFunctionCount + 1] ?? Infinity;
    let index = Math.max(0, this.#index(start));
    if (this.#addresses[index] < start) index++;
    while (this.#addresses[index] < end && this.#sources[index] < 0) index++;
    return this.#addresses[index] < end ? this.#place(index) : "";
  }

  /** @param {number} offset in the module @returns {number} of the function */
  functionAt(offset) {
    const { importedFunctionCount, bodies } = this.#functions;
    return importedFunctionCount + lastUpTo(bodies, offset);
  }

  /**
   * A frame of a stack, and before it those of the functions that the compiler has put in line there.
   * @param {number} number of the function @param {number} [offset] in the module, if the engine tells it
   * @returns {Frame[]} the innermost first
   */
  frames(number, offset) {
    const name = this.names[number] || `function ${number}`;
    if (offset === undefined) return [{ name, place: this.ofFunction(number) }];
    /** @type {Frame[]} */ const frames = [];
    let place = this.at(offset);
    for (const call of this.#inlinedAt(offset)) {
      frames.push({ name: call.name, place });
      place = call.place;
    }
    return [...frames, { name, place }];
  }

  /**
   * The calls in whose place that code stands, the innermost first, with the place of each.
   * @param {number} offset in the module @returns {Frame[]}
   */
  #inlinedAt(offset) {
    const { names, calls } = this.#functions.inlined;
    /** @type {Frame[]} */ const found = [];
    let start = 0;
    // Outer ones come before those within.
    eachSegment(calls, ([distance, length, name, file, line]) => {
      start += distance;
      if (offset < start || offset >= start + length) return;
      found.unshift({ name: plainName(names[name]), place: file >= 0 ? `${this.#files[file]}:${line}` : "" });
    });
    return found;
  }

  /** @param {number} number @param {string} place */
  describe(number, place) { return [this.names[number] || `function ${number}`, place].filter(Boolean).join(" "); }
}

/**
 * What the compiler has made of a function counts as the function.
 * @param {string} name
 */
const plainName = (name) => name.replace(
  /^(partial apply for |specialized |(generic|function signature) specialization [^>]*> of |\(\d+\) (await|suspend) resume partial function for )+/, "");

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Calls `body` with the numbers of each segment: of variable length in base 64, as source maps have them.
 * @param {string} text @param {(values: number[]) => void} body
 */
function eachSegment(text, body) {
  /** @type {number[]} */ let values = [];
  let value = 0, shift = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === ",") {
      body(values);
      values = [];
      continue;
    }
    const digit = DIGITS.indexOf(text[index]);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    values.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = shift = 0;
  }
  if (values.length) body(values);
}

/** @param {number[]} sorted @param {number} limit @returns {number} the index of the last that is no larger */
function lastUpTo(sorted, limit) {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = low + high >> 1;
    if (sorted[middle] <= limit) low = middle + 1; else high = middle;
  }
  return low - 1;
}

/**
 * Whether a line is the program's own: not the standard library's nor ours.
 * @param {string} place
 */
export const isOwn = (place) => !!place && !/^(webble|swift|external)\//.test(place);

/**
 * The file's text, at once: the caller is in the middle of a call into the module.
 * @param {string | undefined} address
 */
function readNow(address) {
  if (!address) return "";
  try {
    const url = new URL(address);
    // Deno and Bun have this module of Node's, too, and no XMLHttpRequest.
    const files = url.protocol === "file:" ? scope.process?.getBuiltinModule?.("node:fs") : undefined;
    if (files) return files.readFileSync(url, "utf8");
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.send();
    return request.status === 200 ? request.responseText : "";
  } catch {
    return "";
  }
}

/** @param {string | undefined} symbols where the names are */
const mapOf = (symbols) => symbols?.replace("symbols.json", "wasm.map");

/** @param {Thread} thread */
export function linesOf(thread) {
  return knownLines ??= new Lines(readNow(thread.symbols), readNow(mapOf(thread.symbols)));
}

/**
 * The same ahead of time: what Firefox reads at once it reads on the main thread, which may be busy then.
 * @param {Thread} thread
 */
export async function loadLines(thread) {
  const read = async (/** @type {string | undefined} */ address) => {
    try {
      const response = await fetch(/** @type {string} */ (address));
      return response.ok ? await response.text() : "";
    } catch {
      return "";
    }
  };
  if (!isNode) knownLines = new Lines(await read(thread.symbols), await read(mapOf(thread.symbols)));
}

/** What the compiler calls the reason of a trap: a function that it has put in the trap's place. */
const REASON = "Swift runtime failure: ";

/** @param {string} line of a stack, as engines write it @returns {[number, number | undefined] | undefined} function and offset */
function wasmFrame(line) {
  const [, number, offset] = /wasm-function\[(\d+)\](?::0x([0-9a-f]+))?/.exec(line) ?? [];
  return number === undefined ? undefined : [Number(number), offset ? parseInt(offset, 16) : undefined];
}

/**
 * Which check has failed, if the trap's place tells.
 * @param {Thread} thread @param {string} stack
 */
export function reasonOf(thread, stack) {
  const trap = stack.split("\n").map(wasmFrame).find(Boolean);
  const reason = trap && linesOf(thread).frames(...trap).find(({ name }) => name.startsWith(REASON));
  return reason?.name.slice(REASON.length).replace(/^(fatal error|precondition failure)$/, CHECK_WITHOUT_TEXT);
}

/**
 * Tells what repeats, as a recursion does, once, and how often it comes.
 * @param {string[]} frames
 */
function counted(frames) {
  /** @type {{text: string, count: number}[]} */ const runs = [];
  for (const text of frames) {
    const last = runs[runs.length - 1];
    if (last?.text === text) last.count++; else runs.push({ text, count: 1 });
  }
  return runs.flatMap(({ text, count }) => count < 3 ? Array(count).fill(text) : [text, `    … ${count} times`]);
}

const CHECK_WITHOUT_TEXT = "a check of the standard library's has failed";

/**
 * Without the standard library's own place of a check, which says nothing about the code that failed it, and without what the
 * report begins with anyway.
 * @param {string} message
 */
export const withoutPlaceOfCheck = (message) => message
  .replace(/^Swift\/\w+\.swift:\d+: Fatal error$/, CHECK_WITHOUT_TEXT)
  .replace(/^Swift\/\w+\.swift:\d+: /, "").replace(/^(\S+:\d+: )?Fatal error: /, "$1");

/** Functions that only stop the program, of which engines or tables may tell no line. */
const STOPS = /^(_?(assertion|precondition)Failure|webble_fa|stopProgram|FixedText)/;

/**
 * The frames of a trap's stack, with their lines. Those above the program's own first one, which are the standard
 * library's and ours, say nothing and are left out.
 * @param {Thread} thread @param {string} stack @param {(line: string) => string | undefined} javaScriptFrame
 * @returns {string[]}
 */
export function framesOf(thread, stack, javaScriptFrame) {
  const lines = linesOf(thread);
  const frames = stack.split("\n").flatMap((line) => {
    const wasm = wasmFrame(line), javaScript = wasm ? undefined : javaScriptFrame(line);
    if (javaScript) return [{ text: javaScript, isOwn: true, stops: false }];
    const found = (wasm ? lines.frames(...wasm) : []).filter(({ name }) => !name.startsWith(REASON))
      .map(({ name, place }) => ({
        text: ["    at", name, place].filter(Boolean).join(" "), isOwn: isOwn(place), stops: STOPS.test(name),
      }));
    // What was put in line in a function of ours concerns nobody.
    return found.some((frame) => frame.isOwn) ? found : found.slice(-1);
  });
  let first = frames.findIndex((frame) => frame.isOwn);
  if (first < 0) first = frames.findIndex((frame) => !frame.stops);
  return counted(frames.slice(Math.max(first, 0)).map((frame) => frame.text));
}
