import Foundation
import Testing

@testable import WebbleTool

/// The product Lives of Tests/JavaScript: what is left of programs that have ended, and what a page is told.
@Suite(.serialized) struct LifeTests {
  static let site = Task {
    let builder = try await SiteBuilder(
      package: Repository.find().root.appending(path: "Tests/JavaScript").path,
      options: try BuildOptions.parse(["-c", "release"]))
    return try await builder.build(
      product: "Lives", into: builder.products.scratch.appending(path: "lives"),
      output: .onlyOnFailure)
  }

  /// What the scripts below share. `outcome` says what becomes of a call or a promise.
  private static let tools = """
    const lines = [], add = (...values) => lines.push(values.join(" "));
    async function outcome(body) {
      try { return `returned ${await body()}`; } catch (error) { return `${error.name}: ${error.message}`; }
    }
    const tick = () => new Promise((resolve) => setTimeout(resolve, 20));
    const load = async (site) => (await import(new URL("webble.js", site))).start;
    const begin = async (site, options = {}) => await (await load(site))({
      module: new URL("app.wasm", site), print: add, printError: (line) => add("error:", line), ...options,
    });

    """

  func run(_ body: String, in engine: Engine) async throws -> [String] {
    let script = """
      \(Self.tools)
      async function run(site) {
        \(body)
        return lines.join("\\n");
      }
      """
    return try await engine.run(script, calling: "run", on: try await Self.site.value)
      .split(separator: "\n").map(String.init)
  }

