import Foundation
import Synchronization

/// Runs benchmarks in fresh pages or processes.
struct BenchRunner: Sendable {
  let engine: Engine
  let repository: Repository
  let site: BenchSite
  let benchmarks: [Benchmark]
  let baselines: Set<BenchVariant>
  let workers: Int
  /// Whether to do each thing once, and little of it.
  let isTiny: Bool

  /// What Benchmarks/driver.js gets.
  private struct Request: Encodable {
    var workers: Int
    var isTiny: Bool
    var primitives: Bool
    var rows: [String]
    var kernels: [String]
    var pool: [String]
    var emscripten: [String]

    /// How often the driver says that something begins: for a kernel twice.
    var stepCount: Int {
      rows.count + (primitives ? 1 : 0) + 2 * kernels.count + pool.count + emscripten.count
    }
  }

  /// A line of what the benchmarks print, apart from measurements.
  fileprivate struct Progress: Decodable {
    /// The benchmark that comes now.
    var begins: String?
    /// All are over. The engine's processes are still there, whose time is to be known.
    var ends: Bool?
  }

  fileprivate struct State {
    var measurements: [BenchMeasurement] = []
    var running = "nothing"
    /// How many benchmarks have begun.
    var begun = 0
    var errors: [String] = []
    var end: ProcessorTime?
  }

  /// How long a run may take: many times as long as it should.
  private static let timeLimit = Duration.seconds(900)

  struct Outcome: Sendable {
    var run: BenchRun
    /// How many processors other processes have kept busy; nil: the system does not tell.
    var loadOfOthers: Double?
    /// Why the run has no more measurements.
    var failure: String?
  }

  /// One run.
  ///
  /// - Parameter begins: is told the name of what is measured next, and what part of the run is over.
  func run(begins: @escaping @Sendable (_ name: String, _ part: Double) -> Void) async throws
    -> Outcome
  {
    let start = ProcessorTime()
    let state = Mutex(State())
    let request = request
    let natively = site.nativeProgram == nil ? [] : names(for: .native)
    let stepCount = Double(request.stepCount + natively.count)
    let arguments = [String(decoding: try JSONEncoder().encode(request), as: UTF8.self)]
    let outcome = try await ProgramRun(
      engine: engine, site: site.site, repository: repository, arguments: arguments,
      timeLimit: Self.timeLimit,
      print: { stream, line in
        let (name, begun) = state.withLock { ($0.read(line, from: stream), $0.begun) }
        if let name { begins(name, Double(begun - 1) / stepCount) }
      }
    ).run()
    var result = state.withLock { $0 }
    var loads = [Self.loadOfOthers(from: start, to: result.end)]
    if outcome == .exited(0), let program = site.nativeProgram {
      let start = ProcessorTime()
      for (index, name) in natively.enumerated() {
        begins("\(name), natively", Double(request.stepCount + index) / stepCount)
        result.measurements.append(
          try await NativeBench.measure(name, .native, program, workers: workers, isTiny: isTiny))
      }
      loads.append(Self.loadOfOthers(from: start, to: ProcessorTime()))
    }
    return Outcome(
      run: BenchRun(measurements: result.measurements),
      loadOfOthers: loads.compactMap { $0 }.max(), failure: failure(of: outcome, result))
  }

  private static func loadOfOthers(from start: ProcessorTime?, to end: ProcessorTime?) -> Double? {
    guard let start, let end else { return nil }
    return end.load(ofOthersSince: start)
  }

  private var request: Request {
    func names(of kinds: Benchmark.Kind...) -> [String] {
      benchmarks.filter { kinds.contains($0.kind) }.map(\.name)
    }
    return Request(
      workers: workers, isTiny: isTiny,
      primitives: benchmarks.contains { $0.kind == .rows || $0.kind == .latency },
      rows: names(of: .rows, .latency, .schedulers, .memory),
      kernels: names(of: .kernels), pool: self.names(for: .messages),
      emscripten: site.hasEmscripten ? self.names(for: .emscripten) : [])
  }

  /// The benchmarks to compare with a baseline.
  private func names(for variant: BenchVariant) -> [String] {
    guard baselines.contains(variant) else { return [] }
    return benchmarks.filter { $0.baselines.contains(variant) }.map(\.name)
  }

  private func failure(of outcome: ProgramRun.Outcome, _ state: State) -> String? {
    let ending: String
    switch outcome {
    case .exited(0): return nil
    case .exited(let status): ending = "ended with status \(status)"
    case .timedOut: ending = "took more than \(Self.timeLimit)"
    case .failed(let message): ending = message
    }
    return (["\(state.running): \(ending)"] + state.errors).joined(separator: "\n")
  }
}

extension BenchRunner.State {
  /// Returns what begins, if the line says so.
  fileprivate mutating func read(_ line: String, from stream: ProgramRun.OutputStream) -> String? {
    let data = Data(line.utf8)
    if stream == .error {
      errors.append(line)
    } else if let measurement = try? JSONDecoder().decode(BenchMeasurement.self, from: data) {
      measurements.append(measurement)
    } else if let progress = try? JSONDecoder().decode(BenchRunner.Progress.self, from: data) {
      if let name = progress.begins {
        running = name
        begun += 1
      }
      if progress.ends == true { end = ProcessorTime() }
      return progress.begins
    } else {
      errors.append(line)
    }
    return nil
  }
}
