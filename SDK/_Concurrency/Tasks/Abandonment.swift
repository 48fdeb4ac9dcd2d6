import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator
import WebbleScheduler

// What becomes of a pool's tasks when the pool is shut down. ARCHITECTURE.md, "Who waits across a shutdown",
// has the table of cases.
//
// A task that has not ended by then is *told off*: its handles, and the tasks that wait for it, learn that it never
// will. And it is *taken down*: its memory goes. The two are apart since a task that waits for something can
// only be taken down when that something lets go of it: until then it may write to the task's frames.
//
//     in a queue of the pool's      told off and taken down by the worker that leaves, or by the thread that enqueues it
//     waits, or runs elsewhere      told off when the last worker has left, by the main thread, which finds it
//                                   in a roster; taken down when it surfaces: when its wait ends, it comes
//                                   home, or another thread is about to run it
//
// The roster decides which thread settles a task: the one that takes it off, if it was on one (`leaveRoster`).
// A task that completes elsewhere at the same time thus either is done or is told off, and never both.
//
// A task that is taken down takes its children down first, and waits for those that run elsewhere: they may
// use what is in its frames, and their group lies there.

extension UnsafeMutablePointer where Pointee == webble_task {
  @inline(__always)
  private var rosterEntry: RosterEntryPointer {
    webble_task_roster(self).assumingMemoryBound(to: RosterEntry.self)
  }

  /// Whether the task's handles say that it never will end: to be asked by the thread that is about to run it.
  @inline(__always)
  var isToldOff: Bool { pointee.future & TaskFuture.toldOff != 0 }

  /// Whether the task goes down with its pool, which has closed. Any thread that keeps the task.
  var goesDown: Bool {
    if TaskFuture.isAbandoned(future.pointee.load(ordering: .acquiring)) { return true }
    guard let pool = pointee.pool else { return false }
    return !pool.assumingMemoryBound(to: Pool.self).pointee.isOpen
  }

  /// Puts a task of a pool on a roster. Before the task, which this thread runs, waits or goes elsewhere.
  @inline(__always)
  func joinRoster() {
    if pointee.flags & (TaskFlags.isPoolWork | TaskFlags.isListed) == TaskFlags.isPoolWork {
      joinRosterSlowly()
    }
  }

  @inline(never)
  private func joinRosterSlowly() {
    let pool = pointee.pool.unsafelyUnwrapped.assumingMemoryBound(to: Pool.self)
    // The nearest, whose lock nobody else is likely to hold.
    let current = currentThread().currentWorker.unsafelyUnwrapped
    let worker = current.pointee.pool == pool ? current : pool.pointee.worker(0)
    // Where the pool has ended, the task began elsewhere; it is taken down when it comes home.
    if worker.pointee.roster.join(rosterEntry, of: worker) { pointee.flags |= TaskFlags.isListed }
  }

  /// - Returns: whether it is the caller who settles the task.
  @inline(__always)
  func leaveRoster() -> Bool {
    if pointee.flags & TaskFlags.isListed == 0 { return true }
    return rosterEntry.pointee.worker.unsafelyUnwrapped.pointee.roster.leave(rosterEntry)
  }

  /// Whether the task is a group's child whose parent does not go down. By a thread that has the task, or keeps it on
  /// its roster: so long the parent waits for it.
  fileprivate var isLostChild: Bool {
    guard pointee.flags & TaskFlags.child != 0, pointee.child.group != nil,
      let parent = pointee.child.parent
    else { return false }
    return !parent.goesDown
  }

  fileprivate var hasBegun: Bool {
    pointee.resume != webble_start_function() && pointee.resume != webble_start_discarding_function()
  }
}

extension webble_executor {
  /// The pool that runs it: of one of its workers, or of its stealable track.
  @inline(__always)
  var pool: PoolPointer? {
    switch implementation {
    case ExecutorMark.pool: PoolPointer(bitPattern: identity)
    case ExecutorMark.worker: WorkerPointer(bitPattern: identity).unsafelyUnwrapped.pointee.pool
    default: nil
    }
  }
}

