// @ts-check
/// <reference lib="dom" />
// The page's half of a Webble program: loads the module, makes the memory, starts workers, prints, and ends it all.
//
// `webble build` makes one file of this one, thread.js, worker.js and, for programs that import the module JavaScript,
// webble-javascript.js. It holds what workers run as a text besides, since a bundler may merge the file with the page's
// own scripts, which are not for workers. Nothing here is imported at run time.

import { becomeWorker, workerSource } from "./worker.js";
import { READY, Thread, Unwind, WORKER_MARK, isNode, nodeModule, nodeThreads, scope } from "./thread.js";

/** @typedef {import("./webble.js").StartOptions} StartOptions */
/** @typedef {import("./webble.js").Program} Program */
/** @typedef {import("./webble.js").ProgramEnded} Ended */

const EXIT_AFTER_TRAP = 134;

// As the script of a worker: of ThreadPool(workerScript:), or of a pool that was given the path of this file.
if (nodeThreads ? nodeThreads.workerData === WORKER_MARK : scope.Bun ? scope.Bun.argv.includes(WORKER_MARK)
  : !scope.document && scope.location?.hash === WORKER_MARK) becomeWorker();

// The main thread

/**
 * Loads and runs a program on this thread.
 * @param {StartOptions} options
 * @returns {Promise<Program>}
 */
export async function start(options = {}) {
  // Bun ends a worker of the page's that waits for a compilation alone.
  const alive = scope.Bun && setInterval(() => {}, 1000);
  try { return await begin(options); } finally { clearInterval(alive); }
}

/** @param {StartOptions} options */
async function begin(options) {
  const given = options.module;
  // Bundlers know this expression, and copy the module to where it then leads.
  const url = given === undefined ? new URL("./app.wasm", import.meta.url)
    : given instanceof WebAssembly.Module ? undefined : new URL(given, glueAddress());
  const print = options.print ?? ((line) => console.log(line));
  const printError = options.printError ?? ((line) => console.error(line));
  const obstacle = options.isolated === undefined ? whyNoThreads() : undefined;
  if (obstacle) printError(`webble: everything runs on one thread, since ${obstacle}`);
  const isIsolated = options.isolated ?? !obstacle;
  const module = url ? await compile(url, isIsolated) : /** @type {WebAssembly.Module} */ (given);
  const metadata = readMetadata(module);
  const { memory, limit } = makeMemory(metadata, isIsolated);
  const main = new Main(module, memory, url, metadata.symbols, print, printError, options.arguments ?? []);
  // inspection: main.inspect = options.inspect;
  // inspection: main.profiles = options.profiles;
  await main.run(isIsolated, limit);
  return {
    exited: main.exited, ended: main.ended, stop: () => main.stopped(), swift: main.swift, memory, exports: main.exports,
    dump: () => { throw new Error("webble: dump() is for builds with --inspect, and for debug builds"); },
    // inspection: dump: (format) => dumpOf(main, format),
  };
}

/** What an address is relative to: this file's, or the page's where webpack has put a file's of its machine here. */
function glueAddress() {
  const own = import.meta.url, page = scope.document?.baseURI ?? scope.location?.href;
  return page && own.startsWith("file:") && !page.startsWith("file:") ? page : own;
}

/** @returns {string | undefined} */
function whyNoThreads() {
  if (!nodeThreads && !scope.Worker) return "threads of this kind, such as shared and service workers, can start no others.";
  if (scope.crossOriginIsolated === false) {
    return scope.isSecureContext ? "this page is not cross-origin isolated. For threads, serve it with "
      + "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp."
      : "this page is not a secure context, where browsers ignore the headers of isolation. For threads, serve it by "
        + "HTTPS, or from localhost.";
  }
  if (!scope.SharedArrayBuffer) return "this engine has no SharedArrayBuffer.";
}

