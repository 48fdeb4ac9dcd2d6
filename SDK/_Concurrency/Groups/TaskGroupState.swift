import CRuntime
import Swift
import WebbleAtomics

// A task group, below its Swift face: what its children and its parent do with the state word. `pending`,
// `ready` and `children` belong to the parent; the child that resumes it acts for it, before it does.

extension UnsafeMutablePointer where Pointee == webble_group {
  @inline(__always)
  var state: UnsafeMutablePointer<Atomic<UInt>> { atomic(webble_group_state(self)) }
}

extension UnsafeMutablePointer where Pointee == webble_task {
  /// The next in a group's list of completed children: not by `next`, since a void job of the child's may
  /// lie in a queue still.
  fileprivate var completedBefore: TaskPointer? {
    pointee.context?.assumingMemoryBound(to: webble_task.self)
  }
}

@_cdecl("webble_group_initialize")
func initializeGroup(
  _ flags: UInt32, _ frame: UnsafeMutableRawPointer, _ options: UnsafeRawPointer?
) {
  let group = frame.bindMemory(to: webble_group.self, capacity: 1)
  group.initialize(to: webble_group())
  let parent = currentThread().pointee.task.unsafelyUnwrapped
  group.pointee.parent = parent
  group.pointee.is_discarding = flags & discardingGroupFlag != 0 ? 1 : 0
  group.pointee.store_tag = storeTagWitness(options)
  withChildrenLocked(parent) { _ in
    let scope = innermostScope(parent)
    group.pointee.scope = UnsafeMutableRawPointer(scope)
    if let reason = cancellationReason(parent, from: scope) { group.markCancelled(reason) }
    group.pointee.outer = parent.pointee.groups
    parent.pointee.groups = group
  }
}

private let discardingGroupFlag: UInt32 = 0x100

@_cdecl("webble_group_destroy")
func destroyGroup(_ frame: UnsafeMutableRawPointer) {
  let group = frame.assumingMemoryBound(to: webble_group.self)
  let parent = group.pointee.parent.unsafelyUnwrapped
  withChildrenLocked(parent) { _ in parent.pointee.groups = group.pointee.outer }
}

/// A child is about to be added, by the parent.
func willAddChild(_ group: GroupPointer) {
  if group.pointee.is_discarding != 0 {
    group.state.pointee.add(GroupState.oneChild, ordering: .relaxed)
  } else {
    group.pointee.pending += 1
  }
}

