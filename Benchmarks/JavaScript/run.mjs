// @ts-check
// node Benchmarks/JavaScript/run.mjs [--in chromium,node,firefox] [--runs N] [--webble PATH]: builds, runs each engine
// N times by turns, prints tables of the runs' medians, with the lowest and the highest ratio.
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { runInBrowser, version } from "./browser-run.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: options } = parseArgs({
  options: {
    in: { type: "string", default: "chromium,node" }, runs: { type: "string", default: "5" }, webble: { type: "string" },
  },
});

const site = `${here}.build/webble/site/`;
const [program, ...prefix] = options.webble ? [options.webble]
  : ["swift", "run", "--package-path", `${here}../..`, "webble"];
const { status } = spawnSync(
  program, [...prefix, "build", here, "-c", "release", "-o", site], { stdio: ["ignore", "inherit", "inherit"] });
if (status !== 0) process.exit(status ?? 1);

const engines = options.in.split(",");
const median = (/** @type {number[]} */ values) => values.sort((one, other) => one - other)[values.length >> 1];
const number = (/** @type {number} */ value) =>
  value >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

/** Node's runs are processes of their own, as the browsers' are. */
const runInNode = () => {
  const { stdout } = spawnSync(process.execPath, [
    "--input-type=module", "-e", `
      import { readFileSync } from "node:fs";
      const { measure } = await import(${JSON.stringify(new URL("measure.js", import.meta.url))});
      const site = ${JSON.stringify(pathToFileURL(site))};
      console.log(JSON.stringify(await measure(site, readFileSync(new URL("app.wasm", site)))));
      process.exit(0);`,
  ], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(stdout);
};

/** @type {Map<string, any[][]>} */ const results = new Map(engines.map((engine) => [engine, []]));
for (let run = 0; run < Number(options.runs); run++) {
  for (const [engine, runs] of results) {
    const rows = engine === "node" ? runInNode()
      : await runInBrowser(/** @type {"chromium" | "firefox"} */ (engine), site, {}, "index.html");
    if (rows.error) throw new Error(rows.error);
    runs.push(rows);
  }
}
for (const [engine, runs] of results) {
  const name = engine === "node" ? `Node ${process.version}`
    : version(/** @type {"chromium" | "firefox"} */ (engine));
  console.log(`\n## ${name}\n\n| | Webble, ns | by hand, ns | ratio | lowest to highest |\n|---|---|---|---|---|`);
  for (const [index, { row }] of runs[0].entries()) {
    const all = (/** @type {string} */ key) => runs.map((rows) => rows[index][key]);
    const ratios = all("ratio");
    console.log(`| ${row} | ${number(median(all("ours")))} | ${number(median(all("hand")))} | `
      + `${median(ratios).toFixed(2)} | ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} |`);
  }
}
process.exit(0);
