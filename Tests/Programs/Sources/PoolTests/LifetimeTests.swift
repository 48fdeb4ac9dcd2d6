import TestSupport
import Webble
import WebbleTesting

@MainActor func lifetimeTests() {
  test("several pools at once, each with its own workers", timeLimit: testLimit) {
    let pools = (1...3).map { try! ThreadPool(workerCount: $0) }
    for (number, pool) in pools.enumerated() {
      expectEqual(pool.workerCount, number + 1)
      for index in 0...number {
        expect(await pool.spawn(on: index) { ThreadID.current }.value == .worker(index))
      }
    }
    // Through all of them and back.
    let sum = await pools[0].spawn {
      let inner = pools[1].spawnStealable {
        let innermost = pools[2].spawn { await pools[0].spawnStealable { 5 }.value }
        return await innermost.value + 1
      }
      return await inner.value + 2
    }.value
    expectEqual(sum, 8)
    for pool in pools { await pool.shutdown() }
  }

  test("shutting one pool down leaves the others at work", timeLimit: testLimit) {
    let first = try! ThreadPool(workerCount: 1)
    let second = try! ThreadPool(workerCount: 1)
    let end = Signal()
    let work = second.spawn {
      await end.wait()
      return 1
    }
    await first.shutdown()
    end.fire()
    expectEqual(await work.value, 1)
    await second.shutdown()
  }

  test("fifty pools, one after another, need no more memory than a few", timeLimit: testLimit) {
    var before = 0
    for number in 0..<50 {
      let pool = try! ThreadPool(workerCount: 1)
      let handles = (0..<20).map { number in pool.spawn { [Int](repeating: number, count: 1000) } }
      for handle in handles { expectEqual(await handle.value.count, 1000) }
      await pool.shutdown()
      if number == 4 { before = usedByteCount }
    }
    let growth = usedByteCount - before
    // A worker's stack alone is 512 KiB. What a pool leaves behind for late notifications is a few.
    expect(growth < 45 * (32 << 10), "\(growth >> 10) KiB more")
  }

  test("a dropped pool shuts itself down and gives its memory back", timeLimit: testLimit) {
    func useAndDrop() async {
      let pool = try! ThreadPool(workerCount: 1)
      try! await pool.ready()
      expectEqual(await pool.spawn { 1 }.value, 1)
    }
    await useAndDrop()
    let before = usedByteCount
    for _ in 0..<10 { await useAndDrop() }
    // The workers end by themselves, a little later.
    let isFreed = await eventually { usedByteCount - before < 5 * (512 << 10) }
    expect(isFreed, "\((usedByteCount - before) >> 10) KiB more")
  }

  test("a dropped pool that its tasks have captured shuts itself down", timeLimit: testLimit) {
    func spread(_ depth: Int, on pool: ThreadPool) async -> Int {
      if depth == 0 { return 1 }
      let left = pool.spawnStealable { await spread(depth - 1, on: pool) }
      let right = pool.spawn { await spread(depth - 1, on: pool) }
      return await left.value + right.value
    }
    func useAndDrop() async {
      let pool = try! ThreadPool(workerCount: 2)
      expectEqual(await spread(8, on: pool), 256)
    }
    await useAndDrop()
    let before = usedByteCount
    for _ in 0..<10 { await useAndDrop() }
    let isFreed = await eventually { usedByteCount - before < 10 * (512 << 10) }
    expect(isFreed, "\((usedByteCount - before) >> 10) KiB more")
  }

  test("a dropped pool lets the work that it was given finish", timeLimit: testLimit) {
    func spawnAndDrop(_ end: Signal) -> WorkerHandle<Int, Never> {
      let pool = try! ThreadPool(workerCount: 1)
      return pool.spawn {
        await end.wait()
        return 11
      }
    }
    let end = Signal()
    let handle = spawnAndDrop(end)
    await Task.yield()
    end.fire()
    expectEqual(await handle.value, 11)
  }

  test("the last reference to a pool may go on one of its own workers", timeLimit: testLimit) {
    for _ in 0..<5 {
      let done = Signal()
      do {
        let pool = try! ThreadPool(workerCount: 2)
        _ = pool.spawn {
          await Task.yield()
          await pool.spawnStealable {}.value
          done.fire()
        }
      }
      await done.wait()
    }
  }
}
