// @ts-check
// What one writes without Webble: a pool of workers that are sent a message for each task and answer with
// another. Tasks are functions that the workers know by name. The rows' shapes: 3, 4, 7 and 8.
import { median } from "./statistics.js";
import { Thread } from "./threads.js";

/** How many tasks a worker has at once, so that the next is there when one ends. */
const tasksAtOnce = 2;

class MessagePool {
  /** @type {Thread[]} */ threads = [];
  /**
   * What each worker has been sent and has not answered.
   * @type {number[]}
   */
  #loads = [];
  /** @type {Map<number, (result: any) => void>} */ #waiting = new Map();
  /**
   * First in, first out, from `#head` on.
   * @type {{name: string, argument: any, id: number}[]}
   */
  #queue = [];
  #head = 0;
  #nextID = 0;

  /**
   * @param {number} count
   * @param {number} limit of a worker's tasks at once; those that await others count, too
   */
  constructor(count, limit) {
    this.limit = limit;
    for (let worker = 0; worker < count; worker++) {
      const thread = new Thread(new URL("pool-worker.js", import.meta.url));
      thread.onEach((message) => this.#receive(worker, message));
      this.threads.push(thread);
      this.#loads.push(0);
    }
  }

  /** @param {number} worker @param {string} name @param {any} [argument] @returns {Promise<any>} */
  spawn(worker, name, argument) {
    const id = this.#nextID++;
    this.threads[worker].post({ name, argument, id });
    this.#loads[worker]++;
    return new Promise((resolve) => { this.#waiting.set(id, resolve); });
  }

  /**
   * On whichever worker is free.
   * @param {string} name @param {any} [argument] @returns {Promise<any>}
   */
  spawnStealable(name, argument) {
    const id = this.#nextID++;
    const result = new Promise((resolve) => { this.#waiting.set(id, resolve); });
    this.#queue.push({ name, argument, id });
    this.#distribute();
    return result;
  }

  #distribute() {
    while (this.#head < this.#queue.length) {
      const worker = this.#loads.indexOf(Math.min(...this.#loads));
      if (this.#loads[worker] >= this.limit) return;
      this.#loads[worker]++;
      this.threads[worker].post(this.#queue[this.#head++]);
    }
    this.#queue.length = this.#head = 0;
  }

  /** @param {number} worker @param {any} message an answer, or a worker's own wish to spawn */
  #receive(worker, { id, result, name, argument }) {
    if (name) {
      this.spawnStealable(name, argument).then((result) => this.threads[worker].post({ id, result }));
      return;
    }
    this.#loads[worker]--;
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
    this.#distribute();
  }

  /** Gives worker 0 a channel to each worker, itself included. */
  connect() {
    for (const thread of this.threads) {
      const { port1, port2 } = new MessageChannel();
      thread.post({ serve: port1 }, [port1]);
      this.threads[0].post({ partner: port2 }, [port2]);
    }
  }

  end() {
    for (const thread of this.threads) thread.end();
  }
}

/**
 * @param {string} name of a row @param {number} workers @param {boolean} isTiny
 * @returns {Promise<{nanoseconds: number, alone?: number}>}
 */
export async function measurePool(name, workers, isTiny) {
  const spawns = isTiny ? 50 : 20_000;
  const all = (/** @type {(index: number) => Promise<any>} */ spawn) =>
    Promise.all(Array.from({ length: spawns }, (_, index) => spawn(index)));
  switch (name) {
    case "3a": return measure((pool) => all((index) => pool.spawn(index % workers, "nothing")), spawns);
    case "3b": return measure((pool) => pool.spawn(0, "spawnOnPartners", spawns), spawns);
    case "4a": return measure((pool) => all(() => pool.spawnStealable("nothing")), spawns);
    case "4b": return measure((pool) => pool.spawn(0, "spawnByMain", spawns), spawns);
    case "7a": return measureSpeedUp("mandelbrot", Array.from({ length: 256 }, (_, index) =>
      ({ first: index * 4, iterations: isTiny ? 5 : 500 })));
    case "7b": case "7c": return measureSpeedUp("xorshift", imbalancedCosts(name === "7c")
      .map((cost) => cost * (isTiny ? 20 : 20_000)));
    case "8": {
      const n = isTiny ? 16 : 27;
      return measure(async (pool) => {
        if (await pool.spawnStealable("fibonacci", n) !== fibonacci(n)) throw new Error("fib is wrong.");
      }, taskCount(n), Infinity);
    }
    default: throw new Error(`There is no row ${name} for this pool.`);
  }

  /** @param {(pool: MessagePool) => Promise<any>} body @param {number} count */
  async function measure(body, count, limit = tasksAtOnce, size = workers) {
    const pool = new MessagePool(size, limit);
    pool.connect();
    /**
     * As many repetitions as fit a quarter of a second.
     * @param {number} leastCount
     */
    const repeat = async (leastCount) => {
      const times = [];
      const end = performance.now() + (isTiny ? 0 : 250);
      do {
        const start = performance.now();
        await body(pool);
        times.push((performance.now() - start) * 1e6 / count);
      } while (times.length < leastCount || performance.now() < end);
      return times;
    };
    if (!isTiny) await repeat(1);
    const times = await repeat(isTiny ? 1 : 5);
    pool.end();
    return { nanoseconds: Math.round(median(times)) };
  }

  /** @param {string} task @param {any[]} pieces */
  async function measureSpeedUp(task, pieces) {
    const body = (/** @type {MessagePool} */ pool) =>
      Promise.all(pieces.map((piece) => pool.spawnStealable(task, piece)));
    const together = await measure(body, 1);
    return { ...together, alone: (await measure(body, 1, tasksAtOnce, 1)).nanoseconds };
  }
}

/**
 * As in SpeedUp.swift.
 * @param {boolean} clustered
 */
function imbalancedCosts(clustered) {
  const costs = new Array(256).fill(1);
  let seed = 1;
  for (let heavy = 0; heavy < 16; heavy++) {
    let place = heavy;
    if (!clustered) {
      do {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        place = seed >>> 24;
      } while (costs[place] !== 1);
    }
    costs[place] = 100;
  }
  return costs;
}

/** @param {number} n @returns {number} */
function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/** @param {number} n @returns {number} */
function taskCount(n) {
  return n < 12 ? 1 : 1 + taskCount(n - 1) + taskCount(n - 2);
}
