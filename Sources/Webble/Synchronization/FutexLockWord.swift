/// The word of a `FutexLock` as a pure value: what each step makes of it. After the third mutex of
/// Drepper, "Futexes Are Tricky" (2011):
///
///     free ── lock ──▶ held ── another waits ──▶ contended
///      ▲                │                            │
///      └──── unlock ────┴──── unlock, wake one ──────┘
///
/// A waiter that has slept takes the lock as `contended`, since it cannot know whether there are
/// more. So a wake-up may find nobody, but no waiter is left asleep beside a free lock.
///
/// Beyond the paper, the word names the thread that holds the lock: a thread that would wait for
/// itself is told so.
struct FutexLockWord: Equatable {
  /// Bit 0: contended. The others: the thread's even number; 0 if the lock is free.
  let bits: UInt32

  private static let contended: UInt32 = 1

  static let free = FutexLockWord(bits: 0)

  var isFree: Bool { bits == 0 }

  /// What a thread that finds the lock free makes of it.
  ///
  /// - Parameter hasSlept: whether it may be one of several that slept.
  static func held(by thread: UInt32, hasSlept: Bool) -> FutexLockWord {
    FutexLockWord(bits: thread | (hasSlept ? contended : 0))
  }

  func isHeld(by thread: UInt32) -> Bool { bits & ~Self.contended == thread }

  /// With somebody who sleeps for as long as the word stays so.
  var withSleeper: FutexLockWord { FutexLockWord(bits: bits | Self.contended) }

  /// Whether who unlocks it is to wake one that sleeps.
  var owesWakeUp: Bool { bits & Self.contended != 0 }
}
