#if arch(wasm32)
import Measuring
import Webble
import WebbleAllocator

/// How many bytes more are in use, and taken from the engine, after ten million tasks than after
/// ten thousand. Tasks come in thousands.
func memoryGrowth(on pool: ThreadPool) async -> Measurement {
  let few = amount(10_000, tiny: 1_000)
  await runTasks(few, on: pool)
  let before = Allocator.statistics
  let many = amount(10_000_000, tiny: 10_000)
  let start = ContinuousClock.now
  await runTasks(many - few, on: pool)
  var measurement = Measurement(nanoseconds: elapsed(since: start) / Int64(many - few))
  let after = Allocator.statistics
  measurement.usedBytes = Int64(after.usedByteCount) - Int64(before.usedByteCount)
  measurement.reservedBytes = Int64(after.reservedByteCount) - Int64(before.reservedByteCount)
  return measurement
}

/// Half of the tasks pinned, half stealable, half spawned by main, half by a worker.
private func runTasks(_ count: Int, on pool: ThreadPool) async {
  let batch = 500
  for _ in 0..<count / batch / 2 {
    let spawned = Countdown(2 * batch)
    let spawn: @Sendable () -> Void = {
      for _ in 0..<batch / 2 {
        pool.spawn { spawned.taskEnded() }
        pool.spawnStealable { spawned.taskEnded() }
      }
    }
    spawn()
    pool.spawn(on: 0) { spawn() }
    await spawned.wait()
  }
}
#endif
