// @ts-check
/// <reference lib="dom" />
// What every thread of a program needs: an instance of the module, and turns for the scheduler on the thread's
// event loop. `webble build` puts this file into webble.js and into the text that workers start from.

import { imports as javascriptImports } from "./webble-javascript.js";

// How a turn ended: TurnEnd in Sources/WebbleScheduler/Turns/Turn.swift.
const PARKED = 0, MORE = 1, LEFT = 2;
/** Milliseconds: `timeSlice` there. */
const SLICE = 4;
/** The value of a worker's futex word while it sleeps: ParkState in Parking.swift. */
const PARK_WORD = 1;
/** What the address of a script ends in that a pool starts its workers from; in Node, their `workerData`. */
export const WORKER_MARK = "#webble-worker";

/**
 * How far a worker has come. Main reads it in memory that the two share: an error of the worker's JavaScript and a message
 * of the glue's come by two ways, of which either may be the faster.
 */
export const STARTING = 1, READY = 2;

export const scope = /** @type {any} */ (globalThis);
const errors = /** @type {any} */ (Error);
/** Deno, Bun and the pages of Electron have `process`, too, and workers as browsers have them. */
export const isNode = !!scope.process?.versions?.node && !scope.Deno && !scope.Bun
  && !/^(renderer|worker)$/.test(scope.process.type);
/**
 * Not an import: bundlers for the web would try to resolve it.
 * @param {string} name
 */
export const nodeModule = (name) => isNode ? scope.process.getBuiltinModule(`node:${name}`) : undefined;
export const nodeThreads = nodeModule("worker_threads");

/**
 * In WebKit's workers what is sent by a MessageChannel goes by way of the main thread, even from a worker to itself; so
 * it does not come while that is busy. Timers do.
 */
const isWebKitWorker = !scope.document && /AppleWebKit/.test(scope.navigator?.userAgent)
  && !/Chrom/.test(scope.navigator.userAgent);

/**
 * A worker of WebKitGTK or WPE that is notified while it is about to sleep sleeps on, the wait's promise
 * pending, until something else wakes its thread: its run loop looks for such promises only before it waits
 * for messages (seen with 2.50.6).
 */
const losesWakeUps = isWebKitWorker && /Linux/.test(scope.navigator.userAgent);

/** Thrown through the module's frames to get out of it; nothing is wrong. */
export class Unwind extends Error {}

/** One thread's instance of the module. */
export class Thread {
  /** @type {Map<number, Loop>} */ loops = new Map();
  /** @type {any} */ exports;
  isStopped = false;
  /** @type {Error | undefined} how the program has ended, where it is known */ end;
  /** @type {MessagePort | undefined} a worker's, to the main thread */ port;
  /** @type {string | undefined} where the functions' names are, in builds for inspection */ symbols;
  /** How many calls into the module are under way: JavaScript that it calls may call it again. */
  depth = 0;
  /** Where the thread's stack begins. */
  stackTop = 0;
  mainWorker = 0;
  /** @type {Loop[]} */ #inTurn = [];
  #isTurnDue = false;
  #wasMain = false;
  /** Without isolation: when the first turn was asked for since the last round of the event loop; 0 if none was. */
  #askedAt = 0;
  #bytes = new Uint8Array();
  #decoder = new TextDecoder();

  /**
   * @param {WebAssembly.Memory} memory
   * @param {string} name shown in error messages
   * @param {number} timeOrigin the main thread's, in milliseconds since 1970
   * @param {string | undefined} page what relative URLs are relative to; a worker's own may be a blob's
   * @param {Uint8Array} encoded the program's arguments, each followed by a zero byte
   */
  constructor(memory, name, timeOrigin, page, encoded) {
    this.memory = memory;
    this.name = name;
    this.page = page;
    this.arguments = encoded;
    this.offset = performance.timeOrigin - timeOrigin;
  }

  /** @param {WebAssembly.Module} module @param {object} more imports of this kind of thread */
  async instantiate(module, more) {
    const imports = {
      now: () => performance.now() + this.offset,
      wall: () => Date.now(),
      /** @param {number} worker */
      schedule: (worker) => this.#schedule(worker),
      /** @param {number} worker @param {number} milliseconds */
      timer: (worker, milliseconds) => this.loop(worker).setTimer(milliseconds),
      unwind: () => { throw new Unwind(); },
      // This thread waits for a lock of one that has ended the program, whose message is on the way.
      halt: () => { this.isStopped = true; throw new Unwind(); },
      /** @param {number} text @param {number} length */
      fatal: (text, length) => { throw new WebAssembly.RuntimeError(this.text(text, length)); },
      /** @param {number} to @param {number} count */
      random: (to, count) => {
        // getRandomValues refuses shared memory, and more than 64 KiB at a time.
        for (let done = 0; done < count; done += 65536) {
          const part = crypto.getRandomValues(new Uint8Array(Math.min(65536, count - done)));
          this.bytes(to + done, part.length).set(part);
        }
      },
      // Some browsers do not tell.
      parallelism: () => scope.navigator?.hardwareConcurrency || nodeModule("os")?.availableParallelism() || 1,
      argumentsSize: () => this.arguments.length,
      /** @param {number} to */
      argumentsCopy: (to) => this.bytes(to, this.arguments.length).set(this.arguments),
      ...more,
      // inspection: ...inspectionImports(this),
      // exploration: beginSchedule: () => this.onschedule?.(),
    };
    const usesJavaScript = WebAssembly.Module.imports(module).some((one) => one.module === "javascript");
    const javascript = usesJavaScript ? javascriptImports(this) : {};
    const instance = await WebAssembly.instantiate(module, { env: { memory: this.memory }, webble: imports, Math: /** @type {any} */ (Math), javascript });
    this.exports = instance.exports;
    this.stackTop = this.exports.__stack_pointer.value;
  }

