import Testing
import Threads

@testable import Webble

@Suite(.timeLimit(.minutes(2))) struct SemaphoreTests {
  @Test(arguments: 0...2) func noOrderOfStepsLosesOrDoublesAPermit(permits: Int) {
    for (tasks, signals) in [(1, 1), (2, 1), (2, 2), (3, 1)] {
      let world = SemaphoreWorld(
        machine: SemaphoreStateMachine(permits: permits),
        tasks: .init(repeating: .init(), count: tasks), permits: permits, signalsLeft: signals)
      #expect(explore(world) > 1)
    }
  }

  @Test func asManyThreadsAreInsideAsThereArePermits() {
    let state = Locked(SemaphoreStateMachine<Sleeper<Bool>>(permits: 2))
    let inside = Locked(0)
    onThreads(5) { _ in
      for _ in 0..<1000 {
        if let ticket = state.withLock({ $0.takeOrGetInLine() }) {
          let sleeper = Sleeper<Bool>()
          let hasPermit = state.withLock { $0.arm(ticket, sleeper) } ?? sleeper.sleep()
          #expect(hasPermit)
        }
        inside.withLock {
          $0 += 1
          #expect($0 <= 2)
        }
        inside.withLock { $0 -= 1 }
        state.withLock { $0.signal() }?.resume(returning: true)
      }
    }
    #expect(state.withLock { $0.permits } == 2)
  }
}

/// Tasks that each wait for a permit, and keep it. Continuations are their numbers.
private struct SemaphoreWorld: World {
  struct Task {
    enum State: Equatable { case idle, reserved, suspended, ended(hasPermit: Bool) }

    var state = State.idle
    var ticket: SemaphoreStateMachine<Int>.Waiters.Ticket?
    var isCancelled = false
  }

  var machine: SemaphoreStateMachine<Int>
  var tasks: [Task]
  /// At first, and those that were added.
  var permits: Int
  var signalsLeft: Int
  /// In the order in which they got in line.
  var line: [Int] = []

  var successors: [SemaphoreWorld] {
    machine.checkInvariants()
    var worlds: [SemaphoreWorld] = []
    for (index, task) in tasks.enumerated() {
      if task.state == .idle { worlds.append(after { $0.begin(index) }) }
      if task.state == .reserved { worlds.append(after { $0.arm(index) }) }
      if task.ticket != nil, !task.isCancelled { worlds.append(after { $0.cancel(index) }) }
    }
    if signalsLeft > 0 { worlds.append(after { $0.signal() }) }
    return worlds
  }

  private mutating func begin(_ index: Int) {
    tasks[index].ticket = machine.takeOrGetInLine()
    tasks[index].state = tasks[index].ticket == nil ? .ended(hasPermit: true) : .reserved
    if tasks[index].ticket != nil { line.append(index) }
  }

  private mutating func arm(_ index: Int) {
    if let hasPermit = machine.arm(tasks[index].ticket!, index) {
      end(index, hasPermit: hasPermit)
    } else {
      tasks[index].state = .suspended
    }
  }

  private mutating func wake(_ index: Int, hasPermit: Bool) {
    #expect(tasks[index].state == .suspended, "woke a task that does not sleep")
    end(index, hasPermit: hasPermit)
  }

  private mutating func end(_ index: Int, hasPermit: Bool) {
    tasks[index].state = .ended(hasPermit: hasPermit)
    #expect(hasPermit || tasks[index].isCancelled)
  }

  private mutating func cancel(_ index: Int) {
    tasks[index].isCancelled = true
    // Whoever is in line is out of it; whoever had been served before keeps the permit.
    line.removeAll { $0 == index }
    if let woken = machine.cancel(tasks[index].ticket!) {
      #expect(woken == index)
      wake(woken, hasPermit: false)
    }
  }

  private mutating func signal() {
    signalsLeft -= 1
    permits += 1
    let woken = machine.signal()
    let first = line.first
    if first != nil { line.removeFirst() }
    if let woken {
      #expect(woken == first, "overtook")
      wake(woken, hasPermit: true)
    }
  }

  func checkEnd() {
    let granted = tasks.count { $0.state == .ended(hasPermit: true) }
    #expect(granted + machine.permits == permits)
    for task in tasks {
      if case .ended = task.state { continue }
      #expect(task.state == .suspended && !task.isCancelled && machine.permits == 0, "hangs")
    }
  }
}
