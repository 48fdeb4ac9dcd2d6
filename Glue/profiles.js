// @ts-check
/// <reference lib="dom" />
// What `webble run --trace` and `--heap-profile` write, of builds for inspection: read from the program's memory when
// it has ended, by the main thread, or while it hangs, by the inspector.

/** @typedef {import("./thread.js").Thread} Thread */

// Kinds of events: TraceKind in SDK/_Concurrency/Inspection/Trace.swift, and the layout of its rings.
const MADE = 1, NAMED = 2, MADE_READY = 3, BEGUN = 4, STOPPED = 5, ENDED = 6, TURN_BEGUN = 7, TURN_ENDED = 8;
const EVENT_SIZE = 24, RING_CAPACITY = 1 << 15;
/** Reserved colours of the trace viewer's. */
const COLOURS = { pinned: "thread_state_running", stealable: "rail_animation" };

/**
 * The timeline as Chrome's and Perfetto's JSON: a track a worker, with the turns of its event loop, the tasks in them,
 * and an arrow from where a task is made ready to where it runs.
 * @param {Thread} thread @param {(index: number) => string} nameOf a function by its index in the table
 */
export function traceOf(thread, nameOf) {
  const memory = new DataView(thread.memory.buffer);
  /** @type {any[]} */ const rows = [];
  /** @type {Map<number, {name: string, isStealable: boolean}>} */ const tasks = new Map();
  const task = (/** @type {number} */ identifier) => {
    let known = tasks.get(identifier);
    if (!known) tasks.set(identifier, known = { name: `task ${identifier}`, isStealable: false });
    return known;
  };
  let first = Infinity;
  /** @type {{worker: number, events: {time: number, kind: number, task: number, detail: number}[]}[]} */
  const rings = [];
  for (let ring = thread.exports.webble_traces() >>> 0; ring; ring = memory.getUint32(ring, true)) {
    const worker = memory.getInt32(ring + 4, true), count = memory.getUint32(ring + 8, true);
    const events = [];
    for (let index = Math.max(0, count - RING_CAPACITY); index < count; index++) {
      const at = ring + EVENT_SIZE * (1 + index % RING_CAPACITY);
      const event = {
        time: Number(memory.getBigInt64(at, true)) / 1000, kind: memory.getUint32(at + 8, true),
        task: memory.getUint32(at + 12, true), detail: memory.getUint32(at + 16, true),
      };
      events.push(event);
      if (event.kind === MADE) {
        task(event.task).name = nameOf(event.detail & 0x7fffffff);
        task(event.task).isStealable = event.detail >>> 31 === 1;
      } else if (event.kind === NAMED) {
        let end = event.detail;
        while (memory.getUint8(end)) end++;
        task(event.task).name = thread.text(event.detail, end - event.detail);
      }
    }
    // The oldest may be half overwritten while this reads.
    if (count > RING_CAPACITY) events.splice(0, 64);
    rings.push({ worker, events });
    if (events.length) first = Math.min(first, events[0].time);
  }
  rings.sort((a, b) => a.worker - b.worker);
  rows.push({ ph: "M", name: "process_name", pid: 1, tid: 0, args: { name: "webble" } });
  for (const { worker, events } of rings) {
    const tid = worker + 1;
    rows.push({ ph: "M", name: "thread_name", pid: 1, tid, args: { name: worker < 0 ? "main" : `worker ${worker}` } });
    rows.push({ ph: "M", name: "thread_sort_index", pid: 1, tid, args: { sort_index: tid } });
    /** @type {typeof events} */ const running = [];
    /** @type {typeof events[0] | undefined} */ let turn;
    for (const event of events) {
      const ts = event.time - first;
      const slice = { pid: 1, tid, ph: "X" };
      if (event.kind === TURN_BEGUN) turn = event;
      else if (event.kind === TURN_ENDED && turn) {
        const stolen = event.detail - turn.detail;
        rows.push({ ...slice, name: "turn", cat: "loop", ts: turn.time - first, dur: event.time - turn.time,
          ...(stolen ? { args: { stolen } } : {}) });
        turn = undefined;
      } else if (event.kind === BEGUN) {
        running.push(event);
        rows.push({ pid: 1, tid, ph: "f", bp: "e", name: "wake", cat: "wake", id: event.task, ts });
      } else if (event.kind === STOPPED) {
        const begun = running.pop();
        if (!begun) continue;
        const { name, isStealable } = task(begun.task);
        rows.push({ ...slice, name, cat: isStealable ? "stealable" : "pinned", ts: begun.time - first,
          dur: event.time - begun.time, cname: COLOURS[isStealable ? "stealable" : "pinned"], args: { task: begun.task } });
      } else if (event.kind === MADE_READY) {
        rows.push({ pid: 1, tid, ph: "s", name: "wake", cat: "wake", id: event.task, ts });
      } else if (event.kind === MADE || event.kind === ENDED) {
        rows.push({ pid: 1, tid, ph: "i", s: "t", name: event.kind === MADE ? "spawn" : "end", cat: "task", ts,
          args: { task: event.task, name: task(event.task).name } });
      }
    }
    // What runs still.
    const last = events.length ? events[events.length - 1].time : 0;
    for (const begun of running) {
      rows.push({ pid: 1, tid, ph: "X", name: task(begun.task).name, cat: "unfinished", ts: begun.time - first,
        dur: last - begun.time, args: { task: begun.task } });
    }
  }
  return `{"displayTimeUnit":"ms","traceEvents":[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]}\n`;
}

