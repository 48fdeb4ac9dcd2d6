import Builtin
import CPlatform
import CRuntime
import Swift
import WebbleAtomics
import WebbleScheduler

// Escalation: when a task waits for one of lower priority, or somebody asks for it, that one's priority
// rises, and with it those of its children and of the task that it waits for itself; its handlers are
// called; and where it is queued it moves up.

extension TaskStatus {
  /// Which of the scheduler's classes the status belongs to. Priority 0 is that of jobs without one.
  var priorityClass: PriorityClass {
    if priority >= UInt(TaskPriority.high.rawValue) { return .high }
    return priority == 0 || priority > UInt(TaskPriority.low.rawValue) ? .normal : .low
  }
}

/// Raises a task's priority and that of all whom it waits for, unless it is that high. Any thread; the caller
/// keeps the task alive.
///
/// Tasks that are to be told are listed, as in `cancelTask`, through links of their own.
@inline(__always)
func escalate(_ task: TaskPointer, to priority: UInt) {
  if task.currentStatus.priority < priority { escalateSlowly(task, to: priority) }
}

@inline(never)
private func escalateSlowly(_ root: TaskPointer, to priority: UInt) {
  var next: TaskPointer?
  raise(root, to: priority, listing: &next)
  while let task = next {
    next = task.pointee.escalated
    // From here on a higher priority lists the task anew.
    let before = task.status.pointee.bitwiseAnd(
      ~TaskStatus.escalating, ordering: .acquiringAndReleasing).oldValue
    let status = TaskStatus(word: before)
    let told = withChildrenLocked(task) { _ in
      let told = TaskStatus(priority: UInt(task.pointee.told_priority))
      task.pointee.told_priority = UInt32(status.priority)
      raiseAll(webble_children(task, nil), to: status.priority, listing: &next)
      var group = task.pointee.groups
      while let inner = group {
        raiseAll(webble_children(task, inner), to: status.priority, listing: &next)
        group = inner.pointee.outer
      }
      if let awaited = task.pointee.awaited {
        raise(awaited, to: status.priority, listing: &next)
      }
      return told
    }
    if told.priorityClass != status.priorityClass { task.requeue() }
    callEscalationHandlers(task)
    swift_release(UnsafeMutableRawPointer(task))
  }
}

private func raiseAll(
  _ children: UnsafeMutablePointer<webble_child_list>?, to priority: UInt,
  listing next: inout TaskPointer?
) {
  var child = children?.pointee.first
  while let task = child {
    raise(task, to: priority, listing: &next)
    child = task.pointee.child.next
  }
}

private func raise(_ task: TaskPointer, to priority: UInt, listing next: inout TaskPointer?) {
  var seen = task.status.pointee.load(ordering: .relaxed)
  while let (raised, mustList) = TaskStatus(word: seen).raised(to: priority) {
    let (exchanged, original) = task.status.pointee.weakCompareExchange(
      expected: seen, desired: raised.word,
      successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
    if exchanged {
      guard mustList else { return }
      swift_retain(UnsafeMutableRawPointer(task))
      task.pointee.escalated = next
      next = task
      return
    }
    seen = original
  }
}

// What a task waits for is written by the task alone, and read by escalations under the task's lock. One
// read-modify-write of the status word orders the two: of it and an escalation's, one comes first and is
// seen by the other.

/// Notes that the current task, off its thread but in nobody's hands yet, waits for another, and gives that
/// one its priority.
@inline(never)
func beginAwaiting(_ awaited: TaskPointer, by waiting: TaskPointer) {
  waiting.pointee.awaited = awaited
  // A raise before this is seen here; one after it finds what the task waits for.
  let before = waiting.status.pointee.bitwiseOr(0, ordering: .acquiringAndReleasing).oldValue
  escalate(awaited, to: TaskStatus(word: before).priority)
}

/// The task waits no longer. By the thread that is about to resume it, while the awaited one is alive.
@inline(never)
func endAwaiting(by waiting: TaskPointer) {
  waiting.pointee.awaited = nil
  // An escalation that locks after this finds nothing. One that has locked before may be about to raise
  // the awaited task, which must outlive that.
  var status = waiting.status.pointee.bitwiseOr(0, ordering: .acquiringAndReleasing).oldValue
  guard status & TaskStatus.locked != 0 else { return }
  repeat {
    webble_spin_hint()
    status = waiting.status.pointee.load(ordering: .acquiring)
  } while status & TaskStatus.locked != 0
  webble_learn_of_growth()
}

extension Task {
  /// Raises the task's priority to `newPriority`, unless it is that high already, and with it that of its
  /// children and of the task that it waits for. Any thread.
  public func escalatePriority(to newPriority: TaskPriority) {
    escalate(pointer, to: UInt(newPriority.rawValue))
  }
}

extension UnsafeCurrentTask {
  /// Raises the task's priority to `newPriority`, unless it is that high already.
  public func escalatePriority(to newPriority: TaskPriority) {
    escalate(pointer, to: UInt(newPriority.rawValue))
  }
}

/// The caller's closure itself, whose context lives as long as the scope; that of a closure made around it
/// would end with this call. A priority is passed as the byte that it is.
@_silgen_name("swift_task_addPriorityEscalationHandler")
private func _addEscalationHandler(
  _ handler: (TaskPriority, TaskPriority) -> Void
) -> UnsafeMutableRawPointer

/// Runs `operation`; each time that the current task's priority is raised meanwhile, `handler` is called
/// with the old and the new one, on the thread that raises it.
public func withTaskPriorityEscalationHandler<Return, Failure: Error>(
  operation: () async throws(Failure) -> Return,
  onPriorityEscalated handler: @Sendable (TaskPriority, TaskPriority) -> Void,
  isolation: isolated (any Actor)? = #isolation
) async throws(Failure) -> Return {
  let record = _addEscalationHandler(handler)
  let result: Result<Return, Failure>
  do throws(Failure) {
    result = .success(try await operation())
  } catch {
    result = .failure(error)
  }
  await removeHandler(record)
  taskDeallocate(record)
  return try result.get()
}
