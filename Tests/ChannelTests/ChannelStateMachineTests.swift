import Testing

@testable import Webble

/// Continuations are numbers here: the task that waits.
private typealias Machine = ChannelStateMachine<Int, Int, Int, Int>

/// A channel with tasks that each do one thing.
private struct ChannelWorld: World {
  enum Task {
    case sends(Int)
    case receives
    /// Waits as one of `select` does: to be told, and then to try.
    case observes
    /// Receives as from a channel with a front: takes what was fetched, or fetches.
    case fetches
  }

  enum State: Equatable {
    case idle
    case reserved
    case suspended
    /// Sent or refused; received (nil: ended without an element).
    case sent(Bool)
    case received(Int?)
    /// Has taken an element from the front, and is to let senders in.
    case owesAdmission(Int)
  }

  /// What receivers have fetched.
  var front = RingBuffer<Int>()
  /// A sender may be waiting for room.
  var isWanted = false
  var machine: Machine
  var tasks: [Task]
  var states: [State]
  var sendTickets: [Machine.Senders.Ticket?]
  var receiveTickets: [Machine.Receivers.Ticket?]
  var observerTickets: [Machine.Observers.Ticket?]
  var mayCancel: [Bool]
  var mayClose = true
  var wakes: [Int]

  init(capacity: Int?, _ tasks: [Task]) {
    machine = Machine(capacity: capacity)
    self.tasks = tasks
    states = tasks.map { _ in .idle }
    sendTickets = tasks.map { _ in nil }
    receiveTickets = tasks.map { _ in nil }
    observerTickets = tasks.map { _ in nil }
    mayCancel = tasks.map { _ in true }
    wakes = tasks.map { _ in 0 }
  }

  var successors: [ChannelWorld] {
    var worlds: [ChannelWorld] = []
    for index in tasks.indices {
      if states[index] == .idle { worlds.append(after { $0.begin(index) }) }
      if states[index] == .reserved { worlds.append(after { $0.arm(index) }) }
      if case .owesAdmission(let element) = states[index] {
        worlds.append(after { $0.admit(index, element) })
      }
      let hasWaited =
        sendTickets[index] != nil || receiveTickets[index] != nil || observerTickets[index] != nil
      if mayCancel[index], hasWaited { worlds.append(after { $0.cancel(index) }) }
    }
    if mayClose { worlds.append(after { $0.close() }) }
    return worlds
  }

  private func after(_ step: (inout ChannelWorld) -> Void) -> ChannelWorld {
    var world = self
    step(&world)
    world.notifyObservers()
    world.machine.checkInvariants()
    return world
  }

  private mutating func wake(_ index: Int, _ state: State) {
    #expect(states[index] == .suspended, "woke a task that does not sleep")
    states[index] = state
    wakes[index] += 1
  }

  private mutating func begin(_ index: Int) {
    switch tasks[index] {
    case .sends(let element):
      if machine.isFull, machine.capacity != 0 {
        machine.fetchedCount = front.count
        if machine.isFull { isWanted = true }
        for sender in machine.admitSenders() { wake(sender, .sent(true)) }
      }
      switch machine.send(element, mayWait: true) {
      case .sent(let receiver):
        states[index] = .sent(true)
        if let receiver { wake(receiver, .received(element)) }
      case .refused: states[index] = .sent(false)
      case .wait(let ticket):
        sendTickets[index] = ticket
        states[index] = .reserved
      }
    case .fetches:
      if let element = front.popFirst() {
        states[index] = isWanted ? .owesAdmission(element) : .received(element)
        return
      }
      let (action, admitted) = machine.fetch(into: &front, mayWait: true)
      for sender in admitted ?? [] { wake(sender, .sent(true)) }
      switch action {
      case .received(let element, let sender):
        states[index] = .received(element)
        if let sender { wake(sender, .sent(true)) }
      case .nothing: states[index] = .received(nil)
      case .wait(let ticket):
        receiveTickets[index] = ticket
        states[index] = .reserved
      }
    case .receives:
      switch machine.receive(mayWait: true) {
      case .received(let element, let sender):
        states[index] = .received(element)
        if let sender { wake(sender, .sent(true)) }
      case .nothing: states[index] = .received(nil)
      case .wait(let ticket):
        receiveTickets[index] = ticket
        states[index] = .reserved
      }
    case .observes:
      if case .received(let element, let sender) = machine.receive(mayWait: false) {
        states[index] = .received(element)
        if let sender { wake(sender, .sent(true)) }
      } else if machine.isDrained {
        states[index] = .received(nil)
      } else if let ticket = machine.observe(index) {
        observerTickets[index] = ticket
        states[index] = .suspended
      }
    }
  }

