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
/// fails if one has come. The holder sorts them into `ready`, a queue a priority class in order of
/// arrival, touched by the holder alone. It passes from holder to holder with the lock: unlocking is a
/// release, and every way to the lock (the exchange from 0, or the queue that carries a granted task) is
/// an acquire.
struct DefaultActor {
  var metadata: UnsafeRawPointer?
  var references: UInt32
  var state: UInt
  /// How often the actor has been handed on: now and then the lowest class comes first.
  var grants: UInt32
  var high: ReadyQueue
  var normal: ReadyQueue
  var low: ReadyQueue

  static let locked: UInt = 1
  static let zombie: UInt = 2
  static let flags: UInt = 3

  struct ReadyQueue {
    var first: TaskPointer?
    var last: TaskPointer?

    mutating func append(_ task: TaskPointer) {
      task.pointee.next = nil
      if let last { last.pointee.next = task } else { first = task }
      last = task
    }

    mutating func pop() -> TaskPointer? {
      guard let task = first else { return nil }
      first = task.pointee.next
      if first == nil { last = nil }
      return task
    }
  }

  /// Sorts in the tasks of a list that is linked newest first.
  mutating func append(newestFirst list: TaskPointer?) {
    var oldestFirst: TaskPointer?
    var next = list
    while let task = next {
      next = task.pointee.next
      task.pointee.next = oldestFirst
      oldestFirst = task
    }
    next = oldestFirst
    while let task = next {
      next = task.pointee.next
      append(task)
    }
  }

  private mutating func append(_ task: TaskPointer) {
    switch TaskStatus.priorityClass(of: task.status.pointee.load(ordering: .relaxed)) {
    case .high: high.append(task)
    case .normal: normal.append(task)
    case .low: low.append(task)
    }
  }

  mutating func popReady() -> TaskPointer? {
    grants &+= 1
    return grants % 32 == 0
      ? low.pop() ?? normal.pop() ?? high.pop()
      : high.pop() ?? normal.pop() ?? low.pop()
  }
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
  actor.pointee.grants = 0
  let empty = DefaultActor.ReadyQueue(first: nil, last: nil)
  actor.pointee.high = empty
  actor.pointee.normal = empty
  actor.pointee.low = empty
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
  while true {
    // Also when some are ready: one that has come since may be more urgent.
    actor.pointee.append(newestFirst: takeWaiting(identity))
    if let task = actor.pointee.popReady() {
      enqueueAtHome(task, yielding: false)
      return
    }
    if unlockIfNoneWaits(identity) { return }
  }
}

private func takeWaiting(_ identity: UInt) -> TaskPointer? {
  let state = state(identity)
  var seen = state.pointee.load(ordering: .relaxed)
  while let waiting = TaskPointer(bitPattern: seen & ~DefaultActor.flags) {
    let (exchanged, original) = state.pointee.weakCompareExchange(
      expected: seen, desired: seen & DefaultActor.flags,
      successOrdering: .acquiring, failureOrdering: .relaxed)
    if exchanged { return waiting }
    seen = original
  }
  return nil
}

private func unlockIfNoneWaits(_ identity: UInt) -> Bool {
  let (exchanged, seen) = state(identity).pointee.compareExchange(
    expected: DefaultActor.locked, desired: 0,
    successOrdering: .releasing, failureOrdering: .acquiring)
  if exchanged { return true }
  // Nobody can come to an actor that has been deallocated.
  guard seen == DefaultActor.locked | DefaultActor.zombie else { return false }
  freeActor(UnsafeMutableRawPointer(bitPattern: identity).unsafelyUnwrapped)
  return true
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
