// @ts-check
// One run in a browser: a server with the isolation headers, and a fresh browser with a fresh profile.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
const timeLimit = 600_000;

/** Starts each browser without a window and without questions. */
const launches = {
  chromium: (/** @type {string} */ folder) => ({
    programs: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
    arguments: [
      "--headless=new", "--disable-gpu", `--user-data-dir=${folder}/profile`, "--no-first-run",
      "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
      "--disable-default-apps", "--disable-extensions", "--disable-sync",
      "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
      "--disable-backgrounding-occluded-windows", "--disable-dev-shm-usage",
      // Chromium's sandbox does not work for root.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  }),
  firefox: (/** @type {string} */ folder) => {
    mkdirSync(`${folder}/profile`);
    writeFileSync(`${folder}/profile/user.js`, [
      ["app.update.enabled", false], ["browser.aboutwelcome.enabled", false],
      ["browser.safebrowsing.malware.enabled", false], ["browser.shell.checkDefaultBrowser", false],
      ["browser.startup.homepage_override.mstone", "ignore"], ["dom.max_script_run_time", 0],
      ["datareporting.policy.dataSubmissionEnabled", false], ["toolkit.telemetry.enabled", false],
      ["network.captive-portal-service.enabled", false], ["termsofuse.bypassNotification", true],
    ].map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
    return {
      programs: ["firefox-esr", "firefox"],
      arguments: ["--headless", "--no-remote", "--profile", `${folder}/profile`],
    };
  },
};

/** @param {string[]} programs */
function find(programs) {
  for (const program of programs) {
    try { return execFileSync("which", [program], { encoding: "utf8" }).trim(); } catch { /* The next one. */ }
  }
  throw new Error(`None of ${programs.join(", ")} is installed.`);
}

/** @param {"chromium" | "firefox"} engine */
export function version(engine) {
  const folder = mkdtempSync(join(tmpdir(), "webble-benchmarks-"));
  try {
    const program = find(launches[engine](folder).programs);
    return execFileSync(program, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {"chromium" | "firefox"} engine
 * @param {string} site the folder of the built program
 * @param {object} options for the page
 * @param {string} page
 * @returns {Promise<any>} what the page posts
 */
export async function runInBrowser(engine, site, options, page) {
  const folder = mkdtempSync(join(tmpdir(), "webble-benchmarks-"));
  /** @type {(outcome: any) => void} */ let finish = () => {};
  const outcome = new Promise((resolve) => { finish = resolve; });
  const server = createServer((request, response) => {
    if (request.url === "/outcome") {
      let body = "";
      request.on("data", (part) => { body += part; });
      request.on("end", () => { response.end(); finish(JSON.parse(body)); });
      return;
    }
    serve(request.url ?? "/", site, options, response);
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", () => resolve(undefined)); });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const { programs, arguments: flags } = launches[engine](folder);
  const browser = spawn(find(programs), [...flags, `http://127.0.0.1:${port}/${page}`], {
    stdio: "ignore", detached: true, env: { ...process.env, HOME: folder, TMPDIR: folder },
  });
  const timer = setTimeout(() => finish({ error: "The run took too long." }), timeLimit);
  const gone = new Promise((resolve) => { browser.on("exit", resolve); });
  gone.then(() => finish({ error: "The browser has ended." }));
  try {
    return await outcome;
  } finally {
    clearTimeout(timer);
    // The browser and all its processes: it leads their group.
    try { process.kill(-(/** @type {number} */ (browser.pid)), "SIGKILL"); } catch { /* It has gone already. */ }
    await gone;
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/**
 * @param {string} url @param {string} site @param {object} options
 * @param {import("node:http").ServerResponse} response
 */
function serve(url, site, options, response) {
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
  if (url === "/options.json") { response.end(JSON.stringify(options)); return; }
  const [root, path] = url.startsWith("/site/") ? [site, url.slice(6)] : [here, url.slice(1)];
  const file = resolve(root, path);
  try {
    if (!file.startsWith(resolve(root) + sep)) throw new Error("outside the folder");
    const bytes = readFileSync(file);
    response.setHeader("Content-Type", types[/** @type {keyof typeof types} */ (extname(file))] ?? "text/plain");
    response.end(bytes);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}
