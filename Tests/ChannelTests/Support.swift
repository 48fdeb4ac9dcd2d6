import Dispatch
import Synchronization

/// A thread that sleeps, in a task's place: resumed exactly once.
final class Sleeper: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  private let resumeCount = Atomic(0)

  func sleep() { semaphore.wait() }

  func resume() {
    let count = resumeCount.add(1, ordering: .relaxed).newValue
    precondition(count == 1, "resumed twice")
    semaphore.signal()
  }
}

/// Runs `body` on that many threads at once, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for index in 0..<count {
    // A queue each: they sleep, and must not keep each other from starting.
    DispatchQueue(label: "thread \(index)").async(group: group) { body(index) }
  }
  group.wait()
}
