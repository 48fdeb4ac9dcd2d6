// @ts-check
/// <reference lib="dom" />
// The JavaScript half of a Webble program: loads the module, makes the memory, starts workers, and gives
// the scheduler its turns on each thread's event loop. The same file runs on the main thread and in every
// worker, in browsers and in Node.

/** @typedef {import("./webble.js").StartOptions} StartOptions */
/** @typedef {import("./webble.js").Program} Program */

// How a turn ended: TurnEnd in Sources/WebbleScheduler/Turn.swift.
const PARKED = 0, MORE = 1, LEFT = 2;
/** The value of a worker's futex word while it sleeps: ParkState in Parking.swift. */
const PARK_WORD = 1;
const EXIT_AFTER_TRAP = 134;

// Ten frames do not reach from a trap to the code that caused it.
if ("stackTraceLimit" in Error) /** @type {any} */ (Error).stackTraceLimit = 64;

const scope = /** @type {any} */ (globalThis);
const isNode = !!scope.process?.versions?.node;
/**
 * Not an import: bundlers for the web would try to resolve it.
 * @param {string} name
 */
const nodeModule = (name) => isNode ? scope.process.getBuiltinModule(`node:${name}`) : undefined;
const nodeThreads = nodeModule("worker_threads");
const isWorker = nodeThreads ? !nodeThreads.isMainThread : typeof scope.WorkerGlobalScope === "function";

/**
 * A worker of WebKitGTK or WPE that is notified while it is about to sleep sleeps on, the wait's promise
 * pending, until something else wakes its thread: its run loop looks for such promises only before it waits
 * for messages (seen with 2.50.6).
 */
const losesWakeUps = isWorker && !isNode
  && /Linux.*AppleWebKit/.test(navigator.userAgent) && !/Chrom/.test(navigator.userAgent);

/** Thrown through the module's frames to get out of it; nothing is wrong. */
class Unwind extends Error {}

