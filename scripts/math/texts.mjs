// texts.mjs MODULE COUNT: texts of numbers, and what the C library reads in them, on standard output: a line of
// the text, a Double's bits and a Float's bits, in hexadecimal. The module is linked as texts.sh does. Half of the
// texts have digits and exponents at random; a third is half-way between two neighbours of a format, or off that
// by one in some later digit; the rest are short decimals.
import { readFileSync, writeSync } from "node:fs";

const [path, count] = [process.argv[2], Number(process.argv[3])];
const memory = new WebAssembly.Memory({ initial: 4, maximum: 16, shared: true });
const { instance } = await WebAssembly.instantiate(readFileSync(path), { Math, env: { memory } });
const { _swift_stdlib_strtod_clocale: readDouble, _swift_stdlib_strtof_clocale: readFloat } = instance.exports;
// Above what the module keeps and its stack.
const [result, input] = [3 * 65536, 3 * 65536 + 16];
const bytes = new Uint8Array(memory.buffer);
const view = new DataView(memory.buffer);

let state = 88172645463325252n;
function bits() {
  state ^= BigInt.asUintN(64, state << 13n);
  state ^= state >> 7n;
  state ^= BigInt.asUintN(64, state << 17n);
  return state;
}
const below = (limit) => Number(bits() % BigInt(limit));

function randomDigits() {
  const digits = 1 + below(below(2) ? 20 : 60);
  let text = "";
  for (let i = 0; i < digits; i++) text += below(10);
  const point = below(digits + 1);
  const exponent = below(4) ? below(80) - 40 : below(720) - 380;
  return `${below(2) ? "-" : ""}${text.slice(0, point) || "0"}.${text.slice(point) || "0"}e${exponent}`;
}

/** The exact digits between a number of a format with that many bits and its successor. */
function halfWay(significandBits, minimumExponent, exponents) {
  const exponent = minimumExponent + below(exponents);
  const leading = exponent === minimumExponent && below(2) ? 0n : 1n << BigInt(significandBits - 1);
  const odd = ((leading | (bits() & ((1n << BigInt(significandBits - 1)) - 1n))) << 1n) | 1n;
  const power = exponent - 1;
  let digits = power >= 0 ? odd << BigInt(power) : odd * 5n ** BigInt(-power);
  let decimals = Math.max(0, -power);
  const change = below(3) - 1;
  if (change !== 0) {
    const zeros = below(12);
    digits = digits * 10n ** BigInt(zeros) + BigInt(change);
    decimals += zeros;
  }
  return `${digits}e${-decimals}`;
}

function text() {
  const kind = below(12);
  if (kind < 6) return randomDigits();
  // Exponents are those of a whole significand. Numbers far from 1 have hundreds of digits: a quarter.
  if (kind < 8) return below(4) ? halfWay(53, -120, 140) : halfWay(53, -1074, 2046);
  if (kind < 10) return halfWay(24, -149, 254);
  return `${below(100000)}.${below(100)}`;
}

let lines = "";
const hex = (value, digits) => value.toString(16).padStart(digits, "0");
function write() {
  const out = Buffer.from(lines);
  for (let at = 0; at < out.length;) at += writeSync(1, out, at);
  lines = "";
}
for (let i = 0; i < count; i++) {
  const number = text();
  for (let at = 0; at < number.length; at++) bytes[input + at] = number.charCodeAt(at);
  bytes[input + number.length] = 0;
  const ends = [readDouble(input, result), readFloat(input, result + 8)];
  if (ends.some((end) => end !== input + number.length)) throw new Error(`${number} is not read to its end`);
  lines += `${number} ${hex(view.getBigUint64(result, true), 16)} ${hex(view.getUint32(result + 8, true), 8)}\n`;
  if (lines.length > 1 << 20) write();
}
write();
