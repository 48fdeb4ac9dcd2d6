// @ts-check
// Of explored schedules: what `fetch`, and other functions that answer later, were answered at first is what they are
// answered under every schedule.

/** @typedef {{ status: number, statusText: string, url: string, headers: string[][], body: string }} Received */
/**
 * @typedef {{ request: string, received?: Received, failure?: string, value?: any, error?: [string, string] }} Answer
 * `failure`: the message of fetch's TypeError. `value`, packed, or `error`, a name and a message: another function's
 */

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

/**
 * What can be copied, as JSON; undefined if it cannot. Whatever JSON does not have is an array with its kind in front.
 * @type {(value: any) => any}
 */
const pack = (value) => {
  if (value === undefined) return ["undefined"];
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    return Object.is(value, -0) ? ["number", "-0"] : Number.isFinite(value) ? value : ["number", String(value)];
  }
  if (typeof value === "bigint") return ["bigint", String(value)];
  if (typeof value !== "object") return;
  const { constructor } = value;
  if (value instanceof ArrayBuffer) return ["bytes", "ArrayBuffer", textOf(value)];
  if (ArrayBuffer.isView(value)) {
    // Shared memory is what this is for: the bytes are copied out of it.
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    return ["bytes", constructor.name, textOf(bytes.buffer)];
  }
  if (value instanceof Date) return ["date", value.getTime()];
  const isList = Array.isArray(value);
  if (!isList && constructor !== Object && Object.getPrototypeOf(value) !== null) return;
  /** @type {any[][]} */ const parts = Object.entries(value).map(([key, part]) => [key, pack(part)]);
  if (parts.some(([, part]) => part === undefined)) return;
  return isList ? ["list", ...value.map(pack)] : ["object", ...parts];
};

/** @type {(packed: any) => any} */
const unpack = (packed) => {
  if (!Array.isArray(packed)) return packed;
  const [kind, first, second] = packed;
  switch (kind) {
    case "undefined": return undefined;
    case "number": return Number(first);
    case "bigint": return BigInt(first);
    case "date": return new Date(first);
    case "bytes": {
      const { buffer } = bytesOf(second);
      return first === "ArrayBuffer" ? buffer : new (/** @type {any} */ (globalThis))[first](buffer);
    }
    case "list": return packed.slice(1).map(unpack);
    default: return Object.fromEntries(packed.slice(1).map(([key, part]) => [key, unpack(part)]));
  }
};

/** What people call an object that is there for all of the program; undefined for others. */
const nameOf = (/** @type {any} */ object) => {
  if (object === undefined || object === null || object === globalThis) return "";
  if (typeof object !== "object") return;
  if (object === globalThis.crypto?.subtle) return "crypto.subtle.";
  if (object === globalThis.navigator?.storage) return "navigator.storage.";
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(globalThis))) {
    if (value === object) return `${name}.`;
  }
};

/** Whose answers follow from what has been answered already, or from the program. */
const isDerived = (/** @type {any} */ object) =>
  typeof object === "function" || [Promise, Response, Request, Blob].some((type) => object instanceof type);

/**
 * @param {any} thread
 * @returns {(self: any, key: string, list: any[], result: any) => any} what a call gives that has given `result`
 */
export const recordAnswers = (thread) => {
  const { fetch } = globalThis;
  if (!thread.print) return (self, key, list, result) => result;
  /** @type {Map<string, Answer>} by request, and how often it had been made before in the same schedule */
  const answers = new Map(givenTo(thread).map((/** @type {Answer} */ answer) => [answer.request, answer]));
  /** @type {Map<string, number>} */ let asked = new Map();
  thread.onschedule = () => { asked = new Map(); };
  /** The same request for the second time is another. */
  const numbered = (/** @type {string} */ request) => {
    const count = asked.get(request) ?? 0;
    asked.set(request, count + 1);
    return `${request} ${count}`;
  };
  const learn = (/** @type {Answer} */ answer) => {
    answers.set(answer.request, answer);
    thread.print(`answer: ${JSON.stringify(answer)}`);
  };
  /** @type {Set<string>} */ const told = new Set();
  const tell = (/** @type {string} */ what) => {
    if (!told.has(what)) thread.print(`not the schedule's: ${what}`);
    told.add(what);
  };

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

  const answering = async (/** @type {RequestInfo | URL} */ input, /** @type {RequestInit | undefined} */ settings) => {
    const request = new Request(input, settings);
    const parts = [request.method, request.url, [...request.headers], await request.clone().text()];
    const name = numbered(JSON.stringify(parts));
    request.signal.throwIfAborted();
    let answer = answers.get(name);
    if (!answer) {
      answer = await ask(request, name);
      learn(answer);
    }
    if (!answer.received) throw new TypeError(answer.failure);
    return responseOf(answer.received);
  };
  if ("fetch" in globalThis) globalThis.fetch = Object.defineProperty(answering, "name", { value: "fetch" });

  // Other functions are called under every schedule, since what they do may be the program's; their answers are the first.
  return (self, key, list, result) => {
    if (!(result instanceof Promise) || isDerived(self) || key === "fetch") return result;
    const owner = nameOf(self), packed = pack(list);
    const title = (key || "a function") + (owner === undefined ? ` of ${self.constructor?.name ?? "an object"}` : "");
    const cannotBeTold = `what ${owner ?? ""}${title} answers`;
    if (owner === undefined || packed === undefined || !key) {
      tell(`${cannotBeTold}: it depends on more than what it is called by and with`);
      return result;
    }
    const request = numbered(JSON.stringify([owner + key, packed])), answer = answers.get(request);
    if (answer) {
      const give = () => {
        if (!answer.error) return unpack(answer.value);
        const [name, message] = answer.error, type = /** @type {any} */ (globalThis)[name];
        throw name === "DOMException" || !type ? new Error(message) : new type(message);
      };
      return result.then(give, give);
    }
    return result.then((value) => {
      const packed = pack(value);
      if (packed === undefined) tell(`${cannotBeTold}: it cannot be copied`);
      else learn({ request, value: packed });
      return value;
    }, (error) => {
      if (error instanceof Error) learn({ request, error: [error.constructor.name, error.message] });
      else tell(`${cannotBeTold}: it is rejected with what is no Error`);
      throw error;
    });
  };
};
