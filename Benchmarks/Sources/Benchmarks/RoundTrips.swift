import Measuring
import Synchronization

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

/// From the main thread to a worker and back.
func spawnAndAwait(on pool: ThreadPool, count: Int) async -> [Int64] {
  var samples: [Int64] = []
  samples.reserveCapacity(count)
  for index in 0..<count {
    let start = ContinuousClock.now
    _ = await pool.spawn { index }.value
    samples.append(elapsed(since: start))
  }
  return samples
}

/// From worker 0 to worker 1 and back.
func spawnAndAwait(fromWorkerOf pool: ThreadPool, count: Int) async -> [Int64] {
  await pool.spawn(on: 0) {
    var samples: [Int64] = []
    samples.reserveCapacity(count)
    for index in 0..<count {
      let start = ContinuousClock.now
      _ = await pool.spawn(on: 1) { index }.value
      samples.append(elapsed(since: start))
    }
    return samples
  }.value
}

/// From worker 0 to the main thread and back.
func visitMain(fromWorkerOf pool: ThreadPool, count: Int) async -> [Int64] {
  await pool.spawn(on: 0) {
    var samples: [Int64] = []
    samples.reserveCapacity(count)
    for index in 0..<count {
      let start = ContinuousClock.now
      _ = await onMain { index }.value
      samples.append(elapsed(since: start))
    }
    return samples
  }.value
}

/// Two pinned tasks on two workers that send a number to and fro through two slots: nanoseconds a
/// round trip.
func channelRoundTrips(on pool: ThreadPool) async -> Int64 {
  let count = amount(5_000, tiny: 20)
  let (there, back) = (Slot(), Slot())
  let echo = pool.spawn(on: 1) {
    for _ in 0..<count { back.send(await there.receive() + 1) }
  }
  let time = await pool.spawn(on: 0) {
    let start = ContinuousClock.now
    for index in 0..<count {
      there.send(index)
      guard await back.receive() == index + 1 else { fatalError("The echo is wrong.") }
    }
    return elapsed(since: start)
  }.value
  await echo.value
  return time / Int64(count)
}

/// Room for one number between one sender and one receiver. The sender waits for some answer before
/// it sends again.
///
///     empty ── send ──▶ full ── receive ──▶ empty
///     empty ── receive ──▶ awaited ── send (resumes the receiver) ──▶ empty
final class Slot: Sendable {
  private enum State {
    static let empty: UInt8 = 0
    static let full: UInt8 = 1
    static let awaited: UInt8 = 2
  }

  private let state = Atomic<UInt8>(State.empty)
  /// The sender's until `full`, then the receiver's.
  private nonisolated(unsafe) var value = 0
  /// The receiver's until `awaited`, then the sender's.
  private nonisolated(unsafe) var receiver: UnsafeContinuation<Int, Never>?

  func send(_ value: Int) {
    self.value = value
    if state.exchange(State.full, ordering: .acquiringAndReleasing) == State.awaited {
      let receiver = receiver.unsafelyUnwrapped
      state.store(State.empty, ordering: .relaxed)  // Published by the resumption.
      receiver.resume(returning: value)
    }
  }

  func receive() async -> Int {
    if state.load(ordering: .acquiring) == State.full { return take() }
    return await withUnsafeContinuation { continuation in
      receiver = continuation
      let (isAwaited, _) = state.compareExchange(
        expected: State.empty, desired: State.awaited, ordering: .acquiringAndReleasing)
      if !isAwaited { continuation.resume(returning: take()) }
    }
  }

  private func take() -> Int {
    let value = value
    state.store(State.empty, ordering: .releasing)
    return value
  }
}
