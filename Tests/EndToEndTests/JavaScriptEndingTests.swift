import Synchronization
import Testing

@testable import WebbleTool

/// Programs of the product Endings in Tests/JavaScript: what they say when they, or their workers,
/// end.
@Suite(.serialized) struct JavaScriptEndingTests {
  private static let debug = Task { try await site(.debug) }
  private static let release = Task { try await site(.release) }

  private static func site(_ configuration: BuildConfiguration) async throws -> Site {
    let repository = try Repository.find()
    var options = try BuildOptions.parse([])
    options.configuration = configuration
    let builder = try await SiteBuilder(
      package: repository.root.appending(path: "Tests/JavaScript").path, options: options)
    return try await builder.build(
      product: "Endings",
      into: builder.products.scratch.appending(path: "endings-\(configuration.rawValue)"),
      output: .onlyOnFailure)
  }

  private func run(
    _ mode: String, in engine: Engine, _ configuration: BuildConfiguration
  ) async throws -> (outcome: ProgramRun.Outcome, errors: [String]) {
    try await run([mode], in: engine, configuration)
  }

  private func run(
    _ arguments: [String], in engine: Engine, _ configuration: BuildConfiguration
  ) async throws -> (outcome: ProgramRun.Outcome, errors: [String]) {
    let site = try await (configuration == .debug ? Self.debug : Self.release).value
    let errors = Mutex<[String]>([])
    let run = ProgramRun(
      engine: engine, site: site, repository: try .find(), arguments: arguments,
      timeLimit: .seconds(60)
    ) { stream, line in if stream == .error { errors.withLock { $0.append(line) } } }
    return (try await run.run(), errors.withLock { $0 })
  }

  @Test(arguments: Engine.allCases)
  func debugBuildsNameClosuresThatNobodyReleases(engine: Engine) async throws {
    let (outcome, errors) = try await run("leaks", in: engine, .debug)
    #expect(outcome == .exited(0))
    // One on the worker, one on the main thread.
    #expect(errors.count == 2)
    for error in errors {
      #expect(error.contains("closure made at Endings/Endings.swift:60 was never released"))
    }
  }

  @Test(arguments: [Engine.node, .chromium, .firefox], [BuildConfiguration.debug, .release])
  func theStackOfATrapShowsTheJavaScriptBetween(engine: Engine, configuration: BuildConfiguration) async throws {
    for mode in ["trap below JavaScript", "trap below JavaScript on a worker"] {
      let (outcome, errors) = try await run(mode, in: engine, configuration)
      #expect(outcome == .exited(134))
      let inner = errors.firstIndex { $0.contains("trapBelowJavaScript()") && $0.contains("closure") } ?? errors.count
      let between = errors.firstIndex { $0.contains("    at between (") }
      let outer = errors.lastIndex { $0.contains("    at ") && $0.contains("main()") } ?? -1
      #expect(between.map { inner < $0 && $0 < outer } == true, "\(mode): \(errors)")
      // None of the glue's own, and none of the runner's.
      #expect(!errors.contains { $0.contains(#/    at .*(js|mjs):\d/#) }, "\(mode): \(errors)")
    }
  }

  @Test func releaseBuildsDoNotLookForThem() async throws {
    let (outcome, errors) = try await run("leaks", in: .node, .release)
    #expect(outcome == .exited(0))
    #expect(errors == [])
  }

  @Test(arguments: Engine.allCases)
  func useOnAnotherThreadNamesBoth(engine: Engine) async throws {
    for (mode, message) in [
      ("wrong thread", "of thread main was used on thread worker 0"),
      ("wrong thread, main", "of thread worker 0 was used on thread main"),
    ] {
      let (outcome, errors) = try await run(mode, in: engine, .release)
      #expect(outcome == .exited(134))
      #expect(errors.first?.contains(message) == true, "\(errors)")
    }
  }

  /// In a browser it is an error of the page besides.
  @Test(
    arguments: Engine.allCases,
    ["trap in a listener", "trap in a listener, later", "trap in a worker's listener"])
  func trapInAListenerEndsTheProgram(engine: Engine, mode: String) async throws {
    try await expectTrap([mode], in: engine)
  }

  @Test(arguments: Engine.allCases, ["caught trap", "caught trap on a worker"])
  func trapThatJavaScriptCatchesEndsTheProgram(engine: Engine, mode: String) async throws {
    try await expectTrap([mode, "get"], in: engine)
  }

  @Test(arguments: [
    "call", "method", "method, one number", "method, two numbers", "get, made name", "set",
    "set, number", "set, made name",
  ])
  func trapThatJavaScriptCatchesEndsTheProgram(within way: String) async throws {
    try await expectTrap(["caught trap", way], in: .node)
  }

  private func expectTrap(_ arguments: [String], in engine: Engine) async throws {
    let (outcome, errors) = try await run(arguments, in: engine, .release)
    #expect(outcome == .exited(134))
    #expect(errors.first?.contains("within a listener") == true, "\(errors)")
    #expect(!errors.contains { $0.contains("went on") }, "\(errors)")
  }

  @Test(arguments: Engine.allCases, [BuildConfiguration.debug, .release])
  func overflowWithinJavaScriptIsReported(
    engine: Engine, configuration: BuildConfiguration
  ) async throws {
    let (outcome, errors) = try await run("overflow in a closure", in: engine, configuration)
    #expect(outcome == .exited(134))
    #expect(errors.first?.hasPrefix("Fatal error on main thread") == true, "\(errors.prefix(2))")
    #expect(errors.contains { $0.contains("descend") } == engine.namesFrames)
    #expect(!errors.contains { $0.contains("went on") })
  }

  @Test(arguments: Engine.allCases)
  func exitWithinJavaScriptEndsTheProgram(engine: Engine) async throws {
    let (outcome, errors) = try await run("exit in a closure", in: engine, .release)
    #expect(outcome == .exited(3))
    #expect(errors == [])
  }
}
