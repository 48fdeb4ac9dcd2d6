// Prints the types of what a built program exports: node export-types.mjs SITE
//
// Runs `main` to its first await, on one thread, and nothing after it.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const site = pathToFileURL(resolve(process.argv[2]) + "/");
const { start } = await import(new URL("webble.js", site).href);
const { swift } = await start({
  module: new URL("app.wasm", site), isolated: false, print: () => {},
  printError: (/** @type {string} */ line) => { if (!line.startsWith("webble: this page")) console.error(line); },
});
// TypeScript refuses these as names of parameters.
const words = "break case catch class const continue debugger default delete do else enum export extends false finally "
  + "for function if implements import in instanceof interface let new null package private protected public return "
  + "static super switch this throw true try typeof var void while with yield";
const reserved = new RegExp(`(?<=\\(|, )(${words.replaceAll(" ", "|")})(?=: )`, "g");
const members = Object.entries(swift).map(([name, { type }]) => {
  // What there is to say of a function comes before its type.
  const [, documentation, signature] = /^(?:(\/\*\*[^]*?\*\/)\n)?([^]*)$/.exec(type) ?? [];
  const key = /^[\p{L}_$][\p{L}\d_$]*$/u.test(name) ? name : JSON.stringify(name);
  return `${documentation ? `  ${documentation}\n` : ""}  ${key}${signature.replace(reserved, "$1_")};\n`;
});
// Not all that run programs, or check their types, have the library `dom`.
const signal = members.some((member) => /\bAbortSignal\b/.test(member))
  ? "type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Type } } ? Type : any;\n\n" : "";
console.log(`${signal}/** What the Swift program exports, made by \`webble build\`. */
export interface Exports {
${members.join("")}}`);
process.exit();
