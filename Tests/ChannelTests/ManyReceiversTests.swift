import Testing
import Threads

@testable import Webble

/// Broadcast and watch channels with threads in place of tasks. A lost wake-up hangs the test, a
/// double one stops it.
@Suite(.timeLimit(.minutes(2))) struct ManyReceiversTests {
  @Test func everyReceiverSeesEveryElementOrHowManyItMissed() {
    let state = Locked(BroadcastStateMachine<Int, Sleeper>(capacity: 4))
    onThreads(4) { index in
      if index == 0 {
        for element in 0..<2000 {
          for sleeper in state.withLock({ $0.send(element) })! { sleeper.resume() }
        }
        for sleeper in state.withLock({ $0.close() }) { sleeper.resume() }
        #expect(state.withLock { $0.send(0) } == nil)
        return
      }
      var cursor = 0
      var next = 0
      receiving: while true {
        let position = cursor
        let (action, moved) = state.withLock { state in
          var cursor = position
          let action = state.receive(at: &cursor)
          return (action, cursor)
        }
        cursor = moved
        switch action {
        case .received(.element(let element)):
          #expect(element == next)
          next += 1
        case .received(.lagged(let count)): next += count
        case .closed: break receiving
        case .wait(let ticket): wait { sleeper in state.withLock { $0.arm(ticket, sleeper) } }
        }
      }
      #expect(next == 2000)
    }
  }

  @Test func noReceiverMissesTheLatestValue() {
    let state = Locked(WatchStateMachine<Int, Sleeper>(0))
    onThreads(4) { index in
      if index == 0 {
        for value in 1...2000 {
          for sleeper in state.withLock({ $0.send(value) })! { sleeper.resume() }
        }
        for sleeper in state.withLock({ $0.close() }) { sleeper.resume() }
        #expect(state.withLock { $0.send(0) } == nil)
        return
      }
      var version = 0
      var last = -1
      receiving: while true {
        let seen = version
        let (action, moved) = state.withLock { state in
          var version = seen
          let action = state.receive(at: &version)
          return (action, version)
        }
        version = moved
        switch action {
        case .received(let value):
          #expect(value > last)
          last = value
        case .closed: break receiving
        case .wait(let ticket): wait { sleeper in state.withLock { $0.arm(ticket, sleeper) } }
        }
      }
      #expect(last == 2000)
    }
  }

  private func wait(_ arm: (Sleeper) -> Bool) {
    let sleeper = Sleeper()
    if !arm(sleeper) { sleeper.sleep() }
  }

  @Test(arguments: [true, false]) func aCancelledReceiverLeavesTheOthersInLine(armsFirst: Bool) {
    var watch = WatchStateMachine<Int, Int>(0)
    var versions = [1, 1, 1]
    var tickets: [WaitQueue<Void, Void, Int>.Ticket] = []
    for index in versions.indices {
      guard case .wait(let ticket) = watch.receive(at: &versions[index]) else {
        Issue.record("does not wait")
        return
      }
      tickets.append(ticket)
      if armsFirst { #expect(watch.arm(ticket, index) == false) }
    }
    #expect(watch.cancel(tickets[1]) == (armsFirst ? 1 : nil))
    #expect(watch.cancel(tickets[1]) == nil)
    #expect(watch.send(1) == (armsFirst ? [0, 2] : []))
    #expect(watch.cancel(tickets[0]) == nil)
    for (index, ticket) in tickets.enumerated() where !armsFirst {
      #expect(watch.arm(ticket, index) == true)
    }
    guard case .received(1) = watch.receive(at: &versions[0]) else {
      Issue.record("missed the value")
      return
    }
  }
}
