// @ts-check
/// <reference lib="dom" />
// What builds for inspection have besides: names of functions for dumps, `program.dump()`, and the inspector, a thread
// beside the program's that can make dumps while those are busy. `webble build` puts this file before thread.js, and
// takes the lines of the others that begin with `// inspection:` for code.

import { isOwn, linesOf, loadLines } from "./lines.js";
import { heapProfileOf, leaksOf, stackInto, traceOf } from "./profiles.js";
import { Thread, isNode, nodeModule, nodeThreads, scope } from "./thread.js";

/** @typedef {(text: string) => void} Taker */
/** @typedef {{trace?: Taker, heap?: Taker, leaks?: Taker, lost?: Taker}} Profiles what takes which profile */

/** One block in so many bytes is noted for a heap profile. */
const SAMPLE_INTERVAL = 2048;

/**
 * What nothing refers to any more, by the code that has allocated it.
 * @param {any} thread the main one @param {ReturnType<typeof linesOf>} lines
 */
function leakReport(thread, lines) {
  try {
    const { workers } = dumpOf(thread, "structured");
    if (workers.some((/** @type {any} */ worker) => worker.isInTurn)) return "Leaks cannot be told: workers are running.";
  } catch {
    return "Leaks cannot be told: the program has ended under a lock.";
  }
  const named = (/** @type {number} */ word) => {
    const place = word >>> 31 ? lines.ofFunction(word & 0x7fffffff) : lines.at(word);
    return { place, text: `    at ${lines.describe(word >>> 31 ? word & 0x7fffffff : lines.functionAt(word), place)}` };
  };
  const stacks = [...thread.workers.values()].map((worker) => worker.stack);
  // Of a closure of Swift's that JavaScript may call, JavaScript alone may know.
  const leaks = leaksOf(thread, stacks, ({ frames }) => frames.some((word) => /JS(Oneshot)?Closure/.test(named(word).text)));
  /** @type {Map<string, {count: number, size: number}>} */ const places = new Map();
  for (const { size, frames } of leaks) {
    const all = frames.map(named), first = all.findIndex(({ place }) => isOwn(place));
    const stack = all.slice(Math.max(first, 0)).map(({ text }) => text).join("\n");
    const place = places.get(stack) ?? { count: 0, size: 0 };
    places.set(stack, { count: place.count + 1, size: place.size + size });
  }
  const counted = (/** @type {number} */ count) => count === 1 ? "1 block" : `${count} blocks`;
  const sum = leaks.reduce((all, one) => all + one.size, 0);
  return [
    leaks.length ? `Leaks: nothing refers to ${counted(leaks.length)} of ${sum} bytes in all` : "No leaks.",
    ...[...places].sort((a, b) => b[1].size - a[1].size).slice(0, 20)
      .map(([stack, { count, size }]) => `${counted(count)}, ${size} bytes, allocated\n${stack}`),
  ].join("\n");
}

/**
 * Begins what `profiles` wants; before `main`.
 * @param {Thread & {profiles?: Profiles}} thread
 */
export function startProfiles({ exports, profiles }) {
  if (profiles?.trace) exports.webble_start_trace();
  if (profiles?.heap || profiles?.leaks) exports.webble_start_heap_profile(profiles.leaks ? 1 : SAMPLE_INTERVAL);
}

/**
 * Reads the profiles and hands them over, once: before the program lets go of its memory.
 * @param {Thread & {profiles?: Profiles}} thread
 */
export function writeProfiles(thread) {
  const { profiles } = thread;
  thread.profiles = undefined;
  if (!profiles || !thread.exports) return;
  // Another thread may have grown the memory.
  thread.memory.grow(0);
  const named = (/** @type {number} */ number) => linesOf(thread).describe(number, linesOf(thread).ofFunction(number));
  profiles.trace?.(traceOf(thread, (index) => named(numberOf(thread, index))));
  // The inspector does not know what the main thread is about, and after a trap much is lost.
  const main = /** @type {any} */ (thread);
  if (profiles.leaks && main.workers && main.end?.reason !== "trap") profiles.leaks(leakReport(main, linesOf(thread)));
  // After exit(0) as well: what the functions that have called it hold has more references than words are found. Not after
  // a trap or a failure, which have a cause to tell of. Last, since it leaves addresses in the memory.
  if (profiles.lost && main.workers && !main.end?.status) {
    const text = lostBy(thread, !profiles.leaks);
    if (text) profiles.lost(text);
  }
  profiles.heap?.(heapProfileOf(thread, (number, offset) => {
    const lines = linesOf(thread), frame = offset === undefined ? named(number) : lines.describe(lines.functionAt(offset), lines.at(offset));
    return frame.replaceAll(";", ",");
  }));
}

