#if arch(wasm32)
  import WebbleScheduler
#else
  import NativeScheduler
#endif

/// What a pool's workers have done since the pool was made. Where tokio-metrics counts the same thing, the
/// name is the same.
///
/// The counters are always on. Each belongs to one worker, which writes it without any synchronization: a
/// number may be a moment old, and those of different workers are not of one instant. A count of more than
/// 2³² goes round.
///
/// ```swift
/// let before = pool.metrics
/// await work()
/// let metrics = pool.metrics
/// print(metrics.totalPollsCount - before.totalPollsCount, "polls")
/// for worker in metrics.workers { print(worker.index, worker.busyDuration) }
/// ```
public struct PoolMetrics: Sendable {
  /// By index.
  public let workers: [WorkerMetrics]
  /// Stealable jobs from other threads that no worker has taken yet.
  public let injectionQueueDepth: Int
  /// Live pinned tasks.
  public let livePinnedTasksCount: Int

  public var workersCount: Int { workers.count }
  public var totalPollsCount: Int { sum { $0.pollsCount } }
  public var totalLongPollsCount: Int { sum { $0.longPollsCount } }
  public var totalStealCount: Int { sum { $0.stealCount } }
  public var totalStealOperations: Int { sum { $0.stealOperations } }
  public var totalParkCount: Int { sum { $0.parkCount } }
  public var totalWakeCount: Int { sum { $0.wakeCount } }
  public var totalSpinCount: Int { sum { $0.spinCount } }
  public var totalLocalQueueDepth: Int { sum { $0.localQueueDepth } }
  public var totalBusyDuration: Duration { workers.reduce(.zero) { $0 + $1.busyDuration } }

  /// What polls took, of all workers: nil without `recordTimes()`, and in builds that are not for inspection.
  public var pollTimeHistogram: DurationHistogram? { DurationHistogram(sumOf: workers.compactMap { $0.pollTimeHistogram }) }
  /// How long tasks waited for a worker when they were ready to run: the same, and nil natively.
  public var scheduledDurationHistogram: DurationHistogram? {
    DurationHistogram(sumOf: workers.compactMap { $0.scheduledDurationHistogram })
  }

  private func sum(_ count: (WorkerMetrics) -> Int) -> Int { workers.reduce(0) { $0 + count($1) } }
}

/// What one worker has done, and what it has before it.
public struct WorkerMetrics: Sendable {
  public let index: Int
  /// Jobs run: a task is one each time it is resumed.
  public let pollsCount: Int
  /// Jobs, or batches of short ones, that held the event loop for longer than the time slice of 4 ms.
  public let longPollsCount: Int
  /// Visits to another worker's deque that brought jobs home.
  public let stealOperations: Int
  /// The jobs that these brought. In builds for inspection (debug builds, `--inspect`) and natively; 0 in others.
  public let stealCount: Int
  /// Sleeps that it began, and that ended.
  public let parkCount: Int
  public let wakeCount: Int
  /// Times that it kept looking for work before it slept.
  public let spinCount: Int
  /// The most jobs that its mailbox held when it emptied it, and its deques at the end of a batch. In builds for
  /// inspection and natively; 0 in others.
  public let mailboxPeak: Int
  public let dequePeak: Int
  /// How long it ran jobs.
  public let busyDuration: Duration
  /// Jobs that are ready and wait for it: in its mailbox, its queue and its deques.
  public let localQueueDepth: Int
  /// As those of `PoolMetrics`.
  public let pollTimeHistogram: DurationHistogram?
  public let scheduledDurationHistogram: DurationHistogram?

  init(_ worker: WorkerPointer) {
    let counts = worker.pointee.counts
    index = worker.pointee.index
    pollsCount = worker.pointee.jobsRun
    longPollsCount = Int(truncatingIfNeeded: counts.longPolls)
    stealOperations = Int(truncatingIfNeeded: counts.steals)
    stealCount = Int(truncatingIfNeeded: counts.stolen)
    parkCount = Int(truncatingIfNeeded: counts.parks)
    wakeCount = Int(truncatingIfNeeded: counts.wakes)
    spinCount = Int(truncatingIfNeeded: counts.spins)
    mailboxPeak = Int(truncatingIfNeeded: counts.mailboxPeak)
    dequePeak = Int(truncatingIfNeeded: counts.dequePeak)
    busyDuration = .nanoseconds(counts.busyTime)
    localQueueDepth = worker.pointee.readyCount
    let times = worker.times
    pollTimeHistogram = times.map { DurationHistogram($0.pointee.polls) }
    scheduledDurationHistogram = knowsWhenTasksAreReady ? times.map { DurationHistogram($0.pointee.scheduled) } : nil
  }
}

extension ThreadPool {
  /// What the workers have done so far. Any thread.
  public var metrics: PoolMetrics {
    let workers = (0..<workerCount).map { pool.pointee.worker($0) }
    return PoolMetrics(
      workers: workers.map { WorkerMetrics($0) }, injectionQueueDepth: pool.pointee.injector.count,
      livePinnedTasksCount: workers.reduce(0) { $0 + $1.pointee.pinnedTaskCount })
  }
}

extension PoolMetrics: CustomStringConvertible {
  /// A line for each worker, and one for the pool.
  public var description: String {
    var lines = workers.map { $0.description }
    lines.append("\(injectionQueueDepth) in the injector, \(livePinnedTasksCount) pinned")
    return lines.joined(separator: "\n")
  }
}

extension WorkerMetrics: CustomStringConvertible {
  /// One line.
  public var description: String {
    "worker \(index): \(pollsCount) polls (\(longPollsCount) long), \(stealOperations) steals, "
      + "\(parkCount) parks, \(wakeCount) wakes, \(localQueueDepth) ready, busy \(busyDuration.text)"
  }
}