/// A child has completed. It owns the reference that the child held on itself.
func offer(_ child: TaskPointer, to group: GroupPointer) {
  if group.pointee.is_discarding != 0 {
    if child.pointee.flags & TaskFlags.resultIsBoxed != 0 { record(child, in: group) }
    disown(child)
    let parent = group.pointee.parent.unsafelyUnwrapped
    if child.isToldOff { group.pointee.has_lost_child = 1 }
    swift_release(UnsafeMutableRawPointer(child))
    let before = group.state.pointee.subtract(
      GroupState.oneChild, ordering: .acquiringAndReleasing).oldValue
    if GroupState(word: before).endingChild().mustResume {
      if group.pointee.has_lost_child != 0 { abandonParent(group) } else { enqueue(parent) }
    }
    return
  }
  var seen = group.state.pointee.load(ordering: .relaxed)
  while true {
    let (next, link) = GroupState(word: seen).completing(UInt(bitPattern: child))
    if let link { child.pointee.context = UnsafeMutableRawPointer(bitPattern: link) }
    let (exchanged, original) = group.state.pointee.weakCompareExchange(
      expected: seen, desired: next.word,
      successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
    if exchanged {
      if link == nil {
        let parent = group.pointee.parent.unsafelyUnwrapped
        if consume(child, group, group.pointee.result) {
          enqueue(parent)
        } else {
          abandonParent(group)
        }
      }
      return
    }
    seen = original
  }
}

private func record(_ child: TaskPointer, in group: GroupPointer) {
  guard let recorder = group.pointee.recorder, let result = child.pointee.result,
    child.future.pointee.load(ordering: .relaxed) == TaskFuture.done
  else { return }
  Unmanaged<ChildResultRecorder>.fromOpaque(recorder).takeUnretainedValue().record(result)
}

/// `group.next()`.
@_cdecl("webble_decide_group_next")
func decideGroupNext(
  _ result: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer,
  _ frame: UnsafeMutableRawPointer, _ resume: UnsafeMutableRawPointer
) -> Step {
  let group = frame.assumingMemoryBound(to: webble_group.self)
  if let hasResult = consumeReady(group, result) {
    if hasResult { return step(resume, context) }
    return abandonCurrentTask(currentThread(), resume, context)
  }
  if group.pointee.pending == 0 {
    group.pointee.store_tag?(result, 1, 1, nil)
    return step(resume, context)
  }
  group.pointee.result = result
  noteWait(.group, for: group)
  let parent = detachCurrentTask(currentThread(), resume, context)
  let (isWaiting, _) = group.state.pointee.compareExchange(
    expected: GroupState.empty, desired: GroupState.waiting, ordering: .acquiringAndReleasing)
  if !isWaiting {
    // A child has completed in between.
    if consumeReady(group, result) == true { enqueue(parent) } else { abandonParent(group) }
  }
  return 0
}

/// Waits until no child runs; of groups that keep results this drops those that are left.
@_cdecl("webble_decide_group_wait_all")
func decideGroupWaitAll(
  _ context: UnsafeMutableRawPointer, _ frame: UnsafeMutableRawPointer,
  _ resume: UnsafeMutableRawPointer
) -> Step {
  let group = frame.assumingMemoryBound(to: webble_group.self)
  if group.state.pointee.load(ordering: .acquiring) == 0 {
    if group.pointee.has_lost_child == 0 { return step(resume, context) }
    return abandonCurrentTask(currentThread(), resume, context)
  }
  noteWait(.group, for: group)
  let parent = detachCurrentTask(currentThread(), resume, context)
  let before = group.state.pointee.add(GroupState.waiting, ordering: .acquiringAndReleasing)
    .oldValue
  if GroupState(word: before).waitingForAll().mustResume {
    if group.pointee.has_lost_child != 0 { abandonParent(group) } else { enqueue(parent) }
  }
  return 0
}

/// A child was abandoned whose group's parent waits, or is off its thread to do so: it goes down with it.
private func abandonParent(_ group: GroupPointer) {
  let parent = group.pointee.parent.unsafelyUnwrapped
  guard parent.goesDown else { stopForLostChild() }
  abandon(parent)
}

/// Lets a parent that is taken down, and wants no results, wait for the group's next child.
///
/// - Returns: false if there is none.
func waitForChildren(of group: GroupPointer) -> Bool {
  if group.pointee.is_discarding != 0 {
    let seen = group.state.pointee.load(ordering: .acquiring)
    // It is marked as waiting if the wait for all is what has just ended.
    if seen < GroupState.oneChild { return false }
    let before = group.state.pointee.add(GroupState.waiting, ordering: .acquiringAndReleasing).oldValue
    return !GroupState(word: before).waitingForAll().mustResume
  }
  while true {
    while consumeReady(group, nil) != nil {}
    if group.pointee.pending == 0 { return false }
    let (isWaiting, _) = group.state.pointee.compareExchange(
      expected: GroupState.empty, desired: GroupState.waiting, ordering: .acquiringAndReleasing)
    if isWaiting { return true }
  }
}

/// Consumes the child that completed first among those that have.
///
/// - Returns: as `consume`; nil if there is none.
private func consumeReady(_ group: GroupPointer, _ result: UnsafeMutableRawPointer?) -> Bool? {
  if group.pointee.ready == nil {
    let completed = group.state.pointee.exchange(GroupState.empty, ordering: .acquiringAndReleasing)
    var next = TaskPointer(bitPattern: completed)
    while let child = next {
      next = child.completedBefore
      child.pointee.context = UnsafeMutableRawPointer(group.pointee.ready)
      group.pointee.ready = child
    }
  }
  guard let child = group.pointee.ready else { return nil }
  group.pointee.ready = child.completedBefore
  return consume(child, group, result)
}

/// Moves a completed child's result to the parent, unless that is taken down, and lets go of the child.
///
/// - Returns: false if the child was abandoned.
private func consume(
  _ child: TaskPointer, _ group: GroupPointer, _ result: UnsafeMutableRawPointer?
) -> Bool {
  group.pointee.pending -= 1
  disown(child)
  let isDone = !child.isToldOff
  if isDone, !group.pointee.parent.unsafelyUnwrapped.isToldOff {
    inspectRead(child)
    _ = child.pointee.copy_result?(result, child.pointee.result, nil)
    group.pointee.store_tag?(result, 0, 1, nil)
  }
  swift_release(UnsafeMutableRawPointer(child))
  return isDone
}
