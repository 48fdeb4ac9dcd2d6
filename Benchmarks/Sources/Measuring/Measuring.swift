#if arch(wasm32)
import Webble
#endif

/// What a benchmark reports. All times in nanoseconds.
public struct Measurement: Sendable {
  /// Of one operation.
  public var nanoseconds: Int64
  /// 95 of 100 operations took no longer, where operations are timed one by one.
  public var p95: Int64?
  /// 99 of 100, and 999 of 1,000, took no longer.
  public var p99: Int64?
  public var p999: Int64?
  /// The same on one worker, where a row compares the two.
  public var nanosecondsAlone: Int64?
  /// How late a timer came at worst while the row's work went on.
  public var timerLateness: Int64?
  /// How many bytes more are in use than before, and are taken from the engine.
  public var usedBytes: Int64?
  public var reservedBytes: Int64?
  /// What the work came to, where the same work is done in another language too.
  public var checksum: UInt32?

  public init(nanoseconds: Int64, p95: Int64? = nil) {
    self.nanoseconds = nanoseconds
    self.p95 = p95
  }

  /// Of operations that were timed one by one: their midmean (the mean of the middle half, which a clock that ticks
  /// slowly does not quantise as it does the median) and what most took no longer than.
  public init(ofSingle samples: [Int64]) {
    let samples = samples.sorted()
    let middle = samples[samples.count / 4..<(samples.count * 3 + 3) / 4]
    nanoseconds = middle.reduce(0, +) / Int64(middle.count)
    p95 = samples[samples.count * 95 / 100]
    p99 = samples[samples.count * 99 / 100]
    p999 = samples[samples.count * 999 / 1_000]
  }

  public func with(checksum: UInt32) -> Measurement {
    var result = self
    result.checksum = checksum
    return result
  }

  public func with(timerLateness: Int64) -> Measurement {
    var result = self
    result.timerLateness = timerLateness
    return result
  }
}

/// One line of JSON, for the command `webble bench`.
///
/// - Parameter variant: which of a benchmark's several measurements it is.
public func report(_ name: String, variant: String? = nil, _ measurement: Measurement) {
  var line = "{\"name\":\"\(name)\",\"nanoseconds\":\(measurement.nanoseconds)"
  if let variant { line += ",\"variant\":\"\(variant)\"" }
  if let p95 = measurement.p95 { line += ",\"p95\":\(p95)" }
  if let p99 = measurement.p99 { line += ",\"p99\":\(p99)" }
  if let p999 = measurement.p999 { line += ",\"p999\":\(p999)" }
  if let alone = measurement.nanosecondsAlone { line += ",\"alone\":\(alone)" }
  if let lateness = measurement.timerLateness { line += ",\"timerLateness\":\(lateness)" }
  if let bytes = measurement.usedBytes { line += ",\"usedBytes\":\(bytes)" }
  if let bytes = measurement.reservedBytes { line += ",\"reservedBytes\":\(bytes)" }
  if let checksum = measurement.checksum { line += ",\"checksum\":\(checksum)" }
  print(line + "}")
}

/// What `webble bench` asks of a program: WORKERS full|tiny NAME…
public struct Request: Sendable {
  public let workerCount: Int
  public let names: [String]
  /// Whether to do each thing once, and little of it, to see that it works.
  public let isTiny: Bool

  init(_ arguments: [String]) {
    guard arguments.count >= 2, let count = Int(arguments[0]) else {
      fatalError("This program is for `webble bench`. Its arguments: WORKERS full|tiny NAME…")
    }
    workerCount = count
    isTiny = arguments[1] == "tiny"
    names = Array(arguments.dropFirst(2))
  }
}

#if arch(wasm32)
public let request = Request(programArguments)
#else
public let request = Request(Array(CommandLine.arguments.dropFirst()))
#endif

/// The amount of work of a measurement.
public func amount(_ full: Int, tiny: Int) -> Int { request.isTiny ? tiny : full }

/// How often a measurement is repeated after its warm-up.
private var repetitionCount: Int { amount(5, tiny: 1) }

/// Nanoseconds from `start` until now.
public func elapsed(since start: ContinuousClock.Instant) -> Int64 {
  let (seconds, attoseconds) = start.duration(to: .now).components
  return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
}

/// The median of some repetitions of `body`, which returns nanoseconds for one operation: as many as
/// fit a quarter of a second, but five at least. Repetitions for as long come before, in which the
/// engine compiles again, and better, what turns out to be hot.
public func measureMedian(_ body: @Sendable () async -> Int64) async -> Measurement {
  if !request.isTiny { _ = await repeated(atLeast: 1, body) }
  var values = await repeated(atLeast: repetitionCount, body)
  values.sort()
  return Measurement(nanoseconds: values[values.count / 2])
}

private func repeated(
  atLeast count: Int, _ body: @Sendable () async -> Int64
) async -> [Int64] {
  let start = ContinuousClock.now
  var values: [Int64] = []
  repeat {
    values.append(await body())
  } while values.count < count || !request.isTiny && elapsed(since: start) < 250_000_000
  return values
}

/// Times operations one by one.
///
/// - Parameter body: performs as many operations as it is told, and returns the time of each.
public func measureRoundTrips(
  _ body: @Sendable (_ count: Int) async -> [Int64]
) async -> Measurement {
  if !request.isTiny { _ = await body(1_000) }
  return await Measurement(ofSingle: body(amount(5_000, tiny: 20)))
}
