import TestSupport
import Webble
import WebbleTesting

@MainActor func threadPoolTests() {
  test("the host's parallelism and the limit of workers are sensible") {
    expect(ThreadPool.availableParallelism >= 1)
    expect(ThreadPool.maximumWorkerCount >= 32)
  }

  test("a pool without arguments has a worker per logical core", timeLimit: testLimit) {
    let pool = try! ThreadPool()
    expectEqual(
      pool.workerCount, min(ThreadPool.availableParallelism, ThreadPool.maximumWorkerCount))
    expectEqual(await pool.spawn { 42 }.value, 42)
    await pool.shutdown()
  }

  test("work may be spawned before the workers run, and all of it runs", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let pinned = (0..<100).map { number in pool.spawn { number } }
    let stealable = (0..<100).map { number in pool.spawnStealable { number } }
    let placed = (0..<100).map { number in pool.spawn(on: number % 2) { number } }
    var sum = 0
    for handle in pinned + stealable + placed { sum += await handle.value }
    expectEqual(sum, 3 * 4950)
    await pool.shutdown()
  }

  test("ready returns when every worker runs, and again afterwards", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    try! await pool.ready()
    for index in 0..<3 {
      let thread = await pool.spawn(on: index) { ThreadID.current }.value
      expect(thread == .worker(index), "worker \(index)")
    }
    try! await pool.ready()
    await pool.shutdown()
  }

  test("several tasks may wait for a pool to be ready", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let waiters = (0..<5).map { _ in
      Task { (try? await pool.ready()) != nil }
    }
    for waiter in waiters { expect(await waiter.value) }
    await pool.shutdown()
  }

  test("a pool takes the path of the glue", timeLimit: testLimit) {
    await expectOneWorks { path throws(ThreadPoolError) in try ThreadPool(path, workerCount: 2) }
  }

  test("a pool takes a worker script", timeLimit: testLimit) {
    await expectOneWorks { path throws(ThreadPoolError) in
      try ThreadPool(workerScript: path, workerCount: 2)
    }
  }

  test("thread identities name the thread and print", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    expect(ThreadID.current == .main)
    expectEqual(ThreadID.main.description, "main")
    expect(await pool.spawn(on: 1) { ThreadID.current }.value == .worker(1))
    expectEqual(await pool.spawn(on: 1) { "\(ThreadID.current!)" }.value, "worker 1")
    expect(ThreadID.current == .main, "back on main after awaiting a worker")
    await pool.shutdown()
  }

  test("closures and async functions spawn alike, without annotations", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    @Sendable func work() async -> Int {
      await Task.yield()
      return 3
    }
    expectEqual(await pool.spawn { 1 }.value, 1)
    expectEqual(await pool.spawn { await work() }.value, 3)
    expectEqual(await pool.spawn(work).value, 3)
    expectEqual(await pool.spawnStealable { await work() }.value, 3)
    expectEqual(await pool.spawnStealable(work).value, 3)
    expectEqual(await pool.spawn(priority: .high) { await work() }.value, 3)
    expectEqual(await pool.spawn(on: 0, priority: .low) { await work() }.value, 3)
    await pool.spawn { await Task.yield() }.value
    await pool.shutdown()
  }

  test("pinned work may hold what is not Sendable across its awaits", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    final class Local { var count = 0 }
    let count = await pool.spawn {
      let local = Local()
      for _ in 0..<100 {
        local.count += 1
        await Task.yield()
      }
      return local.count
    }.value
    expectEqual(count, 100)
    await pool.shutdown()
  }

  test("spawnLocal stays on the calling worker, with captures that are not Sendable",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 3)
    final class Local { var threads: [ThreadID?] = [] }
    for index in 0..<3 {
      let threads = await pool.spawn(on: index) {
        let local = Local()
        let handles = (0..<10).map { _ in
          spawnLocal {
            local.threads.append(.current)
            await Task.yield()
            local.threads.append(.current)
          }
        }
        for handle in handles { await handle.value }
        return local.threads
      }.value
      expectEqual(threads.count, 20)
      expect(threads.allSatisfy { $0 == .worker(index) })
    }
    await pool.shutdown()
  }

  test("spawnLocal on main stays on main and throws typed errors", timeLimit: testLimit) {
    let local = Tracked(in: Counter())
    let handle = spawnLocal {
      await Task.yield()
      return (local.number, ThreadID.current)
    }
    expect(await handle.value.1 == .main)
    let failing = spawnLocal { () async throws(TestError) -> Int in
      throw .expected(local.number + 1)
    }
    do throws(TestError) {
      _ = try await failing.value
      expect(false, "nothing was thrown")
    } catch {
      expect(error == .expected(1))
    }
  }

  test("onMain runs on the main thread, and may suspend there", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    for index in 0..<2 {
      let isRight = await pool.spawn(on: index) {
        let handle = onMain {
          var isOnMain = ThreadID.current == .main
          for _ in 0..<20 {
            await Task.yield()
            isOnMain = isOnMain && ThreadID.current == .main
          }
          try? await Task.sleep(for: .milliseconds(1))
          return isOnMain && ThreadID.current == .main
        }
        let answer = await handle.value
        return answer && ThreadID.current == .worker(index)
      }.value
      expect(isRight)
    }
    expect(await onMain { ThreadID.current }.value == .main, "from main itself")
    let number = pool.workerCount
    let thrown = await pool.spawn {
      await onMain { () async throws(TestError) -> Int in throw .expected(number) }.result
    }.value
    if case .failure(.expected(2)) = thrown {} else { expect(false, "the error came through") }
    await pool.shutdown()
  }

  test("tasks of one worker start in the order in which main spawned them", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let last = Counter()
    let handles = (0..<1000).map { number in
      pool.spawn(on: 1) { last.increment() == number + 1 }
    }
    for handle in handles { expect(await handle.value) }
    await pool.shutdown()
  }
}

/// Where the glue lies: in browsers at the origin's root, in Node beside itself.
@MainActor private func expectOneWorks(
  _ makePool: (String) throws(ThreadPoolError) -> ThreadPool
) async {
  for path in ["/webble.js", "webble.js"] {
    let pool = try! makePool(path)
    let works = (try? await pool.ready()) != nil
    if works { expectEqual(await pool.spawnStealable { 7 }.value, 7) }
    await pool.shutdown()
    if works { return }
  }
  expect(false, "no pool has started")
}
