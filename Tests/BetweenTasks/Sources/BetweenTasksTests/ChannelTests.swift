import Webble
import WebbleTesting

/// A producer and the place of the element among those it has sent.
private struct Stamp: Sendable {
  var producer: Int
  var number: Int
}

/// Sends `perProducer` elements from each of `producers` tasks to `consumers` tasks, and checks
/// what has to hold of any channel: each element arrives once, and each consumer sees a producer's
/// elements in the order in which they were sent.
@MainActor private func checkHistory(
  _ pool: ThreadPool, capacity: Int?, producers: Int, consumers: Int, perProducer: Int
) async {
  let channel = Channel<Stamp>(capacity: capacity)
  let senders = (0..<producers).map { producer in
    pool.spawnStealable {
      for number in 0..<perProducer {
        let stamp = Stamp(producer: producer, number: number)
        if number % 3 != 0 || !channel.trySend(stamp) { await channel.send(stamp) }
      }
    }
  }
  let receivers = (0..<consumers).map { _ in
    pool.spawnStealable {
      var received: [Stamp] = []
      for await stamp in channel { received.append(stamp) }
      return received
    }
  }
  for sender in senders { await sender.value }
  channel.close()
  var seen = [Int](repeating: 0, count: producers * perProducer)
  for receiver in receivers {
    var last = [Int](repeating: -1, count: producers)
    for stamp in await receiver.value {
      expect(last[stamp.producer] < stamp.number, "out of order")
      last[stamp.producer] = stamp.number
      seen[stamp.producer * perProducer + stamp.number] += 1
    }
  }
  expect(seen.allSatisfy { $0 == 1 }, "lost or doubled, capacity \(capacity ?? -1)")
}

@MainActor func channelTests() {
  test("a channel's elements arrive once and in order", timeLimit: limit) {
    await withPool { pool in
      for capacity in [0, 1, 7, nil] {
        for (producers, consumers) in [(1, 1), (4, 1), (1, 4), (4, 4)] {
          await checkHistory(
            pool, capacity: capacity, producers: producers, consumers: consumers, perProducer: 500)
        }
      }
    }
  }

  test("thousands of short channel histories", timeLimit: limit) {
    await withPool { pool in
      for round in 0..<1000 {
        await checkHistory(
          pool, capacity: round % 4 == 3 ? nil : round % 3, producers: 1 + round % 3,
          consumers: 1 + round % 2, perProducer: 4)
      }
    }
  }

  test("10,000 tasks contend for a channel", timeLimit: limit) {
    await withPool { pool in
      let channel = Channel<Int>(capacity: 10)
      let sum = pool.spawnStealable {
        var sum = 0
        for await number in channel { sum += number }
        return sum
      }
      let senders = (0..<10_000).map { number in
        pool.spawnStealable { await channel.send(number) }
      }
      for sender in senders { expect(await sender.value) }
      channel.close()
      expectEqual(await sum.value, 49_995_000)
    }
  }

  test("a cancelled receiver loses no element; a cancelled sender sends none", timeLimit: limit) {
    await withPool { pool in
      let channel = Channel<Int>(capacity: 1)
      let received = Counter()
      let refused = Counter()
      for round in 0..<2000 {
        let receiver = pool.spawn(on: 0) {
          if let number = await channel.receive() { received.increment(by: number) }
        }
        let sender = pool.spawn(on: 1) {
          if !(await channel.send(1)) { refused.increment() }
        }
        if round % 2 == 0 { receiver.cancel() } else { sender.cancel() }
        if round % 3 == 0 { await Task.yield() }
        receiver.cancel()
        sender.cancel()
        await receiver.value
        await sender.value
      }
      var left = 0
      while channel.tryReceive() != nil { left += 1 }
      expectEqual(received.value + refused.value + left, 2000)
    }
  }

  test("a task that was cancelled before still takes what is there, and does not wait",
    timeLimit: limit
  ) {
    let channel = Channel<Int>()
    channel.trySend(1)
    let work = spawnLocal {
      while !Task.isCancelled { await Task.yield() }
      let first = await channel.receive()
      let second = await channel.receive()
      return first == 1 && second == nil
    }
    work.cancel()
    expect(await work.value)
  }

  test("channels give their memory back", timeLimit: limit) {
    await withPool { pool in
      await expectMemoryBack(after: 300) {
        let channel = Channel<[Int]>(capacity: 3)
        let senders = (0..<200).map { number in
          pool.spawnStealable { await channel.send([Int](repeating: number, count: 10)) }
        }
        for _ in 0..<100 { _ = await channel.receive() }
        channel.close()
        for sender in senders { _ = await sender.value }
      }
    }
  }
}
