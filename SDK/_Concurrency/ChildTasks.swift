import CPlatform
import CRuntime
import Swift
import Synchronization

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
  while true {
    let before = task.status.pointee.bitwiseOr(TaskStatus.locked, ordering: .acquiring).oldValue
    if before & TaskStatus.locked == 0 {
      let result = body(before & TaskStatus.cancelled != 0)
      task.status.pointee.bitwiseAnd(~TaskStatus.locked, ordering: .releasing)
      return result
    }
    webble_spin_hint()
  }
}

/// Makes a task that has not started a child of the current task, or of one of its groups.
func adopt(_ child: TaskPointer, by parent: TaskPointer, _ group: GroupPointer?) {
  child.pointee.child.parent = parent
  child.pointee.child.group = group
  if let group { willAddChild(group) }
  let isCancelled = withChildrenLocked(parent) { isCancelled in
    let isCancelled = isCancelled || (group?.pointee.is_cancelled ?? 0) != 0
    child.pointee.child.is_told = isCancelled ? 1 : 0
    append(child, to: webble_children(parent, group))
    return isCancelled
  }
  if isCancelled { child.pointee.status |= TaskStatus.cancelled }
}

/// Takes a child that its parent, or its group, has done with off its list.
func disown(_ child: TaskPointer) {
  let parent = child.pointee.child.parent.unsafelyUnwrapped
  withChildrenLocked(parent) { _ in
    remove(child, from: webble_children(parent, child.pointee.child.group))
  }
}

/// A child of the task itself, or of one of its groups, that has not been told of the task's
/// cancellation; retained for the caller.
func nextUntoldChild(_ task: TaskPointer) -> TaskPointer? {
  withChildrenLocked(task) { _ in
    if let child = tellFirst(webble_children(task, nil)) { return child }
    var next = task.pointee.groups
    while let group = next {
      group.pointee.is_cancelled = 1
      if let child = tellFirst(webble_children(task, group)) { return child }
      next = group.pointee.outer
    }
    return nil
  }
}

/// The same for one group, which is marked as cancelled.
func nextUntoldChild(of group: GroupPointer) -> TaskPointer? {
  let parent = group.pointee.parent.unsafelyUnwrapped
  return withChildrenLocked(parent) { _ in
    group.pointee.is_cancelled = 1
    return tellFirst(webble_children(parent, group))
  }
}

private typealias ChildList = UnsafeMutablePointer<webble_child_list>

private func tellFirst(_ list: ChildList?) -> TaskPointer? {
  guard let list, let child = list.pointee.first, child.pointee.child.is_told == 0 else {
    return nil
  }
  child.pointee.child.is_told = 1
  remove(child, from: list)
  append(child, to: list)
  swift_retain(UnsafeMutableRawPointer(child))
  return child
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
