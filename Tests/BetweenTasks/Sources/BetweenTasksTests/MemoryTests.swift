import Webble
import WebbleTesting

@MainActor func memoryTests() {
  test("broadcasts give their memory back", timeLimit: limit) {
    await withPool { pool in
      await expectMemoryBack(after: 200) {
        let channel = Broadcast<[Int]>(capacity: 4)
        let receivers = (0..<50).map { number in
          let subscription = channel.subscribe()
          return pool.spawn(on: number % 2) {
            var subscription = subscription
            while await subscription.receive() != nil {}
          }
        }
        for number in 0..<50 {
          channel.send([Int](repeating: number, count: 20))
          if number == 25 { receivers[7].cancel() }
          await Task.yield()
        }
        channel.close()
        for receiver in receivers { await receiver.value }
      }
    }
  }

  test("waiting, cancelled or not, gives its memory back", timeLimit: limit) {
    await withPool { pool in
      await expectMemoryBack(after: 150) {
        let semaphore = AsyncSemaphore(permits: 0)
        let mutex = AsyncMutex([0])
        let rwLock = AsyncRwLock([0])
        let barrier = Barrier(count: 100)
        let latch = CountdownLatch(count: 1)
        let tasks = (0..<100).map { number in
          pool.spawn(on: number % 2) {
            await barrier.wait()
            await latch.wait()
            await mutex.withLock { $0.append(number) }
            await rwLock.withWriteLock { $0.append(number) }
            _ = await rwLock.withReadLock { $0.count }
            try? await semaphore.waitUnlessCancelled()
          }
        }
        latch.countDown()
        for task in tasks.prefix(50) { task.cancel() }
        for _ in 0..<100 { semaphore.signal() }
        for task in tasks { await task.value }
      }
    }
  }

  test("locks and cells give their memory back", timeLimit: limit) {
    await withPool { pool in
      await expectMemoryBack(after: 200) {
        let mutex = Mutex([Int](repeating: 0, count: 100))
        let rwLock = RwLock([Int](repeating: 0, count: 100))
        let cell = OnceCell<[Int]>()
        let lazy = Lazy { [Int](repeating: 1, count: 100) }
        let local = ThreadLocal { [Int](repeating: 0, count: 100) }
        let tasks = (0..<20).map { number in
          pool.spawn(on: number % 2) {
            mutex.withLock { $0[number] += 1 }
            rwLock.withWriteLock { $0[number] += 1 }
            local.withValue { $0[number] += 1 }
            _ = try? await cell.value { () async throws(TestError) -> [Int] in
              if number % 2 == 0 { throw .expected(number) }
              return [Int](repeating: number, count: 100)
            }
            _ = await lazy.value
          }
        }
        for task in tasks { await task.value }
      }
    }
  }

  test("the other algorithms, ended and stopped, give their memory back", timeLimit: limit) {
    await withPool { pool in
      let lists = (0..<2000).map { [$0] }
      await expectMemoryBack(after: 40, within: 2 << 20) {
        _ = await pool.compactMap(lists) { $0[0] % 2 == 0 ? $0 + $0 : nil }
        _ = await pool.reduce(lists, []) { $0.count > 100 ? $1 : $0 + $1 }
        _ = await pool.first(of: lists) { $0[0] == 1999 }
        _ = await pool.contains(lists, [1500])
        await pool.forEach(0..<2000) { _ in }
        await pool.forEach(0..<100) { (_: Int) async in await Task.yield() }
        _ = await pool.map(lists) { (list: [Int]) async in list + list }
        _ = await pool.join({ lists + lists }, { lists + lists })
        _ = await pool.blocking { lists + lists }
        var changed = lists
        await pool.sortUnstable(&changed) { $0[0] > $1[0] }
        await pool.forEachChunk(of: &changed, size: 7) { _, chunk in chunk[0].append(1) }
        await pool.scope(borrowing: &changed) { scope, lists in
          scope.spawn { lists[0] = [1, 2, 3] }
          scope.spawn { lists[1] = [1, 2, 3] }
        }
        let stopped = pool.spawn {
          while !Task.isCancelled { await Task.yield() }
          var lists = lists
          _ = await pool.map(lists) { $0 + $0 }
          _ = await pool.filter(lists) { $0[0] > 1 }
          await pool.sort(&lists) { $0[0] > $1[0] }
        }
        stopped.cancel()
        await stopped.value
      }
    }
  }
}
