/** The JavaScript half of the module JavaScript; a part of webble.js where a program needs it. */

/** One thread of a program: what this file uses of webble.js. */
export interface Thread {
  /** A view of the module's memory, of the buffer that it has now. */
  bytes(address: number, length: number): Uint8Array;
  exports: any;
  /** What the page's relative URLs are relative to; in Node there is none. */
  page?: string;
  /** Whether the program has ended. */
  isStopped: boolean;
  /** How, where that is known. */
  end?: Error;
  /** How many calls into the module are under way. */
  depth: number;
  /** Calls into the module; a trap in `body` ends the program. Returns what `body` returns, or not 0. */
  enter(body: (...values: any[]) => number, ...values: any[]): number;
  /** What `enter` does with what has escaped the module, while `depth` still counts the call. */
  escaped(error: unknown): number;
  /** On a worker's thread: to the main thread. */
  port?: MessagePort;
  /** On the main thread: what leads to the Web Workers, by their worker's address. */
  workers?: Map<number, { port: MessagePort }>;
  /** On the main thread: what the program exports, by name. */
  swift?: Record<string, (...values: any[]) => any>;
  /** On the main thread: receives what workers post for this file. */
  onmessage?: (message: any) => void;
  /** On the main thread: called when the program has ended, with what says how. */
  onend?: (end: any) => void;
  /** On the main thread: called when the program ends, but not by a trap. */
  onstop?: () => void;
  /** On the main thread: writes a line to the error stream. */
  printError?(line: string): void;
}

/** What the module imports from "javascript" on one thread. */
export function imports(thread: Thread): WebAssembly.ModuleImports;
