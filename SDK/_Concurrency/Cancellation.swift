import Builtin
import CRuntime
import Swift
import Synchronization

// Cancellation: one bit of the task's status word, and what its setting calls: see Handlers.swift.

/// Cancels a task and all its descendants. Any thread; the caller keeps the task alive.
///
/// Descendants are kept in a list of the canceller's, linked through the tasks: a tree may be deeper than
/// the stack. Each is in at most one such list, since only the first to cancel a task lists it.
@_cdecl("webble_task_cancel")
func cancelTask(_ task: TaskPointer) {
  guard markCancelled(task) else { return }
  swift_retain(UnsafeMutableRawPointer(task))
  propagateCancellation(from: task)
}

/// Calls the handlers of a task that was just marked, and of its descendants.
private func propagateCancellation(from root: TaskPointer) {
  root.pointee.cancelled = nil
  var next: TaskPointer? = root
  while let task = next {
    next = task.pointee.cancelled
    callCancellationHandlers(task)
    while let child = nextUntoldChild(task) { list(child, &next) }
    swift_release(UnsafeMutableRawPointer(task))
  }
}

/// Puts a retained task in a canceller's list if it was not cancelled before.
private func list(_ child: TaskPointer, _ next: inout TaskPointer?) {
  if markCancelled(child) {
    child.pointee.cancelled = next
    next = child
  } else {
    swift_release(UnsafeMutableRawPointer(child))
  }
}

/// Cancels the children of a group.
func cancelChildren(of group: GroupPointer) {
  while let child = nextUntoldChild(of: group) {
    if markCancelled(child) {
      propagateCancellation(from: child)
    } else {
      swift_release(UnsafeMutableRawPointer(child))
    }
  }
}

private func markCancelled(_ task: TaskPointer) -> Bool {
  task.status.pointee.bitwiseOr(TaskStatus.cancelled, ordering: .acquiringAndReleasing).oldValue
    & TaskStatus.cancelled == 0
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
