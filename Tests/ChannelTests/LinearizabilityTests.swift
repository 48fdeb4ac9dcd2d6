import Testing
import Threads

@testable import Webble

private typealias Machine = ChannelStateMachine<Int, Sleeper<Bool>, Sleeper<Int?>, Never>

/// A channel with threads in place of tasks. It keeps how to cancel the waits that somebody is to
/// cancel.
private final class ThreadChannel: Sendable {
  let machine: Locked<Machine>
  let cancellations = Locked<[@Sendable () -> Void]>([])

  init(capacity: Int?) { machine = Locked(Machine(capacity: capacity)) }

  func trySend(_ element: Int) -> Bool {
    guard case .sent(let receiver) = machine.withLock({ $0.send(element, mayWait: false) })
    else { return false }
    receiver?.resume(returning: element)
    return true
  }

  func send(_ element: Int, isCancelled: Bool) -> Bool {
    switch machine.withLock({ $0.send(element, mayWait: true) }) {
    case .sent(let receiver):
      receiver?.resume(returning: element)
      return true
    case .refused: return false
    case .wait(let ticket):
      if isCancelled {
        cancellations.withLock {
          $0.append { self.machine.withLock { $0.cancelSend(ticket) }?.resume(returning: false) }
        }
      }
      let sleeper = Sleeper<Bool>()
      return machine.withLock { $0.armSend(ticket, sleeper) } ?? sleeper.sleep()
    }
  }

  func tryReceive() -> Int? {
    guard case .received(let element, let sender) = machine.withLock({ $0.receive(mayWait: false) })
    else { return nil }
    sender?.resume(returning: true)
    return element
  }

  func receive(isCancelled: Bool) -> Int? {
    switch machine.withLock({ $0.receive(mayWait: true) }) {
    case .received(let element, let sender):
      sender?.resume(returning: true)
      return element
    case .nothing: return nil
    case .wait(let ticket):
      if isCancelled {
        cancellations.withLock {
          $0.append { self.machine.withLock { $0.cancelReceive(ticket) }?.resume(returning: nil) }
        }
      }
      let sleeper = Sleeper<Int?>()
      return machine.withLock { $0.armReceive(ticket, sleeper) } ?? sleeper.sleep()
    }
  }

  func close() {
    let waiting = machine.withLock { $0.close() }
    for sender in waiting.senders { sender.resume(returning: false) }
    for receiver in waiting.receivers { receiver.resume(returning: nil) }
  }
}

@Suite(.timeLimit(.minutes(5))) struct LinearizabilityTests {
  @Test(arguments: [0, 1, 2, nil] as [Int?])
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
