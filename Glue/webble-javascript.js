// @ts-check
/// <reference lib="dom" />
// The JavaScript half of the module JavaScript. `webble build` makes it a part of webble.js, and of what workers run, for
// programs that import that module.
//
// Each thread has a table of the values that Swift holds by reference; a Swift object is an index into it.
// Values cross in slots of 16 bytes in the module's memory: their kind at offset 0; an index, or a text's
// length, at 4; a number, or a text's address, at 8. A function that returns a value returns a number as
// itself, and NaN for everything else, which it leaves in the thread's result slot.

import { call0, call1, call2, named, read, write } from "./javascript/accesses.js";
import { decoder, decodesShared, encoder, encodesShared, isWellFormed } from "./javascript/bytes.js";
import { forget, makeAsyncIterator, makeExport, programEnd } from "./javascript/exports.js";
import { makeOrigins, reportLeaks } from "./javascript/leaks.js";
import { isKept, keptBy } from "./javascript/listeners.js";
import { memoryFunctions } from "./javascript/memory.js";
import { promisesOf } from "./javascript/promises.js";
import { connect } from "./javascript/threads.js";
import { valueFunctions } from "./javascript/values.js";

/** @typedef {import("./webble-javascript.js").Thread} Thread */
/** @typedef {import("./javascript/listeners.js").Token} Token */

// ValueKind in Slot.swift.
const UNDEFINED = 0, NULL = 1, FALSE = 2, TRUE = 3, NUMBER = 4, TEXT = 5, OBJECT = 6, FUNCTION = 7, SYMBOL = 8,
  BIGINT = 9, STRING = 10, PASSED_STRING = 11, THROWN = 16;
// The thread's scratch memory: Scratch in JavaScriptThread.swift.
const TEXT_OFFSET = 1024, TEXT_SIZE = 4096, SLOT_COUNT = 64;
/** Index of `undefined` as a receiver. */
const NOTHING = -1;

/**
 * What the module imports from "javascript" on one thread.
 * @param {Thread} thread
 */
