// @ts-check
// What of a program's state looks wrong, for the live view.

/**
 * @typedef {import("../webble.js").ProgramDump & {
 *   unreadErrors: {count: number, entry: string},
 *   memory: {
 *     reserved: number, used: number, limit: number,
 *     classes: {size: number, bytes: number}[], holders: {thread: string, bytes: number}[],
 *   },
 *   times: {starts: number[], polls: number[], scheduled: number[]},
 * }} Snapshot `times`: milliseconds at which buckets begin, and how many polls, and waits for one, were in each
 */

/** Milliseconds: a frame of 60 a second; what a task may run without a break; after which a continuation is forgotten. */
const FRAME = 1000 / 60, LONG = 50, FORGOTTEN = 10_000;

/**
 * @param {Snapshot} now @param {Snapshot[]} recent the last few, the newest last
 * @param {{pollsPerSecond: number, busyPerPoll: number}} rates of all workers; milliseconds a poll
 * @returns {{what: string, details: string}[]}
 */
export function lintsOf(now, recent, { pollsPerSecond, busyPerPoll }) {
  const lints = [];
  const named = (/** @type {Snapshot["tasks"][0]} */ task) =>
    `task ${task.identifier}${task.name ? ` "${task.name}"` : ""}`;
  for (const circle of now.deadlocks) {
    lints.push({ what: "Deadlock:", details: `tasks ${circle.join(", ")} wait for each other.` });
  }
  for (const task of now.tasks) {
    const where = task.functions[0] ?? task.entry;
    if (task.state === "running" && task.thread === "main" && task.timeInState > FRAME) {
      lints.push({
        what: "Main is held for longer than a frame:",
        details: `${named(task)} has run there for ${Math.round(task.timeInState)} ms, begun at ${task.entry}.`,
      });
    } else if (task.state === "running" && task.timeInState > LONG) {
      lints.push({
        what: "A task does not yield:",
        details: `${named(task)} has run on ${task.thread} for ${Math.round(task.timeInState)} ms, begun at ${task.entry}.`,
      });
    }
    if (task.state === "waiting" && task.holds.length > 0) {
      lints.push({
        what: "A lock is held across an await:", details: `${named(task)} waits for ${task.waitsFor?.what} at ${where}.`,
      });
    }
    if (task.waitsFor?.what === "a continuation" && task.timeInState > FORGOTTEN) {
      lints.push({
        what: "A continuation is not resumed:",
        details: `${named(task)} has waited for ${Math.round(task.timeInState / 1000)} s at ${where}.`,
      });
    }
  }
  const isPiledUp = (/** @type {Snapshot} */ one, /** @type {number} */ worker) => one.workers.length > 1
    && one.workers[worker]?.ready >= 8
    && one.workers.some((other, index) => index !== worker && other.ready === 0 && !other.isInTurn);
  for (const index of now.workers.keys()) {
    if (recent.length > 2 && recent.slice(-3).every((one) => isPiledUp(one, index))) {
      lints.push({
        what: "Work piles up on one worker:",
        details: `${now.workers[index].ready} jobs wait on worker ${now.workers[index].index} while others are idle. `
          + "Pinned work stays where it was put: spawnStealable, or spawn without `on:`, spreads it.",
      });
    }
  }
  if (pollsPerSecond > 100_000 && busyPerPoll < 0.003) {
    lints.push({
      what: "Tiny tasks by the hundred thousand:",
      details: `${Math.round(pollsPerSecond / 1000)} thousand polls a second of ${(busyPerPoll * 1000).toFixed(1)} µs each. `
        + "forEach and map of a pool do such work in chunks.",
    });
  }
  const { count, entry } = now.unreadErrors;
  if (count > 0) {
    lints.push({
      what: "Errors that nobody has read:",
      details: `${count} ${count === 1 ? "task has" : "tasks have"} thrown into a handle that was dropped; the last began at ${entry}.`,
    });
  }
  return lints;
}
