// Starts the Swift program once, whoever asks first.
import { start } from "{{glue}}";

let program;

/** What the Swift program exports. */
export async function swift() {
  program ??= start();
  return (await program).swift;
}
