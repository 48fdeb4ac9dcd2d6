import Webble
import WebbleTesting

@MainActor func blockingTests() {
  test("others take over the stealable work of a worker that blocks", timeLimit: limit) {
    guard hasThreads else { return }
    await withPool { pool in
      for worker in 0..<2 {
        let done = Counter()
        let blocker = pool.spawn(on: worker) {
          // In this worker's own deque, before it blocks.
          for _ in 0..<100 { pool.spawnStealable { done.increment() } }
          return await pool.blocking {
            while done.value < 100 {}
            return ThreadID.current
          }
        }
        expect(await blocker.value == .worker(worker))
      }
    }
  }

  test("pinned work is not placed on a worker that blocks", timeLimit: limit) {
    guard hasThreads else { return }
    await withPool { pool in
      let isBlocking = Counter()
      let mayEnd = Counter()
      let blocker = pool.spawn(on: 0) {
        await pool.blocking {
          isBlocking.increment()
          while mayEnd.value == 0 {}
        }
      }
      expect(await eventually { isBlocking.value == 1 })
      let handles = (0..<10).map { _ in pool.spawn { ThreadID.current } }
      for handle in handles { expect(await handle.value == .worker(1)) }
      expect(pool.loads[0] == 1, "the load is that of pinned tasks")
      mayEnd.increment()
      await blocker.value
    }
  }

  test("one worker stays free, however many calls want to block", timeLimit: limit) {
    guard hasThreads else { return }
    await withPool(workers: 3) { pool in
      let inside = Counter()
      let most = Mutex(0)
      let mayEnd = Counter()
      let calls = (0..<20).map { number in
        pool.spawnStealable {
          await pool.blocking {
            let count = inside.increment()
            most.withLock { $0 = max($0, count) }
            while mayEnd.value == 0 {}
            inside.increment(by: -1)
          }
        }
      }
      expect(await eventually { inside.value == 2 })
      for _ in 0..<50 { await pool.spawnStealable {}.value }
      mayEnd.increment()
      for call in calls { await call.value }
      expectEqual(most.withLock { $0 }, 2)
    }
  }

  test("blocking calls return and throw, from anywhere", timeLimit: limit) {
    for workers in [1, 2] {
      await withPool(workers: workers) { pool in
        expectEqual(await pool.blocking { 5 }, 5)
        do throws(TestError) {
          try await pool.blocking { () throws(TestError) -> Void in throw .expected(1) }
          expect(false, "nothing was thrown")
        } catch {
          expect(error == .expected(1))
        }
        let thread = await pool.blocking { ThreadID.current }
        expect(thread != .main && thread != nil)
      }
    }
  }
}
