/** The JavaScript half of a Webble program. */

export interface StartOptions {
  /** The module that `webble build` made: a URL relative to this file, or compiled already. Default `./app.wasm`. */
  module?: string | URL | WebAssembly.Module;
  /** What the program sees as `programArguments`. */
  arguments?: string[];
  /** Receives each line that the program prints. Default `console.log`. */
  print?: (line: string) => void;
  /** Receives each line of the error stream: warnings, and the report of a trap. Default `console.error`. */
  printError?: (line: string) => void;
  /** Whether to use threads. Default: whether the page is cross-origin isolated; true in Node. */
  isolated?: boolean;
}

export interface Program<Exports = Record<string, (...values: any[]) => any>> {
  /**
   * What the program has exported with `JSExports.add`. `webble build` writes the types into `app.d.ts`:
   * `const { swift } = await start<import("./app").Exports>()`.
   */
  swift: Exports;
  /** The program's status: 0 once `main` has returned, the code given to `exit(_:)`, 134 after a trap. */
  exited: Promise<number>;
  /** Where its `buffer` is shorter than an address the program has given, `memory.grow(0)` renews it. */
  memory: WebAssembly.Memory;
  exports: WebAssembly.Exports;
}

/** Loads and runs a program on this thread. Rejects if the module cannot be loaded. */
export function start<Exports = Record<string, (...values: any[]) => any>>(
  options?: StartOptions
): Promise<Program<Exports>>;
