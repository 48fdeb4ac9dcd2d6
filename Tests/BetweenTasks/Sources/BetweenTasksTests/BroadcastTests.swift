import Webble
import WebbleTesting

/// Calls a closure when it ends.
private final class Ending: Sendable {
  private let end: @Sendable () -> Void

  init(_ end: @escaping @Sendable () -> Void) { self.end = end }

  deinit { end() }
}

@MainActor func broadcastTests() {
  test("a broadcast reaches all in order, and says what they missed", timeLimit: limit) {
    await withPool { pool in
      let channel = Broadcast<Int>(capacity: 16)
      let receivers = (0..<6).map { number in
        let subscription = channel.subscribe()
        return pool.spawn(on: number % 2) {
          var subscription = subscription
          var next = 0
          var isInOrder = true
          while let event = await subscription.receive() {
            switch event {
            case .element(let number):
              if number != next { isInOrder = false }
              next += 1
            case .lagged(let count): next += count
            }
          }
          return isInOrder && next == 2000
        }
      }
      for number in 0..<2000 {
        channel.send(number)
        if number % 8 == 0 { await Task.yield() }
      }
      channel.close()
      for receiver in receivers { expect(await receiver.value) }
      expect(!channel.send(0))
    }
  }

  test("a broadcast reaches 10,000 tasks", timeLimit: limit) {
    await withPool { pool in
      let channel = Broadcast<Int>(capacity: 4)
      let receivers = (0..<10_000).map { _ in
        let subscription = channel.subscribe()
        return pool.spawnStealable {
          var subscription = subscription
          var sum = 0
          while case .element(let number)? = await subscription.receive() { sum += number }
          return sum
        }
      }
      for number in 1...4 {
        channel.send(number)
        await Task.yield()
      }
      channel.close()
      for receiver in receivers { expectEqual(await receiver.value, 10) }
    }
  }

  test("what a channel drops may use the channel when it ends", timeLimit: limit) {
    let broadcast = Broadcast<Ending>(capacity: 1)
    let watch = Watch(Ending {})
    let ended = Counter()
    for _ in 0..<3 {
      broadcast.send(
        Ending {
          _ = broadcast.subscribe()
          ended.increment()
        })
      watch.send(
        Ending {
          _ = watch.value
          ended.increment()
        })
    }
    expectEqual(ended.value, 4)
  }

  test("a cancelled subscriber stops waiting, alone", timeLimit: limit) {
    let channel = Broadcast<Int>(capacity: 2)
    let handles = (0..<2).map { _ in
      let subscription = channel.subscribe()
      return spawnLocal {
        var subscription = subscription
        if case .element(let number)? = await subscription.receive() { return number }
        return -1
      }
    }
    for _ in 0..<3 { await Task.yield() }
    handles[0].cancel()
    expectEqual(await handles[0].value, -1)
    expect(!handles[1].isFinished)
    channel.send(5)
    expectEqual(await handles[1].value, 5)
  }
}
