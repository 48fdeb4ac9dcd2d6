import Testing
import Threads

@testable import Webble

/// A channel with threads in place of tasks. It keeps how to cancel the waits that somebody is to
/// cancel.
private final class ThreadChannel: @unchecked Sendable {
  let queue: ChannelQueue<Int, Sleeper<Bool>, Sleeper<Int?>, Never>
  let cancellations = Locked<[@Sendable () -> Void]>([])

  init(capacity: Int?) { queue = ChannelQueue(capacity: capacity) }

  deinit { queue.deallocate() }

  func trySend(_ element: Int) -> Bool {
    let (action, woken) = queue.send(element, mayWait: false)
    if let woken { resume(woken) }
    guard case .sent(let receiver) = action else { return false }
    receiver?.resume(returning: element)
    return true
  }

  func send(_ element: Int, isCancelled: Bool) -> Bool {
    let (action, woken) = queue.send(element, mayWait: true)
    if let woken { resume(woken) }
    switch action {
    case .sent(let receiver):
      receiver?.resume(returning: element)
      return true
    case .refused: return false
    case .wait(let ticket):
      if isCancelled {
        cancellations.withLock {
          $0.append { self.queue.cancelSend(ticket)?.resume(returning: false) }
        }
      }
      let sleeper = Sleeper<Bool>()
      return queue.armSend(ticket, sleeper) ?? sleeper.sleep()
    }
  }

  func tryReceive() -> Int? {
    let (action, admitted) = queue.receive(mayWait: false)
    for sender in admitted ?? [] { sender.resume(returning: true) }
    guard case .received(let element, let sender) = action else { return nil }
    sender?.resume(returning: true)
    return element
  }

  func receive(isCancelled: Bool) -> Int? {
    let (action, admitted) = queue.receive(mayWait: true)
    for sender in admitted ?? [] { sender.resume(returning: true) }
    switch action {
    case .received(let element, let sender):
      sender?.resume(returning: true)
      return element
    case .nothing: return nil
    case .wait(let ticket):
      if isCancelled {
        cancellations.withLock {
          $0.append { self.queue.cancelReceive(ticket)?.resume(returning: nil) }
        }
      }
      let sleeper = Sleeper<Int?>()
      return queue.armReceive(ticket, sleeper) ?? sleeper.sleep()
    }
  }

  func close() { resume(queue.close()) }

  private func resume(
    _ woken: ChannelQueue<Int, Sleeper<Bool>, Sleeper<Int?>, Never>.Woken
  ) {
    for sender in woken.admitted { sender.resume(returning: true) }
    for sender in woken.refused { sender.resume(returning: false) }
    for receiver in woken.disappointed { receiver.resume(returning: nil) }
  }
}

@Suite(.timeLimit(.minutes(5))) struct LinearizabilityTests {
  @Test(arguments: [0, 1, 2, 3, nil] as [Int?])
  func shortHistoriesOfThreadsAreLinearizable(capacity: Int?) {
    for round in 0..<1000 {
      let channel = ThreadChannel(capacity: capacity)
      let clock = Locked(0)
      let now: @Sendable () -> Int = {
        clock.withLock { time in
          time += 1
          return time
        }
      }
      let running = Locked(3)
      let history = Locked<[ChannelOperation]>([])
      onThreads(4) { thread in
        if thread < 3 {
          let own = operate(on: channel, thread, seed: UInt64(round * 3 + thread), now)
          history.withLock { $0 += own }
          running.withLock { $0 -= 1 }
          return
        }
        // The last one cancels what is to be cancelled, closes the channel, and goes on cancelling.
        for _ in 0..<round % 4 { cancelOne(channel) }
        let begin = now()
        channel.close()
        let end = now()
        history.withLock {
          $0.append(.init(kind: .close, begin: begin, end: end, isCancelled: false))
        }
        while running.withLock({ $0 }) > 0 { cancelOne(channel) }
      }
      let all = history.withLock { $0 }
      #expect(isLinearizable(all, ChannelModel(capacity: capacity)), "\(all)")
    }
  }

  private func cancelOne(_ channel: ThreadChannel) {
    channel.cancellations.withLock { $0.popLast() }?()
  }

  /// Does some operations on the channel, and records them.
  private func operate(
    on channel: ThreadChannel, _ thread: Int, seed: UInt64, _ now: () -> Int
  ) -> [ChannelOperation] {
    var random = SplitMix64(seed: seed)
    return (0..<3).map { number in
      let element = thread * 10 + number
      let isCancelled = Bool.random(using: &random)
      let begin = now()
      let kind: ChannelOperation.Kind =
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2: .send(element, isSent: channel.send(element, isCancelled: isCancelled))
        case 3...5: .receive(channel.receive(isCancelled: isCancelled))
        case 6: .trySend(element, isSent: channel.trySend(element))
        default: .tryReceive(channel.tryReceive())
        }
      return ChannelOperation(kind: kind, begin: begin, end: now(), isCancelled: isCancelled)
    }
  }
}
