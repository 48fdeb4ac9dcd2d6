// @ts-check
// One run in a browser: asks the server what to measure and posts what came out.
import { measure } from "../measure.js";

/** @type {object} */ let outcome;
try {
  const options = await (await fetch("/options.json")).json();
  const bytes = await (await fetch("/site/app.wasm")).arrayBuffer();
  outcome = await measure({ ...options, base: new URL("/site/", location.href).href, bytes });
} catch (error) {
  outcome = { error: /** @type {Error} */ (error).stack ?? String(error) };
}
await fetch("/outcome", { method: "POST", body: JSON.stringify(outcome) });
