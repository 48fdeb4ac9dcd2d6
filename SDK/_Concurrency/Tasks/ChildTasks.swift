import CPlatform
import CRuntime
import Swift
import WebbleAtomics

// Children of a task: those of `async let`, listed in the task, and those of its groups, listed in each
// group; the groups are a stack that begins in the task. Lists, and the list of cancellation handlers,
// are guarded by the lock bit of the parent's status word: held for a few instructions, never across a
// call into user code, so that the main thread may spin on it.
//
// Cancellation goes through a list one child at a time. A child that it has reached is marked `is_told`
// and moved to the list's end; it is done when the first child is marked, because a child that is added
// to something cancelled is told, and cancelled, when it is added.

typealias GroupPointer = UnsafeMutablePointer<webble_group>

/// Runs `body` with the task's lists locked.
@inline(__always)
func withChildrenLocked<T>(_ task: TaskPointer, _ body: (_ isCancelled: Bool) -> T) -> T {
  var before = task.status.pointee.bitwiseOr(TaskStatus.locked, ordering: .acquiring).oldValue
  if before & TaskStatus.locked != 0 { before = lockContended(task) }
  let result = body(before & TaskStatus.cancelled != 0)
  task.status.pointee.bitwiseAnd(~TaskStatus.locked, ordering: .releasing)
  return result
}

/// - Returns: the status before the lock was taken.
@inline(never)
private func lockContended(_ task: TaskPointer) -> UInt {
  while true {
    webble_spin_hint()
    let before = task.status.pointee.bitwiseOr(TaskStatus.locked, ordering: .acquiring).oldValue
    if before & TaskStatus.locked == 0 {
      webble_learn_of_growth()
      return before
    }
  }
}

/// Makes a task that has not started a child of the current task, or of one of its groups. It is as urgent as
/// its parent, whatever its base priority.
///
/// The parent's priority is read under the lock: a thread that raises it first changes the status, then lists the
/// children under the lock. So it is either seen here or finds the child.
func adopt(_ child: TaskPointer, by parent: TaskPointer, _ group: GroupPointer?) {
  child.pointee.child.parent = parent
  child.pointee.child.group = group
  if let group { willAddChild(group) }
  withChildrenLocked(parent) { _ in
    let scope = group == nil ? innermostScope(parent) : nil
    let reason = group.map { $0.cancellationReason } ?? cancellationReason(parent, from: scope)
    let priority = parent.currentStatus.priority
    child.pointee.child.scope = UnsafeMutableRawPointer(scope)
    child.pointee.child.is_told = reason == nil ? 0 : 1
    child.pointee.status = TaskStatus(priority: priority).word | (reason?.statusBits ?? 0)
    child.pointee.told_priority = UInt32(priority)
    append(child, to: webble_children(parent, group))
  }
}

/// Takes a child that its parent, or its group, has done with off its list.
func disown(_ child: TaskPointer) {
  let parent = child.pointee.child.parent.unsafelyUnwrapped
  withChildrenLocked(parent) { _ in
    remove(child, from: webble_children(parent, child.pointee.child.group))
  }
}

/// A child of the task itself, or of one of its groups, that has not been told of a cancellation that reaches
/// it: of `scope`, or of the whole task. Retained for the caller.
func nextUntoldChild(_ task: TaskPointer, in scope: HandlerRecordPointer?) -> TaskPointer? {
  withChildrenLocked(task) { _ in
    if let child = tellFirst(webble_children(task, nil), in: scope) { return child }
    let reason: CancellationError.Reason =
      scope != nil ? .deadlineExpired : task.currentStatus.reason ?? .userRequested
    var next = task.pointee.groups
    while let group = next {
      if reaches(from: scope, to: group.scope) {
        group.markCancelled(reason)
        if let child = tellFirst(webble_children(task, group)) { return child }
      }
      next = group.pointee.outer
    }
    return nil
  }
}

/// The same for one group, which is marked as cancelled.
func nextUntoldChild(of group: GroupPointer, _ reason: CancellationError.Reason) -> TaskPointer? {
  let parent = group.pointee.parent.unsafelyUnwrapped
  return withChildrenLocked(parent) { _ in
    group.markCancelled(reason)
    return tellFirst(webble_children(parent, group))
  }
}

private typealias ChildList = UnsafeMutablePointer<webble_child_list>

/// Those of a group are told in the order of the list.
private func tellFirst(_ list: ChildList?) -> TaskPointer? {
  guard let list, let child = list.pointee.first, child.pointee.child.is_told == 0 else {
    return nil
  }
  tell(child, list)
  return child
}

/// Those of `async let`, few and each in a scope of its own, are looked through.
private func tellFirst(_ list: ChildList?, in scope: HandlerRecordPointer?) -> TaskPointer? {
  guard let list else { return nil }
  var next = list.pointee.first
  while let child = next {
    if child.pointee.child.is_told == 0, reaches(from: scope, to: child.scope) {
      tell(child, list)
      return child
    }
    next = child.pointee.child.next
  }
  return nil
}

private func tell(_ child: TaskPointer, _ list: ChildList) {
  child.pointee.child.is_told = 1
  remove(child, from: list)
  append(child, to: list)
  swift_retain(UnsafeMutableRawPointer(child))
}

private func append(_ child: TaskPointer, to list: ChildList?) {
  guard let list else { return }
  child.pointee.child.next = nil
  child.pointee.child.previous = list.pointee.last
  if let last = list.pointee.last {
    last.pointee.child.next = child
  } else {
    list.pointee.first = child
  }
  list.pointee.last = child
}

private func remove(_ child: TaskPointer, from list: ChildList?) {
  guard let list else { return }
  let next = child.pointee.child.next
  let previous = child.pointee.child.previous
  if let previous { previous.pointee.child.next = next } else { list.pointee.first = next }
  if let next { next.pointee.child.previous = previous } else { list.pointee.last = previous }
}
