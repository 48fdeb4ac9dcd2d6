import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator

/// The lock of a default actor, in the twelve words that the compiler leaves for it after the object's
/// header. The holder sorts those that wait into the ready queues, one a priority class in order of arrival,
/// which pass from holder to holder with the lock.
struct DefaultActor {
  var metadata: UnsafeRawPointer?
  var references: UInt32
  /// Atomic, see ActorState.
  var state: UInt
  /// How often the actor has been handed on: now and then the lowest class comes first.
  var grants: UInt32
  var high: ReadyQueue
  var normal: ReadyQueue
  var low: ReadyQueue

  struct ReadyQueue {
    var first: TaskPointer?
    var last: TaskPointer?

    mutating func append(_ task: TaskPointer) {
      task.pointee.next = nil
      if let last { last.pointee.next = task } else { first = task }
      last = task
    }

    mutating func pop() -> TaskPointer? {
      #if WEBBLE_EXPLORES
        bringForward()
      #endif
      guard let task = first else { return nil }
      first = task.pointee.next
      if first == nil { last = nil }
      return task
    }

    #if WEBBLE_EXPLORES
      /// Puts one of those that wait before all others: no order of calls is promised.
      private mutating func bringForward() {
        var waiting: [TaskPointer] = []
        var next = first
        while let task = next {
          waiting.append(task)
          next = task.pointee.next
        }
        guard waiting.count > 1 else { return }
        let chosen = waiting.remove(at: chooseForActor(waiting.count) { waiting[$0] })
        (first, last) = (nil, nil)
        append(chosen)
        for task in waiting { append(task) }
      }
    #endif
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
    switch task.currentStatus.priorityClass {
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
    .bitwiseOr(ActorState.zombie, ordering: .acquiringAndReleasing).oldValue
  if ActorState(word: before).deallocating().frees { freeActor(object) }
}

private func freeActor(_ object: UnsafeMutableRawPointer) {
  // The sign bit of the count marks an object that is not on the heap.
  let actor = object.assumingMemoryBound(to: DefaultActor.self)
  if actor.pointee.references & 0x8000_0000 == 0 { cFree(object) }
}

/// Locks a free actor for the current task.
@inline(__always)
func tryLockActor(_ identity: UInt) -> Bool {
  state(identity).pointee.compareExchange(
    expected: 0, desired: ActorState.locked, ordering: .acquiring
  ).exchanged
}

/// Queues a task on an actor; if that is free, grants it and queues the task where it runs.
func enqueueOnActor(_ task: TaskPointer, _ identity: UInt) {
  if tryLockActor(identity) {
    enqueueAtHome(task, yielding: false)
  } else {
    inspectWaiting(task, forActor: identity)
    join(task.queued(in: .line), identity)
  }
}

/// Lets a job wait for an actor; if that is free by now, grants it to the job's task.
func join(_ job: TaskPointer, _ identity: UInt) {
  let state = state(identity)
  var seen = state.pointee.load(ordering: .relaxed)
  while true {
    let (next, link) = ActorState(word: seen).joining(UInt(bitPattern: job))
    if let link { job.pointee.next = TaskPointer(bitPattern: link) }
    let (exchanged, original) = state.pointee.weakCompareExchange(
      expected: seen, desired: next.word,
      successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
    if exchanged {
      if link == nil { grant(job, identity) }
      return
    }
    seen = original
  }
}

/// The actor, which the caller has locked, is the job's task's, unless the job is void.
private func grant(_ job: TaskPointer, _ identity: UInt) {
  if let task = job.claimed() {
    enqueueAtHome(task, yielding: false)
  } else {
    unlockActor(identity)
  }
}

/// Hands the actor to the next task in line, or unlocks it. Only by its holder.
@inline(never)
func unlockActor(_ identity: UInt) {
  let actor = actor(identity)
  while true {
    // Also when some are ready: one that has come since may be more urgent.
    actor.pointee.append(newestFirst: takeLine(identity))
    while let job = actor.pointee.popReady() {
      guard let task = job.claimed() else { continue }
      enqueueAtHome(task, yielding: false)
      return
    }
    if unlockIfNoneWaits(identity) { return }
  }
}

private func takeLine(_ identity: UInt) -> TaskPointer? {
  let state = state(identity)
  var seen = state.pointee.load(ordering: .relaxed)
  while let next = ActorState(word: seen).takingLine() {
    let (exchanged, original) = state.pointee.weakCompareExchange(
      expected: seen, desired: next.word, successOrdering: .acquiring, failureOrdering: .relaxed)
    if exchanged { return TaskPointer(bitPattern: ActorState(word: seen).line) }
    seen = original
  }
  return nil
}

/// - Returns: false if somebody has come.
private func unlockIfNoneWaits(_ identity: UInt) -> Bool {
  let state = state(identity)
  var seen = ActorState.locked
  while true {
    switch ActorState(word: seen).unlocking() {
    case .looksAgain: return false
    case .frees:
      freeActor(UnsafeMutableRawPointer(bitPattern: identity).unsafelyUnwrapped)
      return true
    case .unlocks(let next):
      let (exchanged, original) = state.pointee.compareExchange(
        expected: seen, desired: next.word,
        successOrdering: .releasing, failureOrdering: .acquiring)
      if exchanged { return true }
      seen = original
    }
  }
}

// isolated deinit

/// Runs the deinitializer of an object on its actor: at once if the thread is there already, or if the
/// object is the actor, which nobody else can hold any more; by a job of its own otherwise. It sees no
/// task-local values, wherever it runs (SE-0371).
@_cdecl("webble_deinit_on_executor")
func deinitOnExecutor(
  _ object: UnsafeMutableRawPointer, _ work: UnsafeMutableRawPointer,
  _ identity: UInt, _ implementation: UInt
) {
  let thread = currentThread()
  let outer = thread.pointee.executor
  if outer.identity == identity {
    withoutLocals { webble_call_object_work(work, object) }
    return
  }
  if identity == UInt(bitPattern: object), implementation == 0 {
    // Locked, so that the memory stays until the deinitializer is done.
    _ = tryLockActor(identity)
    thread.pointee.executor = webble_executor(identity: identity, implementation: implementation)
    withoutLocals { webble_call_object_work(work, object) }
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
