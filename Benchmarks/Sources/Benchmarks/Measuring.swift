import Webble

/// What a row reports. All times in nanoseconds.
struct Measurement {
  /// Of one operation.
  var nanoseconds: Int64
  /// 95 of 100 operations took no longer, where operations are timed one by one.
  var p95: Int64?
  /// The same on one worker, where a row compares the two.
  var nanosecondsAlone: Int64?
  /// How late a timer came at worst while the row's work went on.
  var timerLateness: Int64?

  func with(timerLateness: Int64) -> Measurement {
    var result = self
    result.timerLateness = timerLateness
    return result
  }
}

/// One line of JSON, for report.mjs.
func report(_ row: String, _ measurement: Measurement) {
  var line = "{\"row\":\"\(row)\",\"nanoseconds\":\(measurement.nanoseconds)"
  if let p95 = measurement.p95 { line += ",\"p95\":\(p95)" }
  if let alone = measurement.nanosecondsAlone { line += ",\"alone\":\(alone)" }
  if let lateness = measurement.timerLateness { line += ",\"timerLateness\":\(lateness)" }
  print(line + "}")
}

/// How often a row is repeated after its warm-up.
let repetitionCount = 5

/// Nanoseconds from `start` until now.
func elapsed(since start: ContinuousClock.Instant) -> Int64 {
  let (seconds, attoseconds) = start.duration(to: .now).components
  return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
}

/// The median of some repetitions of `body`, which returns nanoseconds for one operation.
func measureMedian(_ body: @Sendable () async -> Int64) async -> Measurement {
  _ = await body()
  var values: [Int64] = []
  for _ in 0..<repetitionCount { values.append(await body()) }
  values.sort()
  return Measurement(nanoseconds: values[values.count / 2])
}

/// Times operations one by one: their midmean (the mean of the middle half, which a clock that ticks
/// slowly does not quantise as it does the median) and 95th percentile.
///
/// - Parameter body: performs as many operations as it is told, and returns the time of each.
func measureRoundTrips(_ body: @Sendable (_ count: Int) async -> [Int64]) async -> Measurement {
  _ = await body(1_000)
  var samples = await body(5_000)
  samples.sort()
  let middle = samples[samples.count / 4..<samples.count * 3 / 4]
  return Measurement(
    nanoseconds: middle.reduce(0, +) / Int64(middle.count), p95: samples[samples.count * 95 / 100])
}
