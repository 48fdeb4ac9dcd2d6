import Measuring
import Synchronization

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

enum Track { case pinned, stealable }

/// Nanoseconds a yield of a task that is alone on its track.
func yields(on pool: ThreadPool, _ track: Track) async -> Int64 {
  let count = amount(100_000, tiny: 100)
  let work: @Sendable () async -> Int64 = {
    let start = ContinuousClock.now
    for _ in 0..<count { await Task.yield() }
    return elapsed(since: start) / Int64(count)
  }
  return switch track {
  case .pinned: await pool.spawn(on: 0, work).value
  case .stealable: await pool.spawnStealable(work).value
  }
}

/// Nanoseconds by which the latest of some timers of worker 0 is late while a task on every worker
/// yields without end.
func timerLateness(on pool: ThreadPool, _ track: Track) async -> Int64 {
  let over = Flag()
  let yielders = (0..<pool.workerCount).map { worker in
    let work: @Sendable () async -> Void = { while !over.isSet { await Task.yield() } }
    return switch track {
    case .pinned: pool.spawn(on: worker, work)
    case .stealable: pool.spawnStealable(work)
    }
  }
  let latest = await pool.spawn(on: 0) {
    var latest: Int64 = 0
    for _ in 0..<amount(50, tiny: 2) {
      let start = ContinuousClock.now
      await sleep(milliseconds: 5)
      latest = max(latest, elapsed(since: start) - 5_000_000)
    }
    return latest
  }.value
  over.set()
  for yielder in yielders { await yielder.value }
  return latest
}

/// A flag that one thread sets and others see.
final class Flag: Sendable {
  private let word = Atomic<Bool>(false)
  var isSet: Bool { word.load(ordering: .relaxed) }
  func set() { word.store(true, ordering: .relaxed) }
}
