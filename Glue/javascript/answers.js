// @ts-check
// Of explored schedules: what `fetch` was answered at first is what it is answered under every schedule.

/** @typedef {{ status: number, statusText: string, url: string, headers: string[][], body: string }} Received */
/** @typedef {{ request: string, received?: Received, failure?: string }} Answer `failure`: a TypeError's message */

const bytesOf = (/** @type {string} */ text) => Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
const textOf = (/** @type {ArrayBuffer} */ bytes) => {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text);
};

/** What an earlier run was answered: the tool gives it back with the schedule. @returns {Answer[]} */
const givenTo = (/** @type {any} */ thread) => {
  const list = new TextDecoder().decode(thread.arguments.slice()).split("\0");
  const place = list.indexOf("--answers");
  return place < 0 ? [] : JSON.parse(list[place + 1]);
};

/** A response as it was received. */
const responseOf = (/** @type {Received} */ { status, statusText, url, headers, body }) => {
  const isEmpty = [101, 204, 205, 304].includes(status);
  const response = new Response(isEmpty ? null : bytesOf(body), { status, statusText, headers: /** @type {any} */ (headers) });
  return Object.defineProperty(response, "url", { value: url });
};

/** @param {any} thread */
export const recordFetch = (thread) => {
  const { fetch } = globalThis;
  if (!fetch || !thread.print) return;
  /** @type {Map<string, Answer>} by request, and how often it had been made before in the same schedule */
  const answers = new Map(givenTo(thread).map((/** @type {Answer} */ answer) => [answer.request, answer]));
  /** @type {Map<string, number>} */ let asked = new Map();
  thread.onschedule = () => { asked = new Map(); };

  /** @param {Request} request @param {string} name @returns {Promise<Answer>} */
  const ask = async (request, name) => {
    try {
      const response = await fetch(request), { status, statusText, url } = response;
      // The body has been decoded.
      const headers = [...response.headers].filter(([name]) => !/^content-(encoding|length)$/.test(name));
      return { request: name, received: { status, statusText, url, headers, body: textOf(await response.arrayBuffer()) } };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return { request: name, failure: error.message };
    }
  };

  globalThis.fetch = async (input, settings) => {
    const request = new Request(input, settings);
    const parts = [request.method, request.url, [...request.headers], await request.clone().text()];
    const base = JSON.stringify(parts), count = asked.get(base) ?? 0, name = `${base} ${count}`;
    asked.set(base, count + 1);
    request.signal.throwIfAborted();
    let answer = answers.get(name);
    if (!answer) {
      answer = await ask(request, name);
      answers.set(name, answer);
      thread.print(`answer: ${JSON.stringify(answer)}`);
    }
    if (!answer.received) throw new TypeError(answer.failure);
    return responseOf(answer.received);
  };
};
