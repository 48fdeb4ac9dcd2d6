import TestSupport
import Webble
import WebbleTesting

/// A worker counts a batch when the batch is over, which is after what ran in it was seen to end.
@MainActor func metricsTests() {
  test("metrics count each worker's polls, and no other's", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    for _ in 0..<10 { await pool.spawn(on: 1) {}.value }
    expect(await eventually { pool.metrics.workers[1].pollsCount >= 10 })
    let metrics = pool.metrics
    expectEqual(metrics.workersCount, 2)
    expectEqual(metrics.workers[1].index, 1)
    expectEqual(metrics.workers[1].pollsCount, 10)
    expectEqual(metrics.workers[0].pollsCount, 0)
    expectEqual(metrics.totalPollsCount, 10)
    await pool.shutdown()
  }

  test("metrics tell busy time, and polls longer than a slice", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    await pool.spawn { spin(for: .milliseconds(12)) }.value
    expect(await eventually { pool.metrics.totalLongPollsCount == 1 })
    expect(pool.metrics.totalBusyDuration >= .milliseconds(12), "\(pool.metrics.totalBusyDuration)")
    await pool.shutdown()
  }

  test("metrics tell what waits, and the most that has waited", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    if hasThreads {
      let isHeld = Signal(), end = Signal()
      let holder = pool.spawn { isHeld.fire(); spin { end.hasFired } }
      await isHeld.wait()
      let rest = (0..<5).map { _ in pool.spawn {} }
      let stealable = (0..<3).map { _ in pool.spawnStealable {} }
      expectEqual(pool.metrics.totalLocalQueueDepth, 5)
      expectEqual(pool.metrics.injectionQueueDepth, 3)
      expectEqual(pool.metrics.livePinnedTasksCount, 6)
      end.fire()
      await holder.value
      for one in rest + stealable { await one.value }
      let peak = pool.metrics.workers[0].mailboxPeak
      expect(peak >= 5 || peak == 0 && !pool.dump().recordsTasks, "\(peak)")
    }
    expectEqual(pool.metrics.totalLocalQueueDepth, 0)
    expectEqual(pool.metrics.livePinnedTasksCount, 0)
    await pool.shutdown()
  }

  test("metrics count steals, sleeps and wake-ups", timeLimit: testLimit) {
    guard hasThreads else { return }
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    // What worker 0 makes lies in its deque while it is held: only a thief runs it.
    let ran = Signal()
    await pool.spawn(on: 0) {
      pool.spawnStealable { ran.fire() }
      spin { ran.hasFired }
    }.value
    expect(await eventually { pool.metrics.workers[1].stealOperations >= 1 })
    expect(pool.metrics.workers[1].stealCount >= (pool.dump().recordsTasks ? 1 : 0))
    expectEqual(pool.metrics.workers[0].stealCount, 0)
    expect(await eventually { pool.metrics.totalParkCount > 0 })
    let wakes = pool.metrics.workers[0].wakeCount
    let parks = pool.metrics.workers[0].parkCount
    expect(await eventually { pool.metrics.workers[0].parkCount > wakes })
    await pool.spawn(on: 0) {}.value
    expect(await eventually { pool.metrics.workers[0].wakeCount > wakes })
    expect(await eventually { pool.metrics.workers[0].parkCount > parks })
    await pool.shutdown()
  }

  test("histograms tell what polls took and how long tasks waited, once they are asked for", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    await pool.spawn {}.value
    expect(pool.metrics.pollTimeHistogram == nil)
    expect(pool.metrics.scheduledDurationHistogram == nil)
    pool.recordTimes()
    pool.recordTimes()
    let long = pool.spawn { spin(for: .milliseconds(12)) }
    let next = pool.spawn {}
    await long.value
    await next.value
    expect(await eventually { pool.metrics.totalPollsCount == 3 })
    let metrics = pool.metrics
    // On the web, in builds for inspection only.
    if let polls = metrics.pollTimeHistogram {
      // Natively the second may run in place of the first, as part of its poll.
      expect(polls.count == 2 || !pool.dump().recordsTasks && polls.count == 1, "\(polls.count)")
      expectEqual(polls.buckets.filter { $0.range.upperBound > .milliseconds(12) }.reduce(0) { $0 + $1.count }, 1)
      expect(polls.quantile(1) > .milliseconds(12), "\(polls.quantile(1))")
      expectEqual(metrics.workers[0].pollTimeHistogram?.count, polls.count)
    }
    if pool.dump().recordsTasks {
      let waits = metrics.scheduledDurationHistogram
      expectEqual(waits?.count, 2)
      // The second had to wait for the first.
      expect((waits?.quantile(1) ?? .zero) > .milliseconds(12), "\(waits?.quantile(1) ?? .zero)")
      expect(metrics.pollTimeHistogram != nil)
    } else {
      expect(metrics.scheduledDurationHistogram == nil)
    }
    await pool.shutdown()
  }
}
