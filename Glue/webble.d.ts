/** The JavaScript half of a Webble program. */

// From the library `dom`, or whatever else has them; without, what of them is needed here.
type Url = typeof globalThis extends { URL: { prototype: infer Type } } ? Type : { readonly href: string };
type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Type } } } ? Type : object;
type WasmMemory = typeof globalThis extends { WebAssembly: { Memory: { prototype: infer Type } } } ? Type
  : { readonly buffer: ArrayBufferLike; grow(pages: number): number };

export interface StartOptions {
  /** The module that `webble build` made: a URL relative to this file, or compiled already. Default `./app.wasm`,
   * which bundlers find. */
  module?: string | Url | WasmModule;
  /** What the program sees as `programArguments`. */
  arguments?: string[];
  /** Receives each line that the program prints. Default `console.log`. */
  print?: (line: string) => void;
  /** Receives each line of the error stream: warnings, and the report of a trap. Default `console.error`. */
  printError?: (line: string) => void;
  /** Whether to use threads. Default: whether that is possible, which in a page takes cross-origin isolation. */
  isolated?: boolean;
}

export interface Program<Exports = Record<string, (...values: any[]) => any>> {
  /**
   * What the program has exported with `JSExports.add`. `webble build` writes the types into `app.d.ts`:
   * `const { swift } = await start<import("./app").Exports>()`.
   */
  swift: Exports;
  /**
   * The program's status: 0 once `main` has returned, or the page has stopped the program before; the code given to
   * `exit(_:)`; 134 after a trap. Callbacks, exports and pools may go on after `main` has returned: see `ended`.
   */
  exited: Promise<number>;
  /** How all of the program has ended, a trap after `main` has returned included: resolves then, never before. */
  ended: Promise<ProgramEnded>;
  /**
   * Ends the program: its workers, timers and waits. Its exports throw a `ProgramEnded` from then on, and promises of
   * theirs reject with it. Resolves when all workers are gone; once the program has ended, that is all it waits for.
   */
  stop(): Promise<void>;
  /**
   * What runs and what waits: every live task, with what it waits for, and the pools' workers; as text, or as an
   * object. Throws in a build that keeps no record of them: debug builds do, and those with `--inspect`.
   */
  dump(format?: "text"): string;
  dump(format: "structured"): ProgramDump;
  /** Where its `buffer` is shorter than an address the program has given, `memory.grow(0)` renews it. */
  memory: WasmMemory;
  exports: Record<string, any>;
}

/** What `program.dump("structured")` gives. Times in milliseconds; tasks are named by their identifiers. */
export interface ProgramDump {
  recordsTasks: boolean;
  /** Tasks that wait for each other in a circle. */
  deadlocks: number[][];
  tasks: {
    identifier: number; name: string | null; state: "ready" | "running" | "waiting";
    track: "pinned" | "stealable" | "main" | "custom"; home: string; thread: string | null; priority: number;
    isCancelled: boolean; isDeadlocked: boolean; parent: number | null; creator: number | null; awaitedBy: number[];
    /** Addresses of the locks that it holds. */
    holds: number[];
    polls: number; busy: number; age: number; timeInState: number; entry: string; functions: string[];
    waitsFor: {
      what: string; address: number; task: number | null; holder: number | null; remaining: number | null;
    } | null;
  }[];
  workers: {
    pool: number; index: number; isInTurn: boolean; pinnedTasks: number; ready: number; polls: number;
    longPolls: number; steals: number; parks: number; wakes: number; spins: number; mailboxPeak: number;
    dequePeak: number; busy: number;
  }[];
}

/** How a program has ended; also what its exports throw, and their promises reject with, after that. */
export interface ProgramEnded extends Error {
  name: string;
  /** `stop()`, `exit(_:)`, or a trap: also `fatalError`, a failed check, memory that is exhausted. */
  reason: "stopped" | "exit" | "trap";
  /** 0 if it was stopped, the code given to `exit(_:)`, 134 after a trap. */
  status: number;
  /** In words; after a trap the report, with the functions on the stack once their names have been fetched. */
  report: string;
}

/** Loads and runs a program on this thread. Rejects if the module cannot be loaded. */
export function start<Exports = Record<string, (...values: any[]) => any>>(
  options?: StartOptions
): Promise<Program<Exports>>;
