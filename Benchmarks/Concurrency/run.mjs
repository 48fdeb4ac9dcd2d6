// @ts-check
// Builds the program in this folder for Webble and natively, runs both, and prints a table:
// node Benchmarks/Concurrency/run.mjs [--in node,chromium] [--runs 3] [--webble PATH]
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: options } = parseArgs({
  options: {
    in: { type: "string", default: "node,chromium" },
    runs: { type: "string", default: "3" },
    webble: { type: "string" },
  },
});

/** The rows: what is measured, its unit, and the goal: nanoseconds, bytes, or a multiple of native. */
const rows = new Map(Object.entries({
  call: { title: "asynchronous call without suspension", goal: "≤ 1.5 × native" },
  task: { title: "`Task` created and awaited, same thread", goal: "≤ 400 ns" },
  hop: { title: "actor entered and left, uncontended, same thread", goal: "≤ 100 ns" },
  continuation: { title: "continuation suspended and resumed, same thread", goal: "≤ 150 ns" },
  group: { title: "group of 10,000 trivial children, 2 workers, each", goal: "" },
  asyncLet: { title: "`async let` pair", goal: "" },
  stream: { title: "`AsyncStream` element", goal: "" },
  taskLocal: { title: "task-local read", goal: "" },
  million: { title: "each of a million tasks that wait at once", goal: "" },
  bytes: { title: "bytes that each of those takes", goal: "≤ 512 bytes" },
}));

/** @param {string} program @param {string[]} options */
function run(program, options) {
  return execFileSync(program, options, { encoding: "utf8", maxBuffer: 1 << 24, stdio: ["ignore", "pipe", "inherit"] });
}

/** Figures by row. @param {string} output @returns {Map<string, number>} */
function figures(output) {
  const lines = output.split("\n").map((line) => line.split("\t")).filter(({ length }) => length === 2);
  return new Map(lines.map(([row, figure]) => [row, Number(figure)]));
}

/** @param {number[]} numbers */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

const [webble, ...prefix] = options.webble ? [options.webble]
  : ["swift", "run", "--package-path", `${here}../..`, "webble"];
run("swift", ["build", "--package-path", here, "-c", "release"]);
const native = run("swift", ["build", "--package-path", here, "-c", "release", "--show-bin-path"]).trim();

/** @type {Map<string, Map<string, number>[]>} The runs of each platform. */
const runs = new Map();
const engines = options.in.split(",");
for (let count = 0; count < Number(options.runs); count++) {
  const add = (/** @type {string} */ platform, /** @type {string} */ output) => {
    runs.set(platform, [...runs.get(platform) ?? [], figures(output)]);
  };
  add("native", run(`${native}/ConcurrencyBenchmarks`, []));
  for (const engine of engines) {
    add(engine, run(webble, [...prefix, "run", here, "-c", "release", "--in", engine, "--timeout", "300"]));
  }
}

/** @param {string} platform @param {string} row */
function cell(platform, row) {
  const values = (runs.get(platform) ?? []).map((run) => run.get(row)).filter((value) => value !== undefined);
  return values.length === 0 ? "–" : median(values).toFixed(1);
}

const columns = ["native", ...engines.flatMap((engine) => [engine, `promises in ${engine}`])];
console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores, ${options.runs} runs, `
  + `${new Date().toISOString().slice(0, 10)}\n`);
console.log(`| nanoseconds | goal | ${columns.join(" | ")} |\n|---|---|${"--:|".repeat(columns.length)}`);
for (const [row, { title, goal }] of rows) {
  const cells = ["native", ...engines.flatMap((engine) => [engine, `promises ${engine}`])].map((column) =>
    column.startsWith("promises ") ? cell(column.slice(9), `promises.${row}`) : cell(column, row));
  console.log(`| ${title} | ${goal} | ${cells.join(" | ")} |`);
}
