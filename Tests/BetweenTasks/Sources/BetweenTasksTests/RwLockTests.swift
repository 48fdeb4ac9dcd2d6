import Webble
import WebbleTesting

@MainActor func rwLockTests() {
  test("a read-write lock lets many read or one write: 10,000 tasks and main", timeLimit: limit) {
    await withPool { pool in
      let lock = RwLock([0, 0])
      let torn = Counter()
      let handles = (0..<10_000).map { number in
        let work: @Sendable () async -> Void = {
          if number % 4 == 0 {
            lock.withWriteLock { pair in
              pair[0] += 1
              pair[1] -= 1
            }
          } else if lock.withReadLock({ $0[0] + $0[1] }) != 0 {
            torn.increment()
          }
        }
        return number % 2 == 0 ? pool.spawn(work) : pool.spawnStealable(work)
      }
      for _ in 0..<200 { lock.withWriteLock { $0[0] += 0 } }
      for handle in handles { await handle.value }
      expectEqual(lock.withReadLock { $0[0] }, 2500)
      expectEqual(torn.value, 0)
    }
  }

  test("two threads read at once, and a writer gets in among readers that never end",
    timeLimit: limit
  ) {
    guard hasThreads else { return }
    await withPool(workers: 3) { pool in
      let lock = RwLock(0)
      let inside = Counter()
      let meetings = (0..<2).map { worker in
        pool.spawn(on: worker) {
          lock.withReadLock { _ in
            inside.increment()
            while inside.value < 2 {}
          }
        }
      }
      for meeting in meetings { await meeting.value }
      let rounds = Counter()
      let readers = (0..<2).map { worker in
        pool.spawn(on: worker) {
          // Each holds the lock most of the time, so that they seldom leave it at once.
          while lock.withReadLock({ value in
            for _ in 0..<200 { rounds.increment() }
            return value == 0
          }) {}
        }
      }
      expect(await eventually { rounds.value > 2000 })
      await pool.spawn(on: 2) { lock.withWriteLock { $0 = 1 } }.value
      for reader in readers { await reader.value }
    }
  }

  test("an async read-write lock lets many read or one write, across awaits: 10,000 tasks",
    timeLimit: limit
  ) {
    await withPool { pool in
      let lock = AsyncRwLock(0)
      let readers = Counter()
      let mixed = Counter()
      let handles = (0..<10_000).map { number in
        pool.spawnStealable {
          if number % 4 == 0 {
            await lock.withWriteLock { value in
              if readers.value != 0 { mixed.increment() }
              let before = value
              if number % 16 == 0 { await Task.yield() }
              value = before + 1
            }
          } else {
            await lock.withReadLock { _ in
              readers.increment()
              if number % 16 == 1 { await Task.yield() }
              readers.increment(by: -1)
            }
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(await lock.withReadLock { $0 }, 2500)
      expectEqual(mixed.value, 0)
    }
  }

  test("an async read-write lock is unlocked by an error", timeLimit: limit) {
    let lock = AsyncRwLock(1)
    do throws(TestError) {
      try await lock.withWriteLock { (value) async throws(TestError) -> Void in
        value += 1
        throw .expected(value)
      }
      expect(false, "nothing was thrown")
    } catch {
      expect(error == .expected(2))
    }
    do throws(TestError) {
      try await lock.withReadLock { (value) async throws(TestError) -> Void in
        throw .expected(value + 1)
      }
      expect(false, "nothing was thrown")
    } catch {
      expect(error == .expected(3))
    }
    expectEqual(await lock.withWriteLock { $0 }, 2)
  }
}
