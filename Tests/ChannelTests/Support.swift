import Foundation
import Testing

/// A thread that sleeps, in a task's place: resumed exactly once.
final class Sleeper<Outcome>: @unchecked Sendable {
  private let condition = NSCondition()
  private var outcome: Outcome?

  func sleep() -> Outcome {
    condition.withLock {
      while outcome == nil { condition.wait() }
      return outcome!
    }
  }

  func resume(returning outcome: Outcome) {
    condition.withLock {
      precondition(self.outcome == nil, "resumed twice")
      self.outcome = outcome
      condition.signal()
    }
  }
}

extension Sleeper<Void> {
  func resume() { resume(returning: ()) }
}

/// Tasks at a state machine, one step at a time: what an operation does before its task suspends,
/// the arming of its wait, and its cancellation are three steps, which others may come between.
protocol World {
  /// All that can happen next, each as a world of its own.
  var successors: [Self] { get }

  /// Called when nothing can happen any more.
  func checkEnd()
}

extension World {
  func after(_ step: (inout Self) -> Void) -> Self {
    var world = self
    step(&world)
    return world
  }
}

/// Tries every order of steps.
///
/// - Returns: how many there are.
func explore(_ world: some World) -> Int {
  let successors = world.successors
  if successors.isEmpty {
    world.checkEnd()
    return 1
  }
  return successors.reduce(0) { $0 + explore($1) }
}
