// @ts-check
// A worker that instantiates a module of Webble's and says so.
import { answer, onRequest } from "./threads.js";

onRequest(async ({ module, memory }) => {
  /** @type {Record<string, Record<string, any>>} */ const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = kind === "memory" ? memory : () => 0;
  }
  await WebAssembly.instantiate(module, imports);
  answer("ready");
});
