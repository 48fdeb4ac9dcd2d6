// @ts-check
// Builds the benchmarks, runs them in fresh processes and prints a table. See README.md.
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { runInBrowser, version } from "./browser-run.mjs";
import { report } from "./report.mjs";
import { rows } from "./rows.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

const { values: options } = parseArgs({
  options: {
    in: { type: "string", default: "chromium" },
    workers: { type: "string", default: "2" },
    runs: { type: "string", default: "5" },
    rows: { type: "string", default: [...rows.keys()].join(",") },
    webble: { type: "string" },
    site: { type: "string" },
    json: { type: "string" },
    noisy: { type: "boolean", default: false },
  },
});

/** The folder of the built program. */
function build() {
  if (options.site) return options.site;
  const site = `${here}.build/webble/site`;
  const [program, ...prefix] = options.webble ? [options.webble]
    : ["swift", "run", "--package-path", `${here}..`, "webble"];
  const { status } = spawnSync(
    program, [...prefix, "build", here, "--product", "Benchmarks", "-c", "release", "-o", site],
    { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) process.exit(status ?? 1);
  return site;
}

/** The part of the processors' time that was idle during two seconds. */
async function idlePart() {
  const sum = () => cpus().reduce(({ idle, all }, { times }) => ({
    idle: idle + times.idle, all: all + times.user + times.nice + times.sys + times.irq + times.idle,
  }), { idle: 0, all: 0 });
  const before = sum();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const after = sum();
  return (after.idle - before.idle) / (after.all - before.all);
}

/** Waits until nothing else keeps the machine busy. */
async function quiet() {
  if (options.noisy) return;
  while (await idlePart() < 0.95);
}

/** @param {string} site @returns {Promise<import("./report.mjs").Run & {error?: string}>} */
async function runOnce(site) {
  const request = { workers: Number(options.workers), rows: options.rows.split(",") };
  if (options.in !== "node") {
    return runInBrowser(/** @type {"chromium" | "firefox"} */ (options.in), site, request);
  }
  const base = pathToFileURL(site.replace(/\/*$/, "/")).href;
  return JSON.parse(execFileSync(
    process.execPath, [`${here}node-run.mjs`, JSON.stringify({ ...request, base })],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 600_000 }));
}

const site = build();
const runs = [];
const wanted = Number(options.runs);
for (let attempt = 1; runs.length < wanted; attempt++) {
  await quiet();
  const run = await runOnce(site);
  if (run.error) throw new Error(run.error);
  // Whatever is busy now has probably begun during the run.
  if (!options.noisy && await idlePart() < 0.9) {
    console.error(`Run ${attempt} was disturbed and does not count.`);
    continue;
  }
  runs.push(run);
  if (options.json) writeFileSync(options.json, JSON.stringify(runs, null, 1) + "\n");
  console.error(`Run ${runs.length} of ${wanted} is done.`);
}
const engine = options.in === "node" ? `Node ${process.version}`
  : version(/** @type {"chromium" | "firefox"} */ (options.in));
console.log(`${engine}, ${options.workers} workers, ${runs.length} runs, ${new Date().toISOString().slice(0, 10)}, `
  + `${cpus()[0].model.trim()}, ${cpus().length} cores\n`);
console.log(report(runs, options.in));
