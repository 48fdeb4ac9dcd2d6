import Synchronization
import Webble
import WebbleTesting

/// What a task has asked of a channel and been told, and between which two moments.
private struct Operation: Sendable {
  enum Kind {
    case send(Int, isSent: Bool)
    case receive(Int?)
    /// Without waiting.
    case trySend(Int, isSent: Bool)
    case tryReceive(Int?)
    case close
  }

  var kind: Kind
  var begin: Int
  var end: Int
  /// Its task was cancelled by the time it ended.
  var isCancelled: Bool
}

/// A channel as it would be if everything happened at a moment each.
private struct Model {
  var capacity: Int?
  var queue: [Int] = []
  var isClosed = false

  /// In a rendezvous the element that was sent is received in the next moment.
  var owesReceipt: Bool { capacity == 0 && !queue.isEmpty }

  /// - Returns: whether the operation may have gone like that.
  mutating func perform(_ operation: Operation) -> Bool {
    let hasRoom = capacity == 0 ? queue.isEmpty : queue.count < capacity ?? .max
    switch operation.kind {
    case .send(let element, isSent: true), .trySend(let element, isSent: true):
      guard !isClosed, hasRoom else { return false }
      queue.append(element)
      return true
    case .send(_, isSent: false): return isClosed || operation.isCancelled
    // Nobody waits to receive at a rendezvous, as far as one can tell from outside.
    case .trySend(_, isSent: false): return isClosed || !hasRoom || capacity == 0
    case .receive(let element?), .tryReceive(let element?):
      guard queue.first == element else { return false }
      queue.removeFirst()
      return true
    case .receive(nil): return isClosed && queue.isEmpty || operation.isCancelled
    case .tryReceive(nil): return queue.isEmpty
    case .close:
      isClosed = true
      return true
    }
  }
}

/// Whether the operations can be put in an order that the model allows and in which none comes
/// before another that had ended when it began: Wing and Gong, "Testing and Verifying Concurrent
/// Objects" (1993).
private func isLinearizable(_ history: [Operation], _ model: Model) -> Bool {
  if history.isEmpty { return true }
  let firstEnd = history.reduce(Int.max) { min($0, $1.end) }
  for (index, operation) in history.enumerated() where operation.begin < firstEnd {
    var after = model
    if model.owesReceipt {
      switch operation.kind {
      case .receive(_?), .tryReceive(_?): break
      default: continue
      }
    }
    guard after.perform(operation) else { continue }
    var rest = history
    rest.remove(at: index)
    if isLinearizable(rest, after) { return true }
  }
  return false
}

/// Does some operations on the channel, and records them.
private func operate(
  on channel: Channel<Int>, _ task: Int, seed: UInt64, _ clock: Counter
) async -> [Operation] {
  var random = SplitMix64(state: seed)
  var history: [Operation] = []
  for number in 0..<3 {
    let element = task * 10 + number
    let begin = clock.increment()
    let kind: Operation.Kind
    switch random.next() % 8 {
    case 0...2: kind = .send(element, isSent: await channel.send(element))
    case 3...5: kind = .receive(await channel.receive())
    case 6: kind = .trySend(element, isSent: channel.trySend(element))
    default: kind = .tryReceive(channel.tryReceive())
    }
    let isCancelled = Task.isCancelled
    history.append(
      Operation(kind: kind, begin: begin, end: clock.increment(), isCancelled: isCancelled))
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
          Operation(kind: .close, begin: begin, end: clock.increment(), isCancelled: false)
        ]
        for task in tasks { history += await task.value }
        expect(isLinearizable(history, Model(capacity: capacity)), "round \(round)")
      }
    }
  }

  test("the checker of histories finds what is not linearizable", timeLimit: limit) {
    func operation(_ kind: Operation.Kind, _ begin: Int, _ end: Int) -> Operation {
      Operation(kind: kind, begin: begin, end: end, isCancelled: false)
    }
    let sends = [
      operation(.send(1, isSent: true), 1, 2), operation(.send(2, isSent: true), 3, 4),
    ]
    let model = Model(capacity: nil)
    let inOrder = [operation(.receive(1), 5, 6), operation(.receive(2), 7, 8)]
    let outOfOrder = [operation(.receive(2), 5, 6), operation(.receive(1), 7, 8)]
    let atOnce = [operation(.receive(2), 5, 8), operation(.receive(1), 6, 7)]
    expect(isLinearizable(sends + inOrder, model))
    expect(!isLinearizable(sends + outOfOrder, model))
    expect(isLinearizable(sends + atOnce, model))
    expect(!isLinearizable(sends + [operation(.tryReceive(nil), 5, 6)], model))
    expect(!isLinearizable(sends + inOrder, Model(capacity: 1)))
    expect(!isLinearizable([operation(.receive(1), 1, 2)], model))
  }
}
