// As a package writes it that knows nothing of Webble.
import Synchronization

/// Numbers under the standard library's mutex, which it has not got on WebAssembly, beside one of its atomics.
final class Numbers: Sendable {
  private let list = Mutex<[Int]>([])
  private let count = Atomic<Int>(0)

  func add(_ number: Int) {
    list.withLock { $0.append(number) }
    count.add(1, ordering: .relaxed)
  }

  /// Their sum, and how often `add` was called.
  var sum: (Int, count: Int) {
    (list.withLock { $0.reduce(0, +) }, count.load(ordering: .relaxed))
  }

  /// Whether the lock is refused while it is held.
  var isRefusedWhileHeld: Bool { list.withLock { _ in list.withLockIfAvailable { _ in } == nil } }
}
