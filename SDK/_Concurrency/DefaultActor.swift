import CRuntime
import Swift
import Synchronization
import WebbleAllocator

/// The lock of a default actor, in the twelve words that the compiler leaves for it after the object's
/// header.
///
/// The state word:
///
///     bit 0   locked   some task runs on the actor, or has been granted it and is in a queue
///     bit 1   zombie   the actor has been deallocated; whoever unlocks it frees its memory
///     rest    waiting  the newest of the tasks that wait, linked to older ones by `next`
///
///     0 ── tryLock, enqueue (exchange 0 → locked) ──▶ locked ── enqueue ──▶ locked + waiting
///     ▲                                                 │ ▲                        │
///     └──────────────── unlock (exchange) ──────────────┘ └── unlock takes the list ┘
///
/// Tasks wait only while it is locked, so the holder finds every one of them: its unlocking exchange
/// fails if one has come. `ready` is the list in order of arrival, touched by the holder alone, and
/// passes from holder to holder with the lock: unlocking is a release, and every way to the lock (the
/// exchange from 0, or the queue that carries a granted task) is an acquire.
struct DefaultActor {
  var metadata: UnsafeRawPointer?
  var references: UInt32
  var state: UInt
  var ready: TaskPointer?

  static let locked: UInt = 1
  static let zombie: UInt = 2
  static let flags: UInt = 3
}

private func actor(_ identity: UInt) -> UnsafeMutablePointer<DefaultActor> {
  UnsafeMutablePointer(bitPattern: identity).unsafelyUnwrapped
}

@inline(__always)
private func state(_ identity: UInt) -> UnsafeMutablePointer<Atomic<UInt>> {
  UnsafeMutablePointer(bitPattern: identity &+ 8).unsafelyUnwrapped
}

@_cdecl("webble_actor_initialize")
func initializeActor(_ object: UnsafeMutableRawPointer) {
  let actor = object.assumingMemoryBound(to: DefaultActor.self)
  actor.pointee.state = 0
  actor.pointee.ready = nil
}

/// Frees the memory of an actor whose deinitializer has run, now or when the task that runs on it, and
/// may have dropped the last reference, has left it.
@_cdecl("webble_actor_deallocate")
func deallocateActor(_ object: UnsafeMutableRawPointer) {
  let before = state(UInt(bitPattern: object)).pointee
    .bitwiseOr(DefaultActor.zombie, ordering: .acquiringAndReleasing).oldValue
  if before & DefaultActor.locked == 0 { freeActor(object) }
}

private func freeActor(_ object: UnsafeMutableRawPointer) {
  // The sign bit of the count marks an object that is not on the heap.
  let actor = object.assumingMemoryBound(to: DefaultActor.self)
  if actor.pointee.references & 0x8000_0000 == 0 { Allocator.deallocate(object) }
}

/// Locks a free actor for the current task.
@inline(__always)
func tryLockActor(_ identity: UInt) -> Bool {
  state(identity).pointee.compareExchange(
    expected: 0, desired: DefaultActor.locked, ordering: .acquiring
  ).exchanged
}

/// Queues a task on an actor; if that is free, grants it and queues the task where it runs.
func enqueueOnActor(_ task: TaskPointer, _ identity: UInt) {
  let state = state(identity)
  var seen = state.pointee.load(ordering: .relaxed)
  while true {
    var desired = DefaultActor.locked
    if seen != 0 {
      task.pointee.next = TaskPointer(bitPattern: seen & ~DefaultActor.flags)
      desired = UInt(bitPattern: task) | seen & DefaultActor.flags
    }
    let (exchanged, original) = state.pointee.weakCompareExchange(
      expected: seen, desired: desired,
      successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
    if exchanged {
      if seen == 0 { enqueueAtHome(task, yielding: false) }
      return
    }
    seen = original
  }
}

/// Hands the actor to the next task in line, or unlocks it. Only by its holder.
@inline(never)
func unlockActor(_ identity: UInt) {
  let actor = actor(identity)
  if actor.pointee.ready == nil {
    guard let waiting = takeWaitingOrUnlock(identity) else { return }
    actor.pointee.ready = reversed(waiting)
  }
  let next = actor.pointee.ready.unsafelyUnwrapped
  actor.pointee.ready = next.pointee.next
  enqueueAtHome(next, yielding: false)
}

private func takeWaitingOrUnlock(_ identity: UInt) -> TaskPointer? {
  let state = state(identity)
  var seen = state.pointee.load(ordering: .relaxed)
  while true {
    let waiting = TaskPointer(bitPattern: seen & ~DefaultActor.flags)
    if waiting == nil, seen & DefaultActor.zombie != 0 {
      freeActor(UnsafeMutableRawPointer(bitPattern: identity).unsafelyUnwrapped)
      return nil
    }
    let (exchanged, original) = state.pointee.weakCompareExchange(
      expected: seen, desired: waiting == nil ? 0 : seen & DefaultActor.flags,
      successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
    if exchanged { return waiting }
    seen = original
  }
}

private func reversed(_ list: TaskPointer) -> TaskPointer {
  var result: TaskPointer?
  var next: TaskPointer? = list
  while let task = next {
    next = task.pointee.next
    task.pointee.next = result
    result = task
  }
  return result.unsafelyUnwrapped
}

// isolated deinit

/// Runs the deinitializer of an object on its actor: at once if the thread is there already, or if the
/// object is the actor, which nobody else can hold any more; by a job of its own otherwise.
@_cdecl("webble_deinit_on_executor")
func deinitOnExecutor(
  _ object: UnsafeMutableRawPointer, _ work: UnsafeMutableRawPointer,
  _ identity: UInt, _ implementation: UInt
) {
  let thread = currentThread()
  let outer = thread.pointee.executor
  if outer.identity == identity {
    webble_call_object_work(work, object)
    return
  }
  if identity == UInt(bitPattern: object), implementation == 0 {
    // Locked, so that the memory stays until the deinitializer is done.
    _ = tryLockActor(identity)
    thread.pointee.executor = webble_executor(identity: identity, implementation: implementation)
    webble_call_object_work(work, object)
    thread.pointee.executor = outer
    unlockActor(identity)
    return
  }
  let job = allocateOrStop(UInt(MemoryLayout<webble_task>.size), alignment: 16)
    .bindMemory(to: webble_task.self, capacity: 1)
  job.initialize(to: webble_task())
  job.pointee.target = webble_executor(identity: identity, implementation: implementation)
  job.pointee.resume = webble_deinit_function()
  job.pointee.context = UnsafeMutableRawPointer(job)
  job.pointee.entry = work
  job.pointee.closure = object
  enqueue(job)
}

@_cdecl("webble_finish_deinit_job")
func finishDeinitJob(_ job: TaskPointer) {
  let thread = currentThread()
  thread.pointee.task = nil
  leaveExecutor(thread)
  Allocator.deallocate(job)
}
