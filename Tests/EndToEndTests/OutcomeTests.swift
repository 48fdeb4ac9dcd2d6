import Foundation
import Synchronization
import Testing

@testable import WebbleTool

/// Builds Tests/Outcomes once a configuration and runs it in each engine: what is printed where, and the
/// status, for every way in which a program can end.
@Suite(.serialized) struct OutcomeTests {
  static let engines = Engine.allCases

  static let debug = Task { try await site(.debug) }
  static let release = Task { try await site(.release) }

  private static func site(_ configuration: BuildConfiguration) async throws -> Site {
    let repository = try Repository.find()
    var options = try BuildOptions.parse([])
    options.configuration = configuration
    options.maximumMemory = 64
    let builder = try await SiteBuilder(
      package: repository.root.appending(path: "Tests/Outcomes").path, options: options)
    return try await builder.build(
      product: "Outcomes",
      into: repository.root.appending(path: "Tests/Outcomes/.build/\(configuration.rawValue)-site"),
      output: .onlyOnFailure)
  }

  struct Result {
    var outcome: ProgramRun.Outcome
    var output: [String]
    var errors: [String]
  }

  private func run(
    _ mode: String, in engine: Engine, _ configuration: BuildConfiguration = .debug,
    arguments: [String] = [], isolation: Bool = true, policy: String? = nil
  ) async throws -> Result {
    let site = try await (configuration == .debug ? Self.debug : Self.release).value
    return try await run(
      [mode] + arguments, of: site, in: engine, isolation: isolation, policy: policy)
  }

  func run(
    _ arguments: [String], of site: Site, in engine: Engine, isolation: Bool = true,
    policy: String? = nil, timeLimit: Duration = .seconds(60), inspection: Inspection? = nil
  ) async throws -> Result {
    let lines = Mutex<[(ProgramRun.OutputStream, String)]>([])
    let run = ProgramRun(
      engine: engine, site: site, repository: try .find(), arguments: arguments,
      isolation: isolation, contentSecurityPolicy: policy, timeLimit: timeLimit, inspection: inspection
    ) { stream, line in lines.withLock { $0.append((stream, line)) } }
    let outcome = try await run.run()
    let all = lines.withLock { $0 }
    return Result(
      outcome: outcome, output: all.filter { $0.0 == .output }.map(\.1),
      errors: all.filter { $0.0 == .error }.map(\.1))
  }

  @Test(arguments: engines) func mainReturns(engine: Engine) async throws {
    let result = try await run("lines", in: engine, .release)
    #expect(result.outcome == .exited(0))
    #expect(result.output == (0..<200).map { "line \($0)" } + ["partial"])
    #expect(result.errors == [])
  }

  @Test(arguments: engines) func argumentsReachEveryThread(engine: Engine) async throws {
    let result = try await run("arguments", in: engine, arguments: ["--x", "ü \"y\"", ""])
    #expect(result.output == ["arguments", "--x", "ü \"y\"", "", "4 on a worker"])
  }

  @Test(arguments: engines) func exitEndsTheProgram(engine: Engine) async throws {
    #expect(try await run("exit", in: engine).outcome == .exited(3))
    let result = try await run("exit worker", in: engine)
    #expect(result.outcome == .exited(7))
    #expect(result.output == ["before"])
  }

  @Test(arguments: engines, [BuildConfiguration.debug, .release])
  func trapsAreReported(engine: Engine, configuration: BuildConfiguration) async throws {
    let main = try await run("fatal", in: engine, configuration)
    #expect(main.outcome == .exited(134))
    let place = "Outcomes/Outcomes.swift:"
    #expect(main.errors.first?.hasPrefix("Fatal error on main thread: \(place)") == true)
    #expect(main.errors.first?.hasSuffix(": out of fatal") == true)
    #expect(main.errors.contains { $0.contains("Outcomes.main()") } == engine.namesFrames, "\(main.errors)")

    let worker = try await run("fatal worker", in: engine, configuration)
    #expect(worker.outcome == .exited(134))
    #expect(worker.errors.first?.hasPrefix("Fatal error on worker 0: \(place)") == true)
    #expect(worker.errors.contains { $0.contains("turn") } == engine.namesFrames, "\(worker.errors)")
  }

