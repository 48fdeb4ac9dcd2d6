import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator

/// The states of a task's future word.
///
///     0, waiters ── complete (one exchange) ──▶ done           a waiter pushes itself (exchange of the head)
///         │
///         └── tell off ──▶ told off, waiters ── retire ──▶ abandoned
///
/// A task that is told off will never end, and its handles say so; it is abandoned when nothing uses its memory
/// any more, for which only its parent waits: see Abandonment.swift.
///
/// A waiter reads the result after it has loaded `done` (acquire), which pairs with the exchange in
/// `complete` (acquire and release): the result is written before. A waiter that pushed itself is woken
/// by that exchange's thread, which alone owns the list from then on.
enum TaskFuture {
  static let pending: UInt = 0
  static let done: UInt = 1
  static let toldOff: UInt = 2
  static let abandoned: UInt = 3
  /// The bits that are no address.
  static let marks: UInt = 3

  static func isSettled(_ word: UInt) -> Bool { word & marks != 0 }
  static func isAbandoned(_ word: UInt) -> Bool { word & toldOff != 0 }
}

/// A task that waits for another. In the waiting task's frame (the compiler's five words of scratch memory), or,
/// for `resumeWhenSettled`, in a block of its own.
struct FutureWaiter {
  var next: UnsafeMutablePointer<FutureWaiter>?
  /// The task to resume.
  var task: TaskPointer
  /// Where the result goes. Anything at all for results of no size.
  var result: UnsafeMutableRawPointer?
  var kind: Kind

  enum Kind: UInt32 {
    /// Wants a copy of the result.
    case value
    /// Wants no result: the scope of an `async let` ends.
    case end
    /// Wants no result, and has a block of its own: a parent is taken down.
    case takenDown
    /// Wants no result, has a block of its own, and is resumed as a continuation.
    case notified
  }

  init(word: UInt = 0, task: TaskPointer, result: UnsafeMutableRawPointer?, kind: Kind) {
    next = UnsafeMutablePointer(bitPattern: word)
    self.task = task
    self.result = result
    self.kind = kind
  }
}

