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
    let site = try await (configuration == .debug ? Self.debug : Self.release).value
    let errors = Mutex<[String]>([])
    let run = ProgramRun(
      engine: engine, site: site, repository: try .find(), arguments: [mode],
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
      #expect(error.contains("closure made at Endings/Endings.swift:36 was never released"))
    }
  }

  @Test func releaseBuildsDoNotLookForThem() async throws {
    let (outcome, errors) = try await run("leaks", in: .node, .release)
    #expect(outcome == .exited(0))
    #expect(errors == [])
  }

  @Test func useOnAnotherThreadNamesBoth() async throws {
    let (outcome, errors) = try await run("wrong thread", in: .node, .release)
    #expect(outcome == .exited(134))
    #expect(
      errors.first?.contains("of thread main was used on thread worker 0") == true, "\(errors)")
  }

  @Test(arguments: Engine.allCases)
  func trapInAWorkersListenerEndsTheProgram(engine: Engine) async throws {
    try await expectTrap("trap in a worker's listener", in: engine)
  }

  /// In a browser it is an error of the page besides, which `webble run` ends at.
  @Test func trapInAListenerEndsTheProgram() async throws {
    try await expectTrap("trap in a listener", in: .node)
  }

  private func expectTrap(_ mode: String, in engine: Engine) async throws {
    let (outcome, errors) = try await run(mode, in: engine, .release)
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
    #expect(errors.contains { $0.contains("descend") })
    #expect(!errors.contains { $0.contains("went on") })
  }

  @Test(arguments: Engine.allCases)
  func exitWithinJavaScriptEndsTheProgram(engine: Engine) async throws {
    let (outcome, errors) = try await run("exit in a closure", in: engine, .release)
    #expect(outcome == .exited(3))
    #expect(errors == [])
  }
}
