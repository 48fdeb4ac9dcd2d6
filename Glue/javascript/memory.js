// @ts-check
// Typed arrays and buffers beside the module's memory.

import { arrayTypes, copyBytes, part } from "./bytes.js";

/** @typedef {import("../webble-javascript.js").Thread} Thread */

/**
 * @param {Thread} thread @param {any[]} values what Swift holds, by index @param {(value: any) => number} keep
 * @returns {Record<string, (...values: any[]) => any>}
 */
export const memoryFunctions = (thread, values, keep) => ({
  /** A copy of `count` elements of the module's memory, or a view of them; zeros if there is no address. */
  makeTypedArray: (type, at, count, isView) => {
    const Type = arrayTypes[type];
    const bytes = thread.bytes(at, at && count * Type.BYTES_PER_ELEMENT);
    if (isView) return keep(new Type(/** @type {any} */ (bytes.buffer), at >>> 0, count));
    const array = new Type(count);
    if (bytes.length) copyBytes(new Uint8Array(array.buffer), bytes);
    return keep(array);
  },
  typedArrayType: (array) => arrayTypes.findIndex((Type) => values[array] instanceof Type),
  elementCount: (buffer, stride) => Math.min(values[buffer].byteLength / stride, 0x7fffffff),
  /** Copies `count` bytes of an array or a buffer, from `offset`, out to the module's memory. */
  copyOut: (buffer, offset, to, count) => copyBytes(thread.bytes(to, count), part(values[buffer], offset, count)),
  /** Copies `count` bytes of the module's memory into an array or a buffer, from `offset` on. */
  copyIn: (buffer, offset, from, count) => copyBytes(part(values[buffer], offset, count), thread.bytes(from, count)),
  /** Fills memory in random bytes, 64 KiB at a time, and copied, since it refuses shared memory. */
  random: (to, count) => {
    for (let done = 0; done < count; done += 65536) {
      const part = crypto.getRandomValues(new Uint8Array(Math.min(65536, count - done)));
      thread.bytes(to + done, part.length).set(part);
    }
  },
});
