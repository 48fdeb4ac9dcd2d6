#if arch(wasm32)
import Support

/// Suspends until the current code is cancelled, and journals that it was.
private func untilCancelled(_ journal: Journal<Int>, _ entry: Int) async {
  let gate = Gate()
  await withTaskCancellationHandler {
    await gate.wait()
  } onCancel: {
    journal.append(entry)
    gate.open()
  }
}

/// A clock whose time is moved by hand: its sleepers wake when they are told to.
private final class ManualClock: Clock, Identifiable, Sendable {
  struct Instant: InstantProtocol, Sendable {
    var number: Int64
    func advanced(by duration: Duration) -> Instant { Instant(number: number + duration.components.seconds) }
    func duration(to other: Instant) -> Duration { .seconds(other.number - number) }
    static func < (left: Instant, right: Instant) -> Bool { left.number < right.number }
  }

  let gate = Gate()
  let id: Int
  init(id: Int) { self.id = id }

  var now: Instant { Instant(number: 0) }
  var minimumResolution: Duration { .seconds(1) }
  func sleep(until deadline: Instant, tolerance: Duration?) async throws(CancellationError) {
    let gate = gate
    await withTaskCancellationHandler { await gate.wait() } onCancel: { gate.open() }
    try Task.checkCancellation()
  }
}

