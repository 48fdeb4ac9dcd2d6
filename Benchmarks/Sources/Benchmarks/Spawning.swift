import Measuring
import Synchronization

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

/// Tasks of one measurement.
private var spawnCount: Int { amount(100_000, tiny: 100) }

/// Tells one waiter when as many tasks as it was made for have ended. What it counts with lies on a
/// cache line of its own, not beside what the spawner reads for each task.
final class Countdown: Sendable {
  private let padding0 = InlineArray<16, Int32>(repeating: 0)
  private let remaining: Atomic<Int>
  private let padding1 = InlineArray<16, Int32>(repeating: 0)
  private let slot = Slot()

  init(_ count: Int) { remaining = Atomic(count) }

  func taskEnded() {
    if remaining.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { slot.send(1) }
  }

  func wait() async { _ = await slot.receive() }
}

/// A countdown that outlives all tasks that refer to it: as in the pool in C++, none of them counts its
/// reference, which would be two exchanges of a word that all threads write.
private struct CountdownReference: Sendable {
  private let countdown: Unmanaged<Countdown>

  init(_ countdown: Countdown) { self.countdown = .passUnretained(countdown) }

  func taskEnded() { countdown._withUnsafeGuaranteedRef { $0.taskEnded() } }
}

/// Nanoseconds a task, from the first spawn to the end of the last task.
private func time(
  on pool: ThreadPool, fromWorker: Bool, _ spawn: @escaping @Sendable (CountdownReference) -> Void
) async -> Int64 {
  let count = spawnCount
  let owner = Countdown(count)
  let countdown = CountdownReference(owner)
  let start = ContinuousClock.now
  if fromWorker {
    pool.spawn(on: 0) {
      for _ in 0..<count { spawn(countdown) }
    }
  } else {
    for _ in 0..<count { spawn(countdown) }
  }
  await owner.wait()
  return elapsed(since: start) / Int64(count)
}

/// Pinned tasks, placed by load, spawned by the main thread or by one of the workers.
func pinnedSpawns(on pool: ThreadPool, fromWorker: Bool) async -> Int64 {
  await time(on: pool, fromWorker: fromWorker) { countdown in
    pool.spawn { countdown.taskEnded() }
  }
}

/// Stealable tasks, spawned by the main thread or by one of the workers.
func stealableSpawns(on pool: ThreadPool, fromWorker: Bool) async -> Int64 {
  await time(on: pool, fromWorker: fromWorker) { countdown in
    pool.spawnStealable { countdown.taskEnded() }
  }
}
