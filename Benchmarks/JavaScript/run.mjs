// @ts-check
// node Benchmarks/JavaScript/run.mjs [--in chromium,node,firefox] [--webble PATH]: builds, runs, prints a table.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { runInBrowser, version } from "./browser-run.mjs";
import { measure } from "./measure.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: options } = parseArgs({
  options: { in: { type: "string", default: "chromium,node" }, webble: { type: "string" } },
});

const site = `${here}.build/webble/site/`;
const [program, ...prefix] = options.webble ? [options.webble]
  : ["swift", "run", "--package-path", `${here}../..`, "webble"];
const { status } = spawnSync(
  program, [...prefix, "build", here, "-c", "release", "-o", site], { stdio: ["ignore", "inherit", "inherit"] });
if (status !== 0) process.exit(status ?? 1);

for (const engine of options.in.split(",")) {
  const rows = engine === "node"
    ? await measure(pathToFileURL(site).href, readFileSync(`${site}app.wasm`))
    : await runInBrowser(/** @type {"chromium" | "firefox"} */ (engine), site, {}, "index.html");
  if (rows.error) throw new Error(rows.error);
  const name = engine === "node" ? `Node ${process.version}`
    : version(/** @type {"chromium" | "firefox"} */ (engine));
  const number = (/** @type {number} */ value) => value >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
  console.log(`\n${name}\n\n| | Webble, ns | by hand, ns | ratio |\n|---|---|---|---|`);
  for (const { row, ours, hand, ratio } of rows) {
    console.log(`| ${row} | ${number(ours)} | ${number(hand)} | ${ratio.toFixed(2)} |`);
  }
}
process.exit(0);
