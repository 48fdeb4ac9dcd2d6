import Foundation

// Foundation's locks and threads are the system's, which the thread sanitizer understands; it does
// not see into the standard library's `Mutex`, nor into Dispatch.

/// A value that one thread at a time may use.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.withLock { body(&value) }
  }
}

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

/// Runs `body` on that many threads at once, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let done = DispatchGroup()
  for index in 0..<count {
    done.enter()
    Thread {
      body(index)
      done.leave()
    }.start()
  }
  done.wait()
}
