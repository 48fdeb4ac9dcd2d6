import Builtin
import CRuntime
import Swift
import WebbleAtomics

// Cancellation: one bit of the task's status word, and what its setting calls: see Handlers.swift.

/// Cancels a task and all its descendants. Any thread; the caller keeps the task alive.
///
/// Descendants are kept in a list of the canceller's, linked through the tasks: a tree may be deeper than
/// the stack. Each is in at most one such list, since only the first to cancel a task lists it.
@_cdecl("webble_task_cancel")
func cancelTask(_ task: TaskPointer) { cancelTask(task, .userRequested) }

func cancelTask(_ task: TaskPointer, _ reason: CancellationError.Reason) {
  willAccess(.cancellation)
  guard markCancelled(task, reason) else { return }
  swift_retain(UnsafeMutableRawPointer(task))
  propagateCancellation(from: task, reason)
}

/// Cancels what a task does inside a scope that has just been marked. Any thread; the scope stays until this
/// has returned.
func cancelInside(_ scope: HandlerRecordPointer, of task: TaskPointer, _ reason: CancellationError.Reason) {
  callCancellationHandlers(task, in: scope)
  while let child = nextUntoldChild(task, in: scope) {
    if markCancelled(child, reason) {
      propagateCancellation(from: child, reason)
    } else {
      swift_release(UnsafeMutableRawPointer(child))
    }
  }
}

/// Calls the handlers of a task that was just marked, and of its descendants.
private func propagateCancellation(from root: TaskPointer, _ reason: CancellationError.Reason) {
  root.pointee.cancelled = nil
  var next: TaskPointer? = root
  while let task = next {
    next = task.pointee.cancelled
    callCancellationHandlers(task, in: nil)
    while let child = nextUntoldChild(task, in: nil) { list(child, reason, &next) }
    swift_release(UnsafeMutableRawPointer(task))
  }
}

/// Puts a retained task in a canceller's list if it was not cancelled before.
private func list(
  _ child: TaskPointer, _ reason: CancellationError.Reason, _ next: inout TaskPointer?
) {
  if markCancelled(child, reason) {
    child.pointee.cancelled = next
    next = child
  } else {
    swift_release(UnsafeMutableRawPointer(child))
  }
}

/// Cancels the children of a group.
func cancelChildren(of group: GroupPointer, _ reason: CancellationError.Reason = .userRequested) {
  willAccess(.cancellation)
  while let child = nextUntoldChild(of: group, reason) {
    if markCancelled(child, reason) {
      propagateCancellation(from: child, reason)
    } else {
      swift_release(UnsafeMutableRawPointer(child))
    }
  }
}

/// The first to cancel a task says why.
private func markCancelled(_ task: TaskPointer, _ reason: CancellationError.Reason) -> Bool {
  if reason == .userRequested {
    return task.status.pointee.bitwiseOr(TaskStatus.cancelled, ordering: .acquiringAndReleasing).oldValue
      & TaskStatus.cancelled == 0
  }
  var before = task.status.pointee.load(ordering: .relaxed)
  while before & TaskStatus.cancelled == 0 {
    let (exchanged, original) = task.status.pointee.compareExchange(
      expected: before, desired: before | reason.statusBits, ordering: .acquiringAndReleasing)
    if exchanged { return true }
    before = original
  }
  return false
}

@_silgen_name("swift_task_addCancellationHandler")
@usableFromInline
func _addCancellationHandler(_ handler: () -> Void) -> UnsafeMutableRawPointer

/// Runs `operation`; if the task is cancelled before it ends, or has been already, `handler` is called
/// at once, and once, on the canceller's thread.
public func withTaskCancellationHandler<Return, Failure: Error>(
  operation: () async throws(Failure) -> Return,
  onCancel handler: @Sendable () -> Void,
  isolation: isolated (any Actor)? = #isolation
) async throws(Failure) -> Return {
  let record = _addCancellationHandler(handler)
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

/// Runs `operation`; if the task is cancelled before it ends, or has been already, `handler` is told why, at
/// once, and once, on the canceller's thread.
public func withTaskCancellationHandler<Return, Failure: Error>(
  operation: () async throws(Failure) -> Return,
  onCancel handler: @Sendable (CancellationError.Reason) -> Void,
  isolation: isolated (any Actor)? = #isolation
) async throws(Failure) -> Return {
  let place = CancellationPlace.current
  return try await withTaskCancellationHandler(
    operation: operation, onCancel: { handler(place.reason ?? .userRequested) })
}
