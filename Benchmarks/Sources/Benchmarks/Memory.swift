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

/// What of the allocator's changed, for each of `count` things.
private func bytes(of count: Int, since before: Allocator.Statistics, _ start: ContinuousClock.Instant) -> Measurement {
  let after = Allocator.statistics
  var measurement = Measurement(nanoseconds: elapsed(since: start) / Int64(count))
  measurement.usedBytes = Int64(after.usedByteCount - before.usedByteCount) / Int64(count)
  measurement.reservedBytes = Int64(after.reservedByteCount - before.reservedByteCount) / Int64(count)
  return measurement
}

/// A pool of eight workers that have each run a task: with their stacks, queues and thread-local variables.
func poolBytes() async -> Measurement {
  let (before, start) = (Allocator.statistics, ContinuousClock.now)
  let pool = try! ThreadPool(workerCount: 8)
  try! await pool.ready()
  let measurement = bytes(of: 1, since: before, start)
  await pool.shutdown()
  return measurement
}

/// Tasks that have begun and wait for a continuation.
func suspendedTaskBytes(on pool: ThreadPool) async -> Measurement {
  let count = amount(1_000_000, tiny: 100)
  let begun = Countdown(count)
  let ended = Countdown(count)
  let waiting = Waiting(count)
  let (before, start) = (Allocator.statistics, ContinuousClock.now)
  for index in 0..<count {
    pool.spawn {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        waiting.store(continuation, at: index)
        begun.taskEnded()
      }
      ended.taskEnded()
    }
  }
  await begun.wait()
  let measurement = bytes(of: count, since: before, start)
  for index in 0..<count { waiting.take(at: index).resume() }
  await ended.wait()
  return measurement
}

/// Room for the continuations of tasks, made beforehand.
private final class Waiting: @unchecked Sendable {
  private let places: UnsafeMutablePointer<UnsafeContinuation<Void, Never>?>

  init(_ count: Int) {
    places = .allocate(capacity: count)
    places.initialize(repeating: nil, count: count)
  }

  deinit { places.deallocate() }

  func store(_ continuation: UnsafeContinuation<Void, Never>, at index: Int) { places[index] = continuation }

  /// After the countdown that follows each `store`.
  func take(at index: Int) -> UnsafeContinuation<Void, Never> { places[index].unsafelyUnwrapped }
}

/// Channels of one number, empty.
func channelBytes() -> Measurement {
  let count = amount(1_000_000, tiny: 100)
  var channels: [Channel<Int>] = []
  channels.reserveCapacity(count)
  let (before, start) = (Allocator.statistics, ContinuousClock.now)
  for _ in 0..<count { channels.append(Channel(capacity: 1)) }
  return withExtendedLifetime(channels) { bytes(of: count, since: before, start) }
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