  private mutating func admit(_ index: Int, _ element: Int) {
    states[index] = .received(element)
    machine.fetchedCount = front.count
    for sender in machine.admitSenders() { wake(sender, .sent(true)) }
    if !machine.hasWaitingSenders { isWanted = false }
  }

  private mutating func notifyObservers() {
    for observer in machine.takeObservers() {
      observerTickets[observer] = nil
      #expect(states[observer] == .suspended)
      wakes[observer] = 0
      states[observer] = .idle
    }
  }

  private mutating func arm(_ index: Int) {
    if let ticket = sendTickets[index] {
      let isSent = machine.armSend(ticket, index)
      states[index] = isSent.map { .sent($0) } ?? .suspended
    } else {
      let outcome = machine.armReceive(receiveTickets[index]!, index)
      states[index] = outcome.map { .received($0) } ?? .suspended
    }
  }

  private mutating func cancel(_ index: Int) {
    mayCancel[index] = false
    if let ticket = observerTickets[index] {
      machine.endObserving(ticket)
      observerTickets[index] = nil
      states[index] = .received(nil)
    } else if let ticket = sendTickets[index] {
      if let sender = machine.cancelSend(ticket) {
        #expect(sender == index)
        wake(sender, .sent(false))
      }
    } else if let ticket = receiveTickets[index], let receiver = machine.cancelReceive(ticket) {
      #expect(receiver == index)
      wake(receiver, .received(nil))
    }
  }

  private mutating func close() {
    mayClose = false
    let waiting = machine.close()
    for sender in waiting.senders { wake(sender, .sent(false)) }
    for receiver in waiting.receivers { wake(receiver, .received(nil)) }
  }

  /// What was sent was received, or lies in the channel, once.
  func checkEnd() {
    var machine = machine
    var sent: [Int] = []
    var received: [Int] = []
    for index in tasks.indices {
      #expect(wakes[index] <= 1)
      switch (tasks[index], states[index]) {
      case (.sends(let element), .sent(true)): sent.append(element)
      case (_, .received(let element?)): received.append(element)
      case (_, .sent(false)), (_, .received(nil)): break
      default: Issue.record("task \(index) hangs: \(states[index])")
      }
    }
    var front = front
    while let element = front.popFirst() { received.append(element) }
    while case .received(let element, nil) = machine.receive(mayWait: false) {
      received.append(element)
    }
    #expect(sent.sorted() == received.sorted())
  }
}

@Suite struct ChannelStateMachineTests {
  @Test(arguments: [0, 1, 2, nil] as [Int?])
  func noOrderOfStepsLosesOrDoublesAnElement(capacity: Int?) {
    let shapes: [[ChannelWorld.Task]] = [
      [.sends(1), .receives], [.sends(1), .sends(2), .receives],
      [.sends(1), .receives, .receives], [.sends(1), .observes], [.sends(1), .observes, .observes],
      [.sends(1), .receives, .observes],
    ]
    for tasks in shapes { #expect(explore(ChannelWorld(capacity: capacity, tasks)) > 1) }
  }

  @Test(arguments: [2, 3, nil] as [Int?])
  func noOrderOfStepsLosesOrDoublesAnElementThatIsFetched(capacity: Int?) {
    let shapes: [[ChannelWorld.Task]] = [
      [.sends(1), .fetches], [.sends(1), .sends(2), .fetches, .fetches],
      [.sends(1), .sends(2), .sends(3), .fetches, .fetches],
    ]
    for tasks in shapes { #expect(explore(ChannelWorld(capacity: capacity, tasks)) > 1) }
  }

  @Test func elementsLeaveInTheOrderOfSend() {
    var machine = Machine(capacity: 2)
    var waits = 0
    for element in 0..<10 {
      if case .wait(let ticket) = machine.send(element, mayWait: true) {
        #expect(machine.armSend(ticket, element) == nil)
        waits += 1
      }
    }
    #expect(waits == 8)
    for element in 0..<10 {
      guard case .received(element, let sender) = machine.receive(mayWait: false) else {
        Issue.record("not \(element)")
        return
      }
      #expect(sender == (element < 8 ? element + 2 : nil))
      machine.checkInvariants()
    }
  }
}
