import CRuntime
import Swift
import Synchronization
import WebbleScheduler

/// The bits of a task's status word. Any thread may read it; every change is a read-modify-write.
///
///     bit 0      cancelled   set once, by anyone; never cleared
///     bit 1      locked      somebody reads or changes the list of cancellation handlers. Held for a
///                            few instructions, never across a call
///     bit 2      taken       the result of a pool's task was taken out of its handle
///     bits 8-15  priority    raised when a task of higher priority waits for this one (escalation)
enum TaskStatus {
  static let cancelled: UInt = 1
  static let locked: UInt = 2
  static let taken: UInt = 4

  static func initial(priority: UInt) -> UInt { priority << 8 }
  static func priority(of status: UInt) -> UInt { status >> 8 & 0xFF }

  /// Which of the scheduler's classes a status belongs to. Priority 0 is that of tasks made without one.
  static func priorityClass(of status: UInt) -> PriorityClass {
    let priority = priority(of: status)
    if priority >= UInt(TaskPriority.high.rawValue) { return .high }
    return priority == 0 || priority > UInt(TaskPriority.low.rawValue) ? .normal : .low
  }
}

/// Raises the priority of a task that one of higher priority waits for. Where it is enqueued already it
/// keeps its place; from its next wake on it takes the higher one's.
func escalate(_ task: TaskPointer, to waiting: TaskPointer) {
  let priority = TaskStatus.priority(of: waiting.status.pointee.load(ordering: .relaxed))
  var seen = task.status.pointee.load(ordering: .relaxed)
  while TaskStatus.priority(of: seen) < priority {
    let raised = seen & ~(0xFF << 8) | priority << 8
    let (exchanged, original) = task.status.pointee.weakCompareExchange(
      expected: seen, desired: raised, ordering: .relaxed)
    if exchanged { return }
    seen = original
  }
}
