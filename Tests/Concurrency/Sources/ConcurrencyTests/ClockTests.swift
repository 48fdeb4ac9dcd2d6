import Support

/// A clock that another task moves. Its sleepers wake in the order of their deadlines.
private final class ManualClock: Clock, Sendable {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let state = Locked<(now: Instant, sleepers: [(Instant, Gate)])>(
    (Instant(offset: .zero), []))

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .nanoseconds(1) }
  var sleeperCount: Int { state.withLock { $0.sleepers.count } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws(ThrownCancellation) {
    let gate = Gate()
    state.withLock { $0.sleepers.append((deadline, gate)) }
    await gate.wait()
    try Task.checkCancellation()
  }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.0 <= state.now }.sorted { $0.0 < $1.0 }
      state.sleepers.removeAll { $0.0 <= state.now }
      return due
    }
    for (_, gate) in due { gate.open() }
  }
}

@MainActor func clockTests() {
  conformance("SE-0329: clocks do not go backwards") {
    var last = ContinuousClock.now
    var lastSuspending = SuspendingClock.now
    for _ in 0..<1000 {
      let (next, nextSuspending) = (ContinuousClock.now, SuspendingClock.now)
      expect(next >= last && nextSuspending >= lastSuspending)
      (last, lastSuspending) = (next, nextSuspending)
    }
  }

  conformance("SE-0329: instants and durations add and subtract") {
    let start = ContinuousClock.now
    let later = start + .milliseconds(1500)
    expect(later - start == .milliseconds(1500))
    expect(start.duration(to: later) == .milliseconds(1500))
    expect(later.advanced(by: .milliseconds(-1500)) == start)
    expect(later - .seconds(1.5) == start)
    expect(start < later)
    var moving = start
    moving += .seconds(2)
    moving -= .milliseconds(500)
    expect(moving == later)
    expectEqual(Set([start, later, moving]).count, 2)
  }

  conformance("SE-0329: instants of the suspending clock as well") {
    let start = SuspendingClock().now
    expect((start + .seconds(3)) - start == .seconds(3))
    expect((start - .seconds(3)) < start)
  }

  conformance("SE-0329: instants are as exact as durations, and reach as far") {
    let start = ContinuousClock.now
    let short = Duration(secondsComponent: 0, attosecondsComponent: 1)
    expect(start.advanced(by: short) > start)
    expect(start.duration(to: start + short) == short)
    for years in [-1000, 1000, 1_000_000_000] {
      let long = Duration.seconds(Int64(years) * 31_556_952)
      let far = start + long
      expect(far - start == long && far.advanced(by: .zero - long) == start)
      expect((far < start) == (years < 0))
      let suspending = SuspendingClock.now
      expect((suspending + long).duration(to: suspending) == .zero - long)
    }
  }

  conformance("SE-0329: a deadline of long ago has passed, one of aeons hence has not") {
    let clock = ContinuousClock()
    let aeon = Duration.seconds(Int64(1_000_000_000_000))
    try? await clock.sleep(until: clock.now - .seconds(1))
    // Natively such a deadline is an overflow.
    #if arch(wasm32)
    try? await clock.sleep(until: clock.now - aeon)
    let sleeper = Task { try? await clock.sleep(until: clock.now + aeon) }
    await Task.yield()
    sleeper.cancel()
    await sleeper.value
    #endif
  }

  conformance("SE-0329: resolutions are positive and below a millisecond") {
    expect(ContinuousClock().minimumResolution > .zero)
    expect(ContinuousClock().minimumResolution < .milliseconds(1))
    expect(SuspendingClock().minimumResolution > .zero)
    expect(SuspendingClock().minimumResolution < .milliseconds(1))
  }

  conformance("SE-0473: both clocks have an epoch, not after now") {
    expect(ContinuousClock().systemEpoch <= .now)
    expect(SuspendingClock().systemEpoch <= .now)
  }

  conformance("SE-0329: sleep(until:) lasts until the deadline") {
    let deadline = ContinuousClock.now + .milliseconds(3)
    try? await Task.sleep(until: deadline)
    expect(ContinuousClock.now >= deadline)
    let second = ContinuousClock.now + .milliseconds(3)
    try? await Task.sleep(until: second, tolerance: .milliseconds(1), clock: .continuous)
    expect(ContinuousClock.now >= second)
    let third = SuspendingClock.now + .milliseconds(3)
    try? await Task.sleep(until: third, clock: .suspending)
    expect(SuspendingClock.now >= third)
  }

  conformance("SE-0374: sleep(for:) on a clock") {
    let start = ContinuousClock.now
    try? await Task.sleep(for: .milliseconds(2))
    try? await Task.sleep(for: .milliseconds(2), tolerance: .milliseconds(1))
    try? await Task.sleep(for: .milliseconds(2), clock: .suspending)
    try? await Task.sleep(for: .milliseconds(2), tolerance: .zero, clock: .continuous)
    try? await ContinuousClock().sleep(for: .milliseconds(2))
    expect(ContinuousClock.now - start >= .milliseconds(9))
  }

  conformance("SE-0329: deadlines that have passed do not wait") {
    try? await Task.sleep(until: .now - .seconds(10))
    try? await SuspendingClock().sleep(until: .now - .seconds(10), tolerance: nil)
  }

  conformance("SE-0329: cancellation ends a sleep on any clock") {
    let tasks = [
      Task { () -> Bool in
        do throws(ThrownCancellation) {
          try await Task.sleep(until: .now + .seconds(3600))
          return false
        } catch { return isCancellation(error) }
      },
      Task {
        do throws(ThrownCancellation) {
          try await Task.sleep(for: .seconds(3600), clock: .suspending)
          return false
        } catch { return isCancellation(error) }
      },
      Task {
        do throws(ThrownCancellation) {
          try await ContinuousClock().sleep(until: .now + .seconds(3600))
          return false
        } catch { return isCancellation(error) }
      },
    ]
    await Task.yield()
    for task in tasks { task.cancel() }
    for task in tasks { expect(await task.value) }
  }

  conformance("SE-0329: measure tells how long work takes") {
    let clock = ContinuousClock()
    let synchronous = clock.measure {
      let end = ContinuousClock.now + .milliseconds(2)
      while ContinuousClock.now < end {}
    }
    expect(synchronous >= .milliseconds(2))
    let asynchronous = await SuspendingClock().measure {
      try? await Task.sleep(for: .milliseconds(2), clock: .suspending)
    }
    expect(asynchronous >= .milliseconds(2))
  }

  conformance("SE-0329: measure runs its work on the caller's actor") {
    var calls = 0
    _ = await ContinuousClock().measure {
      calls += 1
      await Task.yield()
      expect(isOnMainThread)
      calls += 1
    }
    expectEqual(calls, 2)
  }

  conformance("SE-0329: measure passes on the work's error") {
    do throws(Thrown) {
      _ = try ContinuousClock().measure { () throws(Thrown) in throw TestError.expected(1) }
      expect(false)
    } catch { expect(number(of: error) == 1) }
    do throws(Thrown) {
      _ = try await ContinuousClock().measure { () async throws(Thrown) in
        await Task.yield()
        throw TestError.expected(2)
      }
      expect(false)
    } catch { expect(number(of: error) == 2) }
  }

  conformance("SE-0329: a clock of one's own drives Task.sleep") {
    let clock = ManualClock()
    let journal = Journal<Int>()
    let sleepers = [3, 1, 2].map { seconds in
      Task { @MainActor in
        try? await Task.sleep(until: .init(offset: .seconds(seconds)), clock: clock)
        journal.append(seconds)
      }
    }
    expect(await eventually { clock.sleeperCount == 3 })
    for passed in 1...3 {
      clock.advance(by: .seconds(1))
      expect(await eventually { journal.count == passed })
    }
    for sleeper in sleepers { await sleeper.value }
    expect(journal.entries == [1, 2, 3])
  }

  conformance("SE-0374: a clock of one's own sleeps for a duration, and measures") {
    let clock = ManualClock()
    let task = Task { @MainActor in
      await clock.measure { try? await clock.sleep(for: .seconds(5)) }
    }
    expect(await eventually { clock.sleeperCount == 1 })
    clock.advance(by: .seconds(4))
    expectEqual(clock.sleeperCount, 1)
    clock.advance(by: .seconds(2))
    expect(await task.value == .seconds(6))
  }

  conformance("SE-0329: a generic function takes any clock") {
    func pause<C: Clock>(on clock: C) async -> Bool where C.Duration == Duration {
      let start = clock.now
      try? await clock.sleep(until: start.advanced(by: .milliseconds(1)), tolerance: nil)
      return start.duration(to: clock.now) >= .milliseconds(1)
    }
    expect(await pause(on: .continuous))
    expect(await pause(on: .suspending))
  }
}
