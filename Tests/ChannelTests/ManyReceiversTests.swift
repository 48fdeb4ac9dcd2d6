import Testing
import Threads

@testable import Webble

/// Broadcast and watch channels with threads in place of tasks. A lost wake-up hangs the test, a
/// double one stops it.
@Suite(.timeLimit(.minutes(2))) struct ManyReceiversTests {
  @Test func everyReceiverSeesEveryElementOrHowManyItMissed() {
    let state = Locked(BroadcastStateMachine<Int, Sleeper<Void>>(capacity: 4))
    onThreads(4) { index in
      if index == 0 {
        for element in 0..<2000 {
          for sleeper in state.withLock({ $0.send(element) })!.woken { sleeper.resume() }
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
    let state = Locked(WatchStateMachine<Int, Sleeper<Void>>(0))
    onThreads(4) { index in
      if index == 0 {
        for value in 1...2000 {
          for sleeper in state.withLock({ $0.send(value) })!.woken { sleeper.resume() }
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

  private func wait(_ arm: (Sleeper<Void>) -> Bool) {
    let sleeper = Sleeper<Void>()
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
    #expect(watch.send(1)?.woken == (armsFirst ? [0, 2] : []))
    #expect(watch.cancel(tickets[0]) == nil)
    for (index, ticket) in tickets.enumerated() where !armsFirst {
      #expect(watch.arm(ticket, index) == true)
    }
    guard case .received(1) = watch.receive(at: &versions[0]) else {
      Issue.record("missed the value")
      return
    }
  }

  /// - Parameter last: the place behind what is to be sent.
  private func exploreAll<Machine: ManyReceiversStateMachine<Int>>(
    _ machine: Machine, receivers: Int, last: Int,
    _ send: @escaping (inout Machine, Int) -> [Int]?
  ) {
    let world = ManyReceiversWorld(
      machine: machine, receivers: .init(repeating: .init(), count: receivers), last: last,
      send: send)
    #expect(explore(world) > 10)
  }

  @Test(arguments: 1...2) func noOrderOfStepsLeavesAReceiverAsleep(receivers: Int) {
    for last in 1...(3 - receivers) {
      exploreAll(BroadcastStateMachine<Int, Int>(capacity: 1), receivers: receivers, last: last) {
        $0.send($1)?.woken
      }
      // A watch has a value from the start.
      exploreAll(WatchStateMachine<Int, Int>(0), receivers: receivers, last: last + 1) {
        $0.send($1)?.woken
      }
    }
  }
}

/// A broadcast or watch channel with tasks that receive until it is closed, as
/// `Mutex.receive(at:isolation:)` does; continuations are the receivers' numbers.
private struct ManyReceiversWorld<Machine: ManyReceiversStateMachine<Int>>: World {
  struct Receiver {
    enum State: Equatable { case looking, reserved, suspended, ended }

    var state = State.looking
    var cursor = 0
    var ticket: WaitQueue<Void, Void, Int>.Ticket?
    var isCancelled = false
  }

  var machine: Machine
  var receivers: [Receiver]
  let last: Int
  let send: (inout Machine, Int) -> [Int]?

  var successors: [Self] {
    var worlds: [Self] = []
    for (index, receiver) in receivers.enumerated() {
      switch receiver.state {
      case .looking: worlds.append(after { $0.look(index) })
      case .reserved: worlds.append(after { $0.arm(index) })
      case .suspended, .ended: break
      }
      // One cancellation is enough: it must not touch the others.
      if index == 0, !receiver.isCancelled, receiver.state != .ended {
        worlds.append(after { $0.cancel(index) })
      }
    }
    if machine.end < last {
      worlds.append(after { $0.wake($0.send(&$0.machine, $0.machine.end)!) })
    } else if !machine.isClosed {
      worlds.append(after { $0.wake($0.machine.close()) })
    }
    return worlds
  }

  private mutating func look(_ index: Int) {
    switch machine.receive(at: &receivers[index].cursor) {
    case .received: break
    case .closed: receivers[index].state = .ended
    case .wait(let ticket):
      receivers[index].ticket = ticket
      receivers[index].state = .reserved
    }
  }

  private mutating func arm(_ index: Int) {
    if machine.arm(receivers[index].ticket!, index) {
      goOn(index)
    } else {
      receivers[index].state = .suspended
    }
  }

  private mutating func wake(_ woken: [Int]) {
    for index in woken {
      #expect(receivers[index].state == .suspended, "woke a task that does not sleep")
      goOn(index)
    }
  }

  private mutating func goOn(_ index: Int) {
    let endsHere = receivers[index].isCancelled && receivers[index].cursor == machine.end
    receivers[index].state = endsHere ? .ended : .looking
  }

  private mutating func cancel(_ index: Int) {
    receivers[index].isCancelled = true
    if let ticket = receivers[index].ticket, let woken = machine.cancel(ticket) {
      #expect(woken == index)
      wake([woken])
    }
  }

  func checkEnd() {
    for receiver in receivers {
      #expect(receiver.state == .ended, "hangs")
      #expect(receiver.isCancelled || receiver.cursor == last, "missed the end")
    }
  }
}
