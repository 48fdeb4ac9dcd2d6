// Stands before the glue in a page of the user's under `webble run`: what the page starts is reported to the
// server, and gets the arguments of the command line. Workers get the glue alone.
import * as glue from "/webble.js?glue";

export * from "/webble.js?glue";

const isPage = typeof document !== "undefined";
const reports = isPage ? await import("/.webble/reports.js") : undefined;

/** @param {import("../webble.js").StartOptions} given */
export async function start(given = {}) {
  if (!reports) return glue.start(given);
  try {
    const program = await glue.start({
      ...given, arguments: reports.options.arguments,
      .../** @type {any} */ ({ inspect: reports.options.inspect, profiles: reports.options.profiles }),
      print: (/** @type {string} */ line) => { given.print?.(line); reports.options.print(line); },
      printError: (/** @type {string} */ line) => { given.printError?.(line); reports.options.printError(line); },
    });
    program.exited.then(reports.end);
    return program;
  } catch (error) {
    reports.fail(error);
    throw error;
  }
}
