// @ts-check
// Texts and bytes, in the module's memory and out of it.

const { Buffer } = /** @type {any} */ (globalThis);

export const encoder = new TextEncoder();
// A byte order mark is a character like others.
export const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Whether this engine's TextEncoder writes into shared memory, and its TextDecoder reads from it. */
export const [encodesShared, decodesShared] = [
  (/** @type {any} */ bytes) => encoder.encodeInto("", bytes),
  (/** @type {any} */ bytes) => decoder.decode(bytes),
].map((attempt) => {
  try {
    attempt(new Uint8Array(new SharedArrayBuffer(1)));
    return true;
  } catch {
    return false;
  }
});

/** `to.set(from)`. V8 copies shared memory word by word, and Node's Buffer as memcpy does, which must not overlap. */
export const copyBytes = (/** @type {Uint8Array} */ to, /** @type {Uint8Array} */ from) => {
  if (!Buffer || from.length < 4096 || from.buffer === to.buffer) to.set(from);
  else Buffer.from(to.buffer, to.byteOffset, from.length).fill(from);
};

/** Bytes of an array or a buffer. */
export const part = (/** @type {any} */ value, /** @type {number} */ offset, /** @type {number} */ count) =>
  ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset + offset, count)
    : new Uint8Array(value, offset, count);

/** @type {(text: string) => boolean} */
export const isWellFormed = /** @type {any} */ ("").isWellFormed
  ? (text) => /** @type {any} */ (text).isWellFormed()
  : (text) => !/[\ud800-\udfff]/u.test(text);

export const arrayTypes = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array,
];