/** How long a worker may take to end the turn in which it has done the last of the program's work, in milliseconds. */
const LAST_TURN = 50;

/**
 * Tasks that can never go on, and objects that only each other hold; nothing if there are none, or workers run.
 * @param {Thread} thread the main one, when `main` has returned @param {boolean} withObjects or tasks alone
 */
function lostBy(thread, withObjects) {
  for (const end = performance.now() + LAST_TURN; ;) {
    try {
      const lent = thread.exports.webble_find_leaks(withObjects);
      if (lent) return taken(thread, lent);
    } catch {
      return "";
    }
    if (performance.now() > end) return "";
  }
}

/**
 * A function of WebAssembly's is called by its number in the module.
 * @param {Thread} thread @param {number} index in the table of functions
 */
const numberOf = (thread, index) => Number(thread.exports.__indirect_function_table.get(index)?.name);

/**
 * Who awaits what the thread's task was doing, from the inside outwards.
 * @param {Thread} thread
 * @returns {string[]}
 */
export function awaitersOf(thread) {
  try {
    const result = thread.exports?.webble_awaiters?.();
    if (!result) return [];
    const address = Number(result >> 32n), count = Number(result & 0xffffffffn);
    const functions = [...new Uint32Array(thread.bytes(address, count * 4).slice().buffer)];
    const lines = linesOf(thread);
    // What the compiler has put between, such as thunks, has no place; and a closure is in parts, not all of which have.
    /** @type {import("./lines.js").Frame[]} */ const frames = [];
    for (const index of functions) {
      const number = numberOf(thread, index), frame = { name: lines.names[number] ?? "", place: lines.ofFunction(number) };
      const last = frames[frames.length - 1];
      if (last?.name !== frame.name) frames.push(frame); else last.place ||= frame.place;
    }
    const begun = frames.length - 1;
    const told = frames.map(({ name, place }, position) => ({
      text: ["   ", position === begun ? "in a task of" : "awaited by", name, place].filter(Boolean).join(" "), place,
    }));
    const own = told.filter(({ place }) => isOwn(place));
    return (own.length ? own : told).map(({ text }) => text);
  } catch {
    return [];
  }
}

/** @param {Thread} thread */
export const inspectionImports = (thread) => ({
  /** @param {number} index in the table of functions @param {number} to @param {number} capacity */
  nameFunction: (index, to, capacity) => {
    const lines = linesOf(thread);
    const number = numberOf(thread, index);
    const name = lines.names[number] ? `${lines.names[number]}\t${lines.ofFunction(number)}` : "";
    const { written } = new TextEncoder().encodeInto(name, encoded);
    const count = Math.min(written ?? 0, capacity);
    thread.bytes(to, count).set(encoded.subarray(0, count));
    return count;
  },
  /** @param {number} to @param {number} limit */
  stack: (to, limit) => stackInto(thread, to, limit),
});

const encoded = new Uint8Array(4096);

/**
 * A text that the module has made for JavaScript.
 * @param {Thread} thread @param {bigint} lent its address, and in the lower half its length
 */
function taken(thread, lent) {
  const address = Number(lent >> 32n), text = thread.text(address, Number(lent & 0xffffffffn));
  thread.exports.webble_end_dump(address);
  return text;
}

/**
 * What runs and what waits, as text, or as an object.
 * @param {Thread} thread @param {"text" | "structured"} [format]
 */
export function dumpOf(thread, format = "text") {
  if (!thread.exports?.webble_dump) return "";
  const text = taken(thread, thread.exports.webble_dump(format === "structured"));
  return format === "structured" ? JSON.parse(text) : text;
}

/**
 * What a thread needs to become the inspector of a program; the program's threads share memory.
 * @param {Thread} thread the main one @param {WebAssembly.Module} module @param {string} source of workers
 */
export function inspectorOf(thread, module, source) {
  // Without shared memory there are no threads, and the program may have ended.
  if (!thread.memory || thread.memory.buffer instanceof ArrayBuffer) return undefined;
  const memory = thread.exports.webble_make_inspector();
  return {
    source: `${source}becomeInspector();`,
    start: {
      module, memory: thread.memory, stack: Number(memory >> 32n), tls: Number(memory & 0xffffffffn),
      timeOrigin: performance.timeOrigin, page: thread.page, symbols: thread.symbols,
    },
  };
}