  @Test func fatalErrorNeedsNoMessage() async throws {
    let result = try await run("fatal without message", in: .node)
    #expect(result.outcome == .exited(134))
    #expect(result.errors.first?.hasSuffix(": fatalError()") == true, "\(result.errors)")
  }

  @Test(arguments: engines) func whatWasPrintedBeforeATrapIsWritten(engine: Engine) async throws {
    #expect(try await run("fatal after text", in: engine).output == ["text"])
  }

  @Test(arguments: engines) func failedChecksAreNamed(engine: Engine) async throws {
    let result = try await run("index", in: engine)
    #expect(result.outcome == .exited(134))
    #expect(result.errors.first?.contains("Index out of range") == true, "\(result.errors)")
    #expect(
      result.errors.contains { $0.contains("element(_:_:)") } == engine.namesFrames, "\(result.errors)")
    #expect(result.output == [])
  }

  /// Checks that have no text of their own, or too much of it.
  @Test(
    arguments: [
      ("nil", "Outcomes/Checks.swift:\\d+: Unexpectedly found nil while unwrapping an Optional value"),
      ("try", "a call after try! threw an error of type Outcomes\\.Refusal"),
      ("text of none", "a check of the standard library's has failed"),
      ("isolation", "Outcomes/Checks.swift:\\d+: the caller is not isolated to .*: of the page"),
      ("exclusivity of a property", "simultaneous accesses to a variable: .*"),
      ("exclusivity of a global", "simultaneous accesses to a variable: .*"),
      ("exclusivity of a variable", "simultaneous accesses to a variable: .*"),
    ])
  func aDebugBuildTellsWhichCheckFailedAndWhere(check: (String, String)) async throws {
    let (kind, message) = check
    // WebKit tells no place within a function: the reason has to come from the function.
    for engine in kind == "try" ? Self.engines : [.node] {
      let result = try await run("check", in: engine, arguments: [kind])
      #expect(result.outcome == .exited(134))
      let first = try Regex("Fatal error on worker 0: \(message)")
      #expect(try first.wholeMatch(in: result.errors.first ?? "") != nil || !engine.namesFrames, "\(result.errors)")
      #expect(result.errors.dropFirst().first?.contains(" Sources/Outcomes/Checks.swift:") == engine.namesFrames, "\(result.errors)")
    }
  }

  /// The cause comes first, not who stops the program.
  @Test func aReleaseBuildBeginsWithTheProgramsOwnFunction() async throws {
    let result = try await run("fatal", in: .node, .release)
    #expect(result.errors.dropFirst().first?.contains("Outcomes.main()") == true, "\(result.errors)")
  }

  @Test func accessesInTurnAreNotSimultaneous() async throws {
    for engine in Self.engines {
      let result = try await run("accesses", in: engine)
      #expect(result.outcome == .exited(0), "\(result.errors)")
      #expect(result.output.allSatisfy { $0 == "400" } && !result.output.isEmpty, "\(result.output)")
    }
  }

  @Test(arguments: engines) func linesThatLookLikeReportsAreLines(engine: Engine) async throws {
    let result = try await run("looks like a report", in: engine)
    #expect(result.output == ["x.swift:1: Fatal error: just kidding"])
    #expect(result.outcome == .exited(0))
  }

  @Test(arguments: engines, [BuildConfiguration.debug, .release])
  func stackOverflowIsFound(engine: Engine, configuration: BuildConfiguration) async throws {
    for mode in ["overflow", "overflow main"] {
      for kind in ["small", "large", "closure"] {
        let result = try await run(mode, in: engine, configuration, arguments: [kind])
        #expect(result.outcome == .exited(134))
        let message = result.errors.first ?? ""
        #expect(message.contains("stack overflow"), "\(mode) \(kind): \(message)")
        let thread = mode == "overflow" ? "worker 0" : "main thread"
        #expect(message.hasPrefix("Fatal error on \(thread): "), "\(mode) \(kind): \(message)")
      }
    }
  }

  @Test(arguments: engines, [BuildConfiguration.debug, .release])
  func exhaustedMemoryNamesTheLimit(engine: Engine, configuration: BuildConfiguration) async throws {
    let main = "Fatal error on main thread: ", worker = "Fatal error on worker 0: "
    for byteCount in [1, 100, 5000, 100_000, 16 << 20] {
      try await expectOutOfMemory(["memory", "\(byteCount)"], engine, configuration, main)
      try await expectOutOfMemory(["memory worker", "\(byteCount)"], engine, configuration, worker)
    }
    try await expectOutOfMemory(["memory tasks"], engine, configuration, main)
    try await expectOutOfMemory(["memory lock"], engine, configuration, worker)
    try await expectOutOfMemory(["memory print"], engine, configuration, main)
    try await expectOutOfMemory(["memory print worker"], engine, configuration, worker)
    // The first cause stays the cause.
    let fatal = try await run("memory fatal", in: engine, configuration)
    #expect(fatal.outcome == .exited(134))
    #expect(fatal.errors.first?.contains("the cause") == true, "\(fatal.errors)")
  }

  private func expectOutOfMemory(
    _ arguments: [String], _ engine: Engine, _ configuration: BuildConfiguration, _ thread: String
  ) async throws {
    let result = try await run(
      arguments[0], in: engine, configuration, arguments: Array(arguments.dropFirst()))
    #expect(result.outcome == .exited(134))
    let message = result.errors.first ?? ""
    #expect(message.hasPrefix(thread + "out of memory: "), "\(arguments): \(message)")
    #expect(message.hasSuffix("--maximum-memory MIB`."), "\(arguments): \(message)")
    #expect(message.contains(" bytes asked for, "), "\(arguments): \(message)")
    #expect(message.contains("Held: "), "\(arguments): \(message)")
  }

  @Test(arguments: engines) func abandonedWorkIsSaidToBe(engine: Engine) async throws {
    let result = try await run("abandoned", in: engine)
    #expect(result.outcome == .exited(134))
    #expect(result.errors.first?.contains("its pool was shut down") == true)
  }

  /// What waits outside a pool that is shut down is told, and does not go on as if the work had been done.
  @Test(
    arguments: [
      "value", "value of a continuation", "task", "scope", "scope of continuations",
      "discarding group", "group", "map", "loop", "join", "preference",
      "preference for what is closed",
    ], [true, false])
  func waitsAcrossAShutdownAreToldOf(wait: String, isolation: Bool) async throws {
    try await expectTold(of: wait, in: .node, isolation: isolation)
  }

  @Test(arguments: [Engine.chromium, .firefox, .webkit], ["scope of continuations", "loop"])
  func waitsAcrossAShutdownAreToldOfInBrowsers(engine: Engine, wait: String) async throws {
    try await expectTold(of: wait, in: engine, isolation: true)
  }

  private func expectTold(of wait: String, in engine: Engine, isolation: Bool) async throws {
    let result = try await run(
      "shutdown", in: engine, .release, arguments: [wait], isolation: isolation)
    #expect(result.outcome == .exited(134), "\(result.output) \(result.errors)")
    #expect(result.errors.contains { $0.contains("pool was shut down") }, "\(result.errors)")
    #expect(result.output == [])
  }

  @Test(
    arguments: [
      ("latch", "at least 0"), ("countDown", "at least 0"), ("barrier", "at least one"),
      ("semaphore", "at least 0"), ("channel", "at least 0"), ("broadcast", "at least one"),
      ("chunk", "at least one"), ("split", "0 to 3"), ("element", "0 to 2"), ("spawn", "0 to 1"),
      ("worker", "0 to 1"),
    ])
  func argumentsThatMakeNoSenseAreNamed(nonsense: (String, String)) async throws {
    let (argument, message) = nonsense
    let result = try await run("nonsense", in: .node, .release, arguments: [argument])
    #expect(result.outcome == .exited(134))
    #expect(result.errors.first?.contains(message) == true, "\(result.errors)")
    #expect(result.output == [])
  }

  /// Whoever waits for a lock of a thread that has ended the program lets the end be.
  @Test(
    arguments: engines,
    [
      ("exit in a Mutex", 3, nil), ("trap in a Mutex", 134, "the cause"),
      ("trap in a Mutex, and another", 134, "the cause"), ("trap in an RwLock", 134, "the cause"),
      ("memory in a channel", 134, "out of memory"), ("memory in a stream", 134, "out of memory"),
      ("trap while another waits", 134, "the cause"), ("trap in a lock of C", 134, "the cause"),
      ("trap in a spin lock of C", 134, "the cause"),
    ] as [(String, Int32, String?)])
  func anEndUnderALockIsTheEnd(engine: Engine, end: (String, Int32, String?)) async throws {
    let (kind, status, message) = end
    let result = try await run("end under a lock", in: engine, .release, arguments: [kind])
    #expect(result.outcome == .exited(status), "\(result.errors)")
    #expect(result.output == [])
    if let message {
      let causes = result.errors.filter { $0.hasPrefix("Fatal error") }
      #expect(causes.count == 1 && causes[0].contains(message), "\(result.errors)")
    } else {
      #expect(result.errors == [])
    }
  }

  /// Workers take turn after turn while the main thread does not come back to its event loop.
  @Test(arguments: engines) func workersGoOnWhileTheMainThreadSpins(engine: Engine) async throws {
    let result = try await run("spinning main", in: engine, .release)
    #expect(result.outcome == .exited(0), "\(result.output) \(result.errors)")
  }

  @Test(arguments: engines, ["Mutex", "RwLock"])
  func theMainThreadDoesNotWaitForALockWithoutEnd(engine: Engine, lock: String) async throws {
    let result = try await run(lock, in: engine)
    #expect(result.outcome == .exited(134))
    let message = result.errors.first ?? ""
    #expect(message.contains("main thread must not block") && message.contains("Async\(lock)"))
  }

  @Test(
    arguments: ["twice", "twice on a worker"],
    ["Mutex", "RwLock, write and write", "RwLock, write and read", "RwLock, read and write"])
  func aLockThatTheThreadHasIsNotWaitedFor(mode: String, lock: String) async throws {
    for isolation in [true, false] {
      let result = try await run(mode, in: .node, arguments: [lock], isolation: isolation)
      expectTwice(result)
    }
  }

  @Test(arguments: engines, ["Mutex", "RwLock, write and write"])
  func aLockThatAWorkerHasIsNotWaitedForByIt(engine: Engine, lock: String) async throws {
    expectTwice(try await run("twice on a worker", in: engine, .release, arguments: [lock]))
  }

  private func expectTwice(_ result: Result) {
    #expect(result.outcome == .exited(134))
    let errors = result.errors.joined(separator: "\n")
    #expect(errors.contains("locked by code that it already protects"), "\(errors)")
  }

  @Test(arguments: engines) func continuationsAreChecked(engine: Engine) async throws {
    let twice = try await run("resumed twice", in: engine)
    #expect(twice.outcome == .exited(134))
    #expect(twice.errors.first?.contains("main() was resumed a second time") == true)
    let never = try await run("never resumed", in: engine)
    #expect(never.outcome == .exited(0))
    #expect(never.errors.first?.contains("main() was dropped without being resumed") == true)
  }

  @Test(arguments: engines) func withoutIsolationItSaysSoOnce(engine: Engine) async throws {
    let result = try await run("ready", in: engine, isolation: false)
    #expect(result.outcome == .exited(0))
    #expect(result.output == ["ready"])
    // In Node it is the caller that wants one thread: there is nothing to say.
    #expect(result.errors.count == (engine.isBrowser ? 1 : 0))
    guard engine.isBrowser else { return }
    #expect(result.errors.first?.contains("Cross-Origin-Opener-Policy: same-origin") == true)
    #expect(result.errors.first?.contains("Cross-Origin-Embedder-Policy: require-corp") == true)
  }

  private static let strictPolicy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src data:"

  @Test(arguments: engines.filter(\.isBrowser))
  func aPolicyThatForbidsBlobWorkersIsNamed(engine: Engine) async throws {
    let result = try await run("ready", in: engine, policy: Self.strictPolicy)
    #expect(result.outcome == .exited(0))
    #expect(result.output.count == 1)
    #expect(
      result.output.first?.contains("worker-src") == true
        && result.output.first?.contains("ThreadPool(workerScript:)") == true,
      "\(result.output) \(result.errors)")
  }

  @Test(arguments: engines.filter(\.isBrowser))
  func aWorkerScriptWorksUnderAStrictPolicy(engine: Engine) async throws {
    let result = try await runChanged(
      "worker.js", in: engine, mode: "worker script", policy: Self.strictPolicy
    ) { _ in Data(#"import "./webble.js";"#.utf8) }
    #expect(result.outcome == .exited(0))
    #expect(result.output == ["ready"], "\(result.output) \(result.errors)")
  }

  /// A copy of the site with one file changed or added.
  private func runChanged(
    _ file: String, in engine: Engine, mode: String = "ready", policy: String? = nil,
    _ change: (Data) -> Data
  ) async throws -> Result {
    let site = try await Self.release.value
    return try await withTemporaryFolder { folder in
      let copy = folder.appending(path: "site")
      try FileManager.default.copyItem(at: site.folder, to: copy)
      let changed = copy.appending(path: file)
      try change((try? Data(contentsOf: changed)) ?? Data()).write(to: changed)
      return try await run([mode], of: Site(folder: copy), in: engine, policy: policy)
    }
  }

  @Test(arguments: engines) func aModuleThatDoesNotCompileIsNamed(engine: Engine) async throws {
    let result = try await runChanged("app.wasm", in: engine) { $0.prefix($0.count / 2) }
    #expect(result.outcome == .exited(1))
    #expect(result.errors.contains { $0.contains("app.wasm is not a module") }, "\(result.errors)")
  }

  @Test(arguments: engines) func aModuleThatWasNotFinishedIsTold(engine: Engine) async throws {
    let empty = Data([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0])
    let result = try await runChanged("app.wasm", in: engine) { _ in empty }
    #expect(result.outcome == .exited(1))
    #expect(result.errors.contains { $0.contains("webble build") }, "\(result.errors)")
  }

  @Test(arguments: engines) func memoryThatOtherThreadsHaveGrownIsAskedFor(engine: Engine) async throws {
    // As if the engine told a thread of it only when asked: of accesses in V8, of views in Chromium 149.
    let result = try await runChanged("webble.js", in: engine, mode: "grown memory") { glue in
      let text = String(decoding: glue, as: UTF8.self)
      let engine = """
        {
          const { prototype } = WebAssembly.Memory, { grow } = prototype, { instantiate } = WebAssembly;
          const { get } = Object.getOwnPropertyDescriptor(prototype, "buffer"), buffers = new WeakMap();
          let isCurrent = !!globalThis.document || globalThis.process?.getBuiltinModule("worker_threads").isMainThread;
          Object.defineProperty(prototype, "buffer", { get() {
            if (!buffers.has(this)) buffers.set(this, get.call(this));
            return buffers.get(this);
          } });
          prototype.grow = function (count) {
            isCurrent = true;
            const before = grow.call(this, count);
            buffers.set(this, get.call(this));
            return before;
          };
          WebAssembly.instantiate = async (...given) => {
            const { exports } = await instantiate(...given);
            return { exports: new Proxy({ ...exports }, { get(all, name) {
              if (!isCurrent && typeof all[name] === "function") throw new RangeError("out of bounds");
              return all[name];
            } }) };
          };
        }

        """
      // In the page, and in the text that workers run.
      return Data((text.replacing("const workerSource=`", with: "const workerSource=`\(engine)") + engine).utf8)
    }
    #expect(result.outcome == .exited(0), "\(result.errors)")
    #expect(result.output.map(\.count) == [100_038, 100_039])
  }

  @Test(arguments: engines) func memoryThatCannotBeReservedIsTold(engine: Engine) async throws {
    // As if the engine refused every size.
    let result = try await runChanged("webble.js", in: engine) { glue in
      let text = String(decoding: glue, as: UTF8.self)
      return Data(
        """
        \(text)
        WebAssembly.Memory = class { constructor() { throw new RangeError("refused"); } };

        """.utf8)
    }
    #expect(result.outcome == .exited(1))
    #expect(
      result.errors.contains { $0.contains("MiB of memory cannot be reserved: refused") },
      "\(result.errors)")
  }
}
