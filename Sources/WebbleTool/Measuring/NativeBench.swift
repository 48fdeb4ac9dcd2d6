import Foundation

/// Runs the benchmarks as programs of this machine: on Webble's pools, the same source on Swift's own
/// executors, and what tokio has the like of, by turns.
struct NativeBench: Sendable {
  let benchmarks: [Benchmark]
  let workers: Int
  /// Whether to do each thing once, and little of it.
  let isTiny: Bool
  private let programs: [(variant: BenchVariant, program: URL)]

  /// - Parameter baselines: what to measure beside Webble, of Swift's own executors and tokio.
  init(
    _ benchmarks: [Benchmark], workers: Int, isTiny: Bool, baselines: Set<BenchVariant>, repository: Repository
  ) async throws {
    self.benchmarks = benchmarks
    self.workers = workers
    self.isTiny = isTiny
    var programs = [(BenchVariant.webble, try await Self.build(isBare: false, repository))]
    if baselines.contains(.native) { programs.append((.native, try await Self.build(isBare: true, repository))) }
    if baselines.contains(.tokio), benchmarks.contains(where: { $0.baselines.contains(.tokio) }),
      let tokio = try await Self.buildTokio(repository)
    {
      programs.append((.tokio, tokio))
    }
    self.programs = programs
  }

  /// Returns nil if Rust or tokio is not there.
  private static func buildTokio(_ repository: Repository) async throws -> URL? {
    let folder = repository.root.appending(path: "Benchmarks/tokio", directoryHint: .isDirectory)
    guard let cargo = findExecutable(named: "cargo"),
      try await runOnErrorStream(cargo, ["build", "--release", "--offline", "--quiet"], in: folder)
    else {
      Terminal.note(
        "There is no tokio to compare with. On Debian and Ubuntu: apt-get install cargo librust-tokio-dev")
      return nil
    }
    return folder.appending(path: ".build/release/rows")
  }

  /// - Parameter isBare: whether Swift's own executors take the place of pools.
  static func build(isBare: Bool, _ repository: Repository) async throws -> URL {
    let package = repository.root.appending(path: "Benchmarks", directoryHint: .isDirectory)
    let products = try await SiteBuilder(
      package: package.path, options: try BuildOptions.parse(["-c", "release"])).products
    let scratch = products.scratch.appending(path: isBare ? "bare" : "native")
    let arguments = [
      "build", "-c", "release", "--package-path", package.path, "--scratch-path", scratch.path,
      "--product", "Benchmarks", "--quiet",
    ]
    let environment = isBare ? ["WEBBLE_BENCHMARKS": "bare"] : [:]
    guard
      try await runOnErrorStream(
        products.toolchain.swift, arguments, in: package, environment: environment)
    else { throw Failure("the benchmarks were not built for this machine") }
    return scratch.appending(path: "release/Benchmarks")
  }

  /// One run: a process for each benchmark of each program, so that none finds the others' memory.
  func run(begins: @Sendable (_ name: String, _ part: Double) -> Void) async throws
    -> BenchRunner.Outcome
  {
    let start = ProcessorTime()
    var measurements: [BenchMeasurement] = []
    var failure: String?
    for (index, benchmark) in benchmarks.enumerated() {
      begins(benchmark.name, Double(index) / Double(benchmarks.count))
      for (variant, program) in programs where variant != .tokio || benchmark.baselines.contains(.tokio) {
        do throws(Failure) {
          measurements.append(
            try await Self.measure(
              benchmark.name, variant, program, workers: workers, isTiny: isTiny))
        } catch {
          failure = failure ?? "\(error)"
        }
      }
    }
    let load = start.flatMap { start in ProcessorTime().map { $0.load(ofOthersSince: start) } }
    return BenchRunner.Outcome(
      run: BenchRun(measurements: measurements), loadOfOthers: load, failure: failure)
  }

  /// What one of the programs says of one benchmark.
  static func measure(
    _ name: String, _ variant: BenchVariant, _ program: URL, workers: Int, isTiny: Bool
  ) async throws(Failure) -> BenchMeasurement {
    do {
      let result = try await capture(program, [String(workers), isTiny ? "tiny" : "full", name])
      guard result.succeeded else { throw Failure(result.everything) }
      var measurement = try JSONDecoder().decode(
        BenchMeasurement.self, from: Data(result.output.utf8))
      measurement.variant = variant
      return measurement
    } catch {
      let whose = variant == .native ? "Swift's own executors" : variant == .tokio ? "tokio" : "Webble"
      throw Failure("\(name), natively, \(whose): \(error)")
    }
  }
}
