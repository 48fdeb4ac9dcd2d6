import ArgumentParser
import Foundation
import Rainbow
import Synchronization

/// One or more engines, as in "chromium,node".
struct EngineList: ExpressibleByArgument {
  var engines: [Engine]

  init?(argument: String) {
    engines = []
    for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let engine = Engine(rawValue: String(name)) else { return nil }
      engines.append(engine)
    }
  }
}

struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs the package's Webble tests.",
    discussion: """
      Tests are executable targets that depend on the product WebbleTesting. Prints a line for \
      each test and the sums at the end; fails if a test fails or a program does not end in order.
      """)

  @Argument(help: "The package's folder.")
  var path = "."

  @OptionGroup var options: BuildOptions

  @Option(
    name: .customLong("in"),
    help: """
      Where to run: one or more of chromium, firefox, webkit and node, separated by commas \
      (default: the first of these that is installed).
      """)
  var engines: [EngineList] = []

  @Option(help: "Run only the tests whose names contain this.")
  var filter: String?

  @Option(help: "Stop a program after that many seconds, and name the test it was in.")
  var timeout = 300.0

  @Flag(help: "Serve the pages without the isolation headers: one thread, no shared memory.")
  var noIsolation = false

  func validate() throws {
    if !(timeout > 0) { throw ValidationError("--timeout takes seconds above 0") }
  }

  func run() async throws {
    let engines = self.engines.isEmpty ? [.preferred] : self.engines.flatMap(\.engines)
    for engine in engines { _ = try engine.requiredProgram() }
    let builder = try await SiteBuilder(package: path, options: options)
    let package = try await builder.products.describe()
    let programs =
      try options.product.map { [try package.program(named: $0)] } ?? package.testPrograms
    guard !programs.isEmpty else {
      throw Failure(
        "the package \(package.name) has no executable target that depends on WebbleTesting")
    }
    var passed = 0
    var failed = 0
    for program in programs {
      let folder = builder.products.scratch.appending(path: "tests/\(program)")
      let site = try await builder.buildForUser(product: program, into: folder)
      for engine in engines {
        let report = try await test(
          program, site, in: engine, label: engines.count > 1 ? "[\(engine)] " : "",
          repository: builder.products.repository)
        passed += report.passed
        failed += report.failed
      }
    }
    if let filter, passed + failed == 0 { throw Failure("no test has “\(filter)” in its name") }
    Terminal.write(line: "\(passed) passed, \(failed) failed", to: STDOUT_FILENO)
    if failed > 0 { throw ExitCode(1) }
  }

  private func test(
    _ program: String, _ site: Site, in engine: Engine, label: String, repository: Repository
  ) async throws -> TestReport {
    let reading = Reading()
    let outcome = try await ProgramRun(
      engine: engine, site: site, repository: repository,
      arguments: filter.map { ["--filter", $0] } ?? [], isolation: !noIsolation,
      timeLimit: .seconds(timeout),
      print: { stream, line in
        guard stream == .output else { return Terminal.note(label + line) }
        show(line, as: reading.report.withLock { $0.read(line) }, label: label)
      }
    ).run()
    var report = reading.report.withLock { $0 }
    if let problem = report.finish(program: program, outcome: outcome) {
      show(problem, as: .failed, label: label)
    }
    return report
  }

  private func show(_ line: String, as kind: TestReport.Line, label: String) {
    let text =
      switch kind {
      case .hidden: String?.none
      case .other: "  " + line
      case .passed: isatty(STDOUT_FILENO) != 0 ? line.green : line
      case .failed: isatty(STDOUT_FILENO) != 0 ? line.red : line
      }
    if let text { Terminal.write(line: label + text, to: STDOUT_FILENO) }
  }

  private final class Reading: Sendable {
    let report = Mutex(TestReport())
  }
}
