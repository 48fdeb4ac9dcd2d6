// @ts-check
// Imports made for exactly the program in Sources/Costs: what its calls cost at best.

/**
 * @param {WebAssembly.Memory} memory
 * @param {() => any} exports the module's, once there are some
 */
export function handwritten(memory, exports) {
  /** @type {any[]} */ const objects = [{
    value: 1.5, text: "", add(/** @type {number} */ a, /** @type {number} */ b) { return a + b; },
    array: new Uint8Array(1 << 20),
  }];
  const encoder = new TextEncoder(), decoder = new TextDecoder();
  let bytes = new Uint8Array(memory.buffer);
  const reach = (/** @type {number} */ end) => {
    if (end > bytes.length) bytes = new Uint8Array(memory.buffer);
  };
  const callMany = (/** @type {(x: number) => number} */ f, /** @type {number} */ count) => {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += f(index);
    return sum;
  };
  const target = new EventTarget();
  target.addEventListener("tick", (event) => {
    const index = objects.push(event) - 1;
    exports().hand_event(index);
    objects.pop();
  });
  const promise = Promise.resolve(1);

  /** @type {Record<string, (...values: number[]) => number | void>} */
  return {
    getValue: (object) => objects[object].value,
    setValue: (object, value) => { objects[object].value = value; },
    add: (object, a, b) => objects[object].add(a, b),
    setText: (object, at, length) => {
      reach(at + length);
      // TextDecoder refuses shared memory.
      objects[object].text = decoder.decode(bytes.slice(at, at + length));
    },
    getText: (object, to, capacity) => {
      reach(to + capacity);
      const text = encoder.encode(objects[object].text);
      bytes.set(text, to);
      return text.length;
    },
    copyIn: (object, from, count) => {
      reach(from + count);
      objects[object].array.set(bytes.subarray(from, from + count));
    },
    copyOut: (object, to, count) => {
      reach(to + count);
      bytes.set(objects[object].array, to);
    },
    callMany: (callback, count) => {
      const { hand_callback: call } = exports();
      return callMany((/** @type {number} */ x) => call(callback, x), count);
    },
    dispatchMany: (count) => {
      for (let index = 0; index < count; index++) target.dispatchEvent(new Event("tick"));
    },
    wait: (continuation) => { promise.then((value) => exports().hand_settle(continuation, value)); },
  };
}
