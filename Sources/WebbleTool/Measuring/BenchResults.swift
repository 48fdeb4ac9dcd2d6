import Foundation

/// What one measurement of a run came to. Times in nanoseconds. A line of what the benchmarks
/// print.
struct BenchMeasurement: Codable, Equatable, Sendable {
  var name: String
  var variant: BenchVariant
  /// Of one operation; of "secondCore", a ratio.
  var nanoseconds: Double
  /// 95 of 100 operations took no longer.
  var p95: Double?
  /// 99 of 100, and 999 of 1,000.
  var p99: Double?
  var p999: Double?
  /// The same on one worker.
  var alone: Double?
  /// By how much the latest of some timers came too late.
  var timerLateness: Double?
  /// How many bytes more are in use than before, and are taken from the engine.
  var usedBytes: Double?
  var reservedBytes: Double?
  var checksum: UInt32?

  init(name: String, variant: BenchVariant = .webble, nanoseconds: Double, alone: Double? = nil) {
    self.name = name
    self.variant = variant
    self.nanoseconds = nanoseconds
    self.alone = alone
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    variant = try values.decodeIfPresent(BenchVariant.self, forKey: .variant) ?? .webble
    nanoseconds = try values.decode(Double.self, forKey: .nanoseconds)
    p95 = try values.decodeIfPresent(Double.self, forKey: .p95)
    p99 = try values.decodeIfPresent(Double.self, forKey: .p99)
    p999 = try values.decodeIfPresent(Double.self, forKey: .p999)
    alone = try values.decodeIfPresent(Double.self, forKey: .alone)
    timerLateness = try values.decodeIfPresent(Double.self, forKey: .timerLateness)
    usedBytes = try values.decodeIfPresent(Double.self, forKey: .usedBytes)
    reservedBytes = try values.decodeIfPresent(Double.self, forKey: .reservedBytes)
    checksum = try values.decodeIfPresent(UInt32.self, forKey: .checksum)
  }
}

/// All measurements of one fresh page or process.
struct BenchRun: Codable, Equatable, Sendable {
  var measurements: [BenchMeasurement]

  func measurement(_ name: String, _ variant: BenchVariant = .webble) -> BenchMeasurement? {
    measurements.first { $0.name == name && $0.variant == variant }
  }

  /// What is wrong with the run: benchmarks that are missing, and work that came to something else
  /// in one variant than in another.
  func problems(expected: [Benchmark]) -> [(name: String, problem: String)] {
    expected.compactMap { benchmark in
      guard measurement(benchmark.name) != nil else { return (benchmark.name, "is missing") }
      let checksums = measurements.filter { $0.name == benchmark.name }.compactMap(\.checksum)
      guard Set(checksums).count <= 1 else {
        return (benchmark.name, "has come to different results: \(checksums)")
      }
      return nil
    }
  }
}

/// What `--json` keeps: several runs, and where they were made.
struct BenchResults: Codable, Equatable, Sendable {
  /// In files: "engine".
  var place: Place
  var engineVersion: String
  var workers: Int
  /// As 2026-11-23.
  var date: String
  var machine: String
  var runs: [BenchRun]

  enum CodingKeys: String, CodingKey {
    case place = "engine"
    case engineVersion, workers, date, machine, runs
  }

  /// The values that `value` finds in the runs; nil if in none.
  func spread(_ value: (BenchRun) -> Double?) -> Spread? {
    Spread(runs.compactMap(value))
  }

  func spread(of benchmark: Benchmark, _ variant: BenchVariant = .webble) -> Spread? {
    spread { $0.measurement(benchmark.name, variant).flatMap(benchmark.unit.value) }
  }

  /// What the benchmark takes as a multiple of its primitive in the same run; a speed-up as a part
  /// of what two bare workers reach.
  func ratio(of benchmark: Benchmark) -> Spread? {
    guard let name = benchmark.primitive else { return nil }
    return spread { run in
      guard let primitive = run.measurement(name, .bare)?.nanoseconds,
        let measurement = run.measurement(benchmark.name)
      else { return nil }
      guard benchmark.unit == .speedUp else { return measurement.nanoseconds / primitive }
      return benchmark.unit.value(of: measurement).map { $0 / primitive }
    }
  }

  static func read(_ file: String) throws -> BenchResults {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure("\(file) cannot be read")
    }
    do {
      return try JSONDecoder().decode(BenchResults.self, from: data)
    } catch {
      throw Failure("\(file) is not what webble bench --json writes: \(error)")
    }
  }

  func write(to file: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try Data(encoder.encode(self)).write(to: URL(filePath: file), options: .atomic)
  }
}

/// The median of some values, and the least and greatest of them.
struct Spread: Equatable, Sendable {
  var median: Double
  var range: ClosedRange<Double>

  /// nil: there are none.
  init?(_ values: [Double]) {
    guard let least = values.min(), let greatest = values.max() else { return nil }
    median = values.sorted()[values.count / 2]
    range = least...greatest
  }
}

extension Place: Codable {
  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let place = Place(argument: text) else {
      throw Failure("\(text) is no place to run a program")
    }
    self = place
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode("\(self)")
  }
}
