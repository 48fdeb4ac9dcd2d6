import Foundation
import Testing

@testable import WebbleTool

/// The same program on threads of other kinds than a page's own, and where pools cannot start.
@Suite(.serialized) struct ThreadKindTests {
  private func run(_ body: String, in engine: Engine) async throws -> [String] {
    try await LifeTests().run(body, in: engine)
  }

  /// As if the engine, or a Content-Security-Policy, refused to start workers.
  @Test(arguments: Engine.allCases) func aPoolThatCouldNotStartSaysWhy(engine: Engine) async throws {
    let lines = try await run(
      """
      const threads = \(engine == .node ? "process.getBuiltinModule('worker_threads')" : "globalThis");
      const { Worker } = threads;
      threads.Worker = class { constructor() { throw new Error("refused here"); } };
      const program = await begin(site, { printError: () => {} });
      add(await outcome(() => program.swift.onPool(3)));
      threads.Worker = Worker;
      """, in: engine)
    #expect(lines.count == 2 && lines[1].hasPrefix("ProgramEnded: "), "\(lines)")
    #expect(lines.last?.contains("pool was shut down") == true, "\(lines)")
    #expect(lines.last?.contains("did not start: it could not be created: refused here") == true, "\(lines)")
  }

  /// Some engines hide it, isolated or not.
  @Test(arguments: Engine.allCases) func withoutSharedArrayBufferThereIsOneThread(engine: Engine) async throws {
    let lines = try await run(
      """
      const { SharedArrayBuffer } = globalThis;
      delete globalThis.SharedArrayBuffer;
      const program = await begin(site);
      add(await program.swift.onPool(3));
      await program.stop();
      globalThis.SharedArrayBuffer = SharedArrayBuffer;
      """, in: engine)
    #expect(
      lines == [
        "error: webble: everything runs on one thread, since this engine has no SharedArrayBuffer.", "started", "6",
      ])
  }

  /// As plain HTTP from another machine has it, and a page whose host sends no headers. Who asks for one thread is
  /// told nothing.
  @Test(arguments: [Engine.node, .chromium], [true, false])
  func aPageIsToldWhyItHasNoThreads(engine: Engine, isSecure: Bool) async throws {
    let lines = try await run(
      """
      const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true });
      define("crossOriginIsolated", false);
      define("isSecureContext", \(isSecure));
      await (await begin(site, { isolated: false })).stop();
      await (await begin(site)).stop();
      """, in: engine)
    #expect(lines.count == 3 && lines.first == "started" && lines.last == "started", "\(lines)")
    let reason =
      isSecure
      ? "this page is not cross-origin isolated. For threads, serve it with Cross-Origin-Opener-Policy: same-origin"
      : "this page is not a secure context, where browsers ignore the headers of isolation. For threads, serve it by HTTPS"
    #expect(lines[1].hasPrefix("error: webble: everything runs on one thread, since \(reason)"), "\(lines)")
  }

  /// Browsers compile a stream only where the type has no parameters.
  @Test(arguments: Engine.allCases.filter { $0 != .node })
  func theModulesTypeMayHaveParameters(engine: Engine) async throws {
    let lines = try await run(
      """
      const { fetch } = globalThis;
      globalThis.fetch = async (...given) => new Response(
        await (await fetch(...given)).arrayBuffer(), { headers: { "Content-Type": "application/wasm; charset=utf-8" } });
      const program = await begin(site);
      add(program.swift.add(1, 2));
      globalThis.fetch = fetch;
      await program.stop();
      """, in: engine)
    #expect(lines == ["started", "3"])
  }

  /// A renderer of Electron has `process`, and workers as a page has them.
  @Test func electronsRendererIsAPage() async throws {
    let lines = try await run(
      """
      process.type = "renderer";
      globalThis.Worker = class { constructor() { throw new Error("as in a page"); } };
      const module = await WebAssembly.compile(process.getBuiltinModule("fs").readFileSync(new URL("app.wasm", site)));
      const program = await begin(site, { module, printError: () => {} });
      add(await outcome(() => program.swift.onPool(3)));
      """, in: .node)
    #expect(lines.last?.contains("as in a page") == true, "\(lines)")
  }

  /// What a thread of the page's own runs, whose answer is the last message that it posts.
  private static let ownThread = """
    const text = `
      import { start } from "${site}webble.js";
      async function run(post) {
        const errors = [];
        const program = await start({ module: "${site}app.wasm", print: () => {}, printError: (line) => errors.push(line) });
        post([await program.swift.onPool(4), errors.join(), typeof Worker === "function" && self.crossOriginIsolated !== false]);
      }
      if (self.SharedWorkerGlobalScope) self.onconnect = ({ ports }) => run((message) => ports[0].postMessage(message));
      else run((message) => self.postMessage(message));
    `;
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

    """

  @Test(arguments: Engine.allCases.filter { $0 != .node })
  func aWorkerOfThePagesOwnRunsAProgram(engine: Engine) async throws {
    let lines = try await run(
      """
      \(Self.ownThread)
      const worker = new Worker(address, { type: "module", name: "webble worker 1" });
      const [result, errors] = await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      });
      add(result, errors);
      worker.terminate();
      """, in: engine)
    #expect(lines == ["8 "])
  }

  @Test(arguments: Engine.allCases.filter(\.isBrowser))
  func aSharedWorkerRunsAProgramOnOneThread(engine: Engine) async throws {
    let lines = try await run(
      """
      \(Self.ownThread)
      const worker = new SharedWorker(address, { type: "module" });
      const [result, errors, hasThreads] = await new Promise((resolve, reject) => {
        worker.port.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      });
      add(result, hasThreads || errors.includes("everything runs on one thread"));
      """, in: engine)
    #expect(lines == ["8 true"])
  }

  /// The glue's policy has the name `webble`.
  @Test(arguments: Engine.allCases.filter(\.isBrowser))
  func trustedTypesAreMadeByAPolicy(engine: Engine) async throws {
    let lines = try await run(
      """
      const start = await load(site), policy = document.createElement("meta");
      policy.httpEquiv = "Content-Security-Policy";
      policy.content = "require-trusted-types-for 'script'; trusted-types webble";
      document.head.append(policy);
      // Of those that know such policies.
      if (globalThis.trustedTypes) add(await outcome(() => new Worker("data:,")).then((text) => text.split(":")[0]));
      else add("TypeError");
      for (let round = 0; round < 2; round++) {
        const program = await start({ module: new URL("app.wasm", site), print: add });
        add(await program.swift.onPool(4));
        await program.stop();
      }
      """, in: engine)
    #expect(lines == ["TypeError", "started", "8", "started", "8"])
  }

  @Test func aServiceWorkerRunsAProgramOnOneThread() async throws {
    let site = try await LifeTests.site.value
    let script = """
      import { start } from "./webble.js";
      const errors = [];
      const program = start({ print: () => {}, printError: (line) => errors.push(line) });
      self.onmessage = async ({ source }) => {
        try { source.postMessage([await (await program).swift.onPool(4), errors.join()]); } catch (error) {
          source.postMessage([String(error)]);
        }
      };
      """
    try Data(script.utf8).write(to: site.folder.appending(path: "service.js"))
    let lines = try await run(
      """
      const registration = await navigator.serviceWorker.register("service.js", { type: "module" });
      await navigator.serviceWorker.ready;
      const answer = new Promise((resolve) => {
        navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
      });
      registration.active.postMessage("run");
      const [result, errors] = await answer;
      add(result, errors?.includes("such as shared and service workers"));
      """, in: .chromium)
    #expect(lines == ["8 true"])
  }

  @Test func aNodeWorkerThreadRunsAProgram() async throws {
    let site = try await LifeTests.site.value
    let folder = site.folder.absoluteString
    let script = """
      const { Worker } = process.getBuiltinModule("worker_threads");
      const worker = new Worker(new URL("data:text/javascript," + encodeURIComponent(`
        const { parentPort } = process.getBuiltinModule("worker_threads");
        const { start } = await import("\(folder)/webble.js");
        const program = await start({ module: "\(folder)/app.wasm", print: () => {} });
        parentPort.postMessage(await program.swift.onPool(4));
      `)), { name: "webble worker 1" });
      worker.on("message", (message) => console.log(message));
      worker.on("exit", (status) => console.log("exit", status));
      """
    let result = try await capture(
      try Engine.node.requiredProgram(), ["--input-type=module", "-e", script])
    #expect(result.output == "8\nexit 0\n" || result.output == "8\nexit 0", "\(result.output) \(result.errorOutput)")
  }
}
