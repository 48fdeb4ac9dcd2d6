import CRuntime
import Swift
import WebbleScheduler

// The points within a job at which a schedule may let another come first: see Exploration.swift.

/// What a task does with what threads share, between two suspensions: another's turn may come before it.
@_spi(Webble)
public enum SharedAccess: UInt8, Sendable {
  /// A `Mutex` or an `RwLock`.
  case lock
  /// A channel, a lock that suspends, or another of the module Webble's.
  case primitive
  case stream
  /// The resumption of a continuation.
  case resumption
  /// A cancellation, or a look whether there was one.
  case cancellation
  /// An atomic instruction of the program's own: the tool puts a call before each, see AtomicAccessPass.swift.
  case atomic
  /// Any other access to memory, if tests ask for that: put there by the same pass.
  case memory
}

/// The current task is about to access what threads share. In an exploration others may run first, on other workers.
@_spi(Webble)
@_alwaysEmitIntoClient
@inline(__always)
public func willAccess(_ access: SharedAccess) {
  if WEBBLE_IS_EXPLORING != 0 { mayBePreempted(access.rawValue) }
}

/// The thread holds a lock that others would block for, or spin: nothing else can run until `didUnlock`.
@_spi(Webble)
@_alwaysEmitIntoClient
@inline(__always)
public func didLock(_ lock: UnsafeRawPointer, isShared: Bool = false) {
  if WEBBLE_IS_EXPLORING != 0 { noteLock(UInt(bitPattern: lock) | (isShared ? 1 : 0), true) }
}

@_spi(Webble)
@_alwaysEmitIntoClient
@inline(__always)
public func didUnlock(_ lock: UnsafeRawPointer) {
  if WEBBLE_IS_EXPLORING != 0 { noteLock(UInt(bitPattern: lock), false) }
}

#if WEBBLE_EXPLORES

/// Another job may come before the access that the current task is about to make, on a worker that has none under
/// way: in place, above it on the stack. It goes on when that one has suspended.
///
/// Nobody else can run while a lock is held, since a task that wanted it could not wait.
@_cdecl("webble_may_be_preempted")
@inline(never)
@usableFromInline
func mayBePreempted(_ access: UInt8) {
  guard explored.isChoosing, explored.held.isEmpty, webble_global_initializers() == 0, explored.leaving.isEmpty
  else { return }
  let thread = currentThread()
  guard let current = thread.currentWorker, thread.pointee.is_abandoning == 0 else { return }
  var places: [(source: Int, job: Int)] = []
  if explored.preempted.count < maximumPreemptions {
    collect()
    for index in explored.sources.indices where !explored.sources[index].jobs.isEmpty && mayRun(explored.sources[index], current) {
      for job in explored.sources[index].jobs.indices.prefix(64) { places.append((index, job)) }
    }
  }
  // Accesses to memory are many: they are no sign of a loop that waits, and no steps in vain.
  let isMemory = access == SharedAccess.memory.rawValue
  if isMemory {
    if places.isEmpty { return }
    explored.record.stepCount += 1
  } else {
    explored.accessesInRow += 1
  }
  if places.isEmpty {
    // Nothing else could come of it but what it does itself.
    if explored.preempted.isEmpty {
      if explored.accessesInRow > explored.stallLimit { giveUp(.stalled, thread) }
    } else if explored.accessesInRow > maximumSpins {
      giveUp(.needsInterrupted, thread)
    }
    return
  }
  if !isMemory, let obstacle = countStep() { return giveUp(obstacle, thread) }
  // It may wait in a loop for what another has yet to do.
  let mustWait =
    explored.accessesInRow > (access == SharedAccess.atomic.rawValue ? maximumAtomicsInRow : maximumAccessesInRow)
  let chosen =
    mustWait
    ? choose(places.count) { Int(draw() % UInt64(places.count)) } + 1
    : choose(places.count + 1) { suggestedPreemption(places, thread.pointee.task, once: isMemory ? 16 : 4) }
  if chosen == 0 { return }
  let place = places[chosen - 1]
  let source = explored.sources[place.source]
  let job = explored.sources[place.source].jobs.remove(at: place.job)
  let worker: WorkerPointer
  if let pinned = source.worker {
    worker = pinned
  } else {
    let pool = source.pool.unsafelyUnwrapped
    let idle = (0..<pool.pointee.workerCount).map { pool.pointee.worker($0) }.filter { isIdle($0, current) }
    worker = idle[choose(idle.count) { Int(draw() % UInt64(idle.count)) }]
  }
  remember(.preemption, worker, TaskPointer(job))
  let last = explored.record.moments.count - 1
  explored.record.moments[last].preempted = label(of: thread.pointee.task)
  explored.record.moments[last].access = SharedAccess(rawValue: access).unsafelyUnwrapped
  let nested = explored.nestedLocks.count
  runInPlace(job, on: worker, current, thread)
  if access == SharedAccess.lock.rawValue { explored.rivals = nested..<explored.nestedLocks.count }
}