/** What the inspector's thread runs: waits for the message with `inspectorOf`'s `start`. */
export function becomeInspector() {
  const port = nodeThreads?.parentPort ?? scope;
  const receive = async (/** @type {any} */ { data }) => {
    const { module, memory, stack, tls, timeOrigin, page, symbols } = data;
    const thread = new Thread(memory, "inspector", timeOrigin, page, new Uint8Array());
    thread.symbols = symbols;
    await thread.instantiate(module, {
      exit: () => {}, print: () => {}, mainReturned: () => {}, start: () => {},
    });
    memory.grow(0);
    thread.exports.__stack_pointer.value = thread.stackTop = stack + INSPECTOR_STACK;
    thread.exports.__wasm_init_tls(tls);
    thread.exports.webble_enter_inspector(stack, INSPECTOR_STACK);
    await loadLines(thread);
    port.postMessage("ready");
    const dump = () => {
      try { return dumpOf(thread); } catch (error) { return `The dump has failed: ${error}`; }
    };
    const say = data.requests ? sayInNode : (/** @type {string} */ text) => sayToServer(data.server, text);
    if (data.hangTimeout) watchForHangs(thread, data.hangTimeout * 1000, say);
    const answer = async () => {
      await say(dump());
      /** @type {any} */ (thread).profiles = profilesOf(data);
      writeProfiles(thread);
    };
    if (data.title) answerViews(thread, data.title);
    else if (data.requests) answerFiles(data.requests, answer);
    else await answerServer(data.server, answer);
  };
  port.addEventListener("message", receive);
}

/** Bytes; kept in step with Inspection.swift. */
const INSPECTOR_STACK = 1 << 20;

/**
 * Where the inspector's profiles go, if the program hangs and cannot write them itself.
 * @param {any} data @returns {Profiles}
 */
function profilesOf(data) {
  /** @type {any} */ const profiles = {};
  for (const kind of ["trace", "heap"]) {
    if (!data[kind]) continue;
    profiles[kind] = (/** @type {string} */ text) => data.requests ? nodeModule("fs").writeFileSync(data[kind], text)
      : fetch(`${data.server}/.webble/profiles/${kind}`, { method: "POST", body: text });
  }
  return profiles;
}

/**
 * Reports each task once that keeps its thread from its event loop for that long.
 * @param {Thread} thread @param {number} milliseconds @param {(text: string) => void} say
 */
function watchForHangs(thread, milliseconds, say) {
  /** @type {Set<string>} */ const told = new Set();
  setInterval(() => {
    for (const line of taken(thread, thread.exports.webble_hung_tasks(milliseconds)).split("\n")) {
      const [identifier, polls, text] = line.split("\t");
      if (!text || told.has(`${identifier} ${polls}`)) continue;
      told.add(`${identifier} ${polls}`);
      say(text);
    }
  }, Math.min(1000, milliseconds / 2));
}

/** @param {string} text */
function sayInNode(text) {
  const bytes = new TextEncoder().encode(text + "\n"), fs = nodeModule("fs");
  for (let offset = 0; offset < bytes.length;) {
    try { offset += fs.writeSync(2, bytes, offset); } catch (error) {
      if (/** @type {any} */ (error).code !== "EAGAIN") throw error;
    }
  }
}

/** @param {string} server @param {string} text */
async function sayToServer(server, text) {
  const events = text.split("\n").map((line) => ({ stream: "error", line }));
  await fetch(`${server}/.webble/events`, { method: "POST", body: JSON.stringify(events) });
}

/**
 * In a page of `webble serve`: the live view asks for a picture each time that it wants one.
 * @param {Thread} thread @param {string} title of the page
 */
function answerViews(thread, title) {
  const channel = new BroadcastChannel("webble console"), started = Date.now(), program = `${started} ${Math.random()}`;
  channel.onmessage = ({ data }) => {
    if (data.webble !== "look") return;
    channel.postMessage({
      webble: "seen", program, started, title, at: performance.now(),
      snapshot: JSON.parse(taken(thread, thread.exports.webble_snapshot())),
    });
  };
}

/**
 * In Node: a file asks for a dump, another says that it is written. Looked for, since nothing here may keep a
 * process that ends, as a read from a pipe would.
 * @param {string} folder @param {() => Promise<void>} answer
 */
function answerFiles(folder, answer) {
  const fs = nodeModule("fs");
  setInterval(async () => {
    if (!fs.existsSync(`${folder}/dump`)) return;
    fs.unlinkSync(`${folder}/dump`);
    await answer();
    fs.writeFileSync(`${folder}/dumped`, "");
  }, 50);
}

/**
 * In a page of `webble run`: the server answers when it wants a dump.
 * @param {string} server @param {() => Promise<void>} answer
 */
async function answerServer(server, answer) {
  for (;;) {
    const { status } = await fetch(`${server}/.webble/requests`);
    if (status !== 200) return;
    await answer();
    await fetch(`${server}/.webble/events`, { method: "POST", body: JSON.stringify([{ dumped: true }]) });
  }
}
