import Webble
import WebbleTesting

/// Faults of code that takes an order for granted.
@MainActor func orderTests(_ isMended: Bool) {
  program("a task uses what another has yet to set", isMended) {
    await withPool { pool in
      let value = Mutex<Int?>(nil)
      let setter = pool.spawn(on: 0) { value.withLock { $0 = 1 } }
      let user = pool.spawn(on: 1) {
        if isMended { await setter.value }
        return value.withLock { $0 }
      }
      expect(await user.value == 1, "the value is not there yet")
      await setter.value
    }
  }

  program("results of a group are taken for ordered", isMended) {
    await withPool { pool in
      let results = await withTaskGroup(of: (Int, Int).self) { group in
        for number in 0..<3 {
          group.addTask(executorPreference: pool) { (number, number * 10) }
        }
        var results = [Int](repeating: -1, count: 3)
        var place = 0
        for await (number, result) in group {
          results[isMended ? number : place] = result
          place += 1
        }
        return results
      }
      expectEqual(results, [0, 10, 20])
    }
  }

  program("an answer is put together in the order in which its parts come", isMended) {
    await withPool { pool in
      let words = Mutex<[String]>([])
      let handles = ["one", "two"].map { word in
        pool.spawnStealable { words.withLock { $0.append(word) } }
      }
      for handle in handles { await handle.value }
      let all = words.withLock { $0 }
      expectSameInEverySchedule(isMended ? all.sorted() : all)
    }
  }

  program("a consumer takes an empty channel for the end", isMended) {
    await withPool { pool in
      let channel = Channel<Int>(capacity: 4)
      let producer = pool.spawn(on: 0) {
        for number in 0..<3 {
          await channel.send(number)
          await Task.yield()
        }
        channel.close()
      }
      let consumer = pool.spawn(on: 1) {
        var sum = 0
        if isMended {
          for await number in channel { sum += number }
        } else {
          _ = await channel.receive()
          while let number = channel.tryReceive() { sum += number }
        }
        return sum
      }
      expectEqual(await consumer.value, 3)
      await producer.value
    }
  }

  program("a channel is closed while another still sends", isMended) {
    await withPool { pool in
      let channel = Channel<Int>(capacity: 4)
      let senders = (0..<2).map { number in
        pool.spawn(on: number) {
          let hasSent = await channel.send(1)
          if !isMended, number == 0 { channel.close() }
          return hasSent
        }
      }
      var sent = 0
      for sender in senders where await sender.value { sent += 1 }
      if isMended { channel.close() }
      expectEqual(sent, 2)
    }
  }

  program("a stream is finished before its last element", isMended) {
    await withPool { pool in
      let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
      let yielder = pool.spawn(on: 0) { _ = continuation.yield(1) }
      let finisher = pool.spawn(on: 1) {
        if isMended { await yielder.value }
        continuation.finish()
      }
      var count = 0
      for await _ in stream { count += 1 }
      expectEqual(count, 1)
      await yielder.value
      await finisher.value
    }
  }

  program("a task that was told to stop has gone on", isMended) {
    await withPool { pool in
      let log = Mutex<[String]>([])
      let work = pool.spawn(on: 0) {
        for _ in 0..<3 {
          if Task.isCancelled { return }
          await Task.yield()
          log.withLock { $0.append("works") }
        }
      }
      await pool.spawn(on: 1) {
        work.cancel()
        if isMended { await work.value }
        log.withLock { $0.append("stopped") }
      }.value
      await work.value
      expect(log.withLock { $0.last == "stopped" }, "it works after its stop")
    }
  }
}
