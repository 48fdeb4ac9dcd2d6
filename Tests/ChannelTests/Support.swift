import Foundation

/// A thread that sleeps, in a task's place: resumed exactly once.
final class Sleeper: @unchecked Sendable {
  private let condition = NSCondition()
  private var isResumed = false

  func sleep() {
    condition.withLock { while !isResumed { condition.wait() } }
  }

  func resume() {
    condition.withLock {
      precondition(!isResumed, "resumed twice")
      isResumed = true
      condition.signal()
    }
  }
}
