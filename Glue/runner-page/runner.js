// The page of `webble run` and `webble test`: starts the program and reports to the server. It
// stands in for the site's own page, at the same address, so that relative URLs mean the same.
import { end, fail, options } from "./reports.js";

try {
  const { start } = await import("/webble.js");
  const { exited } = await start({ module: new URL("/app.wasm", location.href), ...options });
  end(await exited);
} catch (error) {
  fail(error);
}
