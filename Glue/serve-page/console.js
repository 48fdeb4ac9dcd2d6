// @ts-check
/// <reference lib="dom" />
// The live view of `webble serve`: asks the inspector of the page that runs the program, twice a second, and shows what
// it answers. While nobody looks, nothing asks.

import { lintsOf } from "./lints.js";

/** @typedef {import("./lints.js").Snapshot} Snapshot */
/** @typedef {{at: number, snapshot: Snapshot}} Sample when it was taken, in milliseconds */

const PERIOD = 500, HISTORY = 120;
/** Milliseconds from which a time counts as bad; from 4, a slice of the event loop's, on it is not good. */
const LONG_POLL = 50;
const COLOURS = ["#ff7a45", "#4c8dff", "#22a565", "#e8a930", "#a66bff", "#18b7c4", "#ec5f9b", "#8a94a6"];

/** @type {Sample[]} the newest last */ const samples = [];
/** @type {string | undefined} the program that is shown */ let shown;
let heardAt = -Infinity;
/** When its program has started. */
let started = 0;

const channel = new BroadcastChannel("webble console");
channel.onmessage = (/** @type {MessageEvent} */ { data }) => {
  if (data.webble !== "seen") return;
  // The page was reloaded, or another one has a program, too: the newest is shown.
  if (shown !== data.program) {
    if (shown && data.started < started) return;
    shown = data.program;
    started = data.started;
    samples.length = 0;
  }
  heardAt = performance.now();
  samples.push({ at: data.at, snapshot: data.snapshot });
  if (samples.length > HISTORY) samples.shift();
  element("program").textContent = data.title;
  show();
};

setInterval(() => {
  channel.postMessage({ webble: "look" });
  const isLive = performance.now() - heardAt < 4 * PERIOD;
  const state = element("state");
  state.className = isLive ? "live" : "";
  state.textContent = isLive ? "live" : shown ? "no answer: the page has gone, or its program has no threads"
    : "waiting: open the program's page; a build for inspection (debug, --inspect) with threads answers";
}, PERIOD);

const element = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.getElementById(name));

/**
 * Text as HTML.
 * @param {unknown} value
 */
const escaped = (value) => String(value).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);

