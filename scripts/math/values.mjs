// values.mjs MODULE FUNCTION COUNT: arguments and results of a function of the C library, as doubles, on
// standard output. The module is linked as accuracy.sh does. Arguments: three quarters spread over the
// function's range, an eighth of any magnitude, an eighth near where it is hard.
import { readFileSync, writeSync } from "node:fs";

const [path, name, count] = process.argv.slice(2);
const memory = new WebAssembly.Memory({ initial: 4, maximum: 16, shared: true });
const { instance } = await WebAssembly.instantiate(readFileSync(path), { Math, env: { memory } });
const f = instance.exports[name];

let state = 88172645463325252n;
function random() {
  state ^= BigInt.asUintN(64, state << 13n);
  state ^= state >> 7n;
  state ^= BigInt.asUintN(64, state << 17n);
  return Number(state >> 11n) / 2 ** 53;
}

const ranges = {
  sin: [-1e3, 1e3], cos: [-1e3, 1e3], tan: [-1e3, 1e3], asin: [-1, 1], acos: [-1, 1], atan: [-50, 50],
  sinh: [-710, 710], cosh: [-710, 710], tanh: [-20, 20], asinh: [-1e3, 1e3], acosh: [1, 1e3], atanh: [-1, 1],
  exp: [-745, 709.7], expm1: [-40, 709.7], exp2: [-1074, 1023.9], exp10: [-323, 308.2], log: [0, 1e3],
  log1p: [-1, 1e3], log2: [0, 1e3], log10: [0, 1e3], cbrt: [-1e3, 1e3], erf: [-6, 6], erfc: [-6, 27.2],
  tgamma: [-170, 171.6], lgamma: [0, 1e3], lgammanegative: [-50, 0],
};
const hard = {
  sin: [Math.PI, 2 * Math.PI], cos: [Math.PI / 2, 3 * Math.PI / 2], tan: [Math.PI, Math.PI / 2], log: [1],
  log2: [1], log10: [1], acosh: [1], asin: [1, -1], acos: [1, -1], atanh: [1, -1], lgamma: [1, 2], tgamma: [1, 2],
  erf: [0.894], erfc: [0.894, 26.5],
};

function argument() {
  const kind = random();
  const [low, high] = ranges[name] ?? [-30, 30];
  if (kind < 0.75) return low + random() * (high - low);
  if (kind < 0.875) {
    const size = 2 ** (random() * 2040 - 1020) * (random() < 0.5 ? -1 : 1);
    return low >= 0 ? Math.abs(size) : size;
  }
  const places = hard[name] ?? [0];
  const place = places[Math.floor(random() * places.length)];
  return place + (random() - 0.5) * 2 ** -Math.floor(random() * 40);
}

const binary = f.length === 2;
const values = new Float64Array(3 * count);
for (let i = 0; i < count; i++) {
  let x = argument();
  const y = binary ? argument() : 0;
  if (name === "pow") x = Math.abs(x);
  values.set([x, y, binary ? f(x, y) : f(x)], 3 * i);
}
const bytes = Buffer.from(values.buffer);
for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
