// @ts-check
// Workers and their messages, in browsers and in Node alike.

const { process } = /** @type {any} */ (globalThis);
const node = process?.versions?.node ? process.getBuiltinModule("node:worker_threads") : undefined;

/** A module worker. */
export class Thread {
  /** @type {((message: any) => void)[]} */ #waiting = [];
  /** @type {any[]} */ #received = [];

  /** @type {((message: any) => void) | undefined} */ #listener;

  /** @param {URL} script */
  constructor(script) {
    this.worker = /** @type {any} */ (node ? new node.Worker(script) : new Worker(script, { type: "module" }));
    const receive = (/** @type {any} */ message) => {
      if (this.#listener) { this.#listener(message); return; }
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message); else this.#received.push(message);
    };
    if (node) this.worker.on("message", receive);
    else this.worker.onmessage = (/** @type {MessageEvent} */ event) => receive(event.data);
  }

  /** @param {object} message @param {any[]} [transferred] */
  post(message, transferred = []) {
    this.worker.postMessage(message, transferred);
  }

  /**
   * The next message.
   * @returns {Promise<any>}
   */
  next() {
    if (this.#received.length > 0) return Promise.resolve(this.#received.shift());
    return new Promise((resolve) => { this.#waiting.push(resolve); });
  }

  /**
   * Calls `receive` with each message from now on, instead of keeping them.
   * @param {(message: any) => void} receive
   */
  onEach(receive) {
    this.#listener = receive;
  }

  end() {
    this.worker.terminate();
  }
}

/**
 * In a worker: calls `receive` with each message.
 * @param {(message: any) => void} receive
 */
export function onRequest(receive) {
  if (node) node.parentPort?.on("message", receive);
  else addEventListener("message", (event) => receive(event.data));
}

/**
 * In a worker.
 * @param {any} message
 */
export function answer(message) {
  if (node) node.parentPort?.postMessage(message);
  else postMessage(message);
}

/** @param {any} port @param {((message: any) => void) | null} receive */
export function listen(port, receive) {
  port.onmessage = receive && ((/** @type {MessageEvent} */ event) => receive(event.data));
}
