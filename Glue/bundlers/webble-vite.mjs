// Builds a Swift package with Webble as a part of Vite: when it starts and at each change of a source.
//
//   // vite.config.js
//   import webble from "./webble-vite.mjs";
//   export default { plugins: [webble("path/to/the/package")] };
//
//   // the application
//   import { start } from "webble:app";
//
// Pages of Vite's development and preview servers get the isolation headers. Rollup takes it, too, without
// the servers' part.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

const id = "webble:app";
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * @param {string} folder the Swift package's
 * @param {object} [options]
 * @param {string[]} [options.tool] the command that is `webble`; default `swift run webble` in the package
 * @param {"debug" | "release"} [options.configuration] default: release for `vite build`, debug otherwise
 * @param {string[]} [options.arguments] more of them for `webble build`
 */
export default function webble(folder, options = {}) {
  const root = path.resolve(folder);
  const out = path.join(root, ".build/webble/bundle");
  const tool = options.tool ?? ["swift", "run", "--package-path", root, "webble"];
  let configuration = options.configuration ?? "release";

  /** @type {Promise<void> | undefined} */
  let building;
  let isStale = false;
  /** @type {any} Vite's development server. */
  let serving;

  /** Runs the tool; rejects with what it says if it fails. */
  const run = () => new Promise((resolve, reject) => {
    const [command, ...before] = tool;
    const child = spawn(command, [
      ...before, "build", root, "-c", configuration, "-o", out, ...(options.arguments ?? []),
    ], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => { said += text; });
    }
    child.on("error", (/** @type {Error} */ error) => reject(new Error(`${command} did not start: ${error.message}`)));
    child.on("close", (/** @type {number | null} */ status) => {
      if (status === 0) resolve(undefined);
      else reject(new Error(said.trim() || `${command} ended with status ${status}`));
    });
  });

  /** One build at a time; a change during one makes another follow. */
  const build = () => {
    isStale = true;
    building ??= (async () => {
      try {
        while (isStale) {
          isStale = false;
          await run();
        }
      } finally {
        building = undefined;
      }
    })();
    return building;
  };

  return {
    name: "webble",

    config(/** @type {object} */ _, /** @type {{ command: string }} */ { command }) {
      configuration = options.configuration ?? (command === "build" ? "release" : "debug");
      return {
        server: { headers, fs: { allow: [process.cwd(), out] } },
        preview: { headers },
        // The module is found beside the glue, which must stay where it is.
        optimizeDeps: { exclude: [id] },
        build: { target: "esnext" },
      };
    },

    async buildStart() {
      try {
        await build();
      } catch (error) {
        // Under a development server the page shows it, and the next change mends it.
        if (!serving) throw error;
        serving.config.logger.error(/** @type {Error} */ (error).message);
      }
    },

    resolveId(/** @type {string} */ source) {
      return source === id ? path.join(out, "webble.js") : undefined;
    },

    configureServer(/** @type {any} */ server) {
      serving = server;
      server.watcher.add([path.join(root, "Package.swift"), path.join(root, "Sources")]);
      /** @param {string} file */
      const changed = async (file) => {
        const name = path.relative(root, path.resolve(file));
        if (name.startsWith("..") || name.startsWith(".build") || !name.endsWith(".swift")) return;
        try {
          await build();
          server.moduleGraph.invalidateAll();
          server.ws.send({ type: "full-reload" });
        } catch (error) {
          show(/** @type {Error} */ (error));
        }
      };
      const show = (/** @type {Error} */ error) => {
        server.config.logger.error(error.message);
        server.ws.send({ type: "error", err: { message: error.message, stack: "", plugin: "webble" } });
      };
      for (const event of ["add", "change", "unlink"]) server.watcher.on(event, changed);
      // A page that is opened before the first build has succeeded.
      server.ws.on("connection", () => {
        if (!building && !existsSync(path.join(out, "webble.js"))) build().catch(show);
      });
    },
  };
}
