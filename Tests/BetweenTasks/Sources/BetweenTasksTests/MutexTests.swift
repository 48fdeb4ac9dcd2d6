import Webble
import WebbleTesting

private let globalMutex = Mutex([0, 0])

private struct Unique: ~Copyable {
  var number: Int
}

@MainActor func mutexTests() {
  test("a mutex lets one thread in at a time: 10,000 tasks and main", timeLimit: limit) {
    await withPool { pool in
      let handles = (0..<10_000).map { number in
        let work: @Sendable () async -> Void = {
          globalMutex.withLock { pair in
            let before = pair[0]
            pair[1] -= 1
            pair[0] = before + 1
          }
        }
        return number % 2 == 0 ? pool.spawn(work) : pool.spawnStealable(work)
      }
      for _ in 0..<1000 { globalMutex.withLock { $0[0] += 1 } }
      for handle in handles { await handle.value }
      let pair = globalMutex.withLock { $0 }
      expectEqual(pair[0], 11_000)
      expectEqual(pair[1], -10_000)
    }
  }

  test("workers that meet at a locked mutex sleep and are woken", timeLimit: limit) {
    guard hasThreads else { return }
    await withPool(workers: 3) { pool in
      let mutex = Mutex(0)
      let handles = (0..<3).map { worker in
        pool.spawn(on: worker) {
          for _ in 0..<200 {
            mutex.withLock { number in
              spin(.microseconds(20))
              number += 1
            }
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(mutex.withLock { $0 }, 600)
    }
  }

  test("the main thread spins for a lock that a worker holds for some time", timeLimit: limit) {
    guard hasThreads else { return }
    await withPool { pool in
      let mutex = Mutex(0)
      let rwLock = RwLock(0)
      for isMutex in [true, false] {
        let isLocked = CountdownLatch(count: 1)
        let hold: @Sendable (inout Int) -> Void = { value in
          isLocked.countDown()
          spin(.milliseconds(30))
          value += 1
        }
        let holder = pool.spawn {
          if isMutex { mutex.withLock { hold(&$0) } } else { rwLock.withWriteLock { hold(&$0) } }
        }
        await isLocked.wait()
        expectEqual(isMutex ? mutex.withLock { $0 } : rwLock.withReadLock { $0 }, 1)
        await holder.value
      }
    }
  }

  test("a mutex holds what cannot be copied, and passes errors on unlocked", timeLimit: limit) {
    let mutex = Mutex(Unique(number: 1))
    mutex.withLock { $0.number += 1 }
    do throws(TestError) {
      try mutex.withLock { unique throws(TestError) in throw .expected(unique.number) }
      expect(false, "nothing was thrown")
    } catch {
      expect(error == .expected(2))
    }
    expectEqual(mutex.withLockIfAvailable { $0.number } ?? -1, 2)
    let isRefused = mutex.withLock { _ in mutex.withLockIfAvailable { $0.number } == nil }
    expect(isRefused)
  }
}
