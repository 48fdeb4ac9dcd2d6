import Webble
import WebbleTesting

@MainActor func manyChannelsTests() {
  test("a watch gives each receiver the latest value, and the last", timeLimit: limit) {
    await withPool { pool in
      let watch = Watch(0)
      let receivers = (0..<100).map { _ in
        pool.spawnStealable {
          var last = -1
          var isRising = true
          for await value in watch {
            if value <= last { isRising = false }
            last = value
          }
          return isRising ? last : -1
        }
      }
      for value in 1...1000 {
        watch.send(value)
        if value % 16 == 0 { await Task.yield() }
      }
      watch.close()
      for receiver in receivers { expectEqual(await receiver.value, 1000) }
      expect(!watch.send(5) && watch.value == 1000)
    }
  }

  test("trySend at a rendezvous meets a task that selects, once", timeLimit: limit) {
    await withPool { pool in
      let channels = (0..<3).map { _ in Channel<Int>(capacity: 0) }
      expect(!channels[0].trySend(1))
      var sent = 0
      let receiver = pool.spawn {
        var sum = 0
        while let (index, element) = await select(channels) { sum += element &- index }
        return sum
      }
      // Each that was sent is received, also when several channels want the one task at once.
      for round in 1...300 {
        let index = round % 3
        expect(await eventually { channels[index].trySend(round + index) })
        sent += round
        let next = (index + 1) % 3
        if channels[next].trySend(1000 + next) { sent += 1000 }
      }
      expect(await eventually { channels.allSatisfy { $0.count == 0 } })
      for channel in channels { channel.close() }
      expectEqual(await receiver.value, sent)
    }
  }

  test("trySend at a rendezvous does not meet a select that was cancelled", timeLimit: limit) {
    await withPool { pool in
      let channel = Channel<Int>(capacity: 0)
      let receiver = pool.spawn { await select([channel])?.element }
      receiver.cancel()
      expect(await receiver.value == nil)
      expect(!channel.trySend(1) && channel.count == 0)
    }
  }

  test("10,000 tasks wait for a watch", timeLimit: limit) {
    await withPool { pool in
      let watch = Watch(0)
      let waiting = Counter()
      let receivers = (0..<10_000).map { _ in
        pool.spawnStealable {
          var values = watch.makeAsyncIterator()
          waiting.increment()
          while let value = await values.next() {
            if value > 0 { return value }
          }
          return -1
        }
      }
      expect(await eventually { waiting.value > 5000 })
      watch.send(7)
      for receiver in receivers { expectEqual(await receiver.value, 7) }
    }
  }

  test("a cancelled receiver of a watch stops waiting, alone", timeLimit: limit) {
    await withPool { pool in
      let watch = Watch(0)
      for round in 1...500 {
        let receivers = (0..<2).map { worker in
          pool.spawn(on: worker) {
            var values = watch.makeAsyncIterator()
            _ = await values.next()
            return await values.next()
          }
        }
        if round % 2 == 0 { await Task.yield() }
        receivers[0].cancel()
        let first = await receivers[0].value
        // The other may have seen the value of this round as its first.
        watch.send(round)
        expect(first == nil)
        receivers[1].cancel()
        let second = await receivers[1].value
        expect(second == nil || second == round)
      }
    }
  }

  test("a one-shot channel has one element, and its ends learn of each other", timeLimit: limit) {
    await withPool { pool in
      for round in 0..<1000 {
        let (sender, receiver) = OneShot<Int>.makeChannel()
        let receipt = pool.spawn(on: 0) { await receiver.receive() }
        let isSent = pool.spawn(on: 1) { sender.send(round) && !sender.send(-1) }
        if round % 2 == 0 { receipt.cancel() }
        let received = await receipt.value
        expect(await isSent.value)
        expect(round % 2 == 0 ? received ?? round == round : received == round)
        expect(received != nil || receiver.tryReceive() == round)
      }
    }
    let receiver = OneShot<Int>.makeChannel().receiver
    expect(await receiver.receive() == nil, "its sender has gone")
    let sender = OneShot<Int>.makeChannel().sender
    expect(sender.isClosed && !sender.send(1), "its receiver has gone")
    let closed = OneShot<Int>.makeChannel()
    closed.receiver.close()
    expect(!closed.sender.send(1))
  }

  test("a select loses no element and doubles none: 10,000 on 4 channels", timeLimit: limit) {
    await withPool { pool in
      let channels = [0, 1, 8, nil].map { Channel<Int>(capacity: $0) }
      let senders = (0..<8).map { sender in
        pool.spawnStealable {
          for number in 0..<1250 {
            let element = sender * 1250 + number
            expect(await channels[sender % 4].send(element))
          }
        }
      }
      let receivers = (0..<3).map { _ in
        pool.spawnStealable { () async -> [Int] in
          var received: [Int] = []
          while let (index, element) = await select(channels) {
            if element / 1250 % 4 != index { return [] }
            received.append(element)
          }
          return received
        }
      }
      // A plain receiver takes part.
      let other = pool.spawnStealable {
        var received: [Int] = []
        for await element in channels[1] { received.append(element) }
        return received
      }
      for sender in senders { await sender.value }
      for channel in channels { channel.close() }
      var all = await other.value
      for receiver in receivers { all += await receiver.value }
      expect(all.sorted() == Array(0..<10_000), "\(all.count) elements")
    }
  }

  test("a cancelled select takes nothing", timeLimit: limit) {
    await withPool { pool in
      let numbers = Channel<Int>(capacity: 1)
      let lists = Channel<[Int]>(capacity: 0)
      let received = Counter()
      let refused = Counter()
      for round in 0..<2000 {
        let receiver = pool.spawn(on: 0) {
          switch await select(numbers, lists) {
          case .first(let number)?: received.increment(by: number)
          case .second(let list)?: received.increment(by: list[0])
          case nil: break
          }
        }
        let sender = pool.spawn(on: 1) {
          let isSent = round % 2 == 0 ? await numbers.send(1) : await lists.send([1])
          if !isSent { refused.increment() }
        }
        if round % 3 == 0 { await Task.yield() }
        receiver.cancel()
        await receiver.value
        sender.cancel()
        await sender.value
      }
      while numbers.tryReceive() != nil { received.increment() }
      expectEqual(received.value + refused.value, 2000)
    }
  }

  test("a select of channels that are always full is fair", timeLimit: limit) {
    let channels = (0..<3).map { _ in Channel<Int>() }
    for channel in channels { for number in 0..<1000 { channel.trySend(number) } }
    var counts = [0, 0, 0]
    for _ in 0..<900 {
      guard let (index, _) = await select(channels) else { break }
      counts[index] += 1
    }
    expect(counts.allSatisfy { (250...350).contains($0) }, "\(counts[0]), \(counts[1])")
    expect(await select([Channel<Int>]()) == nil)
  }

  test("watches, one-shot channels and selects give their memory back", timeLimit: limit) {
    await withPool { pool in
      await expectMemoryBack(after: 200) {
        let watch = Watch([0])
        let channels = (0..<2).map { _ in Channel<[Int]>(capacity: 1) }
        let (sender, receiver) = OneShot<[Int]>.makeChannel()
        let watchers = (0..<50).map { _ in
          pool.spawnStealable { for await value in watch where value == [9] { return } }
        }
        let selectors = (0..<50).map { _ in
          pool.spawnStealable { while await select(channels) != nil {} }
        }
        for number in 0..<100 { await channels[number % 2].send([number]) }
        for channel in channels { channel.close() }
        sender.send([1])
        watch.send([9])
        for task in watchers + selectors { await task.value }
        _ = receiver
      }
    }
  }
}
