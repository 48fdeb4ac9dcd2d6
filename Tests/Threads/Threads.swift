import Foundation

// Threads and locks of the system's, which the thread sanitizer understands: it does not see into the
// standard library's `Mutex`, nor into Dispatch.

/// A value that one thread at a time may use.
public final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  public init(_ value: Value) { self.value = value }

  public func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.withLock { body(&value) }
  }
}

/// Runs `body` on `count` threads of their own and returns when all have returned.
public func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let running = Running(count)
  for index in 0..<count {
    Thread {
      body(index)
      running.threadEnded()
    }.start()
  }
  running.waitForAll()
}

private final class Running: @unchecked Sendable {
  private let condition = NSCondition()
  private var count: Int

  init(_ count: Int) { self.count = count }

  func threadEnded() {
    condition.withLock {
      count -= 1
      condition.signal()
    }
  }

  func waitForAll() {
    condition.withLock { while count > 0 { condition.wait() } }
  }
}
