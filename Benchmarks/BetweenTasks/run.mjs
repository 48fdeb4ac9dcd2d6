// @ts-check
// Builds the benchmarks of channels, locks and algorithms, runs them in fresh processes and prints a
// table. See ../BETWEEN-TASKS.md.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));

const { values: options, positionals: rows } = parseArgs({
  allowPositionals: true,
  options: {
    in: { type: "string", default: "chromium" },
    runs: { type: "string", default: "3" },
    webble: { type: "string" },
  },
});

/** The rows of one run. @returns {{row: string, value: number}[]} */
function runOnce() {
  const [program, ...prefix] = options.webble ? [options.webble]
    : ["swift", "run", "--package-path", `${here}../..`, "webble"];
  const { status, stdout } = spawnSync(
    program, [...prefix, "run", here, "-c", "release", "--in", options.in, "--", ...rows],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) process.exit(status ?? 1);
  return stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
}

/** @param {string} row */
function unit(row) {
  if (row.startsWith("channel")) return "thousands a second";
  return row.startsWith("lock") ? "ns" : "ms";
}

/** Three figures. @param {number} value */
const rounded = (value) => String(Number((value / 1000).toPrecision(3)));

/** @type {Map<string, number[]>} */
const values = new Map();
for (let run = 0; run < Number(options.runs); run++) {
  for (const { row, value } of runOnce()) values.set(row, [...values.get(row) ?? [], value]);
}
console.log(`${options.in}, ${options.runs} runs, ${new Date().toISOString().slice(0, 10)}, `
  + `${cpus()[0].model.trim()}, ${cpus().length} cores\n\n| what | unit | median [range] |\n|---|---|---|`);
for (const [row, all] of values) {
  const sorted = all.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]];
  console.log(`| ${row} | ${unit(row)} | ${rounded(median)} [${rounded(least)}..${rounded(most)}] |`);
}