  @Test(arguments: Engine.allCases) func afterTheEndCallsTellHowItWas(engine: Engine) async throws {
    let lines = try await run(
      """
      const ends = [(p) => p.swift.quit(3), (p) => p.swift.quitInstead(3), (p) => p.stop(), (p) => p.swift.trap()];
      for (const end of ends) {
        const program = await begin(site, { printError: () => {} });
        await program.swift.keepPool();
        const pending = program.swift.never();
        add(await outcome(() => end(program)));
        add(await outcome(() => pending));
        add(await outcome(() => program.swift.add(1, 2)));
        const later = program.swift.onPool(1);
        add(await outcome(() => later), String(later instanceof Promise));
        const { reason, status, report } = await program.ended;
        add(await program.exited, reason, status, report.split("\\n")[0], report.includes("    at "));
        await program.stop();
      }
      """, in: engine)
    func all(_ how: String) -> [String] {
      let thrown = "ProgramEnded: the Swift program has ended: \(how)"
      return [thrown, thrown, thrown + " true"]
    }
    let trap = "Fatal error on main thread: Lives/Lives.swift:28: asked to"
    #expect(
      lines == ["started", "returned undefined"] + all("exit(3)") + ["0 exit 3 exit(3) false"]
        + ["started", all("exit(3)")[0]] + all("exit(3)") + ["0 exit 3 exit(3) false"]
        + ["started", "returned undefined"] + all("it was stopped")
        + ["0 stopped 0 it was stopped false"]
        + ["started", all(trap)[0]] + all(trap) + ["0 trap 134 \(trap) true"])
  }

  @Test(arguments: Engine.allCases) func aTrapAfterMainIsTold(engine: Engine) async throws {
    let lines = try await run(
      """
      const program = await begin(site);
      add("status", await program.exited);
      await program.swift.keepPool();
      program.swift.trapOnWorker();
      const { reason, status, message } = await program.ended;
      add(reason, status, message);
      """, in: engine)
    #expect(lines.prefix(2) == ["started", "status 0"])
    #expect(lines.filter { $0.hasPrefix("error: Fatal error on worker 1:") }.count == 1, "\(lines)")
    #expect(lines.last?.hasPrefix("trap 134 the Swift program has ended: Fatal error on worker 1") == true)
  }

  /// One report is printed, behind what its thread has printed, and nothing comes between its lines.
  @Test(arguments: Engine.allCases) func threadsThatTrapAtOnceMakeOneReport(engine: Engine) async throws {
    let lines = try await run(
      """
      for (let round = 0; round < 5; round++) {
        const program = await begin(site);
        await program.swift.keepPool();
        try { program.swift.trapEverywhere(); } catch {}
        await program.ended;
        await tick();
      }
      """, in: engine)
    for round in lines.split(separator: "started") {
      let start = try #require(round.firstIndex { $0.hasPrefix("error: Fatal error on ") })
      let thread = String(round[start].dropFirst("error: Fatal error on ".count).prefix { $0 != ":" })
      let own = round[..<start].filter { $0.hasPrefix(thread) }
      #expect(own == (0..<3).map { "\(thread) \($0)" }, "\(round)")
      let rest = round[(start + 1)...]
      // Bun has no frames of modules.
      #expect(rest.allSatisfy { $0.hasPrefix("error:     at ") }, "\(round)")
    }
    #expect(lines.filter { $0.hasPrefix("error: Fatal error") }.count == 5)
  }

  /// What takes a report's lines calls the program, which has ended.
  @Test(arguments: Engine.allCases) func whatPrintsAReportMayThrow(engine: Engine) async throws {
    let lines = try await run(
      """
      console.error = () => {};
      let program;
      program = await begin(site, { printError: (line) => { add("error:", line); program.swift.say("within"); } });
      try { program.swift.trap(); } catch {}
      add((await program.ended).status);
      """, in: engine)
    #expect(lines.count > 2 && lines[1].hasPrefix("error: Fatal error on main thread"), "\(lines)")
    #expect(lines.dropFirst(2).dropLast().allSatisfy { $0.hasPrefix("error:     at ") }, "\(lines)")
    #expect(lines.last == "134")
  }

  /// Workers, ports, blobs, timers and listeners are counted; the memories have to be collected.
  @Test(arguments: Engine.allCases) func nothingIsLeftOfAHundredPrograms(engine: Engine) async throws {
    let lines = try await run(
      """
      const counts = { workers: 0, blobs: 0, timers: 0 };
      if (globalThis.Worker) {
        const { Worker } = globalThis, { createObjectURL, revokeObjectURL } = URL;
        globalThis.Worker = class extends Worker {
          constructor(...given) { super(...given); counts.workers++; }
          terminate() { counts.workers--; super.terminate(); }
        };
        URL.createObjectURL = (blob) => (counts.blobs++, createObjectURL.call(URL, blob));
        URL.revokeObjectURL = (url) => { counts.blobs--; revokeObjectURL.call(URL, url); };
      }
      for (const [set, clear] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
        const real = globalThis[set], realClear = globalThis[clear], own = new Set();
        globalThis[set] = (callback, ...rest) => {
          const id = real(() => { if (set === "setTimeout") own.delete(id); callback(); }, ...rest);
          own.add(id);
          return id;
        };
        globalThis[clear] = (id) => { own.delete(id); realClear(id); };
        Object.defineProperty(counts, set, { get: () => own.size, enumerable: true });
      }
      // Of what outlives a program; a worker's own go with it.
      const listeners = new Set(), { addEventListener: listen, removeEventListener: unlisten } = EventTarget.prototype;
      const named = (target, type, listener, options) => {
        const capture = !!(options?.capture ?? options);
        if (target && target !== globalThis && target !== globalThis.document && target !== own) return;
        return [...listeners].find((one) => one.type === type && one.listener === listener && one.capture === capture) ??
          { type, listener, capture };
      };
      const own = new EventTarget();
      EventTarget.prototype.addEventListener = function (...given) {
        const one = named(this, ...given);
        if (one) listeners.add(one);
        listen.apply(this, given);
      };
      EventTarget.prototype.removeEventListener = function (...given) {
        listeners.delete(named(this, ...given));
        unlisten.apply(this, given);
      };
      let added = 0;
      const module = await WebAssembly.compile(await (site.startsWith("file:")
        ? process.getBuiltinModule("fs").promises.readFile(new URL("app.wasm", site))
        : (await fetch("app.wasm")).arrayBuffer()));
      const start = await load(site);
      let freed = 0;
      const registry = new FinalizationRegistry(() => freed++);
      const life = async (index) => {
        const { memory, swift, stop, ended } = await start({ module, print: () => {}, printError: () => {} });
        registry.register(memory, 0);
        await swift.keepPool();
        swift.never().catch(() => {});
        swift.listen(own);
        added = Math.max(added, listeners.size);
        if (index % 4 === 0) await stop();
        else if (index % 4 === 1) swift.quit(0);
        else if (index % 4 === 2) try { swift.trap(); } catch {}
        else swift.trapOnWorker();
        await ended;
        await stop();
      };
      for (let index = 0; index < 100; index++) await life(index);
      // Memories that nobody refers to: engines reserve a gigabyte of addresses for each, and give up at some hundred.
      for (let round = 0; round < 400 && freed < 90; round++) {
        globalThis.gc?.();
        for (let i = 0; i < 50; i++) new ArrayBuffer(1 << 20);
        await tick();
      }
      if (globalThis.gc) add("freed", freed >= 90 ? "all" : freed);
      add(counts.workers, counts.blobs, counts.setTimeout, counts.setInterval, listeners.size, added);
      """, in: engine)
    #expect(lines == ([.node, .deno].contains(engine) ? ["freed all"] : []) + ["0 0 0 0 0 2"])
  }

  @Test(arguments: Engine.allCases) func aWorkerThatEndsItselfIsNoticed(engine: Engine) async throws {
    let code = engine == .node ? "process.exit(5)" : "self.close()"
    let lines = try await run(
      """
      const program = await begin(site);
      await program.swift.keepPool();
      program.swift.onWorker("\(code)");
      const { status, report } = await program.ended;
      add(status, report);
      """, in: engine)
    // A stack of JavaScript may follow.
    let report = lines.first { $0.hasPrefix("134 Fatal error on worker 0: its ") }
    #expect(report?.contains(engine == .node ? "process.exit" : "close()") == true, "\(lines)")
  }

  /// In Node whatever thread does not catch an error ends, as does the main thread.
  @Test(arguments: Engine.allCases.filter(\.isBrowser))
  func whatJavaScriptThrowsOnAWorkerIsReported(engine: Engine) async throws {
    let lines = try await run(
      """
      const program = await begin(site);
      await program.swift.keepPool();
      let reported;
      const report = new Promise((resolve) => { reported = resolve; });
      lines.push = (line) => { reported(); return Array.prototype.push.call(lines, line); };
      program.swift.onWorker("throw new Error('of the page')");
      await report;
      add("sum", program.swift.add(1, 2), "pool", await program.swift.onPool(3));
      await program.stop();
      """, in: engine)
    #expect(lines.contains { $0.hasPrefix("error: Uncaught error of JavaScript on worker 0: ") && $0.contains("of the page") })
    #expect(lines.last == "sum 3 pool 6", "\(lines)")
  }

  /// The message that a worker is ready comes by another way, and later. Here the worker starts after it.
  @Test(arguments: Engine.allCases.filter(\.isBrowser))
  func whatJavaScriptThrowsOnAWorkerThatStartsFailsNoPool(engine: Engine) async throws {
    let lines = try await run(
      """
      const { Blob } = globalThis;
      globalThis.Blob = class extends Blob {
        constructor([text], options) {
          super([`
            const { instantiate } = WebAssembly;
            WebAssembly.instantiate = async (...given) => {
              await new Promise((resolve) => setTimeout(() => {
                setTimeout(resolve);
                throw new Error("too early");
              }));
              return instantiate.apply(WebAssembly, given);
            };
            ${text}`], options);
        }
      };
      const program = await begin(site);
      await program.swift.keepPool();
      add("pool", await program.swift.onPool(3));
      await program.stop();
      """, in: engine)
    #expect(lines.contains { $0.hasPrefix("error: Uncaught error of JavaScript on worker 0: ") && $0.contains("too early") })
    #expect(lines.last == "pool 6", "\(lines)")
  }

  @Test(arguments: Engine.allCases) func callbacksMayCallBack(engine: Engine) async throws {
    let lines = try await run(
      """
      let program, isInner = false;
      program = await begin(site, { print: (line) => {
        add(line);
        if (line === "outer") program.swift.say("inner");
        if (line === "last") program.stop();
      } });
      program.swift.half("par");
      program.swift.say("tial");
      program.swift.say("outer");
      add(await outcome(() => program.swift.call(() => { throw new Error("by the callback"); })));
      add(await outcome(() => program.swift.say("last")));
      const second = await begin(site);
      add(await outcome(() => second.swift.call(() => { second.stop(); })));
      """, in: engine)
    let stopped = "ProgramEnded: the Swift program has ended: it was stopped"
    #expect(
      lines.filter { !$0.hasPrefix("error:     at") }
        == ["started", "partial", "outer", "inner", "Error: by the callback", "last", stopped, "started", stopped])
  }

  @Test(arguments: Engine.allCases) func postsOfThePagesOwnAreIgnored(engine: Engine) async throws {
    let post = engine == .node
      ? "process.getBuiltinModule('worker_threads').parentPort.postMessage" : "postMessage"
    let lines = try await run(
      """
      const program = await begin(site);
      await program.swift.keepPool();
      for (const message of ["null", "7", "{ webble: 'exit', status: 9 }", "{ webble: 'left' }", "{ webble: 'javascript' }"]) {
        program.swift.onWorker(`\(post)(${message})`);
      }
      add("pool", await program.swift.onPool(3));
      program.swift.onWorker("\(post)('done')");
      program.swift.shutDown();
      add("pool", await program.swift.onPool(4));
      await program.stop();
      add((await program.ended).reason);
      """, in: engine)
    #expect(lines == ["started", "pool 6", "pool 8", "stopped"])
  }

  @Test(arguments: Engine.allCases) func thePageKeepsItsStackTraceLimit(engine: Engine) async throws {
    let lines = try await run(
      """
      const before = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.value;
      const program = await begin(site);
      await program.swift.onPool(3);
      add(Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.value === before);
      await program.stop();
      """, in: engine)
    #expect(lines == ["started", "true"])
  }

  @Test(arguments: Engine.allCases) func aPromiseWhoseConstructorThrowsIsAwaited(engine: Engine) async throws {
    let lines = try await run(
      """
      const program = await begin(site);
      const odd = (promise) => Object.defineProperty(promise, "constructor", { get() { throw new Error("none"); } });
      add(await outcome(() => program.swift.await(odd(Promise.resolve(4)))));
      const rejected = Promise.reject(new TypeError("no"));
      // Swift looks at it in a later turn.
      rejected.catch(() => {});
      add(await outcome(() => program.swift.await(rejected)));
      add(await outcome(() => program.swift.await({ get then() { throw new RangeError("never"); } })));
      await program.stop();
      """, in: engine)
    #expect(lines == ["started", "Error: none", "TypeError: no", "RangeError: never"])
  }
}
