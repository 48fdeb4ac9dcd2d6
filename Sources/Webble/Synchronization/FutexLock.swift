#if arch(wasm32)
import CPlatform
import Synchronization
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// A lock of one 32-bit word: the third mutex of Drepper, "Futexes Are Tricky" (2011).
///
///     free ── lock ──▶ held ── another waits ──▶ contended
///      ▲                │                            │
///      └──── unlock ────┴──── unlock, wake one ──────┘
///
/// A waiter that was woken takes the lock as `contended`, since it cannot know whether there are
/// more. So a wake-up may find nobody, but no waiter is left asleep beside a free lock.
///
/// Orderings: taking the lock acquires what the last `unlock` released.
struct FutexLock {
  /// Of the lock's owner, at an address that never changes. Any thread.
  let word: UnsafeMutablePointer<Atomic<UInt32>>

  private static let free: UInt32 = 0
  private static let held: UInt32 = 1
  private static let contended: UInt32 = 2

  /// Looks at the word before a worker goes to sleep: about as long as the sleep itself would take.
  static let spinLimit = 200
  /// The same where every holder does only a few instructions: a sleep, and the wake-up that the
  /// holder then owes, take far longer than to wait for some of them.
  static let briefSpinLimit = 4000
  /// What a thread that must not block spins before it gives up. Far above any short critical
  /// section, also of a worker that the host has put aside meanwhile.
  static let spinningTime: Duration = .seconds(1)

  @inline(__always)
  func tryLock() -> Bool {
    word.pointee.compareExchange(
      expected: Self.free, desired: Self.held, successOrdering: .acquiring,
      failureOrdering: .relaxed
    ).exchanged
  }

  /// Takes the lock.
  ///
  /// - Parameter isUsers: whether what is done under the lock is user code, which may be long or
  ///   take the lock again; the main thread does not wait for that without end.
  @inline(__always)
  func lock(isUsers: Bool) {
    if !tryLock() { lockContended(isUsers: isUsers) }
  }

  @inline(__always)
  func unlock() {
    if word.pointee.exchange(Self.free, ordering: .releasing) == Self.contended {
      _ = webble_futex_notify(word, 1)
    }
  }

  @inline(never)
  private func lockContended(isUsers: Bool) {
    guard mayBlock() else { return lockSpinning(isUsers: isUsers) }
    let limit = isUsers ? Self.spinLimit : Self.briefSpinLimit
    for _ in 0..<limit where word.pointee.load(ordering: .relaxed) == Self.free {
      if tryLock() { return }
    }
    while word.pointee.exchange(Self.contended, ordering: .acquiring) != Self.free {
      _ = webble_futex_wait(word, Self.contended, -1)
    }
  }

  private func lockSpinning(isUsers: Bool) {
    if isUsers, !isIsolated() {
      fatalError("a Mutex was locked by code that it already protects, further up the stack")
    }
    let end = ContinuousClock.now + Self.spinningTime
    while true {
      for _ in 0..<10_000 where word.pointee.load(ordering: .relaxed) == Self.free {
        if tryLock() { return }
      }
      if isUsers, ContinuousClock.now > end {
        fatalError(
          "the main thread must not block, and a Mutex stayed locked for more than a second: "
            + "use an AsyncMutex, or hold the lock more briefly")
      }
    }
  }
}

/// Whether the calling thread is one that may sleep in an instruction: a Web Worker.
func mayBlock() -> Bool {
  guard let worker = currentWorker() else { return false }
  return worker.pointee.pool != nil && !worker.pointee.isVirtual
}
#endif
