import TestSupport
import Webble
import WebbleTesting

@MainActor func testClockTests() {
  test("a test's clock wakes sleepers when their deadlines have come", timeLimit: testLimit) {
    let clock = TestClock()
    let woken = Mutex<[Int]>([])
    let tasks = [30, 10, 20].map { seconds in
      Task { @MainActor in
        try? await clock.sleep(for: .seconds(seconds))
        let now = Int(clock.now.offset.components.seconds)
        woken.withLock { $0 += [seconds, now] }
      }
    }
    await clock.waitForSleepers(3)
    await clock.advance(by: .seconds(10))
    await tasks[1].value
    await clock.advance(by: .seconds(19))
    await tasks[2].value
    expectEqual(clock.sleeperCount, 1)
    await clock.advance(by: .seconds(1))
    await tasks[0].value
    expectEqual(woken.withLock { $0.enumerated().filter { $0.offset % 2 == 0 }.map { $0.element } }, [10, 20, 30])
    expectEqual(woken.withLock { $0[1] }, 10)
    expect(clock.now == TestClock.Instant(offset: .seconds(30)))
  }

  test("a task sleeps again and again on a test's clock", timeLimit: testLimit) {
    let clock = TestClock()
    var ticks: [Int64] = []
    let task = Task { @MainActor in
      for _ in 0..<4 {
        try? await Task.sleep(for: .seconds(5), clock: clock)
        ticks.append(clock.now.offset.components.seconds)
      }
    }
    for _ in 0..<4 {
      await clock.waitForSleepers()
      await clock.advance(by: .seconds(5))
    }
    await task.value
    expectEqual(ticks, [5, 10, 15, 20])
  }

  // Natively whoever sleeps leaves the main thread for that, and may come back late.
  #if arch(wasm32)
    test("on the main thread each sleeper sees its own deadline", timeLimit: testLimit) {
      let clock = TestClock()
      var seen: [Int64] = []
      let tasks = [7, 3].map { seconds in
        Task { @MainActor in
          for _ in 0..<2 {
            try? await clock.sleep(for: .seconds(seconds))
            seen.append(clock.now.offset.components.seconds)
          }
        }
      }
      await clock.waitForSleepers(2)
      await clock.advance(by: .seconds(20))
      for task in tasks { await task.value }
      expectEqual(seen, [3, 6, 7, 14])
      expect(clock.now == TestClock.Instant(offset: .seconds(20)))
    }
  #endif

  test("a cancelled sleeper leaves a test's clock", timeLimit: testLimit) {
    let clock = TestClock()
    let sleeps = (0..<2).map { _ in
      Task { (try? await clock.sleep(for: .seconds(1))) != nil }
    }
    // One before it sleeps, one while it does.
    sleeps[0].cancel()
    expect(await !sleeps[0].value)
    await clock.waitForSleepers()
    sleeps[1].cancel()
    expect(await !sleeps[1].value)
    expectEqual(clock.sleeperCount, 0)
  }

  test("workers sleep on a test's clock", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let clock = TestClock()
    let handles = (0..<10).map { number in
      pool.spawnStealable {
        try? await clock.sleep(for: .seconds(number % 2 + 1))
        return clock.now.offset
      }
    }
    await clock.waitForSleepers(10)
    await clock.advance(by: .seconds(2))
    for handle in handles { expect(await handle.value >= .seconds(1)) }
    expectEqual(clock.sleeperCount, 0)
    await pool.shutdown()
  }
}