/// Tells off all tasks of a pool whose workers have left that are not settled yet, and cancels them, so that
/// what they wait in (channels, timers) lets go of them now rather than hand them what is lost then. On the
/// main thread.
@_spi(Webble)
public func abandonRest(of pool: PoolPointer) {
  let thread = currentThread()
  for index in 0..<pool.pointee.workerCount {
    var isLostChild = false
    while let entry = pool.pointee.worker(index).pointee.roster.takeForGood({ entry in
      let task = webble_task_of_roster(entry).unsafelyUnwrapped
      isLostChild = task.isLostChild
      swift_retain(UnsafeMutableRawPointer(task))
    }) {
      if isLostChild { stopForLostChild() }
      let task = webble_task_of_roster(entry).unsafelyUnwrapped
      giveUp(task, thread)
      tellOff(task)
      cancelTask(task)
      swift_release(UnsafeMutableRawPointer(task))
    }
  }
}

extension UnsafeContinuation {
  /// Whether the task that waits goes down with its pool: then `resume` frees it, and it does not go on. To be
  /// asked before that, by code that hands over what must not be lost.
  @_spi(Webble)
  public var isAbandoned: Bool { unsafeBitCast(self, to: TaskPointer.self).goesDown }
}

/// Takes down a task that a closed pool has in its queues, or that has been told off: it will never run
/// (again). By the thread that has the task alone, off every thread and queue.
@inline(never)
func abandon(_ task: TaskPointer) {
  let thread = currentThread()
  // What waits for it may go down with it, and so on: one after another, not one within another.
  task.pointee.next = thread.pointee.abandoned
  thread.pointee.abandoned = task
  if thread.pointee.is_abandoning != 0 { return }
  thread.pointee.is_abandoning = 1
  while let next = thread.pointee.abandoned {
    thread.pointee.abandoned = next.pointee.next
    takeDown(next, thread)
  }
  thread.pointee.is_abandoning = 0
}

private func takeDown(_ task: TaskPointer, _ thread: ThreadPointer) {
  guard task.goesDown else { return sendElsewhere(task) }
  // Granted an actor that it will not enter: the next in line gets it.
  let target = task.pointee.target
  task.pointee.target = .generic
  if target.isDefaultActor { unlockActor(target.identity) }
  let hasBegun = task.hasBegun
  // One that has not begun still owns what it captured; the frames of one that has may use it.
  if !hasBegun { releaseClosure(task) }
  if !task.isToldOff {
    if task.isLostChild { stopForLostChild() }
    // Otherwise the main thread has found it, and is about to tell it off, too: the first to come does.
    if task.leaveRoster() { giveUp(task, thread) }
    tellOff(task)
  }
  if hasBegun {
    cancelTask(task)
    if waitsForChildren(task) { return }
  }
  retire(task)
}

/// A task that is not work of the closed pool, and was only led there.
private func sendElsewhere(_ task: TaskPointer) {
  let target = task.pointee.target
  if target.implementation == ExecutorMark.worker {
    let worker = WorkerPointer(bitPattern: target.identity).unsafelyUnwrapped
    let job = task.queued(in: .ready)
    if worker.isGone {
      // What the worker isolated: all of it goes on on one thread, and so is isolated still.
      job.push(to: mainWorker())
    } else {
      // The worker may be in the middle of it. The main thread empties the mailbox when the worker is gone; if it
      // has been by now, it may have missed this job, and the loads of both orders see to it that somebody looks:
      // here push, then load; there store, then take.
      worker.enqueue(job.job, from: nil)
      if worker.isGone, let pool = worker.pointee.pool {
        abandonRefused(pool, from: worker)
      }
    }
  } else if task.pointee.home.pool == nil {
    // It was there because the pool was the global executor.
    enqueueAtHome(task, yielding: false)
  } else {
    stop(
      """
      a task ran on a pool of which it is no work, by `withTaskExecutorPreference` or in one of the pool's \
      algorithms, and cannot go on: the pool was shut down. Shut it down after that.
      """)
  }
}

/// The task is no load of its worker's any more, and keeps its pool open no longer. By who settles it.
private func giveUp(_ task: TaskPointer, _ thread: ThreadPointer) {
  if let placement = task.pointee.placement { releaseLoad(placement, thread) }
  if let kept = task.pointee.kept { releaseOwner(kept, thread) }
}

