import Measuring

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

/// From the main thread to a worker and back, each time after all have had nothing to do for `idle` milliseconds.
func measureWakes(on pool: ThreadPool, after idle: Int, count: Int) async -> Measurement {
  var samples: [Int64] = []
  for index in 0..<amount(count, tiny: 2) {
    await sleep(milliseconds: idle)
    let start = ContinuousClock.now
    _ = await pool.spawn { index }.value
    samples.append(elapsed(since: start))
  }
  return Measurement(ofSingle: samples)
}

/// From the main thread to a worker and back, a millisecond apart, while tasks that make each other keep every worker
/// busy.
///
/// - Parameter lengths: of the tasks that each worker has, in nanoseconds.
func measureLatency(on pool: ThreadPool, under lengths: [Int64], count: Int) async -> Measurement {
  let load = Load(on: pool, lengths)
  var samples: [Int64] = []
  for index in 0..<amount(count, tiny: 2) {
    let start = ContinuousClock.now
    _ = await pool.spawnStealable { index }.value
    samples.append(elapsed(since: start))
    await sleep(milliseconds: 1)
  }
  await load.end()
  return Measurement(ofSingle: samples)
}

/// Tasks that keep workers busy until they are told to end.
private final class Load: Sendable {
  private let pool: ThreadPool
  private let isOver = Flag()
  private let running: Countdown

  /// - Parameter lengths: of the tasks that each worker has, in nanoseconds.
  init(on pool: ThreadPool, _ lengths: [Int64]) {
    self.pool = pool
    running = Countdown(pool.workerCount * lengths.count)
    for worker in 0..<pool.workerCount {
      for length in lengths { next(on: worker, length) }
    }
  }

  /// A task that computes for `length` nanoseconds, then is followed by the next.
  private func next(on worker: Int, _ length: Int64) {
    pool.spawn(on: worker) {
      if self.isOver.isSet { return self.running.taskEnded() }
      let start = ContinuousClock.now
      while elapsed(since: start) < length {}
      self.next(on: worker, length)
    }
  }

  func end() async {
    isOver.set()
    await running.wait()
  }
}