/** One thread's instance of the module. */
class Thread {
  /** @type {Map<number, Loop>} */ loops = new Map();
  /** @type {any} */ exports;
  isStopped = false;
  /** How many calls into the module are under way: JavaScript that it calls may call it again. */
  depth = 0;
  /** Where the thread's stack begins. */
  stackTop = 0;
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
      schedule: (worker) => queueMicrotask(() => this.loop(worker).turn(false)),
      /** @param {number} worker @param {number} milliseconds */
      timer: (worker, milliseconds) => this.loop(worker).setTimer(milliseconds),
      unwind: () => { throw new Unwind(); },
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
      parallelism: () => Math.max(1, scope.navigator?.hardwareConcurrency ?? nodeModule("os").availableParallelism()),
      argumentsSize: () => this.arguments.length,
      /** @param {number} to */
      argumentsCopy: (to) => this.bytes(to, this.arguments.length).set(this.arguments),
      ...more,
    };
    const usesJavaScript = WebAssembly.Module.imports(module).some((one) => one.module === "javascript");
    const javascript = usesJavaScript ? (await import("./webble-javascript.js")).imports(this) : {};
    const instance = await WebAssembly.instantiate(module, { env: { memory: this.memory }, webble: imports, javascript });
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
    try { return body(a, b, c); } catch (error) { return this.escaped(error); } finally { this.depth--; }
  }

  /**
   * What has escaped the module, whose frames are gone.
   * @param {any} error
   */
  escaped(error) {
    // To ask for it before each call takes some 25 ns. A call within another ends the program, of which then
    // nothing on this stack goes on.
    this.exports.__stack_pointer.value = this.stackTop;
    if (error instanceof Unwind) { this.exports.webble_unwound(); return MORE; }
    this.trapped(error);
    return LEFT;
  }

  /**
   * Calls an export that returns nothing.
   * @param {string} name without its prefix @param {...number} values
   */
  call(name, ...values) {
    this.enter(() => (this.exports[`webble_${name}`](...values), 0));
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
    // Firefox has an InternalError for it.
    else if (error instanceof RangeError || error.name === "InternalError") message = `stack overflow: ${message}`;
    else if (message === "unreachable" || /^Unreachable code/.test(message)) {
      message = "a trap: an arithmetic overflow, or a failed check, which a debug build may name";
    }
    return { thread: this.name, message, stack: error.stack ?? "" };
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
    if (end === MORE) macrotask(() => this.turn(false));
    else if (end === PARKED && this.canWait) this.#wait();
    else if (end === LEFT) { clearTimeout(this.#timer); thread.loops.delete(worker); this.left(); }
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

/**
 * Runs `callback` after one round of the event loop.
 * @type {(callback: () => void) => void}
 */
const macrotask = isNode
  // Node drains a message port for as long as it has messages, timers or not.
  ? (callback) => scope.setImmediate(callback)
  : (() => {
      // setTimeout is held back to 4 ms when nested; messages are not.
      /** @type {(() => void)[]} */ const callbacks = [];
      const channel = new MessageChannel();
      channel.port1.onmessage = () => callbacks.shift()?.();
      return (callback) => { callbacks.push(callback); channel.port2.postMessage(0); };
    })();

// The main thread

/**
 * Loads and runs a program on this thread.
 * @param {StartOptions} options
 * @returns {Promise<Program>}
 */
export async function start(options = {}) {
  // The page's script, which a bundler has merged with this one, in a worker of ours.
  if (isWorker && (isNode || /^webble worker/.test(scope.name))) return new Promise(() => {});
  const given = options.module;
  const url = given instanceof WebAssembly.Module ? undefined : new URL(given ?? "./app.wasm", import.meta.url);
  const isIsolated = options.isolated ?? scope.crossOriginIsolated ?? true;
  const print = options.print ?? ((line) => console.log(line));
  const printError = options.printError ?? ((line) => console.error(line));
  if (!isIsolated) {
    printError("webble: this page is not cross-origin isolated, so everything runs on its main thread. For threads, "
      + "serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.");
  }
  const module = url ? await compile(url, isIsolated) : /** @type {WebAssembly.Module} */ (given);
  const metadata = readMetadata(module);
  const { memory, limit } = makeMemory(metadata, isIsolated);
  const main = new Main(module, memory, url, metadata.symbols, print, printError, options.arguments ?? []);
  await main.run(isIsolated, limit);
  return { exited: main.exited, swift: main.swift, memory, exports: main.exports };
}

/** @param {URL} url @param {boolean} isIsolated */
async function compile(url, isIsolated) {
  const response = await fetched(url);
  try {
    // Streaming compilation is what browsers cache; it insists on the MIME type.
    const isWasm = response.headers.get("Content-Type")?.startsWith("application/wasm");
    if (isWasm && isIsolated) return await WebAssembly.compileStreaming(response);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!isIsolated) unshareMemory(bytes);
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new Error(`webble: ${url} is not a module that this engine can run: ${/** @type {Error} */ (error).message}`);
  }
}

/** @param {URL} url @returns {Promise<any>} a response, or what of it is used here */
async function fetched(url) {
  let reason;
  try {
    if (isNode && url.protocol === "file:") {
      const bytes = nodeModule("fs").readFileSync(url);
      // A Response costs 20 ms, which Node takes to load what makes one.
      return { headers: new Map(), arrayBuffer: () => bytes, json: () => JSON.parse(bytes) };
    }
    const response = await fetch(url);
    if (response.ok) return response;
    reason = `HTTP status ${response.status}`;
  } catch (error) {
    reason = /** @type {Error} */ (error).message;
  }
  throw new Error(`${url} could not be fetched: ${reason}`);
}

/**
 * Changes the import of a shared memory to one of a memory that is not: the same code runs on either.
 * @param {Uint8Array} bytes a module, changed in place
 */
function unshareMemory(bytes) {
  // The import's name with its length, and its kind, then its flags: before it there are only types and imports.
  const name = "\x06memory\x02";
  bytes[new TextDecoder("latin1").decode(bytes).indexOf(name) + name.length] &= ~2;
}

/** @param {WebAssembly.Module} module @returns {{initialPages: number, maximumPages: number, symbols: string}} */
function readMetadata(module) {
  const [section] = WebAssembly.Module.customSections(module, "webble");
  if (!section) throw new Error("webble: the module was not finished by `webble build`");
  return JSON.parse(new TextDecoder().decode(section));
}

/**
 * The memory, with as high a limit as the engine grants.
 * @param {{initialPages: number, maximumPages: number}} metadata @param {boolean} shared
 */
function makeMemory({ initialPages, maximumPages }, shared) {
  for (let maximum = maximumPages; ; maximum = maximum >> 1) {
    try {
      const limit = Math.max(maximum, initialPages);
      return { memory: new WebAssembly.Memory({ initial: initialPages, maximum: limit, shared }), limit };
    } catch (error) {
      // Phones refuse large reservations: half of it may do.
      if (maximum <= initialPages) {
        throw new Error(`webble: ${initialPages / 16} MiB of memory cannot be reserved: ${/** @type {Error} */ (error).message}`);
      }
    }
  }
}

/** The main thread of a running program. */
class Main extends Thread {
  /** @type {Map<number, any>} the Web Workers by their worker's address */ workers = new Map();
  /** @type {((message: any) => void) | undefined} what workers post for webble-javascript.js */ onmessage;
  /** @type {Record<string, (...values: any[]) => any>} what the program exports */ swift = {};
  /** @type {(() => void) | undefined} the program ends, but not by a trap */ onstop;
  /** @type {(status: number) => void} */ #settle = () => {};
  exited = new Promise((resolve) => { this.#settle = resolve; });
  /** @type {any} */ #keepAlive;

  /**
   * @param {WebAssembly.Module} module @param {WebAssembly.Memory} memory @param {URL | undefined} url
   * @param {string} symbols @param {(line: string) => void} print @param {(line: string) => void} printError
   * @param {string[]} programArguments
   */
  constructor(module, memory, url, symbols, print, printError, programArguments) {
    super(memory, "main thread", performance.timeOrigin, scope.document?.baseURI,
      new TextEncoder().encode(programArguments.map((argument) => argument + "\0").join("")));
    this.module = module;
    this.print = print;
    this.printError = printError;
    this.url = url;
    this.symbols = symbols;
  }

  /** @param {boolean} isIsolated @param {number} pageLimit */
  async run(isIsolated, pageLimit) {
    await this.instantiate(this.module, {
      /** @param {number} stream @param {number} text @param {number} length */
      print: (stream, text, length) => (stream === 1 ? this.print : this.printError)(this.text(text, length)),
      /** @param {number} status */
      exit: (status) => { this.stop(status); throw new Unwind(); },
      mainReturned: (/** @type {number} */ status) => this.#finish(status),
      start: this.startWorker.bind(this),
    });
    // A promise of Atomics.waitAsync does not keep Node running.
    if (isNode) this.#keepAlive = setInterval(() => {}, 0x7fffffff);
    this.exports.webble_initialize(this.exports.__heap_base.value, pageLimit, isIsolated);
    this.call("main");
  }

  /** @param {number} worker */
  loop(worker) {
    const loop = super.loop(worker);
    // A worker whose turns this thread takes has no thread of its own to report its end.
    loop.left = () => { if (!this.isStopped) this.call("worker_gone", worker); };
    return loop;
  }

  /** `main` has returned, and the page goes on: its callbacks and workers may have more to do. Or all has ended. */
  #finish(/** @type {number} */ status) {
    clearInterval(this.#keepAlive);
    this.#settle(status);
  }

  /** Ends the program. */
  stop(/** @type {number} */ status) {
    if (this.isStopped) return;
    this.onstop?.();
    this.#halt();
    this.#finish(status);
  }

  /** Nothing of the program runs any more. */
  #halt() {
    this.isStopped = true;
    for (const worker of this.workers.values()) worker.terminate();
    this.workers.clear();
  }

  trapped(/** @type {Error} */ error) {
    this.reportTrap(this.describe(error));
  }

  /** @param {{thread: string, message: string, stack: string}} trap */
  async reportTrap({ thread, message, stack }) {
    if (this.isStopped) return;
    this.exports.webble_write_lines();
    this.#halt();
    // At once: what the program was called by may end the process.
    this.printError(`Fatal error on ${thread}: ${message}`);
    /** @type {string[]} */ let symbols = [];
    try {
      symbols = await (await fetched(new URL(this.symbols, this.url))).json();
    } catch {
      // The numbers of the functions have to do.
    }
    for (const line of stack.split("\n")) {
      const index = /wasm-function\[(\d+)\]/.exec(line)?.[1];
      if (index === undefined) continue;
      const [, name] = /^\s*at (?:async )?(.+?) \(?wasm:/.exec(line) ?? /^(.+?)@.*wasm/.exec(line) ?? [];
      const known = name && !/^<\?>|^wasm-function/.test(name) ? name : `function ${index}`;
      this.printError(`    at ${symbols[Number(index)] || known}`);
    }
    this.#finish(EXIT_AFTER_TRAP);
  }

  /**
   * Starts a Web Worker. What goes wrong is reported to the pool, never thrown.
   * @param {number} pointer @param {number} url @param {number} urlLength @param {number} urlIsScript
   * @param {number} index @param {number} stack @param {number} stackSize @param {number} tls
   */
  startWorker(pointer, url, urlLength, urlIsScript, index, stack, stackSize, tls) {
    const name = `webble worker ${index}`;
    /** @param {string} reason */
    const fail = (reason) => {
      if (this.workers.get(pointer) === worker) this.workers.delete(pointer);
      worker?.terminate();
      const bytes = new TextEncoder().encode(reason);
      this.enter(() => {
        const at = this.exports.webble_text_buffer(bytes.length);
        this.bytes(at, bytes.length).set(bytes);
        this.exports.webble_worker_failed(pointer, at, bytes.length);
        return 0;
      });
    };
    const given = urlLength ? this.text(url, urlLength) : "";
    /** @type {any} */ let worker;
    /** @type {string} */ let script = "";
    /** @type {string} */ let blob = "";
    try {
      script = given ? String(new URL(given, isNode ? import.meta.url : location.href)) : import.meta.url;
      if (!isNode && !urlIsScript) {
        // A blob of our own origin, so that the glue may lie on another one.
        blob = URL.createObjectURL(new Blob([`import ${JSON.stringify(script)};`], { type: "text/javascript" }));
      }
      worker = new (nodeThreads ?? scope).Worker(new URL(blob || script), { type: "module", name });
      this.workers.set(pointer, worker);
      worker.postMessage({
        webble: "start", module: this.module, memory: this.memory, pointer, index, stack, stackSize, tls,
        timeOrigin: performance.timeOrigin, page: this.page, programArguments: this.arguments,
      });
    } catch (error) {
      const { name: kind, message } = /** @type {Error} */ (error);
      // WebKit throws here what a Content-Security-Policy forbids; other engines report it later.
      queueMicrotask(() => fail(`it could not be created: ${message}${kind === "SecurityError" ? policyHint : ""}`));
      return;
    }
    let isReady = false;
    /** @param {any} message */
    const onMessage = (message) => {
      if (message.webble === "ready") {
        isReady = true;
        URL.revokeObjectURL(blob);
        this.call("worker_ready", pointer);
      } else if (message.webble === "left") {
        this.workers.delete(pointer);
        this.call("worker_gone", pointer);
      } else if (message.webble === "failed") {
        fail(message.reason);
      } else if (message.webble === "exit") {
        this.call("write_lines");
        this.stop(message.status);
      } else if (message.webble === "trap") {
        this.reportTrap(message);
      } else if (message.webble === "javascript") {
        this.onmessage?.(message);
      }
    };
    /** @param {any} event */
    const onError = async (event) => {
      event.preventDefault?.();
      if (isReady) {
        this.reportTrap({ thread: name.slice(7), message: event.message ?? String(event), stack: event.error?.stack ?? "" });
      } else if (this.workers.get(pointer) === worker) {
        URL.revokeObjectURL(blob);
        const reason = await whyScriptFails(script, event.message);
        if (this.workers.get(pointer) === worker) fail(reason);
      }
    };
    if (nodeThreads) {
      worker.on("message", onMessage);
      worker.on("error", onError);
    } else {
      worker.onmessage = (/** @type {MessageEvent} */ event) => onMessage(event.data);
      worker.onerror = onError;
    }
  }
}

/**
 * Why a worker's script did not start: browsers do not say.
 * @param {string} script @param {string} [message]
 */
async function whyScriptFails(script, message) {
  if (message) return `${script} failed: ${message}`;
  if (isNode) return `${script} failed`;
  try {
    const type = (await fetched(new URL(script))).headers.get("Content-Type");
    if (!/javascript/.test(type ?? "")) return `${script} is served as ${type}, not as text/javascript`;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
  return `${script} could not be run as a module worker${policyHint}`;
}

const policyHint = "; does the page's Content-Security-Policy allow it in worker-src "
  + "(blob: for the glue itself, or use ThreadPool(workerScript:))?";

// A worker

if (isWorker) {
  const port = nodeThreads?.parentPort ?? scope;
  port.addEventListener("message", (/** @type {MessageEvent} */ { data }) => {
    if (data?.webble === "start") runWorker(port, data);
  });
}

/** @param {any} port @param {any} start */
async function runWorker(port, start) {
  const { module, memory, pointer, index, stack, stackSize, tls, timeOrigin, page, programArguments } = start;
  const name = `worker ${index}`;
  try {
    const thread = new Thread(memory, name, timeOrigin, page, programArguments);
    thread.trapped = (error) => {
      thread.isStopped = true;
      port.postMessage({ webble: "trap", ...thread.describe(error) });
    };
    await thread.instantiate(module, {
      exit: (/** @type {number} */ status) => {
        thread.isStopped = true;
        port.postMessage({ webble: "exit", status });
        throw new Unwind();
      },
      // The main thread alone prints and starts workers.
      print: () => {}, mainReturned: () => {}, start: () => {},
    });
    // V8 may not know what other threads have grown the memory by while it came here in a message, and then takes an
    // atomic access there, or one in bulk, for one out of bounds, until the memory grows again.
    memory.grow(0);
    thread.exports.__stack_pointer.value = thread.stackTop = stack + stackSize;
    thread.exports.__wasm_init_tls(tls);
    thread.exports.webble_enter_worker(pointer, stack, stackSize);
    const loop = thread.loop(pointer);
    loop.left = () => {
      // The stack is freed when the message arrives: nothing may run the module's code any more.
      thread.isStopped = true;
      port.postMessage({ webble: "left" });
      // Ends this thread only. To close the port would leave timers and sockets, which keep it running.
      if (nodeThreads) scope.process.exit(); else scope.close();
    };
    port.postMessage({ webble: "ready" });
    loop.turn(true);
  } catch (error) {
    port.postMessage({ webble: "failed", reason: `the module failed: ${/** @type {Error} */ (error).message}` });
  }
}
