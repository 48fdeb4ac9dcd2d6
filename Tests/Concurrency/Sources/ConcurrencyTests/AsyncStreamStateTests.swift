import Support

// The state machine of streams, compiled into the tests from the runtime's own source, against a model
// that is as plain as can be: every sequence of events up to a length, for every policy.

private typealias Machine = AsyncStreamStateMachine<Int, TestError, Int, String>

private enum Event: CaseIterable {
  case yield, next, finish, fail, cancel
}

/// What came of an event, as text: e and number for a buffered element, d for a dropped one, and so on.
private struct Model {
  let limit: Machine.Limit
  var buffer: [Int] = []
  var waiting: [Int] = []
  var isOpen = true
  var failure: Int?
  var handler: String? = "handler"

  mutating func yield(_ element: Int) -> String {
    if !isOpen { return "terminated" }
    if !waiting.isEmpty { return "resume \(waiting.removeFirst()) \(element)" }
    buffer.append(element)
    switch limit {
    case .oldest(let count) where buffer.count > count: return "dropped \(buffer.removeLast())"
    case .newest(let count) where buffer.count > count: return "dropped \(buffer.removeFirst())"
    default: return "buffered"
    }
  }

  mutating func next(_ consumer: Int) -> String {
    if !buffer.isEmpty { return "element \(buffer.removeFirst())" }
    if isOpen {
      waiting.append(consumer)
      return "wait"
    }
    guard let number = failure else { return "end" }
    failure = nil
    return "failure \(number)"
  }

  mutating func finish(_ number: Int?) -> String {
    var text = "handler \(handler ?? "none")"
    handler = nil
    if !isOpen { return text }
    isOpen = false
    failure = number
    for consumer in waiting {
      text += failure.map { ", \(consumer) fails \($0)" } ?? ", \(consumer) ends"
      failure = nil
    }
    waiting = []
    return text
  }

  mutating func cancel() -> String {
    defer { handler = nil }
    return handler ?? "none"
  }
}

private func text(_ action: Machine.YieldAction) -> String {
  switch action {
  case .resume(let consumer, let element, _): "resume \(consumer) \(element)"
  case .buffered: "buffered"
  case .dropped(let element): "dropped \(element)"
  case .terminated: "terminated"
  }
}

private func text(_ action: Machine.NextAction) -> String {
  switch action {
  case .element(let element): return "element \(element)"
  case .failure(.expected(let number)): return "failure \(number)"
  case .end: return "end"
  case .wait: return "wait"
  }
}

private func text(_ action: Machine.FinishAction) -> String {
  var action = action
  var text = "handler \(action.handler ?? "none")"
  while let consumer = action.consumers.popFirst() {
    if case .expected(let number) = action.failure {
      text += ", \(consumer) fails \(number)"
      action.failure = nil
    } else {
      text += ", \(consumer) ends"
    }
  }
  return text
}

/// Applies each event to copies of both, and goes on from there.
private func explore(_ machine: Machine, _ model: Model, time: Int, length: Int) -> Int {
  if time == length { return 1 }
  var count = 0
  for event in Event.allCases {
    var machine = machine
    var model = model
    let (actual, expected): (String, String) =
      switch event {
      case .yield: (text(machine.yield(time)), model.yield(time))
      case .next: (text(machine.next(time)), model.next(time))
      case .finish: (text(machine.finish(nil)), model.finish(nil))
      case .fail: (text(machine.finish(.expected(time))), model.finish(time))
      case .cancel: (machine.cancel() ?? "none", model.cancel())
      }
    guard expect(actual == expected, "\(actual) is not \(expected)") else { return count }
    count += explore(machine, model, time: time + 1, length: length)
  }
  return count
}

@MainActor func asyncStreamStateTests() {
  conformance("SE-0314: every sequence of six events does what a plain model does") {
    let limits: [Machine.Limit] = [
      .unbounded, .oldest(0), .oldest(1), .oldest(2), .newest(0), .newest(1), .newest(2),
    ]
    for limit in limits {
      var machine = Machine(limit: limit)
      machine.handler = "handler"
      expectEqual(explore(machine, Model(limit: limit), time: 0, length: 6), 15_625)
    }
  }

  conformance("SE-0314: the room that a yield reports") {
    var machine = Machine(limit: .newest(2))
    func room(_ action: Machine.YieldAction) -> Int? {
      switch action {
      case .resume(_, _, let room), .buffered(let room): room
      default: nil
      }
    }
    expect(room(machine.yield(1)) == 1)
    expect(room(machine.yield(2)) == 0)
    expect(room(machine.yield(3)) == nil)
    while case .element = machine.next(0) {}
    expect(room(machine.yield(4)) == 2)
  }

  conformance("SE-0314: the buffer keeps its order through growth and wrapping") {
    var buffer = RingBuffer<Int>()
    var (pushed, popped) = (0, 0)
    var randomness = Randomness(seed: 314)
    for _ in 0..<5000 {
      if randomness.next(below: 5) < 3 {
        buffer.append(pushed)
        pushed += 1
      } else if let element = buffer.popFirst() {
        expectEqual(element, popped)
        popped += 1
      }
      expectEqual(buffer.count, pushed - popped)
    }
    while let element = buffer.popFirst() {
      expectEqual(element, popped)
      popped += 1
    }
    expectEqual(popped, pushed)
    expect(buffer.isEmpty)
  }
}
