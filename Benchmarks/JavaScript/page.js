// @ts-check
// One run in a browser: posts what came out.
import { measure } from "./measure.js";

/** @type {object} */ let outcome;
try {
  const bytes = await (await fetch("/site/app.wasm")).arrayBuffer();
  outcome = await measure(new URL("/site/", location.href).href, bytes);
} catch (error) {
  outcome = { error: /** @type {Error} */ (error).stack ?? String(error) };
}
await fetch("/outcome", { method: "POST", body: JSON.stringify(outcome) });
