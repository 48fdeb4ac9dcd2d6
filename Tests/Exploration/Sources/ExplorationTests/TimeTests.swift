import Webble
import WebbleTesting

/// Faults of code that trusts in time.
@MainActor func timeTests(_ isMended: Bool) {
  program("work is taken for faster than its timeout", isMended) {
    await withPool { pool in
      let winner = await withTaskGroup(of: String.self) { group in
        group.addTask(executorPreference: pool) {
          for _ in 0..<3 { await Task.yield() }
          return "work"
        }
        group.addTask {
          try? await Task.sleep(for: .seconds(30))
          return "timeout"
        }
        let first = await group.next()
        group.cancelAll()
        return first
      }
      expect(isMended || winner == "work", "the timeout has won")
    }
  }

  program("a sleep is taken for a wait", isMended) {
    await withPool { pool in
      let isDone = Mutex(false)
      let work = pool.spawn(on: 0) {
        await Task.yield()
        isDone.withLock { $0 = true }
      }
      if isMended { await work.value } else { try? await Task.sleep(for: .seconds(5)) }
      expect(isDone.withLock { $0 }, "it is not done after five seconds")
      await work.value
    }
  }

  // It is, if all begin at once; but time may pass between them.
  program("the order of sleeps is taken for that of their lengths", isMended) {
    let start = ContinuousClock.now
    let order = Mutex<[Int]>([])
    await withTaskGroup(of: Void.self) { group in
      for seconds in [30, 10, 20] {
        group.addTask {
          try? await Task.sleep(for: .seconds(seconds))
          order.withLock { $0.append(seconds) }
        }
      }
    }
    expect(ContinuousClock.now - start >= .seconds(30))
    let seen = order.withLock { $0 }
    expectEqual(isMended ? seen.sorted() : seen, [10, 20, 30])
  }
}
