/// The status word of a task. Any thread may read it; every change is a read-modify-write.
///
///     bit 0      cancelled    set once, by anyone; never cleared
///     bit 1      locked       somebody reads or changes the lists of handlers and children. Held for a few
///                             instructions (an escalation's: for each child), never across a call
///     bit 2      taken        the result of a pool's task was taken out of its handle
///     bit 3      escalating   the task is in the list of one that escalates, which clears the bit before
///                             it tells the task's children, handlers and queue
///     bit 4      scoped       the task is inside a cancellation scope, which is asked first. Set and cleared
///                             by the task itself
///     bit 5      stopped      the parallel algorithm that it takes part in has been ended early: to its code
///                             it is as cancelled. Set by anyone during a `PoolVisit`, cleared by itself
///     bit 6      deadline     set with `cancelled`: a deadline's expiry was the reason
///     bits 8-15  priority     raised when a task of higher priority waits for this one; never lowered
///
///     escalation:  p ── raise to q > p ──▶ q + escalating ── the one that listed it ──▶ q
///                                             │     ▲                        │
///                                             └─────┘ raised again: no       └─▶ tells of the priority
///                                                     second listing             that it finds
struct TaskStatus: Hashable {
  var word: UInt

  static let cancelled: UInt = 1
  static let locked: UInt = 2
  static let taken: UInt = 4
  static let escalating: UInt = 8
  static let scoped: UInt = 16
  static let stopped: UInt = 32
  static let deadline: UInt = 64

  init(word: UInt) { self.word = word }
  init(priority: UInt) { word = priority << 8 }

  var priority: UInt { word >> 8 & 0xFF }
  var isCancelled: Bool { word & TaskStatus.cancelled != 0 }
  /// What the task's own code is told outside of scopes.
  var looksCancelled: Bool { word & (TaskStatus.cancelled | TaskStatus.stopped) != 0 }

  var isInScope: Bool { word & TaskStatus.scoped != 0 }

  /// The status after the priority was raised to `priority`; nil if it is that high already.
  ///
  /// - Returns: also whether the one that raises it has to list the task.
  func raised(to priority: UInt) -> (TaskStatus, mustList: Bool)? {
    guard self.priority < priority else { return nil }
    let raised = TaskStatus(word: word & ~(0xFF << 8) | priority << 8 | TaskStatus.escalating)
    return (raised, word & TaskStatus.escalating == 0)
  }
}
