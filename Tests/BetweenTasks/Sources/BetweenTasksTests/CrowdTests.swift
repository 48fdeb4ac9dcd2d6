import Webble
import WebbleTesting

private final class Local {
  var count = 0
}

/// 10,000 tasks, which wait for `begin`, so that they meet.
private func crowd<Result: Sendable>(
  _ pool: ThreadPool, _ begin: CountdownLatch, _ body: @escaping @Sendable (Int) async -> Result
) -> [WorkerHandle<Result, Never>] {
  (0..<10_000).map { number in
    let work: @Sendable () async -> Result = {
      await begin.wait()
      return await body(number)
    }
    return number % 2 == 0 ? pool.spawn(work) : pool.spawnStealable(work)
  }
}

@MainActor func crowdTests() {
  test("10,000 tasks send to each other, at every capacity", timeLimit: limit) {
    await withPool { pool in
      for capacity in [0, 1, nil] {
        let channel = Channel<Int>(capacity: capacity)
        let begin = CountdownLatch(count: 1)
        let tasks = crowd(pool, begin) { number in
          if number % 4 < 2 { return await channel.send(number) ? 0 : -1 }
          return await channel.receive() ?? -1
        }
        begin.countDown()
        var sum = 0
        for task in tasks { sum += await task.value }
        expectEqual(sum, (0..<10_000).reduce(0) { $0 + ($1 % 4 < 2 ? $1 : 0) })
      }
    }
  }

  test("10,000 tasks send to one-shot channels, one to each and all to one", timeLimit: limit) {
    await withPool { pool in
      let begin = CountdownLatch(count: 1)
      let (sender, receiver) = OneShot<Int>.makeChannel()
      let own = (0..<10_000).map { _ in OneShot<Int>.makeChannel() }
      let senders = crowd(pool, begin) { number in
        (sender.send(number), own[number].sender.send(number))
      }
      let receivers = crowd(pool, begin) { await own[$0].receiver.receive() }
      begin.countDown()
      let winner = await receiver.receive()
      for (number, task) in senders.enumerated() {
        expect(await task.value == (number == winner, true))
      }
      for (number, task) in receivers.enumerated() { expect(await task.value == number) }
    }
  }

  test("10,000 tasks select from two channels", timeLimit: limit) {
    await withPool { pool in
      let channels = [Channel<Int>(capacity: 2), Channel<Int>(capacity: 0)]
      let begin = CountdownLatch(count: 1)
      let tasks = crowd(pool, begin) { number in
        if number % 2 == 0 { return await channels[number / 2 % 2].send(number) ? 0 : -1 }
        return await select(channels)?.element ?? -1
      }
      begin.countDown()
      var sum = 0
      for task in tasks { sum += await task.value }
      expectEqual(sum, (0..<10_000).reduce(0) { $0 + ($1 % 2 == 0 ? $1 : 0) })
    }
  }

  test("one of 10,000 tasks makes a lazy value", timeLimit: limit) {
    await withPool { pool in
      let made = Counter()
      let lazy = Lazy {
        await Task.yield()
        return made.increment()
      }
      let begin = CountdownLatch(count: 1)
      let tasks = crowd(pool, begin) { _ in await lazy.value }
      begin.countDown()
      for task in tasks { expectEqual(await task.value, 1) }
      expect(lazy.valueIfMade == 1)
    }
  }

  test("10,000 tasks count in a thread-local", timeLimit: limit) {
    await withPool(workers: 3) { pool in
      let made = Counter()
      let local = ThreadLocal {
        made.increment()
        return Local()
      }
      let begin = CountdownLatch(count: 1)
      let tasks = crowd(pool, begin) { _ in local.withValue { $0.count += 1 } }
      begin.countDown()
      for task in tasks { await task.value }
      var sum = 0
      for worker in 0..<3 {
        sum += await pool.spawn(on: worker) { local.withValue { $0.count } }.value
      }
      expectEqual(sum, 10_000)
      expect(made.value <= 3)
    }
  }

  test("10,000 tasks want to block", timeLimit: limit) {
    await withPool { pool in
      let begin = CountdownLatch(count: 1)
      let inside = Counter()
      let tasks = crowd(pool, begin) { _ in
        await pool.blocking {
          defer { inside.increment(by: -1) }
          return inside.increment()
        }
      }
      begin.countDown()
      for task in tasks { expectEqual(await task.value, 1) }
    }
  }
}
