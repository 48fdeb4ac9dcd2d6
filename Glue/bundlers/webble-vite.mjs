// Builds a Swift package with Webble as a part of Vite: when it starts and at each change of a source.
//
//   // vite.config.js
//   import webble from "./webble-vite.mjs";
//   export default { plugins: [webble("path/to/the/package")] };
//
//   // the application
//   import { start } from "webble:app";
//
// All that Vite's development and preview servers send has the isolation headers. Rollup takes it, too,
// without the servers' part.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

const id = "webble:app";
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Document-Isolation-Policy": "isolate-and-require-corp",
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
  const out = path.join(root, ".build/webble/bundle"), glue = path.join(out, "webble.js");
  const tool = options.tool ?? ["swift", "run", "--package-path", root, "webble"];
  let configuration = options.configuration ?? "release";

  /** @type {Promise<void> | undefined} */
  let building;
  let isStale = false;
  /** @type {Error | undefined} Why there is no program of the sources as they are. */
  let failure;
  /** @type {{ info(text: string): void } | undefined} Vite's. */
  let logger;
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
      while (isStale) {
        isStale = false;
        const begin = performance.now();
        logger?.info(`webble: building Swift (${configuration})`);
        failure = await run().then(() => undefined, (/** @type {Error} */ error) => error);
        if (!failure) logger?.info(`webble: built in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
      }
      building = undefined;
      if (failure) throw failure;
    })();
    return building;
  };

  /** Shows why there is no program, in the terminal and over the page. */
  const show = (/** @type {Error} */ error) => {
    serving.config.logger.error(error.message);
    overlay(error);
  };

  const overlay = (/** @type {Error} */ { message }) => {
    serving.ws.send({ type: "error", err: { message, stack: "", plugin: "webble" } });
  };

  const isolate = (/** @type {any} */ server) => {
    server.middlewares.use((/** @type {any} */ _, /** @type {any} */ response, /** @type {() => void} */ next) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      next();
    });
  };

  return {
    name: "webble",
    // In front of plugins that answer requests themselves, as SvelteKit's does.
    enforce: "pre",

    config(/** @type {{ build?: { target?: unknown } }} */ given, /** @type {{ command: string }} */ { command }) {
      configuration = options.configuration ?? (command === "build" ? "release" : "debug");
      return {
        // Compiled Swift is thousands of files, of which none is the page's.
        server: { watch: { ignored: ["**/.build/**"] } },
        // The module is found beside the glue, which must stay where it is.
        optimizeDeps: { exclude: [id] },
        // Pages wait for the program at their top level.
        build: given.build?.target === undefined ? { target: "esnext" } : {},
      };
    },

    configResolved(/** @type {any} */ config) {
      logger = config.logger;
      // By itself this would take the place of what Vite allows.
      config.server.fs.allow.push(out);
    },

    async buildStart() {
      try {
        await build();
      } catch (error) {
        // Under a development server the page shows it, and the next change mends it.
        if (!serving) throw error;
        show(/** @type {Error} */ (error));
      }
    },

    resolveId(/** @type {string} */ source) {
      return source === id ? glue : undefined;
    },

    load(/** @type {string} */ file) {
      if (failure && file === glue && !existsSync(glue)) throw failure;
    },

    configureServer(/** @type {any} */ server) {
      serving = server;
      isolate(server);
      server.watcher.add([path.join(root, "Package.swift"), path.join(root, "Sources")]);
      /** @param {string} file */
      const changed = async (file) => {
        const name = path.relative(root, path.resolve(file));
        const isSource = name.endsWith(".swift") ? !name.startsWith("..") : name.startsWith("Sources" + path.sep);
        if (!isSource || name.startsWith(".build")) return;
        if (building) {
          isStale = true;
          return;
        }
        try {
          await build();
          server.moduleGraph.invalidateAll();
          server.ws.send({ type: "full-reload" });
        } catch (error) {
          show(/** @type {Error} */ (error));
        }
      };
      for (const event of ["add", "change", "unlink"]) server.watcher.on(event, changed);
      // A page that is opened while the sources have an error.
      server.ws.on("connection", () => {
        if (failure && !building) overlay(failure);
      });
    },

    configurePreviewServer: isolate,
  };
}
