import TestSupport
import Webble
import WebbleTesting

@MainActor func sleepTests() {
  test("a sleep lasts at least as long as it was asked for, on main and on workers",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 2)
    @Sendable func isLongEnough(_ milliseconds: Int) async -> Bool {
      let start = ContinuousClock.now
      try? await Task.sleep(for: .milliseconds(milliseconds))
      return ContinuousClock.now - start >= .milliseconds(milliseconds)
    }
    for length in [0, 1, 5, 20] {
      expect(await isLongEnough(length), "main, \(length) ms")
      expect(await pool.spawn { await isLongEnough(length) }.value, "pinned, \(length) ms")
      expect(await pool.spawnStealable { await isLongEnough(length) }.value, "stealable")
    }
    let start = ContinuousClock.now
    await sleep(milliseconds: 3)
    try? await Task.sleep(nanoseconds: 2_000_000)
    try? await ContinuousClock().sleep(until: .now + .milliseconds(2))
    expect(ContinuousClock.now - start >= .milliseconds(7))
    await pool.shutdown()
  }

  test("sleeps of no or negative length return", timeLimit: testLimit) {
    try? await Task.sleep(for: .seconds(-5))
    try? await Task.sleep(nanoseconds: 0)
    await sleep(milliseconds: -1)
    try? await ContinuousClock().sleep(until: .now - .seconds(1))
  }

  test("sleepers wake in the order of their deadlines", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    final class Log { var order: [Int] = [] }
    @Sendable func wakeUps() async -> [Int] {
      let log = Log()
      // One origin for all deadlines: what matters is their order.
      let start = ContinuousClock.now + .milliseconds(5)
      let handles = [4, 1, 3, 0, 2].map { number in
        spawnLocal {
          try? await ContinuousClock().sleep(until: start + .milliseconds(2 * number))
          log.order.append(number)
        }
      }
      for handle in handles { await handle.value }
      return log.order
    }
    let onWorker = await pool.spawn { await wakeUps() }.value
    expect(onWorker == [0, 1, 2, 3, 4], "\(onWorker)")
    await pool.shutdown()
  }

  test("a thousand sleepers on one thread all wake", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let handles = (0..<1000).map { number in
      pool.spawn { try? await Task.sleep(for: .microseconds(number * 17 % 20_000)) }
    }
    for handle in handles { _ = await handle.value }
    expect(pool.loads == [0])
    await pool.shutdown()
  }

  test("cancelling ends a sleep at once, from its own thread and from another", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    @Sendable func isCancelledInSleep(_ begun: Signal) async -> Bool {
      begun.fire()
      do throws(ThrownCancellation) {
        try await Task.sleep(for: .seconds(3600))
        return false
      } catch { return true }
    }
    let start = ContinuousClock.now
    for _ in 0..<50 {
      let begun = Signal()
      let work = pool.spawn(on: 0) { await isCancelledInSleep(begun) }
      await begun.wait()
      work.cancel()
      expect(await work.value, "from main")
      let begunAgain = Signal()
      let other = pool.spawn(on: 0) { await isCancelledInSleep(begunAgain) }
      await pool.spawn(on: 0) {
        await begunAgain.wait()
        other.cancel()
      }.value
      expect(await other.value, "from its own worker")
    }
    let mine = Task { await isCancelledInSleep(Signal()) }
    await Task.yield()
    mine.cancel()
    expect(await mine.value, "on main")
    expect(ContinuousClock.now - start < .seconds(10))
    await pool.shutdown()
  }

  test("a sleep in a cancelled task throws without sleeping", timeLimit: testLimit) {
    let mayGoOn = Signal()
    let task = Task {
      await mayGoOn.wait()
      do throws(ThrownCancellation) {
        try await Task.sleep(for: .seconds(3600))
        return false
      } catch { return true }
    }
    task.cancel()
    mayGoOn.fire()
    expect(await task.value)
  }

  test("cancels race with the ends of sleeps", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    for number in 0..<150 {
      let work = pool.spawn(on: 0) {
        do throws(ThrownCancellation) {
          try await Task.sleep(for: .microseconds(number * 10))
          return 1
        } catch { return 2 }
      }
      pool.spawn(on: 1) { work.cancel() }
      let result = await work.value
      expect(result == 1 || result == 2)
    }
    await pool.shutdown()
  }

  test("a sleeper does not keep its thread from other work", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let asleep = pool.spawn {
      do throws(ThrownCancellation) { try await Task.sleep(for: .seconds(3600)) } catch {}
    }
    for number in 0..<100 { expectEqual(await pool.spawn { number }.value, number) }
    expect(!asleep.isFinished)
    asleep.cancel()
    await asleep.value
    await pool.shutdown()
  }
}