  /**
   * A view of the module's memory, which another thread may have grown since the last one. Chromium 149 renews this
   * thread's buffer only when this one calls `grow` as well, if by 0.
   */
  bytes(/** @type {number} */ address, /** @type {number} */ length) {
    const start = address >>> 0, end = start + length;
    if (end > this.memory.buffer.byteLength) this.memory.grow(0);
    if (this.#bytes.buffer !== this.memory.buffer) this.#bytes = new Uint8Array(this.memory.buffer);
    return this.#bytes.subarray(start, end);
  }

  /** A copy, because TextDecoder refuses shared memory. */
  text(/** @type {number} */ address, /** @type {number} */ length) {
    return this.#decoder.decode(this.bytes(address, length).slice());
  }

  loop(/** @type {number} */ worker) {
    let loop = this.loops.get(worker);
    if (!loop) this.loops.set(worker, loop = new Loop(this, worker));
    return loop;
  }

  /**
   * Calls into the module; an exception that escapes it is a trap and ends the program.
   * @param {(a?: any, b?: any, c?: any) => number} body
   * @param {any} [a] @param {any} [b] @param {any} [c] what it gets
   */
  enter(body, a, b, c) {
    if (this.isStopped) return LEFT;
    this.depth++;
    // Ten frames do not reach from a trap to the code that caused it. The page keeps the limit that it has.
    const frames = errors.stackTraceLimit;
    if (frames !== undefined) errors.stackTraceLimit = 64;
    try { return body(a, b, c); } catch (error) { return this.escaped(error); } finally {
      this.depth--;
      if (frames !== undefined) errors.stackTraceLimit = frames;
    }
  }

  /** Nothing of the program runs on this thread any more, nor waits for anything: that would keep the memory. */
  halt() {
    this.isStopped = true;
    for (const loop of this.loops.values()) loop.end();
    this.loops.clear();
  }

  /** Lets go of the memory, even if others still hold functions of the program's: the page as listeners, say. */
  release() {
    this.exports = this.memory = /** @type {any} */ (undefined);
    this.#bytes = new Uint8Array();
  }

  /**
   * What has escaped the module, whose frames are gone.
   * @param {any} error
   */
  escaped(error) {
    // What ended below has nothing left to set right.
    if (!this.exports) return LEFT;
    // To ask for it before each call takes some 25 ns. A call within another ends the program, of which then
    // nothing on this stack goes on.
    this.exports.__stack_pointer.value = this.stackTop;
    if (error instanceof Unwind) { this.exports.webble_unwound(); return MORE; }
    this.trapped(error);
    return LEFT;
  }

  /**
   * A turn soon, from the microtask queue. Without isolation no longer than a slice: workers that wake each other
   * there would keep everything else from the event loop.
   * @param {number} worker
   */
  #schedule(worker) {
    const loop = this.loop(worker);
    if (!loop.canWait) {
      const now = performance.now();
      if (!this.#askedAt) {
        this.#askedAt = now;
        macrotask(() => { this.#askedAt = 0; });
      } else if (now - this.#askedAt > SLICE) { this.turnInTurn(loop); return; }
    }
    queueMicrotask(() => { if (!this.isStopped) loop.turn(false); });
  }

  /**
   * Without isolation: one loop's turn a round of the event loop, every other one the main worker's if it wants it, so
   * that its share, and the page's, does not depend on the number of workers.
   * @param {Loop} [loop] one that asks for a turn
   */
  turnInTurn(loop) {
    if (loop) this.#inTurn.push(loop);
    if (this.#isTurnDue || !this.#inTurn.length) return;
    this.#isTurnDue = true;
    macrotask(() => {
      this.#isTurnDue = false;
      const main = this.#wasMain ? -1 : this.#inTurn.findIndex((one) => one.worker === this.mainWorker);
      const [next] = this.#inTurn.splice(Math.max(main, 0), 1);
      this.#wasMain = next.worker === this.mainWorker;
      next.turn(false);
      this.turnInTurn();
    });
  }

  /**
   * Calls an export that returns nothing.
   * @param {string} name without its prefix @param {...number} values
   */
  call(name, ...values) {
    this.enter(() => (this.exports[`webble_${name}`](...values), 0));
  }

  /**
   * Of several threads that trap or exit, the first gives the program its end; the others stop, and say nothing.
   * @returns {boolean} whether this is the first
   */
  claimEnd() {
    this.isStopped = true;
    return this.exports?.webble_claim_end() !== 0;
  }

  /**
   * The thread's kind says what a trap does.
   * @param {Error} error
   */
  trapped(error) { throw error; }

  /**
   * What there is to say about a trap of this thread.
   * @param {Error} error
   */
  describe(error) {
    const report = this.exports?.webble_trap_report?.();
    let { message } = error;
    if (report) message = this.text(Number(report >> 32n), Number(report & 0xffffffffn));
    else if (/^Maximum call stack|^too much recursion/.test(message)) message = `stack overflow: ${message}`;
    else if (/^unreachable/i.test(message)) {
      message = "a trap: an overflow, a try! or another check has failed; a debug build may say";
    }
    const { prepareStackTrace } = errors;
    // Deno's own numbers of functions are wrong.
    if (scope.Deno) errors.prepareStackTrace = (/** @type {any} */ _, /** @type {any[]} */ frames) => frames.join("\n");
    const stack = error.stack ?? "";
    if (scope.Deno) errors.prepareStackTrace = prepareStackTrace;
    return {
      thread: this.name, message, stack,
      // inspection: awaiting: awaitersOf(this),
    };
  }
}

/** One worker's turns on this thread's event loop. A thread without isolation has several. */
class Loop {
  /**
   * Stands for the wait under way.
   * @type {object | undefined}
   */
  #waiting;
  /** @type {any} */ #timer;

  constructor(/** @type {Thread} */ thread, /** @type {number} */ worker) {
    this.thread = thread;
    this.worker = worker;
    this.canWait = !(thread.memory.buffer instanceof ArrayBuffer);
    this.word = thread.exports.webble_park_word(worker) >>> 2;
  }

  turn(/** @type {boolean} */ woken, isTimer = false) {
    const { thread, worker } = this;
    const reason = (woken || !this.canWait ? 1 : 0) | (isTimer ? 2 : 0);
    const end = thread.enter(() => thread.exports.webble_turn(worker, reason));
    if (end === MORE) {
      if (this.canWait) macrotask(() => this.turn(false)); else thread.turnInTurn(this);
    }
    else if (end === PARKED && this.canWait) this.#wait();
    else if (end === LEFT) { clearTimeout(this.#timer); thread.loops.delete(worker); this.left(); }
  }

  /** Ends what is under way. A wait cannot be taken back, only be woken; `turn` then does nothing. */
  end() {
    clearTimeout(this.#timer);
    this.left = () => {};
    if (this.canWait) Atomics.notify(new Int32Array(this.thread.memory.buffer), this.word);
    this.#waiting = undefined;
  }

  /** Waits for the futex word to leave `parked`, without holding the event loop. */
  #wait() {
    if (this.#waiting) return;
    const words = new Int32Array(this.thread.memory.buffer);
    const wait = /** @type {any} */ (Atomics).waitAsync(words, this.word, PARK_WORD);
    if (!wait.async) { macrotask(() => this.turn(true)); return; }
    const waiting = this.#waiting = {};
    wait.value.then(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
      this.turn(true);
    });
    if (losesWakeUps) this.#watch(words, waiting, 4);
  }

  /**
   * Looks at the word itself after a while, and after twice as long again.
   * @param {Int32Array} words @param {object} waiting @param {number} milliseconds
   */
  #watch(words, waiting, milliseconds) {
    setTimeout(() => {
      if (this.#waiting !== waiting) return;
      if (Atomics.load(words, this.word) === PARK_WORD) {
        this.#watch(words, waiting, Math.min(2 * milliseconds, 250));
      } else {
        this.#waiting = undefined;
        this.turn(true);
      }
    }, milliseconds);
  }

  setTimer(/** @type {number} */ milliseconds) {
    clearTimeout(this.#timer);
    // Rounded up, so that it is not early; longer ones are set again when they end.
    this.#timer = setTimeout(() => this.turn(false, true), Math.min(Math.ceil(milliseconds), 0x7fffffff));
  }

  /** The worker has left its pool. */
  left() {}
}

/** @type {(() => void)[]} */ const callbacks = [];
/** @type {MessageChannel | undefined} */ let channel;

/**
 * Runs `callback` after one round of the event loop.
 * @param {() => void} callback
 */
function macrotask(callback) {
  // Node drains a message port for as long as it has messages, timers or not.
  if (scope.setImmediate) return scope.setImmediate(callback);
  // setTimeout is held back to 4 ms when nested; messages are not.
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => callbacks.shift()?.();
  }
  /** @type {(() => void) | undefined} */ let task = callback;
  const run = () => { clearTimeout(timer); const now = task; task = undefined; now?.(); };
  const timer = isWebKitWorker ? setTimeout(run, SLICE) : 0;
  callbacks.push(run);
  channel.port2.postMessage(0);
}
