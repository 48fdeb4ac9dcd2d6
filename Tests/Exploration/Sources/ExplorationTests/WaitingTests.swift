import Webble
import WebbleTesting

/// A flag to wait for, as one writes it: whoever sets it between the look and the wait wakes nobody.
private actor Gate {
  private var isOpen = false
  private var waiters: [UnsafeContinuation<Void, Never>] = []

  func wait(looking atTheRightTime: Bool) async {
    if isOpen { return }
    if !atTheRightTime { await Task.yield() }
    await withUnsafeContinuation { waiters.append($0) }
  }

  func open() {
    isOpen = true
    for waiter in waiters { waiter.resume() }
    waiters = []
  }
}

/// Faults of code that waits.
@MainActor func waitingTests(_ isMended: Bool) {
  program("a wake-up between the look and the wait is lost", isMended) {
    await withPool { pool in
      let gate = Gate()
      let waiter = pool.spawn(on: 0) { await gate.wait(looking: isMended) }
      let opener = pool.spawn(on: 1) { await gate.open() }
      await waiter.value
      await opener.value
    }
  }

  program("two locks are taken in two orders", isMended) {
    await withPool { pool in
      let locks = [AsyncSemaphore(permits: 1), AsyncSemaphore(permits: 1)]
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          let first = isMended ? 0 : number
          await locks[first].wait()
          await Task.yield()
          await locks[1 - first].wait()
          locks[1 - first].signal()
          locks[first].signal()
        }
      }
      for handle in handles { await handle.value }
    }
  }

  program("two locks with names are taken in two orders", isMended) {
    await withPool { pool in
      let locks = [AsyncMutex(0), AsyncMutex(0)]
      let handles = ["first", "second"].enumerated().map { number, name in
        pool.spawnStealable(name: name) {
          let one = isMended ? 0 : number
          await locks[one].withLock { _ in
            await Task.yield()
            await locks[1 - one].withLock { $0 += 1 }
          }
        }
      }
      for handle in handles { await handle.value }
    }
  }

  program("what a test has begun waits for ever at its end", isMended) {
    await withPool { pool in
      let questions = Channel<Int>(capacity: 1)
      Task(name: "listener") {
        for await _ in questions { if !isMended { break } }
        for await _ in questions {}
      }
      await pool.spawn(on: 0) { await questions.send(1) }.value
      if isMended { questions.close() }
    }
  }

  program("two readers wait to become the writer", isMended) {
    await withPool { pool in
      let permits = AsyncSemaphore(permits: 2)
      let upgrade = AsyncSemaphore(permits: 1)
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          if isMended { await upgrade.wait() }
          await permits.wait()
          await Task.yield()
          await permits.wait()
          permits.signal()
          permits.signal()
          if isMended { upgrade.signal() }
        }
      }
      for handle in handles { await handle.value }
    }
  }

  program("a permit is lost when its holder is cancelled", isMended) {
    await withPool { pool in
      let semaphore = AsyncSemaphore(permits: 1)
      let work = pool.spawn(on: 0) {
        await semaphore.wait()
        await Task.yield()
        if Task.isCancelled, !isMended { return }
        semaphore.signal()
      }
      let canceller = pool.spawn(on: 1) {
        await Task.yield()
        work.cancel()
      }
      await work.value
      await canceller.value
      await semaphore.wait()
    }
  }

  program("a cancellation comes before there is anybody to tell", isMended) {
    await withPool { pool in
      let waiting = Mutex<UnsafeContinuation<Void, Never>?>(nil)
      let work = pool.spawn(on: 0) {
        await withTaskCancellationHandler {
          await withUnsafeContinuation { continuation in
            waiting.withLock { $0 = continuation }
            // Whoever was cancelled by now has told nobody.
            if isMended, Task.isCancelled {
              let own = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
              }
              own?.resume()
            }
          }
        } onCancel: {
          let other = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
          }
          other?.resume()
        }
      }
      let canceller = pool.spawn(on: 1) { work.cancel() }
      await canceller.value
      await work.value
    }
  }

  program("two stages fill each other's channels", isMended) {
    await withPool { pool in
      let there = Channel<Int>(capacity: isMended ? 4 : 1)
      let back = Channel<Int>(capacity: isMended ? 4 : 1)
      let handles = [(there, back), (back, there)].enumerated().map { number, ways in
        pool.spawn(on: number) {
          for value in 0..<2 { await ways.0.send(value) }
          for _ in 0..<2 { _ = await ways.1.receive() }
        }
      }
      for handle in handles { await handle.value }
    }
  }

  program("a continuation is resumed by an answer and by a timeout", isMended) {
    await withPool { pool in
      let waiting = Mutex<CheckedContinuation<Int, Never>?>(nil)
      func resume(_ number: Int) {
        let continuation = waiting.withLock { waiting in
          defer { if isMended { waiting = nil } }
          return waiting
        }
        continuation?.resume(returning: number)
      }
      let timeout = Task {
        try? await Task.sleep(for: .seconds(1))
        if !Task.isCancelled { resume(0) }
      }
      _ = await withCheckedContinuation { continuation in
        waiting.withLock { $0 = continuation }
        pool.spawn(on: 0) { resume(1) }
      }
      timeout.cancel()
      await timeout.value
    }
  }

  program("two locks of threads are taken in two orders", isMended) {
    await withPool { pool in
      let locks = [Mutex(0), Mutex(0)]
      let handles = ["first", "second"].enumerated().map { number, name in
        pool.spawn(on: number, name: name) {
          let one = isMended ? 0 : number
          locks[one].withLock { value in
            value += 1
            locks[1 - one].withLock { $0 += 1 }
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(locks.map { lock in lock.withLock { $0 } }, [2, 2])
    }
  }

  program("a lock is changed under one that is read, and the other way round", isMended) {
    await withPool { pool in
      let lists = RwLock(0), count = Mutex(0)
      let reader = pool.spawn(on: 0) {
        lists.withReadLock { _ in count.withLock { $0 += 1 } }
      }
      let writer = pool.spawn(on: 1) {
        if isMended {
          let seen = count.withLock { $0 }
          lists.withWriteLock { $0 = seen }
        } else {
          count.withLock { count in lists.withWriteLock { $0 = count } }
        }
      }
      await reader.value
      await writer.value
    }
  }

  program("a task asks again and again, and sleeps in between", isMended) {
    await withPool { pool in
      let isDone = Mutex(false)
      let asker = pool.spawn(on: 0) {
        while !isDone.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
      }
      let setter = pool.spawn(on: 1) {
        // Who has not begun is taken for done.
        if isMended || asker.isFinished { return isDone.withLock { $0 = true } }
        await Task.yield()
        if asker.isFinished { isDone.withLock { $0 = true } }
      }
      await setter.value
      await asker.value
    }
  }

  program("a task waits for a flag and gives way for ever", isMended) {
    await withPool { pool in
      let flags = [Mutex(false), Mutex(false)]
      func isSet(_ number: Int) -> Bool { flags[number].withLock { $0 } }
      let handles = (0..<2).map { number in
        pool.spawn(on: number) {
          // Each is polite, and waits while the other wants to go.
          flags[number].withLock { $0 = true }
          await Task.yield()
          while isSet(1 - number), !isMended || number == 1 { await Task.yield() }
          flags[number].withLock { $0 = false }
        }
      }
      for handle in handles { await handle.value }
    }
  }
}