/** @param {number} bytes */
const sized = (bytes) => bytes < 1024 ? `${bytes} B` : bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KiB`
  : `${(bytes / (1 << 20)).toFixed(1)} MiB`;

/** @param {number} number */
const counted = (number) => number >= 1e6 ? `${(number / 1e6).toFixed(1)} M` : number >= 1e4 ? `${(number / 1e3).toFixed(1)} k`
  : `${Math.round(number)}`;

/** @param {number} milliseconds */
const timed = (milliseconds) => milliseconds < 1 ? `${(milliseconds * 1000).toFixed(0)} µs`
  : milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

/**
 * How much a worker's counter has grown a second, since the sample before.
 * @param {number} index of the sample @param {(worker: Snapshot["workers"][0]) => number} count @returns {number[]} by worker
 */
function rates(index, count) {
  const now = samples[index], before = samples[index - 1];
  return now.snapshot.workers.map((worker, position) => {
    const earlier = before?.snapshot.workers[position];
    // A pool that has closed leaves the list.
    if (!earlier || earlier.pool !== worker.pool || earlier.index !== worker.index) return 0;
    return Math.max(0, count(worker) - count(earlier)) / (now.at - before.at) * 1000;
  });
}

const sum = (/** @type {number[]} */ numbers) => numbers.reduce((all, one) => all + one, 0);

function show() {
  const last = samples.length - 1, { snapshot } = samples[last];
  const busy = rates(last, (worker) => worker.busy).map((one) => Math.min(1, one / 1000));
  const polls = rates(last, (worker) => worker.polls), steals = rates(last, (worker) => worker.steals);
  const wakes = rates(last, (worker) => worker.wakes);
  const states = { running: 0, ready: 0, waiting: 0 };
  for (const task of snapshot.tasks) states[task.state]++;
  element("tiles").innerHTML = [
    [snapshot.tasks.length, "tasks"], [states.running, "running"], [states.ready, "ready"], [states.waiting, "waiting"],
    [counted(sum(polls)), "polls a second"], [counted(sum(steals)), "steals a second"], [counted(sum(wakes)), "wakes a second"],
    [sized(snapshot.memory.used), `of ${sized(snapshot.memory.reserved)} memory`],
  ].map(([value, what]) => `<div class="tile"><b>${value}</b><span>${what}</span></div>`).join("");

  chart("busy", 1, snapshot.workers.map((_, worker) => samples.map((_, index) =>
    Math.min(1, (rates(index, (one) => one.busy)[worker] ?? 0) / 1000))), (value) => `${Math.round(value * 100)} %`);
  chart("polls", 0, [samples.map((_, index) => sum(rates(index, (worker) => worker.polls)))], counted);
  chart("memory", 0, [samples.map((one) => one.snapshot.memory.used), samples.map((one) => one.snapshot.memory.reserved)], sized);

  histogram("poll-times", "polls-summary", ({ polls }) => polls);
  histogram("wait-times", "waits-summary", ({ scheduled }) => scheduled);

  element("workers").innerHTML = row("th", ["worker", "busy", "", "ready", "pinned", "polls/s", "steals/s", "wakes/s"])
    + snapshot.workers.map((worker, index) => row("td", [
      `<span style="color:${COLOURS[index % COLOURS.length]}">●</span> ${worker.index}${worker.pool ? ` <span class="dim">pool ${worker.pool}</span>` : ""}`,
      `${Math.round(busy[index] * 100)} %`, bar(busy[index]), worker.ready, worker.pinnedTasks, counted(polls[index]),
      counted(steals[index]), counted(wakes[index]),
    ], 2)).join("");

  const lints = lintsOf(snapshot, samples.slice(-6).map((one) => one.snapshot), {
    pollsPerSecond: sum(polls), busyPerPoll: sum(polls) ? sum(busy) * 1000 / sum(polls) : 0,
  });
  element("lints").innerHTML = lints.slice(0, 8).map((lint) => `<li><b>${escaped(lint.what)}</b> ${escaped(lint.details)}</li>`).join("")
    || "<li class=dim>Nothing.</li>";

  const { classes: all, holders } = snapshot.memory;
  const classes = all.sort((a, b) => b.bytes - a.bytes).slice(0, 8);
  const most = Math.max(1, ...classes.map((one) => one.bytes), ...holders.map((one) => one.bytes));
  element("classes").innerHTML = row("th", ["size of a block", "in use", ""]) + classes.map((one) => row("td", [
    one.size ? sized(one.size) : "large", sized(one.bytes), bar(one.bytes / most)], 2)).join("");
  element("holders").innerHTML = row("th", ["thread", "in use", ""]) + holders.map((one) => row("td", [
    escaped(one.thread), sized(one.bytes), bar(one.bytes / most)], 2)).join("");
  showTasks(snapshot);
}

/** @param {Snapshot} snapshot */
function showTasks(snapshot) {
  const wanted = /** @type {HTMLInputElement} */ (element("filter")).value.toLowerCase();
  const order = { running: 0, ready: 1, waiting: 2 };
  const rows = snapshot.tasks.map((task) => {
    const { waitsFor: wait } = task;
    const what = !wait ? "" : wait.task !== null ? `task ${wait.task}`
      : wait.what + (wait.remaining === null ? "" : wait.remaining > 0 ? ` of ${timed(wait.remaining)} more` : " that is due");
    const held = wait?.holder != null ? `, held by task ${wait.holder}` : "";
    return {
      task, text: `${task.identifier} ${task.name ?? ""} ${task.state} ${what} ${task.entry} ${task.functions.join(" ")}`,
      cells: [
        `${task.identifier}`, task.name ? escaped(task.name) : "<span class=dim>–</span>",
        `<span class="mark ${task.state}">${task.state}</span>${task.isDeadlocked ? " <span class=bad>deadlock</span>" : ""}${task.isCancelled ? " <span class=dim>cancelled</span>" : ""}`,
        escaped(what + held), timed(task.timeInState), escaped(task.home), counted(task.polls), timed(task.busy),
        `<code>${escaped(task.functions[0] ?? task.entry)}</code>`,
      ],
    };
  }).filter(({ text }) => text.toLowerCase().includes(wanted))
    .sort((a, b) => order[a.task.state] - order[b.task.state] || b.task.timeInState - a.task.timeInState);
  element("tasks").innerHTML = row("th", ["task", "name", "state", "waits for", "for", "home", "polls", "ran", "where"])
    + rows.slice(0, 200).map(({ cells }) => row("td", cells)).join("")
    + (rows.length > 200 ? row("td", [`<span class=dim>and ${rows.length - 200} more</span>`]) : "");
}

/** @param {"td" | "th"} tag @param {(string | number)[]} cells as HTML @param {number} [wide] which has the bar */
const row = (tag, cells, wide) => `<tr>${cells.map((cell, index) =>
  `<${tag}${index === wide ? " class=wide" : ""}>${cell}</${tag}>`).join("")}</tr>`;

/** @param {number} part of 1 */
const bar = (part) => `<div class="bar"><i style="width:${(part * 100).toFixed(1)}%"></i></div>`;

/**
 * Draws lines over time, the newest value at the right edge.
 * @param {string} name of the canvas @param {number} top the least that it reaches to @param {number[][]} lines
 * @param {(value: number) => string} label
 */
function chart(name, top, lines, label) {
  const canvas = /** @type {HTMLCanvasElement} */ (element(name));
  const scale = devicePixelRatio, { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  const most = Math.max(top, ...lines.flat()) || 1, left = 62, bottom = height - 6;
  const y = (/** @type {number} */ value) => bottom - value / most * (bottom - 10);
  context.font = "11px system-ui";
  context.textAlign = "right";
  for (const value of [0, most / 2, most]) {
    context.strokeStyle = canvasColour(style, "--line");
    context.beginPath();
    context.moveTo(left, y(value) + .5);
    context.lineTo(width, y(value) + .5);
    context.stroke();
    context.fillStyle = canvasColour(style, "--dim");
    context.fillText(label(value), left - 8, y(value) + 4);
  }
  const step = (width - left) / (HISTORY - 1);
  for (const [index, values] of lines.entries()) {
    const x = (/** @type {number} */ position) => width - (values.length - 1 - position) * step;
    context.strokeStyle = context.fillStyle = COLOURS[index % COLOURS.length];
    context.lineWidth = 1.6;
    context.lineJoin = "round";
    context.beginPath();
    for (const [position, value] of values.entries()) context.lineTo(x(position), y(value));
    context.stroke();
    if (index > 0 || values.length < 2) continue;
    context.lineTo(x(values.length - 1), bottom);
    context.lineTo(x(0), bottom);
    context.globalAlpha = .12;
    context.fill();
    context.globalAlpha = 1;
  }
}

/**
 * Draws how many times of the last minute were of what length: a bar for each bucket, both scales logarithmic.
 * @param {string} name of the canvas @param {string} summary of what says what is usual
 * @param {(times: Snapshot["times"]) => number[]} counts by bucket
 */
function histogram(name, summary, counts) {
  const last = samples[samples.length - 1].snapshot, { starts } = last.times;
  // Pools that have closed take theirs with them.
  const first = counts(samples[0].snapshot.times);
  const values = counts(last.times).map((count, index) => Math.max(0, count - (first[index] ?? 0)));
  const total = sum(values);
  /** The end of the bucket that has the time which this part of all do not exceed. */
  const quantile = (/** @type {number} */ part) => {
    let seen = 0;
    const index = values.findIndex((count) => (seen += count) >= part * total);
    return starts[index + 1] === undefined ? "long" : timed(starts[index + 1]);
  };
  element(summary).textContent = total ? `half below ${quantile(.5)}, 99 % below ${quantile(.99)}` : "";

  const canvas = /** @type {HTMLCanvasElement} */ (element(name));
  const scale = devicePixelRatio, { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  const bottom = height - 20, step = width / starts.length, most = Math.log2(1 + Math.max(1, ...values));
  context.font = "11px system-ui";
  context.textAlign = "left";
  for (const [index, start] of starts.entries()) {
    const top = bottom * Math.log2(1 + (values[index] ?? 0)) / most;
    context.fillStyle = COLOURS[start < 4 ? 1 : start < LONG_POLL ? 3 : 6];
    context.fillRect(index * step + 1, bottom - top, step - 2, top);
    context.fillStyle = canvasColour(style, "--dim");
    if (index % 4 === 0 && index > 0) context.fillText(timed(start), index * step + 1, height - 5);
  }
  context.strokeStyle = canvasColour(style, "--line");
  context.beginPath();
  context.moveTo(0, bottom + .5);
  context.lineTo(width, bottom + .5);
  context.stroke();
}

/**
 * A canvas knows no variables and no light-dark().
 * @param {CSSStyleDeclaration} style @param {string} variable
 */
function canvasColour(style, variable) {
  const [, light, dark] = /light-dark\((.+?), *(.+?)\)/.exec(style.getPropertyValue(variable)) ?? [];
  return matchMedia("(prefers-color-scheme: dark)").matches ? dark : light;
}

element("filter").oninput = () => { if (samples.length) showTasks(samples[samples.length - 1].snapshot); };
