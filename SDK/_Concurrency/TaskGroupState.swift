import CRuntime
import Swift
import Synchronization

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
  withChildrenLocked(parent) { isCancelled in
    group.pointee.is_cancelled = isCancelled ? 1 : 0
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
    swift_release(UnsafeMutableRawPointer(child))
    let before = group.state.pointee.subtract(
      GroupState.oneChild, ordering: .acquiringAndReleasing).oldValue
    if GroupState(word: before).endingChild().mustResume { enqueue(parent) }
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
        consume(child, group, group.pointee.result)
        enqueue(parent)
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
  if consumeReady(group, result) { return step(resume, context) }
  if group.pointee.pending == 0 {
    group.pointee.store_tag?(result, 1, 1, nil)
    return step(resume, context)
  }
  group.pointee.result = result
  let parent = detachCurrentTask(currentThread(), resume, context)
  let (isWaiting, _) = group.state.pointee.compareExchange(
    expected: GroupState.empty, desired: GroupState.waiting, ordering: .acquiringAndReleasing)
  if !isWaiting {
    // A child has completed in between.
    _ = consumeReady(group, result)
    enqueue(parent)
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
  if group.state.pointee.load(ordering: .acquiring) == 0 { return step(resume, context) }
  let parent = detachCurrentTask(currentThread(), resume, context)
  let before = group.state.pointee.add(GroupState.waiting, ordering: .acquiringAndReleasing)
    .oldValue
  if GroupState(word: before).waitingForAll().mustResume { enqueue(parent) }
  return 0
}

/// Consumes the child that completed first among those that have.
private func consumeReady(_ group: GroupPointer, _ result: UnsafeMutableRawPointer?) -> Bool {
  if group.pointee.ready == nil {
    let completed = group.state.pointee.exchange(GroupState.empty, ordering: .acquiringAndReleasing)
    var next = TaskPointer(bitPattern: completed)
    while let child = next {
      next = child.completedBefore
      child.pointee.context = UnsafeMutableRawPointer(group.pointee.ready)
      group.pointee.ready = child
    }
  }
  guard let child = group.pointee.ready else { return false }
  group.pointee.ready = child.completedBefore
  consume(child, group, result)
  return true
}

/// Moves a completed child's result to the parent, and lets go of the child.
private func consume(
  _ child: TaskPointer, _ group: GroupPointer, _ result: UnsafeMutableRawPointer?
) {
  group.pointee.pending -= 1
  disown(child)
  if child.future.pointee.load(ordering: .relaxed) == TaskFuture.abandoned {
    stopForAbandonedResult()
  }
  _ = child.pointee.copy_result?(result, child.pointee.result, nil)
  group.pointee.store_tag?(result, 0, 1, nil)
  swift_release(UnsafeMutableRawPointer(child))
}