export function imports(thread) {
  /** @type {any[]} what Swift holds, by index */ const values = [globalThis];
  /** @type {number[]} */ const free = [];
  /** @type {string[]} property names by number, in the order of their first use, from 1 on */ const names = [""];
  /** @type {Map<string, number>} */ const nameIDs = new Map();
  /** Names' numbers by the address of their literals: as long as the module's data, of which little is ever touched. */
  let literals = new Uint16Array();
  /** @type {string[]} short texts that have crossed lately, by hash */ const shortTexts = new Array(1024).fill("");
  let bytes = new Uint8Array(), words = new Uint32Array(), numbers = new Float64Array();
  /** The scratch memory: slots, of which the first is the result's, then room for texts. */
  let scratch = 0;
  let textAt = 0;
  /** @type {Uint8Array} a text that Swift has been told the size of */ let encoded = new Uint8Array();

  // Addresses above 2 GiB come from the module as negative numbers. Shifts by `>>>` take them as they are;
  // wherever else one is used, `>>> 0` makes it what it means.

  /** Sees to it that the views reach up to `end`: any thread may have grown the memory. */
  const reach = (/** @type {number} */ end) => {
    end >>>= 0;
    if (end <= bytes.length) return;
    const { buffer } = thread.bytes(0, end);
    bytes = new Uint8Array(buffer);
    words = new Uint32Array(buffer);
    numbers = new Float64Array(buffer);
  };

  // Swift to JavaScript

  const decode = (/** @type {number} */ address, /** @type {number} */ length) => {
    address >>>= 0;
    reach(address + length);
    const part = bytes.subarray(address, address + length);
    return decoder.decode(decodesShared ? part : part.slice());
  };

  const text = (/** @type {number} */ address, /** @type {number} */ length) => {
    if (length > 32) return decode(address, length);
    address >>>= 0;
    reach(address + length);
    let hash = length;
    for (let at = address; at < address + length; at++) hash = (hash * 31 + bytes[at]) | 0;
    const known = shortTexts[hash & 1023];
    if (known.length === length) {
      let index = 0;
      while (index < length && known.charCodeAt(index) === bytes[address + index]) index++;
      if (index === length) return known;
    }
    const fresh = decode(address, length);
    // A text of other characters would be compared for nothing: they are more bytes than code units.
    if (fresh.length === length) shortTexts[hash & 1023] = fresh;
    return fresh;
  };

  /** The number of the name at a literal's address, which stays what it is. */
  const identify = (/** @type {number} */ address) => literals[address] || learn(address);

  const learn = (/** @type {number} */ address) => {
    reach(address + 1);
    const key = internedName(address, bytes.indexOf(0, address) - address);
    let id = nameIDs.get(key);
    if (!id) nameIDs.set(key, id = names.push(key) - 1);
    // What has no room there is looked up each time.
    if (id <= 0xffff) literals[address] = id;
    return id;
  };

  /** As a key of an object a string becomes the engine's own copy of it, which makes look-ups faster. */
  const internedName = (/** @type {number} */ address, /** @type {number} */ length) =>
    Object.keys({ [text(address, length)]: 0 })[0];

  /** Small enough for engines to inline it: most values are numbers. */
  const load = (/** @type {number} */ slot) =>
    words[slot >>> 2] === NUMBER ? numbers[(slot >>> 3) + 1] : loadOther(slot);

  const loadOther = (/** @type {number} */ slot) => {
    const word = slot >>> 2;
    switch (words[word]) {
      case UNDEFINED: return undefined;
      case NULL: return null;
      case FALSE: return false;
      case TRUE: return true;
      case TEXT: return text(words[word + 2], words[word + 1]);
      case PASSED_STRING: {
        const index = words[word + 1], value = values[index];
        release(index);
        return value;
      }
      default: return values[words[word + 1]];
    }
  };

  const loadList = (/** @type {number} */ slots, /** @type {number} */ count) => {
    const list = new Array(count);
    for (let index = 0; index < count; index++) list[index] = load(slots + 16 * index);
    return list;
  };

  // JavaScript to Swift

  const keep = (/** @type {any} */ value) => {
    const index = free.length ? /** @type {number} */ (free.pop()) : values.length;
    values[index] = value;
    return index;
  };

  const release = (/** @type {number} */ index) => {
    values[index] = undefined;
    free.push(index);
  };

  const refer = (/** @type {number} */ word, /** @type {number} */ kind, /** @type {any} */ value) => {
    words[word] = kind;
    words[word + 1] = keep(value);
  };

  /** Writes a short text into the scratch memory; refers to one that is long, or not fit for UTF-8. */
  const storeText = (/** @type {number} */ word, /** @type {string} */ value) => {
    const { length } = value, room = scratch + TEXT_OFFSET + TEXT_SIZE - textAt;
    if (length * 3 > room) return refer(word, STRING, value);
    let count = 0;
    if (length <= 32) {
      for (; count < length; count++) {
        const unit = value.charCodeAt(count);
        if (unit > 127) break;
        bytes[textAt + count] = unit;
      }
    }
    if (count < length) {
      if (encodesShared) {
        count = encoder.encodeInto(value, bytes.subarray(textAt, textAt + room)).written ?? 0;
      } else {
        const copy = encoder.encode(value);
        bytes.set(copy, textAt);
        count = copy.length;
      }
      if (count !== length && !isWellFormed(value)) return refer(word, STRING, value);
    }
    words[word] = TEXT;
    words[word + 1] = count;
    words[word + 2] = textAt;
    textAt += count;
  };

  const store = (/** @type {number} */ slot, /** @type {any} */ value) => {
    const word = slot >>> 2;
    switch (typeof value) {
      case "number":
        words[word] = NUMBER;
        numbers[(slot >>> 3) + 1] = value;
        break;
      case "string": storeText(word, value); break;
      case "boolean": words[word] = value ? TRUE : FALSE; break;
      case "undefined": words[word] = UNDEFINED; break;
      case "function": refer(word, FUNCTION, value); break;
      case "symbol": refer(word, SYMBOL, value); break;
      case "bigint": refer(word, BIGINT, value); break;
      default:
        if (value === null) words[word] = NULL; else refer(word, OBJECT, value);
    }
  };

  /** Whether the program has ended within a closure: its callers in Swift, whose stack is gone, must not go on. */
  let isOver = false;

  /** If the program has ended: what of it is under way, deeper than `depth`, must not go on. */
  const end = (/** @type {number} */ depth) => {
    if (thread.isStopped && thread.depth > depth) throw programEnd(thread);
  };

  /** Small enough for engines to inline it, as `load` is. The result slot says of itself that it holds NaN. */
  const give = (/** @type {any} */ value) => typeof value === "number" && !isOver ? value : giveOther(value);

  const giveOther = (/** @type {any} */ value) => {
    end(0);
    reach(scratch + TEXT_OFFSET + TEXT_SIZE);
    textAt = scratch + TEXT_OFFSET;
    store(scratch, value);
    return NaN;
  };

  const giveError = (/** @type {any} */ error) => {
    // A trap, or the program's end, that comes out of Swift below: not for Swift to catch.
    if (thread.isStopped) throw error;
    give(error);
    if (typeof error === "number") store(scratch, error);
    words[scratch >>> 2] |= THROWN;
    return NaN;
  };

  // Calls

  const get = (/** @type {any} */ object, /** @type {any} */ key) => {
    try { return give(object[key]); } catch (error) { return giveError(error); }
  };

  const set = (/** @type {any} */ object, /** @type {any} */ key, /** @type {number} */ slot) => {
    try {
      reach(slot + 16);
      object[key] = load(slot);
      return give(0);
    } catch (error) { return giveError(error); }
  };

  const apply = (
    /** @type {Function} */ callee, /** @type {any} */ self, /** @type {number} */ slots, /** @type {number} */ count,
  ) => {
    reach(slots + 16 * count);
    switch (count) {
      case 0: return callee.call(self);
      case 1: return callee.call(self, load(slots));
      case 2: return callee.call(self, load(slots), load(slots + 16));
      case 3: return callee.call(self, load(slots), load(slots + 16), load(slots + 32));
      default: return Reflect.apply(callee, self, loadList(slots, count));
    }
  };

  const call = (
    /** @type {any} */ callee, /** @type {any} */ self, /** @type {number} */ slots, /** @type {number} */ count,
  ) => {
    // exploration: return callRecorded(callee, self, callee?.name, slots, count);
    try { return give(apply(callee, self, slots, count)); } catch (error) { return giveError(error); }
  };

  const callMethod = (
    /** @type {number} */ id, /** @type {any} */ self, /** @type {string} */ key, /** @type {number} */ slots,
    /** @type {number} */ count,
  ) => {
    // exploration: return callRecorded(undefined, self, key, slots, count);
    try {
      reach(slots + 16 * count);
      switch (count) {
        case 0: return give(call0(id, self, key));
        case 1: return give(call1(id, self, key, load(slots)));
        case 2: {
          const a = load(slots), b = load(slots + 16), result = call2(id, self, key, a, b);
          if (isKept(key)) kept.note(self, key, [a, b], result);
          return give(result);
        }
        default: {
          const list = loadList(slots, count), result = Reflect.apply(read(id, self, key), self, list);
          if (isKept(key)) kept.note(self, key, list, result);
          return give(result);
        }
      }
    } catch (error) { return giveError(named(thread, error, self, key)); }
  };

  // exploration: const callRecorded = (callee, self, key, slots, count) => {
  // exploration:   try {
  // exploration:     reach(slots + 16 * count);
  // exploration:     const list = loadList(slots, count), result = Reflect.apply(callee ?? self[key], self, list);
  // exploration:     if (!callee && isKept(key)) kept.note(self, key, list, result);
  // exploration:     return give(recorded(self, key, list, result));
  // exploration:   } catch (error) { return giveError(callee ? error : named(thread, error, self, key)); }
  // exploration: };

  /** Leaves values for Swift in the slots behind the result's. @returns {number} their address */
  const storeArguments = (/** @type {any[]} */ list, count = list.length) => {
    let slots = scratch + 16;
    // Swift frees what is not the scratch memory.
    if (count >= SLOT_COUNT) slots = thread.exports.webble_text_buffer(16 * count) >>> 0;
    reach(Math.max(slots + 16 * count, scratch + TEXT_OFFSET + TEXT_SIZE));
    textAt = scratch + TEXT_OFFSET;
    for (let index = 0; index < count; index++) store(slots + 16 * index, list[index]);
    return slots;
  };

  /** Boxes of closures whose functions nobody can call any more. */
  const closures = new FinalizationRegistry((/** @type {number} */ box) => {
    live.delete(box);
    thread.enter(() => (thread.exports.webble_javascript_forget(box), 0));
  });
  /** @type {Map<number, Token>} the closures that may be called, by box */ const live = new Map();
  const kept = keptBy(live);

  /** @type {any} what a closure has returned or thrown */ let handedBack;
  let isThrown = false;

  // What runs closures: the module's `exports` are slow to look into.
  /** @type {any} */ let invoke;
  /** @type {any} */ let invoke0;
  /** @type {any} */ let invoke1;
  /** @type {any} */ let invoke2;
  /** @type {any} */ let invokeObject;

  const makeClosure = (/** @type {number} */ box, /** @type {string} */ origin) => {
    // The commonest arguments cross by value. Parameters with defaults do not count in `length`.
    /** @this {any} @param {any} [a] @param {any} [b] @param {any[]} rest */
    const closure = function (a = undefined, b = undefined, ...rest) {
      if (thread.isStopped) {
        forget(a, closure);
        return end(0);
      }
      if (!token.isAlive) throw new Error(`the Swift closure made at ${origin} was called after its release`);
      const count = arguments.length;
      let number;
      thread.depth++;
      try {
        if (count === 1 && typeof a === "number") number = invoke1(box, a);
        else if (count === 1 && typeof a === "object" && a !== null) number = invokeObject(box, keep(a));
        else if (count === 2 && typeof a === "number" && typeof b === "number") number = invoke2(box, a, b);
        else if (count === 0) number = invoke0(box);
        else number = invoke(box, storeArguments([a, b, ...rest], count), count);
      } catch (error) {
        thread.escaped(error);
        isOver = thread.isStopped;
        end(1);
      } finally {
        thread.depth--;
      }
      return number === number ? number : takeHandedBack();
    };
    /** @type {Token} */ const token = { isAlive: true };
    live.set(box, token);
    kept.remember(closure, token);
    closures.register(closure, box, token);
    origins?.remember(closure, token, origin);
    return closure;
  };

  /** The program has ended: nothing settles the promises any more for which Swift still holds what would. */
  const ended = (/** @type {Error} */ reason) => {
    isOver = thread.depth > 0;
    promises.rejectAll(reason);
    kept.takeBack();
    // The page may hold closures still, in variables: with nothing behind them.
    values.length = 1;
    live.clear();
    invoke = invoke0 = invoke1 = invoke2 = invokeObject = undefined;
    bytes = encoded = new Uint8Array();
    words = new Uint32Array();
    numbers = new Float64Array();
    literals = new Uint16Array();
  };

  const takeHandedBack = () => {
    const result = handedBack, thrown = isThrown;
    handedBack = undefined;
    isThrown = false;
    if (thrown) throw result;
    return result;
  };

  const settle = (/** @type {number} */ task, /** @type {boolean} */ fulfilled, /** @type {any} */ value) => {
    storeArguments([value]);
    thread.exports.webble_javascript_settle(task, fulfilled);
    return 0;
  };

  /** @type {ReturnType<typeof makeOrigins> | undefined} where closures were made, in debug builds */ let origins;
  const promises = promisesOf(thread, values, storeArguments, settle);
  const post = connect(thread, settle);
  if (!thread.port) thread.onend = ended;
  // exploration: const recorded = recordAnswers(thread);

  // What Swift calls. An object, a function, a key that is a symbol: by index. Texts: address and length.

  /** @type {Record<string, (...values: any[]) => any>} */
  const functions = {
    attach: (address, isDebug) => {
      scratch = address >>> 0;
      literals = new Uint16Array(thread.exports.__heap_base.value);
      ({ webble_javascript_invoke: invoke, webble_javascript_invoke0: invoke0,
        webble_javascript_invoke1: invoke1, webble_javascript_invoke2: invoke2,
        webble_javascript_invoke_object: invokeObject } = thread.exports);
      if (!isDebug) return;
      origins = makeOrigins(values);
      if (thread.workers) thread.onstop = () => reportLeaks(thread, origins?.leaks() ?? []);
    },
    /** The thread ends: gives up what closures hold. */
    leave: () => {
      if (origins) post({ webble: "javascript", leaks: origins.leaks() });
      for (const box of [...live.keys()]) {
        if (functions.releaseClosure(box)) thread.exports.webble_javascript_forget(box);
      }
      scratch = 0;
    },
    release,
    ...valueFunctions(thread, values, keep, decode, give, giveError),
    ...memoryFunctions(thread, values, keep),
    ...promises.functions,
    makeAsyncIterator: (next, stop) => keep(makeAsyncIterator(thread, values[next], values[stop])),

    get: (object, at) => {
      const id = identify(at);
      try { return give(read(id, values[object], names[id])); } catch (error) { return giveError(error); }
    },
    getNamed: (object, at, length) => get(values[object], text(at, length)),
    getIndexed: (object, index) => get(values[object], index),
    getKeyed: (object, key) => get(values[object], values[key]),

    set: (object, at, slot) => {
      const id = identify(at);
      try {
        reach(slot + 16);
        write(id, values[object], names[id], load(slot));
        return give(0);
      } catch (error) { return giveError(error); }
    },
    setNumber: (object, at, value) => {
      const id = identify(at);
      try {
        write(id, values[object], names[id], value);
        return give(0);
      } catch (error) {
        giveError(error);
        return 1;
      }
    },
    setNamed: (object, at, length, slot) => set(values[object], text(at, length), slot),
    setIndexed: (object, index, slot) => set(values[object], index, slot),
    setKeyed: (object, key, slot) => set(values[object], values[key], slot),

    call: (callee, self, slots, count) =>
      call(values[callee], self === NOTHING ? undefined : values[self], slots, count),
    callMethod: (self, at, slots, count) => {
      const id = identify(at);
      return callMethod(id, values[self], names[id], slots, count);
    },
    callMethod1: (self, at, a) => {
      const id = identify(at);
      try { return give(call1(id, values[self], names[id], a)); } catch (error) {
        return giveError(named(thread, error, values[self], names[id]));
      }
    },
    callMethod2: (self, at, a, b) => {
      const id = identify(at);
      try { return give(call2(id, values[self], names[id], a, b)); } catch (error) {
        return giveError(named(thread, error, values[self], names[id]));
      }
    },
    callNamed: (self, at, length, slots, count) => callMethod(0, values[self], text(at, length), slots, count),
    construct: (callee, slots, count) => {
      try {
        reach(slots + 16 * count);
        return give(Reflect.construct(values[callee], loadList(slots, count)));
      } catch (error) { return giveError(error); }
    },

    makeString: (at, length) => keep(decode(at, length)),
    /** The size in UTF-8 of a text that `takeText` then copies. */
    encodeText: (value) => {
      encoded = encoder.encode(values[value]);
      return encoded.length;
    },
    takeText: (to) => {
      reach(to + encoded.length);
      bytes.set(encoded, to >>> 0);
      encoded = new Uint8Array();
    },
    /** Leaves an error's name, message and stack in slots. */
    describeError: (error) => {
      const value = values[error];
      storeArguments(["name", "message", "stack"].map((key) => {
        try { return value[key] === undefined ? "" : String(value[key]); } catch { return ""; }
      }));
    },

    makeArray: (slots, count) => {
      reach(slots + 16 * count);
      return keep(loadList(slots, count));
    },
    makeClosure: (box, at, length) => keep(makeClosure(box, decode(at, length))),
    handBack: (slot, thrown) => {
      reach(slot + 16);
      handedBack = load(slot);
      isThrown = !!thrown;
    },
    /** Whether the closure was alive until now. */
    releaseClosure: (box) => {
      const token = live.get(box);
      if (!token) return false;
      // The box's memory may soon be another's.
      token.isAlive = false;
      closures.unregister(token);
      return live.delete(box);
    },
    export: (at, length, typeAt, typeLength, index) => {
      /** @type {any} */ (thread.swift)[decode(at, length)] = makeExport(thread, values[index], decode(typeAt, typeLength));
    },
    send: (object, task, to, transfer) => {
      try {
        post({ webble: "javascript", to, task, value: values[object], transfer: values[transfer] });
        return give(0);
      } catch (error) { return giveError(error); }
    },
  };
  return functions;
}
