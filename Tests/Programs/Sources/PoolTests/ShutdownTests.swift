import TestSupport
import Webble
import WebbleTesting

@MainActor func shutdownTests() {
  test("shutdown is idempotent, in a row and at once", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let waiters = (0..<5).map { _ in Task { await pool.shutdown() } }
    await pool.shutdown()
    await pool.shutdown()
    for waiter in waiters { await waiter.value }
  }

  test("work spawned on a pool that was shut down is abandoned at once", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    await pool.shutdown()
    let ran = Flag()
    let handles = [
      pool.spawn { ran.set() }, pool.spawn(on: 1) { ran.set() }, pool.spawnStealable { ran.set() },
    ]
    for handle in handles {
      expect(handle.isAbandoned)
      expect(handle.isFinished)
      expect(handle.tryRecv() == nil)
      expect(handle.checkRelease() == nil)
      if case .abandoned = await handle.result {} else { expect(false, "result") }
    }
    expect(!ran.isSet)
    expect(pool.loads == [0, 0], "\(pool.loads)")
    expectEqual(pool.waitingTaskCount, 0)
  }

  test("work that never ran is abandoned, and its captures die", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let alive = Counter()
    var handles: [WorkerHandle<Int, Never>] = []
    for _ in 0..<50 {
      let captured = Tracked(in: alive)
      handles.append(pool.spawn { captured.number })
      handles.append(pool.spawnStealable { captured.number })
    }
    // On this thread nothing has come between: without threads none of them has run.
    await pool.shutdown()
    var abandoned = 0
    for handle in handles {
      switch await handle.result {
      case .success(0): expect(handle.tryRecv() == 0)
      case .abandoned:
        abandoned += 1
        expect(handle.isAbandoned && handle.tryRecv() == nil)
      default: expect(false)
      }
    }
    if !hasThreads { expectEqual(abandoned, 100) }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    expect(pool.loads == [0, 0], "\(pool.loads)")
  }

  test("shutdown lets a running job reach its suspension point", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    try! await pool.ready()
    let isRunning = Flag()
    let mayEnd = Flag()
    let reached = Flag()
    let handle = pool.spawn {
      isRunning.set()
      if hasThreads { spin { mayEnd.isSet } }
      reached.set()
      try? await Task.sleep(for: .seconds(100))
    }
    expect(await eventually { isRunning.isSet })
    let shutdown = Task { await pool.shutdown() }
    mayEnd.set()
    await shutdown.value
    expect(reached.isSet)
    if case .abandoned = await handle.result {} else { expect(false, "it was asleep") }
  }

  test("suspended work is abandoned when its wait ends, or with its timer", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let end = Signal()
    let begun = (0..<3).map { _ in Signal() }
    let asleep = pool.spawn {
      begun[0].fire()
      try? await Task.sleep(for: .seconds(100))
    }
    let waiting = pool.spawn {
      begun[1].fire()
      await end.wait()
    }
    let stealable = pool.spawnStealable {
      begun[2].fire()
      try? await Task.sleep(for: .seconds(100))
    }
    for signal in begun { await signal.wait() }
    await pool.shutdown()
    end.fire()
    for handle in [asleep, waiting, stealable] {
      if case .abandoned = await handle.result {} else { expect(false, "result") }
    }
    expect(pool.loads == [0, 0], "\(pool.loads)")
  }

  test("whoever awaits the result of abandoned work, on whatever thread, is told",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 1)
    let other = try! ThreadPool(workerCount: 2)
    let begun = Signal()
    let work = pool.spawn {
      begun.fire()
      try? await Task.sleep(for: .seconds(100))
    }
    await begun.wait()
    let isAbandoned: @Sendable () async -> Bool = {
      if case .abandoned = await work.result { true } else { false }
    }
    let waiters = [
      other.spawn(isAbandoned), other.spawnStealable(isAbandoned), onMain { await isAbandoned() },
    ]
    await other.spawn(on: 0) {}.value
    await pool.shutdown()
    for waiter in waiters { expect(await waiter.value) }
    await other.shutdown()
  }

  test("shutdown from a worker of another pool, and from one of its own", timeLimit: testLimit) {
    let first = try! ThreadPool(workerCount: 1)
    let second = try! ThreadPool(workerCount: 1)
    await second.spawn { await first.shutdown() }.value
    if case .abandoned = await first.spawn({}).result {} else { expect(false, "first is open") }
    let hasGoneOn = Flag()
    let caller = second.spawn {
      await second.shutdown()
      hasGoneOn.set()
    }
    if case .abandoned = await caller.result {} else { expect(false, "the caller has gone on") }
    await second.shutdown()
    expect(!hasGoneOn.isSet)
  }

  test("a pool shut down before its workers run: ready says so, work is abandoned",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 2)
    let handle = pool.spawnStealable {}
    let ready = Task { () -> ThreadPoolError? in
      do throws(ThreadPoolError) {
        try await pool.ready()
        return nil
      } catch {
        return error
      }
    }
    await pool.shutdown()
    let error = await ready.value
    // Elsewhere they may be faster.
    expect(error == .shutDown || error == nil && !(hasThreads && isOnWeb))
    _ = await handle.result
    expect(handle.isFinished)
  }

  test("shutdown while workers spawn on the pool loses no handle", timeLimit: testLimit) {
    for _ in 0..<10 {
      let pool = try! ThreadPool(workerCount: 2)
      let other = try! ThreadPool(workerCount: 2)
      let spawners = (0..<2).map { index in
        other.spawn(on: index) {
          var handles: [WorkerHandle<Void, Never>] = []
          for number in 0..<300 {
            handles.append(number % 2 == 0 ? pool.spawn {} : pool.spawnStealable {})
            if number % 50 == 0 { await Task.yield() }
          }
          for handle in handles { _ = await handle.result }
          return handles.allSatisfy { $0.isFinished }
        }
      }
      _ = await pool.spawn {}.result
      await pool.shutdown()
      for spawner in spawners { expect(await spawner.value) }
      expect(pool.loads == [0, 0], "\(pool.loads)")
      await other.shutdown()
    }
  }
}
