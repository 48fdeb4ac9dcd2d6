#if arch(wasm32)
  import WebbleScheduler
#else
  import NativeScheduler
#endif

/// How many durations were of what length, in buckets that double in length from one to the next.
///
///     if let polls = pool.metrics.pollTimeHistogram {
///       print("half of \(polls.count) polls took no longer than \(polls.quantile(0.5))")
///       for bucket in polls.buckets where bucket.count > 0 { print(bucket.range.lowerBound, bucket.count) }
///     }
public struct DurationHistogram: Sendable {
  /// Those of at least `range.lowerBound` and less than `range.upperBound`.
  public struct Bucket: Sendable {
    public let range: Range<Duration>
    public internal(set) var count: Int
  }

  /// The shortest first. The last has no end in truth: its upper bound is 1,000 days.
  public internal(set) var buckets: [Bucket]

  /// Of all durations.
  public var count: Int { buckets.reduce(0) { $0 + $1.count } }

  /// A duration that this part of all, from 0 to 1, does not exceed: the upper end of a bucket; zero if there are none.
  public func quantile(_ part: Double) -> Duration {
    let wanted = Double(count) * part
    var sum = 0
    for bucket in buckets {
      sum += bucket.count
      if bucket.count > 0, Double(sum) >= wanted { return bucket.range.upperBound }
    }
    return .zero
  }

  init(_ histogram: TimeHistogram) {
    let last = TimeHistogram.bucketCount - 1
    buckets = (0...last).map { index in
      let end = index == last ? Duration.seconds(86_400_000) : .nanoseconds(TimeHistogram.start(ofBucket: index + 1))
      return Bucket(
        range: .nanoseconds(TimeHistogram.start(ofBucket: index))..<end,
        count: Int(truncatingIfNeeded: histogram.counts[index]))
    }
  }

  /// The sum of several; nil of none.
  init?(sumOf histograms: [DurationHistogram]) {
    guard let first = histograms.first else { return nil }
    self = first
    for other in histograms.dropFirst() {
      for index in buckets.indices { buckets[index].count += other.buckets[index].count }
    }
  }
}

extension ThreadPool {
  /// Has the workers note how long polls take, and tasks wait for one, from now on: see
  /// `PoolMetrics.pollTimeHistogram`. Two looks at the clock a poll, which without this call are not taken. Any thread;
  /// a second call does nothing. Natively what goes on in the place of a task that has ended counts as part of its poll.
  public func recordTimes() {
    for index in 0..<workerCount { pool.pointee.worker(index).recordTimes() }
  }
}