/// `await task.value`: copies the result and goes on at once if the task is done, suspends otherwise.
@_cdecl("webble_decide_future_wait")
func decideFutureWait(
  _ result: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer, _ task: TaskPointer,
  _ resume: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer
) -> Step {
  var word = task.future.pointee.load(ordering: .acquiring)
  if word == TaskFuture.done {
    copyResult(of: task, to: result)
    return step(resume, context)
  }
  let thread = currentThread()
  if TaskFuture.isAbandoned(word) { return abandonCurrentTask(thread, resume, context) }
  noteWait(.task, for: task)
  let waiting = detachCurrentTask(thread, resume, context)
  beginAwaiting(task, by: waiting)
  let waiter = scratch.bindMemory(to: FutureWaiter.self, capacity: 1)
  while true {
    // From the moment of the exchange on, another thread may run `waiting`.
    waiter.initialize(
      to: FutureWaiter(word: word, task: waiting, result: result, kind: .value))
    let (exchanged, original) = task.future.pointee.weakCompareExchange(
      expected: word, desired: UInt(bitPattern: waiter),
      successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
    if exchanged { return 0 }
    word = original
    if TaskFuture.isSettled(word) {
      endAwaiting(by: waiting)
      if TaskFuture.isAbandoned(word) {
        abandonWaiter(waiting)
        return 0
      }
      copyResult(of: task, to: result)
      enqueue(waiting)
      return 0
    }
  }
}

/// Waits until a child has ended, either way, and lets go of it.
func decideChildEnd(
  _ context: UnsafeMutableRawPointer, _ child: TaskPointer,
  _ resume: UnsafeMutableRawPointer, _ scratch: UnsafeMutableRawPointer
) -> Step {
  // The child keeps itself until it has ended, and this thread's waiter is resumed before that.
  defer { swift_release(UnsafeMutableRawPointer(child)) }
  if child.future.pointee.load(ordering: .acquiring) & TaskFuture.done != 0 {
    return step(resume, context)
  }
  noteWait(.task, for: child)
  let waiting = detachCurrentTask(currentThread(), resume, context)
  let waiter = scratch.bindMemory(to: FutureWaiter.self, capacity: 1)
  waiter.initialize(to: FutureWaiter(task: waiting, result: nil, kind: .end))
  if !waitForEnd(of: child, waiter) { enqueue(waiting) }
  return 0
}

@inline(__always)
private func copyResult(of task: TaskPointer, to result: UnsafeMutableRawPointer?) {
  inspectRead(task)
  _ = task.pointee.copy_result?(result, task.pointee.result, nil)
}

/// Resumes `continuation` once `task` is settled, either way.
///
/// - Returns: false if it is settled already; the continuation is not resumed then.
func resumeWhenSettled(_ task: TaskPointer, _ continuation: TaskPointer) -> Bool {
  var word = task.future.pointee.load(ordering: .acquiring)
  if TaskFuture.isSettled(word) { return false }
  let waiter = allocateOrStop(UInt(MemoryLayout<FutureWaiter>.size), alignment: 16)
    .bindMemory(to: FutureWaiter.self, capacity: 1)
  while true {
    waiter.initialize(
      to: FutureWaiter(word: word, task: continuation, result: nil, kind: .notified))
    let (exchanged, original) = task.future.pointee.weakCompareExchange(
      expected: word, desired: UInt(bitPattern: waiter),
      successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
    if exchanged { return true }
    word = original
    if TaskFuture.isSettled(word) {
      Allocator.deallocate(waiter)
      return false
    }
  }
}

/// Settles the future and wakes the tasks that wait.
private func settle(_ task: TaskPointer) {
  let word = task.future.pointee.exchange(TaskFuture.done, ordering: .acquiringAndReleasing)
  var next = UnsafeMutablePointer<FutureWaiter>(bitPattern: word)
  while let waiter = next {
    // Read before the waiter is resumed: its memory goes with its frame.
    next = waiter.pointee.next
    let waiting = waiter.pointee.task
    switch waiter.pointee.kind {
    case .notified:
      Allocator.deallocate(waiter)
      storeVoid(for: waiting)
      resumeContinuation(waiting)
    case .takenDown:
      Allocator.deallocate(waiter)
      enqueue(waiting)
    case .end:
      enqueue(waiting)
    case .value:
      copyResult(of: task, to: waiter.pointee.result)
      endAwaiting(by: waiting)
      enqueue(waiting)
    }
  }
}

/// The task's outermost frame has returned: its result, if it has one, is in place.
@_cdecl("webble_complete")
func complete(_ task: TaskPointer) {
  let thread = currentThread()
  leaveExecutor(thread)
  thread.pointee.task = nil
  releaseClosure(task)
  // At the end of its code, not when the last handle goes.
  releaseLocals(task.pointee.locals)
  task.pointee.locals = nil
  finish(task)
}

func releaseClosure(_ task: TaskPointer) {
  guard let closure = task.pointee.closure else { return }
  task.pointee.closure = nil
  if task.pointee.flags & TaskFlags.borrowsClosure == 0 { swift_release(closure) }
}

@inline(never)
private func finish(_ task: TaskPointer) {
  inspectEnded(task)
  let thread = currentThread()
  guard task.leaveRoster() else {
    // Told off meanwhile, or about to be: nobody asks for the result any more.
    destroyResult(of: task)
    retire(task)
    return
  }
  // Before the result can be seen, so that code that spawns next sees the true load.
  if let placement = task.pointee.placement { releaseLoad(placement, thread) }
  let kept = task.pointee.kept
  settle(task)
  if let kept { releaseOwner(kept, thread) }
  letGo(task)
}

/// Gives up the reference that the task held on itself.
@inline(__always)
func letGo(_ task: TaskPointer) {
  if task.pointee.flags & TaskFlags.child != 0, let group = task.pointee.child.group {
    offer(task, to: group)
  } else {
    swift_release(UnsafeMutableRawPointer(task))
  }
}
