// @ts-check
// One run in Node: node node-run.mjs OPTIONS, which are those of measure.js in JSON. Prints what came out.
import { readFileSync } from "node:fs";
import { measure } from "./measure.js";

const options = JSON.parse(process.argv[2]);
const bytes = readFileSync(new URL("app.wasm", options.base));
process.stdout.write(JSON.stringify(await measure({ ...options, bytes })) + "\n", () => process.exit(0));
