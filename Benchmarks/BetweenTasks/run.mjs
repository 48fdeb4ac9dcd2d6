// @ts-check
// Builds the benchmarks of channels, locks and algorithms, runs them in fresh processes, each engine in
// turn, and prints tables. See ../BETWEEN-TASKS.md.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));

const { values: options, positionals: rows } = parseArgs({
  allowPositionals: true,
  options: {
    in: { type: "string", default: "chromium,node" },
    runs: { type: "string", default: "5" },
    webble: { type: "string" },
  },
});

/** What one run prints. @param {string} engine */
function runOnce(engine) {
  const [program, ...prefix] = engine === "rust" ? ["cargo", "run", "--quiet", "--release", "--offline", "--"]
    : [...options.webble ? [options.webble] : ["swift", "run", "--package-path", `${here}../..`, "webble"],
      "run", here, "-c", "release", "--in", engine, "--"];
  const { status, stdout } = spawnSync(
    program, [...prefix, ...rows],
    { cwd: engine === "rust" ? `${here}rust` : here, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status === 0) return stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  if (engine === "rust") {
    console.error("For Rust's side install cargo, librust-tokio-dev, librust-async-channel-dev, "
      + "librust-crossbeam-channel-dev and librust-rayon-dev.");
  }
  process.exit(status ?? 1);
}

/** Three figures. @param {number} value */
const rounded = (value) => String(Number((value / 1000).toPrecision(3)));

/** @param {number[] | undefined} values */
function cell(values) {
  if (!values) return "–";
  const [least, median, most] = [0, values.length >> 1, values.length - 1]
    .map((index) => rounded(values.toSorted((a, b) => a - b)[index]));
  return `${median} [${least}..${most}]`;
}

const engines = options.in.split(",");
/** By engine, row and column. @type {Map<string, Map<string, Map<string, number[]>>>} */
const results = new Map(engines.map((engine) => [engine, new Map()]));
for (let run = 0; run < Number(options.runs); run++) {
  for (const [engine, table] of results) {
    for (const { row, value } of runOnce(engine)) {
      const [, name, column] = /^(.*), (loop|workers: 1|workers: 2)$/.exec(row) ?? [];
      const columns = table.get(name) ?? new Map();
      table.set(name, columns);
      columns.set(column, [...columns.get(column) ?? [], value]);
    }
  }
}
console.log(`${options.runs} runs, ${new Date().toISOString().slice(0, 10)}, ${cpus()[0].model.trim()}, `
  + `${cpus().length} cores. Medians, and the least and the greatest.`);
for (const [engine, table] of results) {
  for (const [kind, unit, columns] of /** @type {const} */ ([
    ["channel", "thousand messages a second", ["workers: 1", "workers: 2"]],
    ["lock", "ns a critical section", ["workers: 1", "workers: 2"]],
    ["", "ms", ["loop", "workers: 1", "workers: 2"]],
  ])) {
    const names = [...table.keys()]
      .filter((name) => kind ? name.startsWith(kind) : !/^(channel|lock)/.test(name));
    if (names.length === 0) continue;
    console.log(`\n| ${engine}, ${unit} | ${columns.join(" | ")} |\n|---|${columns.map(() => "---|").join("")}`);
    for (const name of names) {
      const values = columns.map((column) => cell(table.get(name)?.get(column)));
      console.log(`| ${name.replace(/^(channel|lock) /, "")} | ${values.join(" | ")} |`);
    }
  }
}
