import Webble
import WebbleTesting

// Our own primitives: what they promise, under each schedule, for few tasks.

/// Globals whose initializers let others come, if anything does.
private let made = Mutex(0)
private let firstMade = make(), secondMade = make(), thirdMade = make(), fourthMade = make()

private func make() -> Int {
  for _ in 0..<8 { made.withLock { $0 += 1 } }
  return 8
}

@MainActor private var muchWork = 4000

@MainActor func primitiveTests() {
  // The first test: globals are made once, under its first schedule.
  test("ours: the initializer of a global that takes a lock lets nobody in who waits for the global") {
    await withPool(of: 3) { pool in
      let handles = (0..<3).map { number in
        pool.spawn(on: number) { firstMade + secondMade + thirdMade + fourthMade }
      }
      for handle in handles { expectEqual(await handle.value, 32) }
      expectEqual(made.withLock { $0 }, 32)
    }
  }

  test("ours: a channel hands on each element once, and those of a sender in order") {
    await withPool { pool in
      let channel = Channel<Int>(capacity: 1)
      let senders = (0..<2).map { sender in
        pool.spawn(on: sender) { for number in 0..<3 { await channel.send(sender * 10 + number) } }
      }
      let receivers = (0..<2).map { _ in
        pool.spawnStealable {
          var received: [Int] = []
          for await number in channel { received.append(number) }
          return received
        }
      }
      for sender in senders { await sender.value }
      channel.close()
      var all: [Int] = []
      for receiver in receivers {
        let received = await receiver.value
        for sender in 0..<2 {
          let own = received.filter { $0 / 10 == sender }
          expectEqual(own, own.sorted())
        }
        all += received
      }
      expectEqual(all.sorted(), [0, 1, 2, 10, 11, 12])
    }
  }

  test("ours: a cancelled receiver takes no element with it") {
    await withPool { pool in
      let channel = Channel<Int>(capacity: 0)
      let cancelled = pool.spawn(on: 0) { await channel.receive() }
      let other = pool.spawn(on: 1) { await channel.receive() }
      let canceller = pool.spawn(on: 1) { cancelled.cancel() }
      let sender = pool.spawn(on: 0) {
        let first = await channel.send(1)
        channel.close()
        return first
      }
      let received = [await cancelled.value, await other.value].compactMap { $0 }
      expectEqual(received, await sender.value ? [1] : [])
      await canceller.value
    }
  }

  test("ours: select takes from one channel, and leaves the others as they were") {
    await withPool { pool in
      let channels = [Channel<Int>(capacity: 1), Channel<Int>(capacity: 1)]
      let senders = (0..<2).map { number in pool.spawn(on: number) { await channels[number].send(number) } }
      let selector = pool.spawnStealable {
        await select(channels)?.index
      }
      for sender in senders { expect(await sender.value) }
      let taken = await selector.value ?? -1
      expect(channels[taken].tryReceive() == nil)
      expectEqual(channels[1 - taken].tryReceive(), 1 - taken)
    }
  }

  test("ours: a semaphore's permits are neither lost nor made by a cancellation") {
    await withPool { pool in
      let semaphore = AsyncSemaphore(permits: 1)
      let inside = Mutex(0)
      let handles = (0..<3).map { number in
        pool.spawn(on: number % 2) {
          do throws(CancellationError) {
            try await semaphore.waitUnlessCancelled()
          } catch {
            return
          }
          expectEqual(inside.withLock { $0 += 1; return $0 }, 1)
          await Task.yield()
          inside.withLock { $0 -= 1 }
          semaphore.signal()
        }
      }
      handles[1].cancel()
      for handle in handles { await handle.value }
      expect(semaphore.tryWait())
      expect(!semaphore.tryWait())
    }
  }

  test("ours: two orders of two locks are none behind a third, or one after the other") {
    await withPool { pool in
      let gate = Mutex(0), locks = [Mutex(0), Mutex(0)]
      func take(_ first: Int) {
        locks[first].withLock { one in locks[1 - first].withLock { other in (one, other) = (one + 1, other + 1) } }
      }
      let handles = (0..<2).map { number in
        pool.spawn(on: number) { gate.withLock { _ in take(number) } }
      }
      for handle in handles { await handle.value }
      await pool.spawn(on: 0) { take(0) }.value
      await pool.spawn(on: 1) { take(1) }.value
      expectEqual(locks.map { lock in lock.withLock { $0 } }, [4, 4])
    }
  }

  test("ours: a task may do much without giving way, where nobody else can run") {
    await withPool { pool in
      let count = Mutex(0), most = muchWork
      await pool.spawn(on: 0) { for _ in 0..<most { count.withLock { $0 += 1 } } }.value
      expectEqual(count.withLock { $0 }, most)
      // Under the first schedule: it takes long.
      muchWork = 10
    }
  }

  test("ours: a lock for readers and writers keeps them apart") {
    await withPool { pool in
      let lock = AsyncRwLock((0, 0))
      let handles = (0..<3).map { number in
        pool.spawn(on: number % 2) {
          if number == 1 {
            await lock.withReadLock { pair in
              expectEqual(pair.0, pair.1)
              await Task.yield()
            }
          } else {
            await lock.withWriteLock { pair in
              pair.0 += 1
              await Task.yield()
              pair.1 += 1
            }
          }
        }
      }
      for handle in handles { await handle.value }
      await lock.withReadLock { expectEqual($0.0 + $0.1, 4) }
    }
  }

  test("ours: a barrier has one leader a round") {
    await withPool { pool in
      let barrier = Barrier(count: 2)
      let leaders = Mutex(0)
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          for _ in 0..<2 { if await barrier.wait() { leaders.withLock { $0 += 1 } } }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(leaders.withLock { $0 }, 2)
    }
  }

  test("ours: a cell's value is made once") {
    await withPool { pool in
      let cell = OnceCell<Int>()
      let count = Mutex(0)
      let handles = (0..<3).map { _ in
        pool.spawnStealable {
          await cell.value {
            let number = count.withLock { $0 += 1; return $0 }
            await Task.yield()
            return number
          }
        }
      }
      for handle in handles { expectEqual(await handle.value, 1) }
    }
  }

  test("ours: a group has all its children's results, whoever is cancelled when") {
    await withPool { pool in
      let sum = await withTaskGroup(of: Int.self) { group in
        for number in 1...3 {
          group.addTask(executorPreference: pool) {
            await Task.yield()
            return number
          }
        }
        var sum = await group.next() ?? 0
        group.cancelAll()
        for await number in group { sum += number }
        return sum
      }
      expectEqual(sum, 6)
    }
  }

  test("ours: a stream gives what was yielded before its end, in order") {
    await withPool { pool in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let yielder = pool.spawn(on: 0) {
        for number in 0..<3 {
          continuation.yield(number)
          await Task.yield()
        }
        continuation.finish()
      }
      let reader = pool.spawn(on: 1) {
        var seen: [Int] = []
        for await number in stream { seen.append(number) }
        return seen
      }
      expectEqual(await reader.value, [0, 1, 2])
      await yielder.value
    }
  }

  // For the figure in Documentation/Exploration.md.
  test("ours: two tasks give way a hundred times") {
    await withPool { pool in
      let handles = (0..<2).map { number in
        pool.spawn(on: number) { for _ in 0..<50 { await Task.yield() } }
      }
      for handle in handles { await handle.value }
    }
  }

  test("ours: an actor runs one task at a time") {
    await withPool { pool in
      let counter = Counter()
      let handles = (0..<3).map { _ in pool.spawnStealable { await counter.count() } }
      for handle in handles { await handle.value }
      expectEqual(await counter.value, 3)
    }
  }

  test("ours: a handle tells of the end, or of the pool's") {
    guard let pool = try? ThreadPool(workerCount: 2) else { return }
    let handles = (0..<3).map { number in
      pool.spawn(on: number % 2) { () -> Int in
        await Task.yield()
        return number
      }
    }
    let closer = Task { await pool.shutdown() }
    for (number, handle) in handles.enumerated() {
      switch await handle.result {
      case .success(let value): expectEqual(value, number)
      case .abandoned: expect(handle.isAbandoned)
      }
    }
    await closer.value
  }

  test("ours: a deadline and the work's end, whichever comes first") {
    await withPool { pool in
      let work = pool.spawn(on: 0) { () -> Bool in
        (try? await Task.sleep(for: .seconds(1))) == nil
      }
      let canceller = pool.spawn(on: 1) {
        try? await Task.sleep(for: .seconds(1))
        work.cancel()
      }
      let wasCancelled = await work.value
      expect(!wasCancelled || work.isCancelled)
      await canceller.value
    }
  }
}

private actor Counter {
  private(set) var value = 0
  private var isInside = false

  func count() {
    expect(!isInside)
    isInside = true
    value += 1
    isInside = false
  }
}