/// The program is about to access memory. On the stack it is the task's own.
@_cdecl("webble_may_be_preempted_at")
func mayBePreempted(at address: UInt) {
  guard address >= webble_main_stack_size(), explored.record.stepCount < maximumMemoryAccesses else { return }
  mayBePreempted(SharedAccess.memory.rawValue)
}

/// Steps of a schedule after which accesses to memory are none any more: each may be written down.
private let maximumMemoryAccesses = 200_000

/// Accesses of one job between which no other has run: then one that can run does.
private let maximumAccessesInRow = 1000
/// The same if it is an atomic one: loops that spin are made of these.
private let maximumAtomicsInRow = 16
/// The same where only those could that it has interrupted.
private let maximumSpins = 3000

/// The schedule ends in the middle of a job, and what it has begun stays behind: a task takes steps without end, or
/// spins for one in whose middle it has come, and there is one stack.
@inline(never)
private func giveUp(_ obstacle: Exploration.Obstacle, _ thread: ThreadPointer) {
  abandonSchedule(obstacle)
  // The rest `unwound` sets right.
  thread.pointee.depth = 0
  thread.pointee.task_executor = 0
  thread.pointee.yielding = 0
  thread.pointee.locals = nil
  webble_js_unwind()
}

/// Ends the schedule, and forgets what could run, now or at some time.
func abandonSchedule(_ obstacle: Exploration.Obstacle) {
  collect()
  for index in explored.sources.indices { explored.sources[index].jobs = [] }
  for worker in explored.workers { while worker.pointee.timers.popExpired(now: .max) != nil {} }
  forgetPools()
  forgetAnswers()
  endSchedule(obstacle)
}

/// Nobody shuts the pools down that an abandoned schedule has made, and each step looks at all that are known. One that
/// is used again asks for a turn again.
private func forgetPools() {
  func stays(_ worker: WorkerPointer) -> Bool { worker.pointee.pool == nil || explored.leaving.contains(worker) }
  for worker in explored.workers where !stays(worker) { worker.pointee.isTurnRequested = false }
  explored.workers.removeAll { !stays($0) }
  explored.sources.removeAll { source in
    if let worker = source.worker { return !explored.workers.contains(worker) }
    return !explored.workers.contains { $0.pointee.pool == source.pool }
  }
}

/// What the stack is thought to have room for.
private let maximumPreemptions = 4

private func isIdle(_ worker: WorkerPointer, _ current: WorkerPointer) -> Bool {
  worker != current && !explored.preempted.contains(worker)
}

private func mayRun(_ source: ExploredSource, _ current: WorkerPointer) -> Bool {
  guard let pool = source.pool ?? source.worker?.pointee.pool else {
    return isIdle(source.worker.unsafelyUnwrapped, current)
  }
  guard pool.pointee.isOpen else { return false }
  if let worker = source.worker { return isIdle(worker, current) }
  return (0..<pool.pointee.workerCount).contains { isIdle(pool.pointee.worker($0), current) }
}