/** How many lists of samples there are, and how many bytes a sample has before its frames: HeapProfile.swift. */
const BUCKETS = 4096, SAMPLE_SIZE = 16;

/**
 * What holds the memory, as the text that flame graphs are made of: a line a stack, outermost function first, and the
 * live bytes that it has allocated.
 * @param {Thread} thread @param {(number: number, offset: number | undefined) => string} nameOf
 */
export function heapProfileOf(thread, nameOf) {
  const memory = new DataView(thread.memory.buffer);
  /** @type {Map<string, number>} */ const stacks = new Map();
  const buckets = thread.exports.webble_heap_samples() >>> 0;
  for (let bucket = 0; buckets && bucket < BUCKETS; bucket++) {
    let sample = memory.getUint32(buckets + bucket * 4, true);
    for (; sample; sample = memory.getUint32(sample, true)) {
      const size = memory.getUint32(sample + 8, true), count = memory.getUint32(sample + 12, true);
      const frames = [];
      for (let index = 0; index < count; index++) {
        const word = memory.getUint32(sample + SAMPLE_SIZE + index * 4, true);
        frames.unshift(word >>> 31 ? nameOf(word & 0x7fffffff, undefined) : nameOf(-1, word));
      }
      const stack = frames.join(";") || "unknown";
      stacks.set(stack, (stacks.get(stack) ?? 0) + size);
    }
  }
  return [...stacks].sort((a, b) => b[1] - a[1]).map(([stack, size]) => `${stack} ${size}\n`).join("");
}

/** How many frames a sample has room for, and bytes a word. */
const FRAMES = 32, WORD = 4;

/**
 * The noted blocks that nothing refers to: neither the program's data, its stacks and tasks, nor what those refer to. Any
 * word that might be an address counts as one, so that a block may be overlooked, but none that is in use is told.
 * @param {Thread} thread the main one, while the others rest @param {[number, number][]} idleStacks of the others: where
 * each begins, and its size
 * @param {(block: {frames: number[]}) => boolean} isHeld whether JavaScript may hold it
 * @returns {{size: number, frames: number[]}[]} frames: offsets in the module, or with the sign bit numbers of functions
 */
export function leaksOf(thread, idleStacks, isHeld) {
  const words = new Uint32Array(thread.memory.buffer);
  /** @type {{start: number, size: number, frames: number[], isReached: boolean}[]} */ const blocks = [];
  // Not looked into for addresses: the blocks, save those that are reached; what notes them; and stacks that are not in use.
  const skipped = [[0, thread.exports.__stack_pointer.value], ...idleStacks.map(([start, size]) => [start, start + size])];
  const buckets = thread.exports.webble_heap_samples() >>> 0;
  for (let bucket = 0; buckets && bucket < BUCKETS; bucket++) {
    for (let sample = words[buckets / WORD + bucket]; sample; sample = words[sample / WORD]) {
      const [, start, size, count] = words.subarray(sample / WORD, sample / WORD + 4);
      const frames = [...words.subarray(sample / WORD + 4, sample / WORD + 4 + count)];
      blocks.push({ start, size, frames, isReached: false });
      skipped.push([start, start + size], [sample, sample + SAMPLE_SIZE + FRAMES * WORD]);
    }
  }
  blocks.sort((a, b) => a.start - b.start);
  skipped.sort((a, b) => a[0] - b[0]);
  /** @type {typeof blocks} */ const reached = [];
  const look = (/** @type {number} */ from, /** @type {number} */ to) => {
    for (let index = Math.ceil(from / WORD); index < Math.min(to / WORD, words.length); index++) {
      const address = words[index];
      let low = 0, high = blocks.length;
      while (low < high) {
        const middle = low + high >> 1;
        if (blocks[middle].start <= address) low = middle + 1; else high = middle;
      }
      const block = blocks[low - 1];
      if (block && address < block.start + block.size && !block.isReached) reach(block);
    }
  };
  const reach = (/** @type {typeof blocks[0]} */ block) => { block.isReached = true; reached.push(block); };
  for (const block of blocks) if (isHeld(block)) reach(block);
  let end = 0;
  for (const [from, to] of skipped) {
    if (from > end) look(end, from);
    end = Math.max(end, to);
  }
  look(end, words.length * WORD);
  for (let block; (block = reached.pop()); ) look(block.start, block.start + block.size);
  return blocks.filter((block) => !block.isReached);
}

/**
 * For the module: the functions on this thread's stack, innermost first, without those that count allocations.
 * @param {Thread} thread @param {number} to @param {number} limit
 */
export function stackInto(thread, to, limit) {
  const errors = /** @type {any} */ (Error);
  const { stackTraceLimit } = errors;
  errors.stackTraceLimit = limit + 8;
  const { stack = "" } = new Error();
  errors.stackTraceLimit = stackTraceLimit;
  const words = [];
  for (const [, number, offset] of stack.matchAll(/wasm-function\[(\d+)\](?::0x([0-9a-f]+))?/g)) {
    words.push(offset ? parseInt(offset, 16) : Number(number) | 0x80000000);
  }
  // countAllocation, and C's function for it.
  const frames = words.slice(1, limit + 1);
  thread.bytes(to, frames.length * 4).set(new Uint8Array(new Uint32Array(frames).buffer));
  return frames.length;
}
