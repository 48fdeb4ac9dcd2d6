import TestSupport
import Webble
import WebbleTesting

private func index(_ thread: ThreadID?) -> Int? {
  if case .worker(let index) = thread { index } else { nil }
}

@MainActor func stealingTests() {
  test("stealable work whose worker is kept busy goes on elsewhere at its next wake",
    timeLimit: testLimit
  ) {
    guard hasThreads else { return }
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    for _ in 0..<20 {
      let mayGoOn = Signal()
      let mayEnd = Flag()
      let isWaiting = Signal()
      let first = Counter()
      let work = pool.spawnStealable {
        first.increment(by: index(.current)!)
        isWaiting.fire()
        await mayGoOn.wait()
        return index(.current)!
      }
      await isWaiting.wait()
      // A hog where it was; the other worker is free.
      let isBusy = Flag()
      let hog = pool.spawn(on: first.value) {
        isBusy.set()
        spin { mayEnd.isSet }
      }
      expect(await eventually { isBusy.isSet })
      mayGoOn.fire()
      expectEqual(await work.value, 1 - first.value)
      mayEnd.set()
      await hog.value
    }
    await pool.shutdown()
  }

  test("stealable work woken by its own busy worker is stolen", timeLimit: testLimit) {
    guard hasThreads else { return }
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    for _ in 0..<20 {
      // Spawned and woken on worker 0, which then never lets go until the work is done elsewhere.
      let isStolen = await pool.spawn(on: 0) {
        let handle = pool.spawnStealable { index(.current)! }
        spin { handle.isFinished }
        return handle.tryRecv() == 1
      }.value
      expect(isStolen)
    }
    await pool.shutdown()
  }

  test("a task started at once that yields leaves its starter's worker", timeLimit: testLimit) {
    guard hasThreads else { return }
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    for _ in 0..<20 {
      let hasGoneOn = Flag()
      await pool.spawnStealable {
        _ = Task.immediate(executorPreference: pool) {
          await Task.yield()
          hasGoneOn.set()
        }
        spin { hasGoneOn.isSet }
      }.value
    }
    await pool.shutdown()
  }

  test("a task that yields again and again leaves a busy worker", timeLimit: testLimit) {
    guard hasThreads else { return }
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    let rounds = (0..<2).map { _ in Counter() }
    let mayEnd = Flag()
    let work = pool.spawnStealable {
      while !mayEnd.isSet {
        rounds[index(.current)!].increment()
        await Task.yield()
      }
    }
    for hogged in [0, 1, 0, 1] {
      let isBusy = Flag()
      let mayLeave = Flag()
      let hog = pool.spawn(on: hogged) {
        isBusy.set()
        spin { mayLeave.isSet }
      }
      expect(await eventually { isBusy.isSet })
      let before = rounds[1 - hogged].value
      expect(await eventually { rounds[1 - hogged].value > before + 100 }, "worker \(hogged) busy")
      mayLeave.set()
      await hog.value
    }
    mayEnd.set()
    await work.value
    await pool.shutdown()
  }

  test("fan-out from one worker of work that takes time spreads over all", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 4)
    try! await pool.ready()
    let counts = (0..<4).map { _ in Counter() }
    await pool.spawn(on: 0) {
      let handles = (0..<200).map { _ in
        pool.spawnStealable {
          counts[index(.current)!].increment()
          spin(for: .milliseconds(1))
        }
      }
      for handle in handles { await handle.value }
    }.value
    let shares = counts.map { $0.value }
    expectEqual(shares.reduce(0, +), 200)
    if hasThreads {
      // Two cores may serve four workers: each gets a share, not an equal one.
      expect(shares.allSatisfy { $0 >= 5 }, "\(shares)")
      expect(shares.max()! <= 150, "\(shares)")
    }
    await pool.shutdown()
  }

  test("fan-out from main spreads over all workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 4)
    try! await pool.ready()
    let counts = (0..<4).map { _ in Counter() }
    let handles = (0..<200).map { _ in
      pool.spawnStealable {
        counts[index(.current)!].increment()
        spin(for: .milliseconds(1))
      }
    }
    for handle in handles { await handle.value }
    let shares = counts.map { $0.value }
    expectEqual(shares.reduce(0, +), 200)
    if hasThreads { expect(shares.allSatisfy { $0 >= 5 }, "\(shares)") }
    await pool.shutdown()
  }

  test("a tree of tasks, each waiting for its children, gives the right sum", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 4)
    @Sendable func fibonacci(_ number: Int) async -> Int {
      if number < 8 { return number < 2 ? number : await fibonacci(number - 1) + fibonacci(number - 2) }
      let left = pool.spawnStealable { await fibonacci(number - 1) }
      let right = pool.spawnStealable { await fibonacci(number - 2) }
      return await left.value + right.value
    }
    expectEqual(await pool.spawnStealable { await fibonacci(20) }.value, 6765)
    await pool.shutdown()
  }

  test("bursts with pauses between them: no worker oversleeps", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    for round in 0..<60 {
      let handles = (0..<1 + round % 20).map { number in pool.spawnStealable { number } }
      var sum = 0
      for handle in handles { sum += await handle.value }
      expectEqual(sum, (round % 20) * (round % 20 + 1) / 2)
      // Long enough, at times, for the workers to go to sleep.
      if round % 3 == 0 { try? await Task.sleep(for: .milliseconds(round % 4)) }
    }
    await pool.shutdown()
  }

  test("a hundred thousand stealable tasks from main and from workers all run", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    let ran = Counter()
    let spawners = (0..<3).map { worker in
      pool.spawn(on: worker) {
        for _ in 0..<25_000 { pool.spawnStealable { ran.increment() } }
      }
    }
    for _ in 0..<25_000 { pool.spawnStealable { ran.increment() } }
    for spawner in spawners { await spawner.value }
    expect(await eventually { ran.value == 100_000 }, "\(ran.value) ran")
    expectEqual(pool.waitingTaskCount, 0)
    await pool.shutdown()
  }
}
