import CPlatform
import Swift
import Synchronization

/// A lock for sections of a few instructions that call no code of the user and do not suspend.
///
/// The main thread of a page may not block, so it could not wait for a lock in any other way.
struct SpinLock: ~Copyable {
  private let isHeld = Atomic<Bool>(false)

  /// Runs `body` while no other thread is in a section of this lock.
  @inline(__always)
  func withLock<Result>(_ body: () -> Result) -> Result {
    // Pairs with the release below: a section sees all that the one before has written.
    while isHeld.exchange(true, ordering: .acquiring) {
      // Only reads while waiting, so that the holder keeps the cache line.
      while isHeld.load(ordering: .relaxed) { webble_spin_hint() }
    }
    let result = body()
    isHeld.store(false, ordering: .releasing)
    return result
  }
}
