// @ts-check
// The table of several runs: medians, spread, and ratios to the bare primitives of the same run.
import { median } from "./Baselines/primitives.js";
import { primitives, rows, rustCrate } from "./rows.mjs";

/** @typedef {import("./rows.mjs").Row} Row */
/** @typedef {{nanoseconds: number, p95?: number, alone?: number, timerLateness?: number}} Measured */
/** @typedef {{primitives: Record<string, number>, rows: Record<string, Measured>}} Run */

/** Nanoseconds of one unit. */
const scales = { ms: 1e6, "µs": 1e3, ns: 1 };

/** @param {number} value */
function format(value) {
  if (value >= 1e5) return `${Math.round(value / 1e3)} k`;
  if (value >= 1e3) return `${(value / 1e3).toPrecision(3)} k`;
  if (value >= 10) return String(Math.round(value));
  return value.toPrecision(value >= 1 ? 3 : 2);
}

/** @param {number[]} values */
function formatSpread(values) {
  return `${format(median(values))} [${format(Math.min(...values))}..${format(Math.max(...values))}]`;
}

/** A row's value in its unit. @param {Row} row @param {Measured} measured */
function valueOf({ unit }, { nanoseconds, alone = 0 }) {
  if (unit === "per second") return 1e9 / nanoseconds;
  if (unit === "speed-up") return alone / nanoseconds;
  return nanoseconds / scales[unit];
}

/** What the Rust crate's row takes, as a multiple of its primitive. @param {string} name @param {string} engine */
function rustRatio(name, engine) {
  const { unit, primitive = "" } = /** @type {Row} */ (rows.get(name));
  const value = rustCrate[engine]?.rows[name];
  const bare = rustCrate[engine]?.primitives[primitive];
  if (!value || !bare || unit === "speed-up") return undefined;
  return (unit === "per second" ? 1e9 / value : value * scales[unit]) / (bare * 1e3);
}

/**
 * @param {Run[]} runs
 * @param {string} engine
 * @returns {string} two tables in Markdown
 */
export function report(runs, engine) {
  const lines = [
    "| # | what | unit | median [range] | p95 | ratio to its primitive | the Rust crate's ratio | its figure |",
    "|---|---|---|---|---|---|---|---|",
  ];
  for (const [name, row] of rows) {
    const measured = runs.flatMap((run) => run.rows[name] ?? []);
    if (measured.length === 0) continue;
    const p95 = measured.flatMap((one) => one.p95 ?? []);
    const scale = scales[/** @type {keyof typeof scales} */ (row.unit)] ?? 1;
    const { primitive } = row;
    const ratios = primitive ? runs.flatMap((run) => {
      const one = run.rows[name];
      if (!one) return [];
      const cost = row.unit === "speed-up" ? valueOf(row, one) : one.nanoseconds;
      return cost / run.primitives[primitive];
    }) : [];
    const rust = rustRatio(name, engine);
    lines.push(`| ${[
      name, row.what, row.unit, formatSpread(measured.map((one) => valueOf(row, one))),
      p95.length > 0 ? format(median(p95) / scale) : "–",
      ratios.length > 0 ? format(median(ratios)) : "–",
      rust ? format(rust) : "–", format(rustCrate[engine].rows[name] ?? 0).replace(/^0\.0$/, "–"),
    ].join(" | ")} |`);
  }
  lines.push("", "| bare JavaScript, two workers | median [range] |", "|---|---|");
  for (const [name, what] of Object.entries(primitives)) {
    const scale = what.endsWith("ms") ? 1e6 : what.endsWith("µs") ? 1e3 : 1;
    lines.push(`| ${what} | ${formatSpread(runs.map((run) => run.primitives[name] / scale))} |`);
  }
  const lateness = ["5a", "5b"].filter((name) => runs[0].rows[name]).map((name) => {
    const values = runs.map((run) => (run.rows[name].timerLateness ?? 0) / 1e6);
    return `${formatSpread(values)} ms while tasks yield as in ${name}`;
  });
  if (lateness.length > 0) {
    const [idle, busy] = ["timerLateness", "busyTimerLateness"].map((name) =>
      formatSpread(runs.map((run) => run.primitives[name] / 1e6)));
    lines.push("", `The latest of 50 timers of a worker comes late by ${lateness.join(", ")}. Without Webble, with two `
      + `workers that compute 4 ms at a time: by ${busy} ms; with two idle ones: by ${idle} ms.`);
  }
  return lines.join("\n");
}
