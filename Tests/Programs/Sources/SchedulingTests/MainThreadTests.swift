import TestSupport
import Webble
import WebbleTesting

// A browser's main thread must not wait on an atomic: it traps if it does. These do, on main, while all
// workers do the same, what would take any lock that main shares with them.
@MainActor func mainThreadTests() {
  test("main awaits ten thousand handles while workers do the same", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let other = try! ThreadPool(workerCount: 2)
    let mayEnd = Flag()
    let rivals = (0..<2).map { worker in
      other.spawn(on: worker) {
        var sum = 0
        while !mayEnd.isSet { sum += await pool.spawn { 1 }.value }
        return sum
      }
    }
    var sum = 0
    for number in 0..<5000 {
      sum += await pool.spawn { number }.value
      sum += await pool.spawnStealable { number }.value
    }
    expectEqual(sum, 2 * 12_497_500)
    mayEnd.set()
    for rival in rivals { _ = await rival.value }
    await pool.shutdown()
    await other.shutdown()
  }

  test("main spawns a hundred thousand tasks in a row while workers spawn", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    let ran = Counter()
    let spawners = (0..<2).map { worker in
      pool.spawn(on: worker) {
        for number in 0..<20_000 {
          pool.spawn(on: number % 2) { ran.increment() }
        }
      }
    }
    for number in 0..<100_000 {
      if number % 2 == 0 {
        pool.spawn { ran.increment() }
      } else {
        pool.spawnStealable { ran.increment() }
      }
    }
    for spawner in spawners { await spawner.value }
    expect(await eventually { ran.value == 140_000 }, "\(ran.value) ran")
    expect(await eventually { pool.loads == [0, 0] }, "\(pool.loads)")
    await pool.shutdown()
  }

  test("main allocates and frees while workers do", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    let mayEnd = Flag()
    let rivals = (0..<2).map { worker in
      pool.spawn(on: worker) {
        var kept: [[Int]] = []
        while !mayEnd.isSet {
          kept.append([Int](repeating: worker, count: 1 + kept.count * 37 % 3000))
          if kept.count == 100 { kept.removeAll() }
          await Task.yield()
        }
      }
    }
    var kept: [[Int]] = []
    for round in 0..<20_000 {
      kept.append([Int](repeating: round, count: 1 + round * 37 % 3000))
      if kept.count == 100 { kept.removeAll() }
      if !hasThreads, round % 100 == 0 { await Task.yield() }
    }
    mayEnd.set()
    for rival in rivals { await rival.value }
    await pool.shutdown()
  }

  test("main cancels, polls and drops handles while workers finish them", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    var finished = 0
    for round in 0..<3000 {
      let handle = pool.spawn {
        await withTaskCancellationHandler {
          await Task.yield()
          return 1
        } onCancel: {
        }
      }
      handle.cancel()
      finished += handle.tryRecv() ?? 0
      if round % 50 == 0 { finished += await handle.value }
    }
    expect(finished >= 60)
    expect(await eventually { pool.loads == [0, 0] })
    await pool.shutdown()
  }

  test("main and workers meet in actors, continuations and on each other", timeLimit: testLimit) {
    actor Meeting {
      var count = 0
      func visit() { count += 1 }
    }
    let pool = try! ThreadPool(workerCount: 2)
    pool.becomeGlobalExecutor()
    let meeting = Meeting()
    let rivals = (0..<2).map { worker in
      pool.spawn(on: worker) {
        for _ in 0..<2000 {
          await meeting.visit()
          await withUnsafeContinuation { continuation in onMain { continuation.resume() } }
        }
      }
    }
    for _ in 0..<2000 {
      await meeting.visit()
      await withUnsafeContinuation { continuation in pool.spawn { continuation.resume() } }
    }
    for rival in rivals { await rival.value }
    expectEqual(await meeting.count, 6000)
    await pool.shutdown()
  }
}
