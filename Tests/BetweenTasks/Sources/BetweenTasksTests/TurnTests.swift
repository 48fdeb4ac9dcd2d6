import Webble
import WebbleTesting

// Who is served when, and that a cancelled task waits on where it has to. On a worker, where tasks run in
// the order in which they become ready. The main thread's do not natively: they change between the main
// actor and code that is isolated to nothing.

/// Runs `body` on the only worker of a pool.
private func onOneWorker(_ body: sending @escaping () async -> Void) async {
  let pool = try! ThreadPool(workerCount: 1)
  await pool.spawn(body).value
  await pool.shutdown()
}

/// Lets tasks of this thread run until they wait.
private func letTasksWait() async { for _ in 0..<5 { await Task.yield() } }

@MainActor func turnTests() {
  test("a bounded channel makes senders wait; a rendezvous, until the element is taken",
    timeLimit: limit
  ) {
    await onOneWorker {
      let channel = Channel<Int>(capacity: 2)
      expect(channel.trySend(1) && channel.trySend(2) && !channel.trySend(3))
      let third = spawnLocal { await channel.send(3) }
      let fourth = spawnLocal { await channel.send(4) }
      await letTasksWait()
      expect(!third.isFinished && !fourth.isFinished && channel.count == 2)
      expectEqual(channel.tryReceive() ?? 0, 1)
      expect(await third.value)
      expect(!fourth.isFinished && !channel.trySend(5))
      channel.close()
      expect(!(await fourth.value), "refused by the close")
      expectEqual(await channel.receive() ?? 0, 2)
      expectEqual(await channel.receive() ?? 0, 3)
      expect(await channel.receive() == nil)
      expect(!channel.trySend(6))

      let meeting = Channel<Int>(capacity: 0)
      expect(!meeting.trySend(1))
      let sender = spawnLocal { await meeting.send(1) }
      await letTasksWait()
      expect(!sender.isFinished && meeting.count == 0)
      expectEqual(await meeting.receive() ?? 0, 1)
      expect(await sender.value)
    }
  }

  test("waiting receivers are served in turn", timeLimit: limit) {
    await onOneWorker {
      let channel = Channel<Int>()
      let receivers = (0..<100).map { _ in spawnLocal { await channel.receive() } }
      await letTasksWait()
      for index in stride(from: 0, to: 100, by: 10) { receivers[index].cancel() }
      for number in 0..<90 { channel.trySend(number) }
      var next = 0
      for (index, receiver) in receivers.enumerated() {
        let number = await receiver.value
        if index % 10 == 0 {
          expect(number == nil)
        } else {
          expectEqual(number ?? -1, next)
          next += 1
        }
      }
    }
  }

  test("senders that wait are served in turn, at every capacity", timeLimit: limit) {
    await onOneWorker {
      for capacity in [0, 1, 5] {
        let channel = Channel<Int>(capacity: capacity)
        let senders = (0..<50).map { number in spawnLocal { await channel.send(number) } }
        await letTasksWait()
        for index in stride(from: 10, to: 50, by: 10) { senders[index].cancel() }
        await letTasksWait()
        for number in 0..<50 where number < 10 || number % 10 != 0 {
          expectEqual(await channel.receive() ?? -1, number)
        }
        for (number, sender) in senders.enumerated() {
          expectEqual(await sender.value, number < 10 || number % 10 != 0)
        }
      }
    }
  }

  test("a semaphore serves in order", timeLimit: limit) {
    await onOneWorker {
      let semaphore = AsyncSemaphore(permits: 0)
      var order: [Int] = []
      let handles = (0..<50).map { number in
        spawnLocal {
          await semaphore.wait()
          order.append(number)
        }
      }
      await letTasksWait()
      for _ in 0..<50 { semaphore.signal() }
      for handle in handles { await handle.value }
      expect(order == Array(0..<50), "\(order)")
    }
  }

  test("nobody overtakes a task that waits for a permit", timeLimit: limit) {
    await onOneWorker {
      let semaphore = AsyncSemaphore(permits: 0)
      let waiter = spawnLocal { await semaphore.wait() }
      await letTasksWait()
      semaphore.signal()
      // It has its permit already, though it has not run yet.
      expect(!semaphore.tryWait() && semaphore.availablePermits == 0)
      await waiter.value
    }
  }

  test("an async mutex serves in the order of asking, cancelled tasks too", timeLimit: limit) {
    await onOneWorker {
      let mutex = AsyncMutex([Int]())
      var tasks: [WorkerHandle<Void, Never>] = []
      await mutex.withLock { _ in
        tasks = (0..<50).map { number in
          spawnLocal { await mutex.withLock { $0.append(number) } }
        }
        await letTasksWait()
        for index in stride(from: 0, to: 50, by: 7) { tasks[index].cancel() }
        await letTasksWait()
        expect(tasks.allSatisfy { !$0.isFinished })
      }
      for task in tasks { await task.value }
      expect(await mutex.withLock { $0 } == Array(0..<50))
    }
  }

  test("an async read-write lock serves in the order of asking, cancelled tasks too",
    timeLimit: limit
  ) {
    await onOneWorker {
      let lock = AsyncRwLock([Int]())
      // Of readers that stand together, what they have seen.
      var seen: [Int] = []
      var tasks: [WorkerHandle<Void, Never>] = []
      await lock.withReadLock { _ in
        tasks = (0..<40).map { number in
          spawnLocal {
            if number % 4 == 0 {
              await lock.withWriteLock { $0.append(number) }
            } else {
              seen.append(await lock.withReadLock { $0.last ?? -1 })
            }
          }
        }
        await letTasksWait()
        for index in stride(from: 0, to: 40, by: 3) { tasks[index].cancel() }
        await letTasksWait()
        // Behind the writer that waits first nobody gets in, though only a reader is inside.
        expect(tasks.allSatisfy { !$0.isFinished })
      }
      for task in tasks { await task.value }
      expect(seen == (0..<30).map { $0 / 3 * 4 }, "\(seen.count)")
    }
  }

  test("cancelled tasks wait at a barrier, a latch and a once cell like others",
    timeLimit: limit
  ) {
    await onOneWorker {
      let barrier = Barrier(count: 3)
      let latch = CountdownLatch(count: 1)
      let cell = OnceCell<Int>()
      let mayMake = CountdownLatch(count: 1)
      let maker = spawnLocal {
        await cell.value {
          await mayMake.wait()
          return 1
        }
      }
      let atBarrier = (0..<2).map { _ in spawnLocal { _ = await barrier.wait() } }
      let atLatch = spawnLocal { await latch.wait() }
      let atCell = spawnLocal { await cell.value { 2 } }
      await letTasksWait()
      for task in atBarrier + [atLatch] { task.cancel() }
      atCell.cancel()
      maker.cancel()
      await letTasksWait()
      expect(!atBarrier[0].isFinished && !atBarrier[1].isFinished && !atLatch.isFinished)
      expect(!atCell.isFinished && !maker.isFinished && cell.value == nil && !cell.set(3))
      expect(await barrier.wait(), "the last")
      latch.countDown()
      mayMake.countDown()
      for task in atBarrier + [atLatch] { await task.value }
      let made = (await maker.value, await atCell.value)
      expect(made == (1, 1))
    }
  }

  test("blocking calls are served in turn", timeLimit: limit) {
    guard hasThreads else { return }
    await onOneWorker {
      let pool = try! ThreadPool(workerCount: 2)
      let mayEnd = Counter()
      let order = Mutex([Int]())
      let calls = (0..<20).map { number in
        spawnLocal {
          await pool.blocking {
            while mayEnd.value == 0 {}
            order.withLock { $0.append(number) }
          }
        }
      }
      await letTasksWait()
      mayEnd.increment()
      for call in calls { await call.value }
      expect(order.withLock { $0 } == Array(0..<20))
      await pool.shutdown()
    }
  }

  test("a cancelled subscriber misses nothing that had come, and disturbs nobody",
    timeLimit: limit
  ) {
    await withPool { pool in
      for round in 0..<1000 {
        let channel = Broadcast<Int>(capacity: 8)
        let receivers = (0..<3).map { number in
          let subscription = channel.subscribe()
          return pool.spawn(on: number % 2) {
            var subscription = subscription
            var count = 0
            while case .element(let number)? = await subscription.receive() {
              if number != count { return -1 }
              count += 1
            }
            return count
          }
        }
        for number in 0..<4 {
          channel.send(number)
          if round % 4 == number { receivers[0].cancel() }
          if round % 3 == 0 { await Task.yield() }
        }
        // Before the close: those who are not cancelled have yet to be woken for it.
        expect(await (0...4).contains(receivers[0].value))
        channel.close()
        expect(await receivers[1].value == 4)
        expect(await receivers[2].value == 4)
      }
    }
  }
}
