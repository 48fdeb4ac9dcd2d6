// Prints the types of what a built program exports: node export-types.mjs SITE
//
// Runs `main` to its first await, on one thread, and nothing after it.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const site = pathToFileURL(resolve(process.argv[2]) + "/");
const { start } = await import(new URL("webble.js", site).href);
const { swift } = await start({
  module: new URL("app.wasm", site), isolated: false, print: () => {},
  printError: (line) => { if (!line.startsWith("webble: this page")) console.error(line); },
});
const members = Object.entries(swift).map(([name, { type }]) =>
  `  ${/^[\p{L}_$][\p{L}\d_$]*$/u.test(name) ? name : JSON.stringify(name)}${type};\n`);
console.log(`/** What the Swift program exports, made by \`webble build\`. */
export interface Exports {
${members.join("")}}`);
process.exit();
