import ArgumentParser
import Foundation

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures Webble, and what else does the same, and prints tables.",
    discussion: """
      Every run is a fresh browser, or a fresh process of Node, in which everything is warmed up \
      and repeated. The tables have the medians of the runs, the least and the greatest. A run \
      during which other processes keep more than a tenth of a processor busy does not count. \
      See Benchmarks/README.md.
      """)

  @Argument(
    help: """
      What to measure: names as --list has them, or rows, latency, schedulers, memory, kernels (default: everything).
      """)
  var names: [String] = []

  @Flag(help: "Print the names of the benchmarks, and what they do.")
  var list = false

  @Option(
    name: .customLong("in"),
    help: """
      Where to run: chromium, firefox, webkit or node (default: the first of these that is \
      installed), or native: on Webble's native pools, beside the same source on Swift's own executors, and tokio.
      """)
  var place: Place?

  @Option(help: "How many runs.")
  var runs = 5

  @Option(help: "How many workers the pools have.")
  var workers = 2

  @Option(help: ArgumentHelp("Keep the measurements of all runs in a file.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp("Report what --json has kept, and measure nothing.", valueName: "file"))
  var from: String?

  @Option(
    help: ArgumentHelp("Compare with what --json has kept of another day.", valueName: "file"))
  var compare: String?

  @Option(help: ArgumentHelp("Write a page with the tables and charts.", valueName: "file"))
  var html: String?

  @Flag(help: "Count runs that other processes disturb.")
  var noisy = false

  @Option(
    help: ArgumentHelp(
      "A baseline to leave out: messages, emscripten, native or tokio. May be given several times.",
      valueName: "baseline"))
  var without: [BenchVariant] = []

  @Flag(help: "Do each thing once, and little of it, to see that it works. Reports no times.")
  var smoke = false

  /// Those that can be left out.
  private static let baselines: Set<BenchVariant> = [.messages, .emscripten, .native, .tokio]

  /// The part of a processor that others may take during a run.
  private static let tolerance = 0.1

  func validate() throws {
    if runs < 1 { throw ValidationError("--runs takes a number above 0") }
    if !(2...32).contains(workers) {
      throw ValidationError("--workers takes a number from 2 to 32")
    }
    if let baseline = without.first(where: { !Self.baselines.contains($0) }) {
      throw ValidationError("--without takes messages, emscripten, native or tokio, not \(baseline)")
    }
    _ = try benchmarks()
  }

  private func benchmarks() throws -> [Benchmark] {
    for name in names where Benchmark.named(name) == nil && Benchmark.Kind(rawValue: name) == nil {
      throw ValidationError("there is no benchmark \(name); webble bench --list names them all")
    }
    return Benchmark.all.filter {
      names.isEmpty || names.contains($0.name) || names.contains($0.kind.rawValue)
    }
  }

  func run() async throws {
    if list {
      for benchmark in Benchmark.all {
        let name = benchmark.name.padding(toLength: 14, withPad: " ", startingAt: 0)
        Terminal.write(line: "\(name) \(benchmark.what)", to: STDOUT_FILENO)
      }
      return
    }
    let repository = try Repository.find()
    // Before measurements that would be for nothing.
    let earlier = try compare.map(BenchResults.read)
    let kept = try from.map(BenchResults.read)
    if let earlier, earlier.place != kept?.place ?? place ?? .engine(.preferred) {
      throw Failure("the results to compare with are of another place, \(earlier.place)")
    }
    let page = try html.map { _ in try BenchPage(repository: repository) }
    if smoke { return try await smoke(repository) }
    let results = if let kept { kept } else { try await measure(repository) }
    try report(results, comparedWith: earlier, page)
  }

  private func report(
    _ results: BenchResults, comparedWith earlier: BenchResults?, _ page: BenchPage?
  ) throws {
    try json.map { try results.write(to: $0) }

    Terminal.write(line: results.heading + "\n", to: STDOUT_FILENO)
    let tables = results.tables + (earlier.map { [results.comparison(with: $0)] } ?? [])
    for table in tables { Terminal.write(line: table.markdown, to: STDOUT_FILENO) }
    for remark in results.remarks { Terminal.write(line: remark + "\n", to: STDOUT_FILENO) }
    if let page, let html {
      let text = try page.html(of: results, comparedWith: earlier)
      try Data(text.utf8).write(to: URL(filePath: html), options: .atomic)
    }
  }

  /// What measures, in an engine or natively.
  private struct Runner: Sendable {
    var benchmarks: [Benchmark]
    /// One run; tells what is measured next, and what part of the run is over.
    var run:
      @Sendable (_ begins: @escaping @Sendable (String, Double) -> Void) async throws
        -> BenchRunner.Outcome
  }

  private func runner(_ repository: Repository, baselines: Set<BenchVariant>) async throws -> Runner {
    if case .native = place {
      let bench = try await NativeBench(
        nativeBenchmarks(), workers: workers, isTiny: smoke,
        baselines: smoke ? [.native] : Self.baselines.subtracting(without), repository: repository)
      return Runner(benchmarks: bench.benchmarks) { try await bench.run(begins: $0) }
    }
    let engine = place?.engine ?? .preferred
    _ = try engine.requiredProgram()
    let benchmarks = try benchmarks()
    // emscripten's modules are for browsers or for Node, and ours is for browsers.
    let baselines = !engine.isBrowser ? baselines.subtracting([.emscripten]) : baselines
    let runner = BenchRunner(
      engine: engine, repository: repository,
      site: try await .build(benchmarks, baselines: baselines, repository: repository),
      benchmarks: benchmarks, baselines: baselines, workers: workers, isTiny: smoke)
    return Runner(benchmarks: benchmarks) { try await runner.run(begins: $0) }
  }

  /// Kernels are compared with C, and memory is the web's allocator's: neither is of native pools.
  private func nativeBenchmarks() throws -> [Benchmark] {
    let benchmarks = try benchmarks().filter { $0.kind != .kernels && $0.kind != .memory && $0.name != "memory" }
    if benchmarks.isEmpty {
      throw ValidationError("kernels and memory are measured in engines of the web, not natively")
    }
    return benchmarks
  }

  private func measure(_ repository: Repository) async throws -> BenchResults {
    let runner = try await runner(
      repository, baselines: Self.baselines.subtracting(without))
    var results = try await BenchResults(place: place ?? .engine(.preferred), workers: workers)
    var disturbances = 0
    while results.runs.count < runs {
      let number = results.runs.count + 1
      let outcome = try await runner.run { name, part in
        BenchProgress.show("Run \(number) of \(runs)", part, name)
      }
      BenchProgress.clear()
      if let failure = outcome.failure { throw Failure(failure) }
      if let problem = outcome.run.problems(expected: runner.benchmarks).first {
        throw Failure("\(problem.name) \(problem.problem)")
      }
      let load =
        outcome.loadOfOthers.map { "\(figure($0)) of a processor" } ?? "nobody knows how much"
      if !noisy, outcome.loadOfOthers ?? 0 > Self.tolerance {
        disturbances += 1
        guard disturbances < 3 else {
          throw Failure(
            """
            other processes have kept \(load) busy during the third run that they disturbed, and \
            nothing is reported. Stop them, or count disturbed runs with --noisy.
            """)
        }
        Terminal.note("A run does not count: other processes took \(load).")
        continue
      }
      results.runs.append(outcome.run)
      Terminal.note("Run \(number) of \(runs) is done; other processes took \(load).")
    }
    return results
  }

  /// Prints what has failed, and how many have.
  private func smoke(_ repository: Repository) async throws {
    let runner = try await runner(repository, baselines: [.messages])
    let outcome = try await runner.run { _, _ in }
    if let failure = outcome.failure { Terminal.error(failure) }
    let problems = outcome.run.problems(expected: runner.benchmarks)
    for (name, problem) in problems {
      Terminal.write(line: "not ok \(name): \(problem)", to: STDOUT_FILENO)
    }
    let passed = runner.benchmarks.count - problems.count
    // What fails may be a baseline, of which there are no others to miss.
    let failed = max(problems.count, outcome.failure == nil ? 0 : 1)
    Terminal.write(line: "\(passed) passed, \(failed) failed", to: STDOUT_FILENO)
    if failed > 0 { throw ExitCode(1) }
  }
}

extension BenchVariant: ExpressibleByArgument {}

/// A bar on a terminal, which the next replaces.
enum BenchProgress {
  /// - Parameter part: of the work that is done, from 0 to 1.
  static func show(_ title: String, _ part: Double, _ step: String) {
    let width = 24
    let full = Int(part * Double(width))
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    write("\(title) \(bar) \(step)")
  }

  static func clear() { write("") }

  /// Clears the line before.
  private static func write(_ text: String) {
    if Terminal.errorIsTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8)) }
  }
}

extension BenchResults {
  /// Of this machine, and no runs yet.
  init(place: Place, workers: Int) async throws {
    self.place = place
    switch place {
    case .engine(let engine):
      let version = try await capture(engine.requiredProgram(), ["--version"]).output
        .trimmingCharacters(in: .whitespacesAndNewlines)
      // Node says its number only.
      engineVersion = engine == .node ? "Node \(version)" : version
    case .native: engineVersion = "native"
    }
    self.workers = workers
    date = Date.now.formatted(.iso8601.year().month().day())
    let processors = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let model = processors?.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    let cores = ProcessInfo.processInfo.activeProcessorCount
    machine = "\(model.map { "\($0), " } ?? "")\(cores) cores"
    runs = []
  }
}