private func runInPlace(_ job: Job, on worker: WorkerPointer, _ current: WorkerPointer, _ thread: ThreadPointer) {
  let outer = thread.pointee
  explored.accessesInRow = 0
  explored.preempted.append(current)
  thread.pointee.worker = UnsafeMutableRawPointer(worker)
  thread.pointee.task = nil
  thread.pointee.executor = .generic
  thread.pointee.task_executor = 0
  thread.pointee.is_lent = 0
  thread.pointee.depth = 0
  thread.pointee.postponed = 0
  thread.pointee.yielding = 0
  thread.pointee.locals = nil
  worker.pointee.jobsRun &+= 1
  if let task = TaskPointer(job).claimed() { run(task, on: thread) }
  explored.accessesInRow = 0
  restore(thread, outer)
  thread.pointee.worker = outer.worker
  thread.pointee.yielding = outer.yielding
  thread.pointee.locals = outer.locals
  explored.preempted.removeLast()
}

/// - Parameter count: by chance, it comes to one once in so many times.
private func suggestedPreemption(
  _ places: [(source: Int, job: Int)], _ task: TaskPointer?, once count: UInt64
) -> Int {
  if explored.strategy == .random { return draw() % count == 0 ? 1 + Int(draw() % UInt64(places.count)) : 0 }
  var best = 0
  var highest = task.map { priority(of: $0.job) } ?? .max
  if explored.changes.contains(explored.record.stepCount), let task {
    explored.lowest -= 1
    highest = explored.lowest
    for index in explored.priorities.indices where explored.priorities[index].job == task.job {
      explored.priorities[index].priority = highest
    }
  }
  for (index, place) in places.enumerated() {
    let priority = priority(of: explored.sources[place.source].jobs[place.job])
    if priority > highest { (best, highest) = (index + 1, priority) }
  }
  return best
}

// MARK: Locks in two orders

/// A lock that was taken while others were held: addresses, odd where the lock is only read.
struct NestedLock {
  var lock: UInt
  var held: [UInt]
  var task: Exploration.Label?
  /// Of the task: where its code begins.
  var entry: UInt

  /// Whether two that are about to take their locks may wait for each other. A lock that both hold keeps them apart.
  func meets(_ other: NestedLock) -> Bool {
    Self.waits(lock, for: other.held) && Self.waits(other.lock, for: held)
      && !held.contains { Self.waits($0, for: other.held) }
  }

  private static func waits(_ lock: UInt, for held: [UInt]) -> Bool {
    held.contains { $0 | 1 == lock | 1 && $0 & lock & 1 == 0 }
  }
}

/// While a lock is held nothing else runs, so that no schedule shows two tasks that wait for each other's. But where one
/// was about to take its first lock, and another has come then, and taken locks in the other order, they could have:
/// the one with its first lock, the other with its own.
@_cdecl("webble_note_lock")
@inline(never)
@usableFromInline
func noteLock(_ lock: UInt, _ isTaken: Bool) {
  guard isTaken else {
    if let place = explored.held.lastIndex(where: { $0 | 1 == lock | 1 }) { explored.held.remove(at: place) }
    if explored.held.isEmpty { explored.rivals = 0..<0 }
    return
  }
  if explored.isChoosing, !explored.held.isEmpty, explored.lockOrder == nil {
    let task = currentThread().pointee.task
    let nested = NestedLock(
      lock: lock, held: explored.held, task: label(of: task), entry: task.map { UInt(bitPattern: $0.pointee.entry) } ?? 0)
    if let rival = explored.nestedLocks[explored.rivals].first(where: { $0.meets(nested) }) {
      explored.lockOrder = Exploration.LockOrder(
        first: nested.task, second: rival.task, firstEntry: nested.entry, secondEntry: rival.entry)
    }
    explored.nestedLocks.append(nested)
  }
  explored.held.append(lock)
}

#else

@usableFromInline
func mayBePreempted(_ access: UInt8) {}

@usableFromInline
func noteLock(_ lock: UInt, _ isTaken: Bool) {}

#endif
