// @ts-check
// A worker that runs a kernel of kernels.c.
import { answer, onRequest } from "./threads.js";
import { median } from "./statistics.js";

onRequest(async ({ module, name, isTiny }) => {
  const { exports } = await WebAssembly.instantiate(/** @type {WebAssembly.Module} */ (module));
  const call = (/** @type {string} */ step) =>
    /** @type {Function} */ (exports[`${name}_${step}`])(isTiny ? 1 : 0);
  call("make");
  const times = [];
  for (let repetition = isTiny ? 0 : -1; repetition < (isTiny ? 1 : 5); repetition++) {
    call("prepare");
    const start = performance.now();
    call("run");
    if (repetition >= 0) times.push((performance.now() - start) * 1e6);
  }
  answer({ nanoseconds: Math.round(median(times)), checksum: call("checksum") >>> 0 });
});