/** @param {URL} url @param {boolean} isIsolated */
async function compile(url, isIsolated) {
  const response = await fetched(url);
  try {
    // Streaming compilation is what browsers cache; it insists on the MIME type, without parameters.
    const isWasm = response.headers.get("Content-Type")?.toLowerCase() === "application/wasm";
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

/** How a program has ended: what its exports throw from then on. */
class ProgramEnded extends Error {
  name = "ProgramEnded";
  /** @param {"stopped" | "exit" | "trap"} reason @param {number} status @param {string} how */
  constructor(reason, status, how) {
    super(`the Swift program has ended: ${how}`);
    this.reason = reason;
    this.status = status;
    this.report = how;
  }
}

/** @typedef {object} PoolThread a Web Worker @property {MessagePort} port @property {() => any} end */

/** The main thread of a running program. */
class Main extends Thread {
  /** @type {Map<number, PoolThread>} by the address of their worker */ workers = new Map();
  /** @type {((message: any) => void) | undefined} what workers post for webble-javascript.js */ onmessage;
  /** @type {Record<string, (...values: any[]) => any>} what the program exports */ swift = {};
  /** @type {((end: Ended) => void) | undefined} the program has ended, and `end` says how */ onend;
  /** @type {(() => void) | undefined} the program ends, but not by a trap */ onstop;
  /** @type {(status: number) => void} */ #settle = () => {};
  exited = new Promise((resolve) => { this.#settle = resolve; });
  /** @type {(end: Ended) => void} */ #tell = () => {};
  /** @type {Promise<Ended>} */ ended = new Promise((resolve) => { this.#tell = resolve; });
  /** @type {Promise<any> | undefined} the workers' ends */ #gone;
  /** @type {string | undefined} what kept a pool from starting */ #failure;
  /** @type {any} */ #keepAlive;
  #hasEnded = false;

  /**
   * @param {WebAssembly.Module} module @param {WebAssembly.Memory} memory @param {URL | undefined} url
   * @param {string} symbols @param {(line: string) => void} print @param {(line: string) => void} printError
   * @param {string[]} programArguments
   */
  constructor(module, memory, url, symbols, print, printError, programArguments) {
    super(memory, "main thread", performance.timeOrigin, scope.document?.baseURI ?? pageOfWorker(),
      new TextEncoder().encode(programArguments.map((argument) => argument + "\0").join("")));
    this.module = module;
    this.print = print;
    this.printError = printError;
    this.url = url;
    this.symbols = symbols;
    // lines: this.symbols = url ? String(new URL(symbols, url)) : undefined;
  }

  /** @param {boolean} isIsolated @param {number} pageLimit */
  async run(isIsolated, pageLimit) {
    await this.instantiate(this.module, {
      /** @param {number} stream @param {number} text @param {number} length */
      print: (stream, text, length) => {
        (stream === 1 ? this.print : this.printError)(this.text(text, length));
        if (this.#hasEnded) throw new Unwind();
      },
      /** @param {number} status */
      exit: (status) => {
        if (this.claimEnd()) this.exit(status);
        throw new Unwind();
      },
      mainReturned: (/** @type {number} */ status) => this.#finish(status),
      start: this.startWorker.bind(this),
    });
    // A promise of Atomics.waitAsync keeps neither Node, Deno nor Bun running.
    if (scope.process) this.#keepAlive = setInterval(() => {}, 0x7fffffff);
    this.mainWorker = this.exports.webble_initialize(this.exports.__heap_base.value, pageLimit, isIsolated);
    // inspection: await this.inspect?.(inspectorOf(this, this.module, workerSource));
    // inspection: startProfiles(this);
    this.call("main");
  }

  /** @param {number} worker */
  loop(worker) {
    const loop = super.loop(worker);
    // A worker whose turns this thread takes has no thread of its own to report its end.
    loop.left = () => this.call("worker_gone", worker);
    return loop;
  }

  /** `main` has returned, and the page goes on: its callbacks and workers may have more to do. Or all has ended. */
  #finish(/** @type {number} */ status) {
    clearInterval(this.#keepAlive);
    // inspection: writeProfiles(this);
    this.#settle(status);
  }

  /** What other threads have printed, when one of them has ended the program. */
  writeLines() {
    try { this.exports.webble_write_lines(); } catch { /* It waits for a lock of that one. */ }
  }

  /** The program has called `exit(_:)`. */
  exit(/** @type {number} */ status) {
    if (this.#hasEnded) return;
    this.onstop?.();
    this.#end(new ProgramEnded("exit", status, `exit(${status})`));
  }

  /** The page wants it to end. */
  async stopped() {
    if (!this.isStopped) {
      this.writeLines();
      this.onstop?.();
      // A callback that prints may have ended it, or a worker, whose message is on the way.
      if (!this.isStopped && this.claimEnd()) this.#end(new ProgramEnded("stopped", 0, "it was stopped"));
    }
    await this.ended;
    await this.#gone;
  }

  #end(/** @type {Ended} */ end) {
    this.#halt(end);
    this.#ended(end);
  }

  /** Nothing of the program runs any more. */
  #halt(/** @type {Ended} */ end) {
    this.end = end;
    this.#hasEnded = true;
    // inspection: writeProfiles(this);
    this.halt();
    const workers = [...this.workers.values()];
    // First: Deno and Bun deliver messages while a worker is being ended.
    this.workers.clear();
    this.#gone = Promise.all(workers.map((worker) => worker.end()));
  }

  #ended(/** @type {Ended} */ end) {
    this.onend?.(end);
    this.release();
    this.#finish(end.status);
    this.#tell(end);
  }

  trapped(/** @type {Error} */ error) {
    if (this.claimEnd()) this.reportTrap(this.describe(error));
  }

  /** @param {{thread: string, message: string, stack: string}} trap */
  async reportTrap({ thread, message, stack }) {
    // inspection: const { awaiting = [] } = arguments[0];
    // lines: message = withoutPlaceOfCheck(/^a trap: /.test(message) ? reasonOf(this, stack) ?? message : message);
    if (this.#hasEnded) return;
    this.writeLines();
    // What prints may have ended it.
    if (this.#hasEnded) return;
    // It was shut down since it could not start, which code that awaits its work does not know.
    if (/pool was shut down/.test(message) && this.#failure) message += ` ${this.#failure}`;
    const end = new ProgramEnded("trap", EXIT_AFTER_TRAP, `Fatal error on ${thread}: ${message}`);
    this.#halt(end);
    /** @param {string} line */
    const report = (line) => {
      // What the page's own throws, from what it may call of a program that has ended, say, is no end of the report.
      try { this.printError(line); } catch (error) { console.error(error); }
    };
    // At once: what the program was called by may end the process.
    report(end.report);
    /** @type {string[]} */ let symbols = [];
    try {
      symbols = await (await fetched(new URL(this.symbols, this.url))).json();
    } catch {
      // The numbers of the functions have to do.
    }
    // lines: const frames = framesOf(this, stack, javaScriptFrame);
    // inspection: frames.push(...awaiting);
    // lines: for (const frame of frames) { end.report += `\n${frame}`; report(frame); } return this.#ended(end);
    let isFirst = true;
    // All at once, so that no other line comes between.
    for (const line of stack.split("\n")) {
      const index = /wasm-function\[(\d+)\]/.exec(line)?.[1];
      // javascript: const between = index ? undefined : javaScriptFrame(line); if (between) { end.report += `\n${between}`; report(between); }
      if (index === undefined) continue;
      const [, name] = /^\s*at (?:async )?(.+?) \(?wasm:/.exec(line) ?? /^(.+?)@.*wasm/.exec(line) ?? [];
      const known = name && !/^<\?>|^wasm-function/.test(name) ? name : `function ${index}`;
      const frame = `    at ${symbols[Number(index)] || known}`;
      // Who stops the program is ours, and the cause is what has called it.
      if (isFirst && /stopProgram|FixedText|webble_fatal|L__unnamed/.test(frame)) continue;
      isFirst = false;
      end.report += `\n${frame}`;
      report(frame);
    }
    this.#ended(end);
  }

  /**
   * Starts a Web Worker. What goes wrong is reported to the pool, never thrown.
   * @param {number} pointer @param {number} url @param {number} urlLength @param {number} urlIsScript
   * @param {number} index @param {number} stack @param {number} stackSize @param {number} tls
   */
  startWorker(pointer, url, urlLength, urlIsScript, index, stack, stackSize, tls) {
    const name = `webble worker ${index}`;
    const given = urlLength ? this.text(url, urlLength) : "";
    const { port1: port, port2 } = new MessageChannel();
    const state = new Int32Array(new SharedArrayBuffer(4));
    /** @type {any} */ let worker;
    /** @type {string} */ let script = "";
    /** @type {string} */ let blob = "";
    const revoke = () => {
      if (blob) URL.revokeObjectURL(blob);
      blob = "";
    };
    const end = () => {
      revoke();
      port.close();
      return worker?.terminate();
    };
    const own = { port, end };
    // inspection: /** @type {any} */ (own).stack = [stack, stackSize];
    /** Takes it out of the list. @returns {boolean} whether it was still there */
    const remove = () => {
      if (this.workers.get(pointer) !== own) return false;
      end();
      return this.workers.delete(pointer);
    };
    /** @param {string} reason */
    const fail = (reason) => {
      if (!remove()) return;
      this.#failure ??= `Worker ${index} did not start: ${reason}`;
      const bytes = new TextEncoder().encode(reason);
      this.enter(() => {
        const at = this.exports.webble_text_buffer(bytes.length);
        this.bytes(at, bytes.length).set(bytes);
        this.exports.webble_worker_failed(pointer, at, bytes.length);
        return 0;
      });
    };
    this.workers.set(pointer, own);
    try {
      if (given) script = String(new URL(given, scope.location?.href ?? glueAddress()));
      if (nodeThreads) {
        worker = script ? new nodeThreads.Worker(new URL(script), { workerData: WORKER_MARK, name })
          : new nodeThreads.Worker(`"use strict";${workerSource}becomeWorker();`, { eval: true, name });
      } else {
        if (!script || !urlIsScript) {
          // A blob is of our own origin, so that the glue may lie on another one.
          const text = script ? `import ${JSON.stringify(script)};` : `${workerSource}becomeWorker();`;
          blob = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
        }
        // Bun, which alone knows `argv`, finds no blob by an address that goes on; and the text needs no mark.
        const address = blob && (!script || scope.Bun) ? blob : (blob || script.replace(/#.*/, "")) + WORKER_MARK;
        const argv = script ? [WORKER_MARK] : [];
        worker = new scope.Worker(trusted(address), /** @type {any} */ ({ type: "module", name, argv }));
      }
      worker.postMessage({
        webble: "start", module: this.module, memory: this.memory, pointer, index, stack, stackSize, tls, port: port2,
        state, timeOrigin: performance.timeOrigin, page: this.page, programArguments: this.arguments,
        // inspection: symbols: this.symbols,
      }, [port2]);
    } catch (error) {
      const { name: kind, message } = /** @type {Error} */ (error);
      // WebKit throws here what a Content-Security-Policy forbids; other engines report it later.
      queueMicrotask(() => fail(`it could not be created: ${message}${kind === "SecurityError" ? policyHint : ""}`));
      return;
    }
    let isFailing = false;
    /** @param {{data: any}} event */
    const onMessage = ({ data: message }) => {
      const { webble: kind } = message;
      if (kind === "ready") {
        revoke();
        this.call("worker_ready", pointer);
      } else if (kind === "left") {
        if (remove()) this.call("worker_gone", pointer);
      } else if (kind === "failed") {
        fail(message.reason);
      } else if (kind === "exit") {
        this.writeLines();
        this.exit(message.status);
      } else if (kind === "trap") {
        this.reportTrap(message);
      } else if (kind === "javascript") {
        this.onmessage?.(message);
      }
    };
    /** @param {string} message @param {string} [stack] */
    const died = (message, stack = "") => {
      if (isFailing) return;
      if (state[0] !== READY) fail(message);
      else if (this.workers.get(pointer) === own && this.claimEnd()) this.reportTrap({ thread: `worker ${index}`, message, stack });
    };
    /** @param {any} event */
    const onError = async (event) => {
      event.preventDefault?.();
      const message = event.message ?? String(event);
      if (!state[0]) {
        isFailing = true;
        fail(await whyScriptFails(script, event.message));
      } else if (scope.process && !scope.document) {
        died(message, event.stack ?? event.error?.stack);
      } else {
        // As on a page, where JavaScript goes on after what one of its callbacks throws.
        this.printError(`Uncaught error of JavaScript on worker ${index}: ${message} (${event.filename}:${event.lineno})`);
      }
    };
    port.onmessage = onMessage;
    if (nodeThreads) {
      worker.on("error", onError);
      worker.on("exit", (/** @type {number} */ status) => {
        // What it has posted comes first.
        for (let one; (one = nodeThreads.receiveMessageOnPort(port)); ) onMessage({ data: one.message });
        died(`its thread has ended with status ${status}: by process.exit(), or since it ran out of memory`);
      });
    } else {
      worker.onerror = onError;
      // Bun tells of the end of a thread so.
      worker.addEventListener("close", () => died("its thread has ended: by process.exit(), say"));
    }
  }
}

// javascript: /**
// javascript:  * A frame of JavaScript's on a stack, in one form for all engines; none of the glue's, of an engine's own, or of what only waits.
// javascript:  * @param {string} line @returns {string | undefined}
// javascript:  */
// javascript: function javaScriptFrame(line) {
// javascript:   line = line.replace(/eval at .*\), (?=<)/, "").replace(/@.* > /, "@");
// javascript:   if (line.includes(import.meta.url) || /^\s*at async |wasm:|blob:|node:|\[(native code|wasm code|worker eval)\]|webble-worker\.js/.test(line)) return;
// javascript:   if (/^\s+at .*(:\d+:\d+\)?|\(<anonymous>\))$/.test(line)) return `    ${line.trim()}`;
// javascript:   const [, name, place] = /^([^@\s]*)@(.+:\d+:\d+)$/.exec(line) ?? [];
// javascript:   return place && "    at " + (name ? `${name} (${place})` : place);
// javascript: }

/** A page's own worker may have been made from a blob, which nothing is relative to. */
function pageOfWorker() {
  const address = scope.location?.href;
  return /^(https?|file):/.test(address) ? address : undefined;
}

/**
 * The address of a worker's script, as pages with `require-trusted-types-for 'script'` want it.
 * @param {string} address
 */
function trusted(address) {
  if (!scope.trustedTypes) return address;
  // A policy can be made once, and there may be several copies of this file.
  const key = Symbol.for("webble.policy");
  scope[key] ??= scope.trustedTypes.createPolicy("webble", { createScriptURL: (/** @type {string} */ given) => given });
  return scope[key].createScriptURL(address);
}

/**
 * Why a worker's script did not start: browsers do not say.
 * @param {string} script @param {string} [message]
 */
async function whyScriptFails(script, message) {
  const what = script || "its script";
  if (message) return `${what} failed: ${message}`;
  if (isNode) return `${what} failed`;
  if (!script) return `its script, a blob, could not be run${policyHint}`;
  try {
    const type = (await fetched(new URL(script))).headers.get("Content-Type");
    if (!/javascript/.test(type ?? "")) return `${script} is served as ${type}, not as text/javascript`;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
  return `${script} could not be run as a module worker${policyHint}`;
}

const policyHint = "; does the page's Content-Security-Policy allow it in worker-src (blob:, or use "
  + "ThreadPool(workerScript:) with webble-worker.js)?";