/// Tells the task's handles and the tasks that wait for it that it will never end, unless they have been told. Who
/// waits for its end alone (the parent of an `async let`) goes on when it has been taken down.
private func tellOff(_ task: TaskPointer) {
  var word = task.future.pointee.load(ordering: .acquiring)
  while !TaskFuture.isAbandoned(word) {
    let (exchanged, original) = task.future.pointee.weakCompareExchange(
      expected: word, desired: TaskFuture.toldOff,
      successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
    if exchanged { return tellWaiters(word, of: task, isGone: false) }
    word = original
  }
}

/// Lets go of a task that has been taken down, or has ended after it was told off.
func retire(_ task: TaskPointer) {
  inspectEnded(task)
  let word = task.future.pointee.exchange(TaskFuture.abandoned, ordering: .acquiringAndReleasing)
  tellWaiters(word, of: task, isGone: true)
  letGo(task)
}

/// - Parameter word: what the task's future word was, whose waiters are the caller's now.
@inline(never)
private func tellWaiters(_ word: UInt, of task: TaskPointer, isGone: Bool) {
  var next = UnsafeMutablePointer<FutureWaiter>(bitPattern: word & ~TaskFuture.marks)
  while let waiter = next {
    // Read before the waiter is resumed: its memory goes with its frame.
    next = waiter.pointee.next
    let waiting = waiter.pointee.task
    switch waiter.pointee.kind {
    case .notified:
      Allocator.deallocate(waiter)
      storeVoid(for: waiting)
      if endWait(waiting) {
        if waiting.goesDown { abandon(waiting) } else { enqueue(waiting) }
      }
    case .value:
      endAwaiting(by: waiting)
      abandonWaiter(waiting)
    case .end, .takenDown:
      if isGone || !waitForEnd(of: task, waiter) {
        if waiter.pointee.kind == .takenDown { Allocator.deallocate(waiter) }
        enqueue(waiting)
      }
    }
  }
}

/// Adds a waiter for the end of a task.
///
/// - Returns: false if the task has ended.
func waitForEnd(of task: TaskPointer, _ waiter: UnsafeMutablePointer<FutureWaiter>) -> Bool {
  var word = task.future.pointee.load(ordering: .acquiring)
  while word & TaskFuture.done == 0 {
    waiter.pointee.next = UnsafeMutablePointer(bitPattern: word & ~TaskFuture.marks)
    let (exchanged, original) = task.future.pointee.weakCompareExchange(
      expected: word, desired: UInt(bitPattern: waiter) | word & TaskFuture.marks,
      successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
    if exchanged { return true }
    word = original
  }
  return false
}

/// A task whose wait for another has ended, by that one's being abandoned.
func abandonWaiter(_ waiting: TaskPointer) {
  guard waiting.goesDown else { stopForAbandonedResult() }
  abandon(waiting)
}

/// Takes the current task down, which finds that it waits for one that is abandoned.
func abandonCurrentTask(
  _ thread: ThreadPointer, _ resume: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer
) -> Step {
  abandonWaiter(detachCurrentTask(thread, resume, context))
  return 0
}

/// Whether a task that is taken down has children still, for one of which it now waits: it surfaces again.
private func waitsForChildren(_ task: TaskPointer) -> Bool {
  while let group = task.pointee.groups {
    if waitForChildren(of: group) { return true }
    withChildrenLocked(task) { _ in task.pointee.groups = group.pointee.outer }
  }
  while let child = withChildrenLocked(task, { _ in webble_children(task, nil)?.pointee.first }) {
    disown(child)
    // The reference of `async let`. A child that has yet to end has one of its own.
    defer { swift_release(UnsafeMutableRawPointer(child)) }
    let waiter = allocateOrStop(UInt(MemoryLayout<FutureWaiter>.size), alignment: 16)
      .bindMemory(to: FutureWaiter.self, capacity: 1)
    waiter.initialize(to: FutureWaiter(task: task, result: nil, kind: .takenDown))
    if waitForEnd(of: child, waiter) { return true }
    Allocator.deallocate(waiter)
  }
  return false
}

func stopForAbandonedResult() -> Never {
  stop(
    """
    awaiting the value of work that will never run: its pool was shut down. \
    Await `handle.result` instead, or shut the pool down after its work is done.
    """)
}

func stopForLostChild() -> Never {
  stop(
    """
    a task group or scope waits for a child that will never run: its pool was shut down. \
    Shut the pool down after its work is done.
    """)
}