@MainActor func deadlineTests() {
  conformance("SE-0526: what ends in time returns or throws as ever") {
    expectEqual(await withDeadline(in: .seconds(60)) { 3 }, 3)
    do throws(TestError) {
      try await withDeadline(in: .seconds(60)) { () async throws(TestError) in throw .expected(5) }
      expect(false, "nothing was thrown")
    } catch { expectEqual(number(of: error), 5) }
  }

  conformance("SE-0526: at the deadline the operation is cancelled, and the task is not") {
    let journal = Journal<Int>()
    let inside = await withDeadline(in: .milliseconds(5)) {
      await untilCancelled(journal, 1)
      return Task.isCancelled && Task.cancellationReason == .deadlineExpired
    }
    expect(inside)
    expect(!Task.isCancelled && Task.cancellationReason == nil)
    expect(journal.entries == [1])
  }

  conformance("SE-0526: what ignores the deadline is waited for") {
    let end = ContinuousClock.now + .milliseconds(20)
    let number = await withDeadline(in: .milliseconds(1)) {
      while ContinuousClock.now < end { await Task.yield() }
      return 8
    }
    expectEqual(number, 8)
    expect(ContinuousClock.now >= end)
  }

  conformance("SE-0526: a deadline that has passed cancels an operation that still runs") {
    let journal = Journal<Int>()
    await withDeadline(ContinuousClock.now - .seconds(1)) { await untilCancelled(journal, 1) }
    expect(journal.entries == [1])
  }

  conformance("SE-0526: sleep throws at the deadline, and says why") {
    let reason = await withDeadline(in: .milliseconds(5)) { () -> CancellationError.Reason? in
      do throws(CancellationError) {
        try await Task.sleep(for: .seconds(60))
        return nil
      } catch { return error.reason }
    }
    expect(reason == .deadlineExpired)
  }

  conformance("SE-0526: children are cancelled at the deadline, those made before are not") {
    let gate = Gate()
    async let before = {
      await gate.wait()
      return Task.isCancelled
    }()
    let journal = Journal<Int>()
    await withDeadline(in: .milliseconds(5)) {
      async let child: Void = untilCancelled(journal, 1)
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await untilCancelled(journal, 2) }
      }
      await child
    }
    gate.open()
    expect(await !before)
    expectEqual(journal.count, 2)
  }

  conformance("SE-0526: the inner of two deadlines cancels what is in it only") {
    let journal = Journal<Int>()
    await withDeadline(in: .seconds(60)) {
      await withTaskCancellationHandler {
        await withDeadline(in: .milliseconds(5)) { await untilCancelled(journal, 1) }
        journal.append(2)
      } onCancel: {
        journal.append(3)
      }
    }
    expect(journal.entries == [1, 2])
  }

  conformance("SE-0526: the outer of two deadlines cancels the inner one's operation, too") {
    let journal = Journal<Int>()
    await withDeadline(in: .milliseconds(5)) {
      await withTaskCancellationHandler {
        await withDeadline(in: .seconds(60)) { await untilCancelled(journal, 1) }
      } onCancel: {
        journal.append(2)
      }
    }
    expect(journal.entries == [1, 2])
  }

  conformance("SE-0526: each clock has its own deadlines, of which the nearest is found") {
    let continuous = ContinuousClock()
    let suspending = SuspendingClock()
    let soon = continuous.now.advanced(by: .seconds(60))
    let later = suspending.now.advanced(by: .seconds(70))
    expect(!Task.hasActiveDeadline && Task.activeDeadline(for: continuous) == nil)
    await withDeadline(soon, clock: continuous) {
      await withDeadline(later, clock: suspending) {
        await withDeadline(soon.advanced(by: .seconds(30)), clock: continuous) {
          expect(Task.hasActiveDeadline)
          expect(Task.activeDeadline(for: continuous) == soon)
          expect(Task.activeDeadline(for: suspending) == later)
          async let inChild = Task.activeDeadline(for: continuous) == soon
          expect(await inChild)
          expect(await Task { !Task.hasActiveDeadline }.value)
        }
      }
    }
    expect(!Task.hasActiveDeadline)
  }

  conformance("SE-0526: clocks of the program's own, told apart by their names") {
    let clock = ManualClock(id: 1)
    let other = ManualClock(id: 2)
    let journal = Journal<Int>()
    await withDeadline(in: .seconds(9), clock: clock) {
      await withDeadline(in: .seconds(10), clock: other) {
        expectEqual(Task.activeDeadline(for: clock)?.number ?? 0, 9)
        expectEqual(Task.activeDeadline(for: other)?.number ?? 0, 10)
        expect(Task.activeDeadline(for: ContinuousClock()) == nil)
        clock.gate.open()
        await untilCancelled(journal, 1)
      }
    }
    expect(journal.entries == [1])
  }

  conformance("SE-0526: a task that is cancelled is cancelled inside of its deadline") {
    let begun = Gate()
    let task = Task {
      await withDeadline(in: .seconds(60)) {
        let gate = Gate()
        await withTaskCancellationHandler {
          begun.open()
          await gate.wait()
        } onCancel: {
          gate.open()
        }
        return Task.cancellationReason == .userRequested
      }
    }
    await begun.wait()
    task.cancel()
    expect(await task.value)
  }

  conformance("SE-0526: a shield inside a deadline keeps it off, and may hold one of its own") {
    let journal = Journal<Int>()
    await withDeadline(in: .milliseconds(1)) {
      await withTaskCancellationShield {
        let end = ContinuousClock.now + .milliseconds(10)
        while ContinuousClock.now < end { await Task.yield() }
        expect(!Task.isCancelled)
        await withDeadline(in: .milliseconds(5)) { await untilCancelled(journal, 1) }
      }
      expect(Task.isCancelled)
    }
    expect(journal.entries == [1])
  }

  conformance("SE-0526: the first reason for a cancellation stays, and handlers are told it") {
    let gate = Gate()
    let begun = Gate()
    let journal = Journal<CancellationError.Reason>()
    let task = Task.detached {
      await withTaskCancellationHandler {
        begun.open()
        await gate.wait()
      } onCancel: { (reason: CancellationError.Reason) in
        journal.append(reason)
      }
      do throws(CancellationError) { try Task.checkCancellation() } catch { journal.append(error.reason) }
    }
    await begun.wait()
    task.cancel(reason: .deadlineExpired)
    task.cancel()
    gate.open()
    await task.value
    expect(journal.entries == [.deadlineExpired, .deadlineExpired])
  }

  conformance("SE-0526: a group's children learn why they were cancelled") {
    let reason = await withTaskGroup(of: CancellationError.Reason?.self) { group in
      group.cancelAll(reason: .deadlineExpired)
      group.addTask { Task.cancellationReason }
      return await group.next() ?? nil
    }
    expect(reason == .deadlineExpired)
    expect(CancellationError().reason == .userRequested)
  }

  conformance("SE-0526: deadlines that come while their operations end") {
    let calls = Counter()
    await withTaskCancellationHandler {
      for round in 0..<300 {
        let end = ContinuousClock.now + .microseconds(round)
        let isDone = await withDeadline(end) {
          while ContinuousClock.now < end { await Task.yield() }
          return true
        }
        expect(isDone && !Task.isCancelled)
      }
    } onCancel: {
      calls.increment()
    }
    expectEqual(calls.value, 0)
  }

  conformance("SE-0526: what cannot be copied comes out of a deadline") {
    struct Ticket: ~Copyable { let number: Int }
    let ticket = await withDeadline(in: .seconds(60)) { Ticket(number: 6) }
    expectEqual(ticket.number, 6)
  }
}
#endif
