import Webble
import WebbleTesting

/// Not Sendable: must stay on its thread.
private final class Local {
  var count = 0
}

@MainActor func waitingTests() {
  test("an async mutex lets one task in at a time, across awaits: 10,000 tasks", timeLimit: limit) {
    await withPool { pool in
      let mutex = AsyncMutex(0)
      let handles = (0..<10_000).map { number in
        let work: @Sendable () async -> Void = {
          await mutex.withLock { value in
            let before = value
            if number % 10 == 0 { await Task.yield() }
            value = before + 1
          }
        }
        return number % 2 == 0 ? pool.spawn(work) : pool.spawnStealable(work)
      }
      for _ in 0..<100 { await mutex.withLock { $0 += 1 } }
      for handle in handles { await handle.value }
      expectEqual(await mutex.withLock { $0 }, 10_100)
    }
  }

  test("an async mutex is unlocked by an error, and refuses a second task", timeLimit: limit) {
    let mutex = AsyncMutex(7)
    do throws(TestError) {
      try await mutex.withLock { (value) async throws(TestError) -> Void in throw .expected(value) }
      expect(false, "nothing was thrown")
    } catch {
      expect(error == .expected(7))
    }
    let isRefused = await mutex.withLock { _ in await mutex.withLockIfAvailable { $0 } == nil }
    expect(isRefused)
    expectEqual(await mutex.withLockIfAvailable { $0 } ?? 0, 7)
  }

  test("a semaphore admits as many as it has permits: 10,000 tasks", timeLimit: limit) {
    await withPool { pool in
      let semaphore = AsyncSemaphore(permits: 3)
      let inside = Counter()
      let most = Mutex(0)
      let handles = (0..<10_000).map { number in
        pool.spawnStealable {
          await semaphore.withPermit {
            let count = inside.increment()
            most.withLock { $0 = max($0, count) }
            if number % 16 == 0 { await Task.yield() }
            inside.increment(by: -1)
          }
        }
      }
      for handle in handles { await handle.value }
      expect(most.withLock { (1...3).contains($0) })
      expectEqual(semaphore.availablePermits, 3)
    }
  }

  test("cancelled waits for a semaphore lose no permit and wake nobody else", timeLimit: limit) {
    await withPool { pool in
      let semaphore = AsyncSemaphore(permits: 0)
      let served = Counter()
      let cancelled = Counter()
      for round in 0..<1000 {
        let handles = (0..<4).map { number in
          pool.spawn(on: number % 2) {
            do throws(CancellationError) {
              try await semaphore.waitUnlessCancelled()
              served.increment()
            } catch {
              cancelled.increment()
            }
          }
        }
        if round % 2 == 0 { await Task.yield() }
        handles[round % 4].cancel()
        for _ in 0..<4 { semaphore.signal() }
        for handle in handles { await handle.value }
        // The cancelled one's permit, if it did not get one.
        while semaphore.tryWait() { served.increment() }
        expectEqual(served.value, 4 * (round + 1))
      }
      expect(cancelled.value <= 1000)
    }
  }

  test("a barrier keeps rounds apart", timeLimit: limit) {
    await withPool { pool in
      let barrier = Barrier(count: 50)
      let arrived = Counter()
      let leaders = Counter()
      let early = Counter()
      let handles = (0..<50).map { _ in
        pool.spawnStealable {
          for round in 1...20 {
            arrived.increment()
            if await barrier.wait() { leaders.increment() }
            if arrived.value < round * 50 { early.increment() }
            await barrier.wait()
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(leaders.value, 20)
      expectEqual(early.value, 0)
    }
  }

  test("10,000 tasks meet at a barrier", timeLimit: limit) {
    await withPool { pool in
      let barrier = Barrier(count: 10_000)
      let arrived = Counter()
      let handles = (0..<10_000).map { _ in
        pool.spawnStealable {
          arrived.increment()
          await barrier.wait()
          return arrived.value
        }
      }
      for handle in handles { expectEqual(await handle.value, 10_000) }
    }
  }

  test("a countdown latch opens for 10,000 tasks at zero", timeLimit: limit) {
    await withPool { pool in
      let latch = CountdownLatch(count: 1000)
      let early = Counter()
      let waiters = (0..<10_000).map { _ in
        pool.spawnStealable {
          await latch.wait()
          if latch.count > 0 { early.increment() }
        }
      }
      for _ in 0..<1000 { pool.spawnStealable { latch.countDown() } }
      for waiter in waiters { await waiter.value }
      expectEqual(early.value, 0)
      await latch.wait()
    }
  }

  test("a once cell is set once, by one of 10,000 tasks", timeLimit: limit) {
    await withPool { pool in
      let cell = OnceCell<Int>()
      let made = Counter()
      let handles = (0..<10_000).map { number in
        pool.spawnStealable {
          await cell.value {
            await Task.yield()
            made.increment()
            return number
          }
        }
      }
      var values: Set<Int> = []
      for handle in handles { values.insert(await handle.value) }
      expectEqual(values.count, 1)
      expectEqual(made.value, 1)
      expect(!cell.set(-1) && cell.value == values.first)
      let lazy = Lazy { made.increment() }
      expect(lazy.valueIfMade == nil)
      expectEqual(await lazy.value, 2)
      expectEqual(await lazy.value, 2)
    }
  }

  test("a once cell whose value could not be made is made by the next", timeLimit: limit) {
    let cell = OnceCell<Int>()
    do throws(TestError) {
      _ = try await cell.value { () async throws(TestError) -> Int in throw .expected(1) }
      expect(false, "nothing was thrown")
    } catch {
      expect(error == .expected(1))
    }
    expectEqual(await cell.value { 5 }, 5)
  }

  test("each thread has a thread-local of its own", timeLimit: limit) {
    await withPool(workers: 3) { pool in
      let local = ThreadLocal { Local() }
      for round in 1...10 {
        for worker in 0..<3 {
          let count = await pool.spawn(on: worker) {
            local.withValue { value in
              value.count += worker + 1
              return value.count
            }
          }.value
          expectEqual(count, round * (worker + 1))
        }
      }
      expectEqual(local.withValue { $0.count }, 0)
    }
  }
}
