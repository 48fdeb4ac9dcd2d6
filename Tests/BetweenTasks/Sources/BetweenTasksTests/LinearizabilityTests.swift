import Webble
import WebbleTesting

/// Does some operations on the channel, and records them.
private func operate(
  on channel: Channel<Int>, _ task: Int, seed: UInt64, _ clock: Counter
) async -> [ChannelOperation] {
  var random = SplitMix64(state: seed)
  var history: [ChannelOperation] = []
  for number in 0..<3 {
    let element = task * 10 + number
    let begin = clock.increment()
    let kind: ChannelOperation.Kind
    switch random.next() % 8 {
    case 0...2: kind = .send(element, isSent: await channel.send(element))
    case 3...5: kind = .receive(await channel.receive())
    case 6: kind = .trySend(element, isSent: channel.trySend(element))
    default: kind = .tryReceive(channel.tryReceive())
    }
    let isCancelled = Task.isCancelled
    history.append(
      ChannelOperation(kind: kind, begin: begin, end: clock.increment(), isCancelled: isCancelled))
  }
  return history
}

@MainActor func linearizabilityTests() {
  test("3,000 short channel histories are linearizable", timeLimit: limit) {
    await withPool { pool in
      for round in 0..<3000 {
        let capacity = [0, 1, 2, nil][round % 4]
        let channel = Channel<Int>(capacity: capacity)
        let clock = Counter()
        let started = Counter()
        let tasks = (0..<3).map { task in
          pool.spawn(on: task % 2) {
            // The first two begin at the same time.
            started.increment()
            while hasThreads, task < 2, started.value < 2 {}
            return await operate(on: channel, task, seed: UInt64(round * 3 + task), clock)
          }
        }
        for _ in 0..<round % 5 { await Task.yield() }
        if round % 3 == 0 { tasks[round / 3 % 3].cancel() }
        let begin = clock.increment()
        channel.close()
        var history = [
          ChannelOperation(kind: .close, begin: begin, end: clock.increment(), isCancelled: false)
        ]
        for task in tasks { history += await task.value }
        expect(isLinearizable(history, ChannelModel(capacity: capacity)), "round \(round)")
      }
    }
  }

  test("the checker of histories finds what is not linearizable", timeLimit: limit) {
    func operation(_ kind: ChannelOperation.Kind, _ begin: Int, _ end: Int) -> ChannelOperation {
      ChannelOperation(kind: kind, begin: begin, end: end, isCancelled: false)
    }
    let sends = [
      operation(.send(1, isSent: true), 1, 2), operation(.send(2, isSent: true), 3, 4),
    ]
    let model = ChannelModel(capacity: nil)
    let inOrder = [operation(.receive(1), 5, 6), operation(.receive(2), 7, 8)]
    let outOfOrder = [operation(.receive(2), 5, 6), operation(.receive(1), 7, 8)]
    let atOnce = [operation(.receive(2), 5, 8), operation(.receive(1), 6, 7)]
    expect(isLinearizable(sends + inOrder, model))
    expect(!isLinearizable(sends + outOfOrder, model))
    expect(isLinearizable(sends + atOnce, model))
    expect(!isLinearizable(sends + [operation(.tryReceive(nil), 5, 6)], model))
    expect(!isLinearizable(sends + inOrder, ChannelModel(capacity: 1)))
    expect(!isLinearizable([operation(.receive(1), 1, 2)], model))
  }
}
