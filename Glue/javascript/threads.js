// @ts-check
// Between threads: through the main thread, which alone can post to every worker.

import { reportLeaks } from "./leaks.js";

/** @typedef {import("../webble-javascript.js").Thread} Thread */

/**
 * @param {Thread} thread
 * @param {(task: number, fulfilled: boolean, value: any) => number} settle goes on with a task that waits
 * @returns {(message: any) => void} posts
 */
export const connect = (thread, settle) => {
  const deliver = (/** @type {any} */ { task, value, failure }) => {
    if (!failure) thread.enter(settle, task, true, value);
    else thread.enter(settle, task, false, Object.assign(new Error(failure.message), { name: failure.name }));
  };

  /** @param {any} message to the worker `to`, which may have ended; what is in `transfer` moves */
  const post = (message) => {
    const port = thread.workers ? thread.workers.get(message.to)?.port : thread.port;
    port?.postMessage(message, message.transfer ?? []);
  };

  const receive = (/** @type {any} */ message) => {
    if (message.leaks) reportLeaks(thread, message.leaks);
    else if (!thread.workers || !message.to) deliver(message);
    else {
      try { post(message); } catch (error) {
        const { name, message: text } = /** @type {Error} */ (error);
        post({ webble: "javascript", to: message.to, task: message.task, failure: { name, message: text } });
      }
    }
  };

  if (thread.port) thread.port.onmessage = (event) => receive(event.data);
  else thread.onmessage = receive;
  return post;
};
