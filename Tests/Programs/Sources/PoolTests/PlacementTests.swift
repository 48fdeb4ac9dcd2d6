import TestSupport
import Webble
import WebbleTesting

@MainActor func placementTests() {
  test("pinned work goes to the worker with the fewest live tasks", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 4)
    let end = (0..<10).map { _ in Signal() }
    // Two fill worker 2; eight more fill the others before it gets a third.
    var handles = (0..<2).map { index in pool.spawn(on: 2) { await end[index].wait() } }
    expect(pool.loads == [0, 0, 2, 0])
    handles += (2..<8).map { index in pool.spawn { await end[index].wait() } }
    expect(pool.loads == [2, 2, 2, 2], "\(pool.loads)")
    handles += (8..<10).map { index in pool.spawn { await end[index].wait() } }
    expectEqual(pool.loads.reduce(0, +), 10)
    expectEqual(pool.loads.max()!, 3)
    end.forEach { $0.fire() }
    for handle in handles { await handle.value }
    expect(pool.loads == [0, 0, 0, 0], "\(pool.loads)")
    await pool.shutdown()
  }

  test("a load is released before its result is seen: 400 awaited spawns from main, one worker",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    var elsewhere = 0
    for _ in 0..<400 {
      let thread = await pool.spawn { ThreadID.current }.value
      if thread != .worker(0) { elsewhere += 1 }
      expect(pool.loads == [0, 0])
    }
    expectEqual(elsewhere, 0)
    await pool.shutdown()
  }

  test("a load is released before tryRecv has the result", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    for _ in 0..<200 {
      let handle = pool.spawn(on: 1) { 1 }
      while handle.tryRecv() == nil { await Task.yield() }
      expect(pool.loads == [0, 0])
    }
    await pool.shutdown()
  }

  test("awaited spawns from a worker all go to the other worker", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let elsewhere = await pool.spawn(on: 0) {
      var elsewhere = 0
      for _ in 0..<200 where await pool.spawn({ ThreadID.current }).value != .worker(1) {
        elsewhere += 1
      }
      return elsewhere
    }.value
    expectEqual(elsewhere, 0)
    await pool.shutdown()
  }

  test("work that throws, or was cancelled, releases its load too", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    for _ in 0..<20 {
      let failing = pool.spawn { () async throws(TestError) -> Int in throw .expected(0) }
      _ = await failing.result
      let cancelled = pool.spawn { try? await Task.sleep(for: .seconds(50)) }
      cancelled.cancel()
      await cancelled.value
    }
    expect(pool.loads == [0, 0])
    await pool.shutdown()
  }

  test("stealable work and spawnLocal are no load", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let end = Signal()
    let stealable = pool.spawnStealable { await end.wait() }
    expect(pool.loads == [0, 0])
    end.fire()
    await stealable.value
    let loads = await pool.spawn(on: 1) {
      let end = Signal()
      let local = spawnLocal { await end.wait() }
      let loads = pool.loads
      end.fire()
      await local.value
      return loads
    }.value
    expect(loads == [0, 1])
    await pool.shutdown()
  }

  test("waitingTaskCount counts what is ready and waits, of both tracks", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    try! await pool.ready()
    let isBusy = Flag()
    let mayEnd = Flag()
    let hog = pool.spawn {
      isBusy.set()
      if hasThreads { spin { mayEnd.isSet } }
    }
    if hasThreads { expect(await eventually { isBusy.isSet }) } else { await hog.value }
    let waiting = pool.waitingTaskCount
    expectEqual(waiting, 0)
    let pinned = (0..<10).map { _ in pool.spawn {} }
    let stealable = (0..<5).map { _ in pool.spawnStealable {} }
    expectEqual(pool.waitingTaskCount, 15)
    mayEnd.set()
    await hog.value
    for handle in pinned + stealable { await handle.value }
    expectEqual(pool.waitingTaskCount, 0)
    let end = Signal()
    let suspended = pool.spawn { await end.wait() }
    expect(await eventually { pool.waitingTaskCount == 0 }, "who is suspended does not wait")
    end.fire()
    await suspended.value
    await pool.shutdown()
  }
}
