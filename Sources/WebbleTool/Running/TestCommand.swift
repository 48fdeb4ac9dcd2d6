import ArgumentParser
import Foundation

/// One or more places, as in "chromium,node".
struct PlaceList: ExpressibleByArgument {
  var places: [Place]

  init?(argument: String) {
    places = []
    for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let place = Place(argument: String(name)) else { return nil }
      places.append(place)
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
      Where to run: one or more of chromium, firefox, webkit, node, deno, bun and native, separated by \
      commas (default: the first engine that is installed).
      """)
  var lists: [PlaceList] = []

  @OptionGroup var native: NativeOptions

  @Option(help: "Run only the tests whose names contain this.")
  var filter: String?

  @Option(help: "Stop a program after that many seconds, and name the test it was in.")
  var timeout = 300.0

  @Flag(help: "Serve the pages without the isolation headers: one thread, no shared memory.")
  var noIsolation = false

  @OptionGroup var exploration: ExplorationOptions

  func validate() throws {
    if !(timeout > 0) { throw ValidationError("--timeout takes seconds above 0") }
    try native.check(places, options, noIsolation: noIsolation)
    if exploration.isAskedFor, places.contains(where: { $0.engine == nil }) {
      throw ValidationError(
        """
        schedules are explored in engines only: natively tasks are the toolchain's, which asks nobody for their order. \
        Explore them with --in node; natively, --sanitize thread finds races on threads.
        """)
    }
  }

  private var places: [Place] { native.places(lists.flatMap(\.places)) }

  func run() async throws {
    let engines = places.compactMap(\.engine)
    for engine in engines { _ = try engine.requiredProgram() }
    let plan = try exploration.plan()
    let builder = try await SiteBuilder(
      package: path, options: options, schedule: plan == nil ? nil : .explored, preempts: plan?.preempts ?? false)
    let package = try await builder.products.describe()
    let programs =
      try (plan?.replay?.program ?? options.product).map { [try package.program(named: $0)] }
      ?? package.testPrograms
    guard !programs.isEmpty else {
      throw Failure(
        "the package \(package.name) has no executable target that depends on WebbleTesting")
    }
    let (passed, failed) = try await builder.products.withPrivateFolder { folder in
      var (passed, failed) = (0, 0)
      for program in programs {
        let site =
          engines.isEmpty
          ? nil
          : try await builder.buildForUser(product: program, into: folder.appending(path: program))
        for place in places {
          let label = places.count > 1 ? "[\(place)] " : ""
          // A trap ends the program: under exploration, where that is what is looked for, the rest has another.
          var count = 0
          var isOver = false
          while !isOver {
            let run = TestRun(
              program: program, label: label, schedules: plan.map { _ in builder.products.schedules },
              limits: exploration.limits, times: plan?.replay == nil ? 1 : exploration.times
            ) { arguments, print in
              switch place {
              case .engine(let engine):
                return try await ProgramRun(
                  engine: engine, site: site!, repository: builder.products.repository,
                  arguments: arguments, isolation: !noIsolation && plan == nil, timeLimit: .seconds(timeout),
                  inspection: builder.products.variant.inspects && plan == nil ? Inspection(lost: false) : nil, print: print
                ).run()
              case .native:
                return try await NativeRun(
                  program: NativeBuilder(products: builder.products, sanitizer: native.sanitize)
                    .buildForUser(product: program),
                  arguments: arguments, sanitizer: native.sanitize, timeLimit: .seconds(timeout),
                  print: print
                ).run()
              }
            }
            let (report, hasTrapped) = try await run.test(
              arguments(plan, skipping: count), replaying: { ["--filter", $0.test] + exploration.plan(replaying: $0).arguments })
            passed += report.passed
            failed += report.failed
            count += report.passed + report.failed
            isOver = !hasTrapped || plan == nil || plan?.replay != nil
          }
        }
      }
      return (passed, failed)
    }
    if let filter, passed + failed == 0 { throw Failure("no test has “\(filter)” in its name") }
    Terminal.write(line: "\(passed) passed, \(failed) failed", to: STDOUT_FILENO)
    if failed > 0 { throw ExitCode(1) }
  }

  /// - Parameter count: how many tests earlier runs have done.
  private func arguments(_ plan: ExplorationOptions.Plan?, skipping count: Int) -> [String] {
    ((filter ?? plan?.replay?.test).map { ["--filter", $0] } ?? []) + (plan?.arguments ?? [])
      + (count > 0 ? ["--skip", "\(count)"] : [])
  }
}
