import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator
import WebbleScheduler

// The record of all live tasks, for dumps: where each is, and what it waits for. Only in an SDK that is built for
// it (`WEBBLE_INSPECTS`), which debug builds of programs use; in all others every function here is empty.

/// Where a task is.
@_spi(Webble)
public enum TaskState: UInt32, Sendable {
  /// It has yet to begin, or its wait is over: it lies in a queue.
  case ready = 0
  case running = 1
  case waiting = 2
}

/// What a task waits for.
@_spi(Webble)
public enum WaitKind: UInt32, Sendable {
  case nothing = 0
  /// `withUnsafeContinuation` or `withCheckedContinuation` of the program's.
  case continuation
  case timer
  /// Another task's result or end.
  case task
  /// The children of a group.
  case group
  case actor
  case stream
  case channelSend, channelReceive, select
  /// An `AsyncMutex` or `AsyncSemaphore`.
  case permit
  case rwLock, barrier, latch
  case promise, event, otherThread
  /// That a pool starts, or has ended.
  case poolStart, poolEnd
  /// Not suspended: the thread sleeps for a `Mutex`.
  case mutex
}

/// Guards the links of all records. Held while tasks are copied, too, so that their memory stays.
private let register = SpinLock()

@inline(__always)
func inspectMade(_ task: TaskPointer, _ thread: ThreadPointer) {
  if WEBBLE_INSPECTS != 0 { listTask(task, thread) }
  #if WEBBLE_EXPLORES
    explored.stepsInVain = 0
  #endif
  trace(made: task)
}

@inline(never)
private func listTask(_ task: TaskPointer, _ thread: ThreadPointer) {
  guard let record = webble_inspection_of(task) else { return }
  let time = monotonicNanoseconds()
  record.pointee.made = time
  record.pointee.since = time
  record.pointee.creator = thread.pointee.task?.pointee.identifier ?? 0
  record.pointee.is_listed = 1
  register.withLock {
    let first = webble_get_inspected_tasks()
    record.pointee.next = first
    if let first { webble_inspection_of(first)?.pointee.previous = task }
    webble_set_inspected_tasks(task)
  }
}

/// The task has ended, or will never run again. More than once does no harm.
@inline(__always)
func inspectEnded(_ task: TaskPointer) {
  if WEBBLE_INSPECTS != 0 { unlistTask(task) }
  #if WEBBLE_EXPLORES
    explored.stepsInVain = 0
  #endif
}

@inline(never)
private func unlistTask(_ task: TaskPointer) {
  guard let record = webble_inspection_of(task), record.pointee.is_listed != 0 else { return }
  record.pointee.is_listed = 0
  trace(ended: task)
  register.withLock {
    let next = record.pointee.next
    let previous = record.pointee.previous
    if let next { webble_inspection_of(next)?.pointee.previous = previous }
    if let previous {
      webble_inspection_of(previous)?.pointee.next = next
    } else {
      webble_set_inspected_tasks(next)
    }
  }
  while let lock = record.pointee.held {
    record.pointee.held = lock.pointee.next
    Allocator.deallocate(lock)
  }
}

/// The caller, who has the task in hand, is about to queue it.
@inline(__always)
func inspectReady(_ task: TaskPointer) {
  #if WEBBLE_EXPLORES
    // Tasks that wait for nothing but their turn in an actor may look there again and again.
    if let record = webble_inspection_of(task), record.pointee.state == TaskState.waiting.rawValue,
      record.pointee.wait_kind != WaitKind.actor.rawValue
    {
      explored.stepsInVain = 0
    }
  #endif
  if WEBBLE_INSPECTS != 0 { change(task, to: .ready) }
  trace(ready: task)
}

@inline(__always)
func inspectRunning(_ task: TaskPointer, _ thread: ThreadPointer) {
  if WEBBLE_INSPECTS != 0, let record = webble_inspection_of(task) {
    record.pointee.worker = thread.pointee.worker
    record.pointee.polls &+= 1
    change(task, to: .running)
  }
}

/// The current task is about to suspend, for what `noteWait` has said.
@inline(__always)
func inspectWaiting(_ task: TaskPointer) {
  if WEBBLE_INSPECTS != 0 { change(task, to: .waiting) }
}

@inline(never)
private func change(_ task: TaskPointer, to state: TaskState) {
  guard let record = webble_inspection_of(task) else { return }
  let time = monotonicNanoseconds()
  if record.pointee.state == TaskState.running.rawValue { record.pointee.run_time += time - record.pointee.since }
  if state == .running, let times = record.pointee.worker?.assumingMemoryBound(to: Worker.self).times {
    times.pointee.addScheduled(time - record.pointee.since)
  }
  record.pointee.since = time
  record.pointee.state = state.rawValue
}

/// Says what the current task is about to wait for; in the body of `withUnsafeContinuation`, for one.
///
/// - Parameters:
///   - object: an address that tells what is waited for from others of its kind.
///   - deadline: of a timer.
@_spi(Webble)
@_alwaysEmitIntoClient
@inline(__always)
public func noteWait(_ kind: WaitKind, for object: UnsafeRawPointer? = nil, until deadline: Int64 = 0) {
  if isInspecting { recordWait(kind, object, deadline) }
}

/// Whether the program is built for inspection.
@_spi(Webble)
@_alwaysEmitIntoClient
public var isInspecting: Bool { @inline(__always) get { WEBBLE_INSPECTS != 0 } }

@_spi(Webble)
@inline(never)
public func recordWait(_ kind: WaitKind, _ object: UnsafeRawPointer?, _ deadline: Int64) {
  guard let task = currentThread().pointee.task else { return }
  setWait(of: task, kind, object, deadline)
}

@inline(never)
private func setWait(of task: TaskPointer, _ kind: WaitKind, _ object: UnsafeRawPointer?, _ deadline: Int64) {
  guard let record = webble_inspection_of(task) else { return }
  record.pointee.wait_kind = kind.rawValue
  record.pointee.wait_object = UInt(bitPattern: object)
  record.pointee.deadline = deadline
}

/// The task, which the caller has in hand, is about to get in line for an actor.
@inline(__always)
func inspectWaiting(_ task: TaskPointer, forActor identity: UInt) {
  if WEBBLE_INSPECTS != 0 {
    setWait(of: task, .actor, UnsafeRawPointer(bitPattern: identity), 0)
    change(task, to: .waiting)
  }
}

/// Says that the current task holds a lock, or does no longer.
@_spi(Webble)
@_alwaysEmitIntoClient
@inline(__always)
public func noteHeld(_ object: UnsafeRawPointer) {
  if isInspecting { recordHeld(object) }
}

@_spi(Webble)
@_alwaysEmitIntoClient
@inline(__always)
public func noteReleased(_ object: UnsafeRawPointer) {
  if isInspecting { recordReleased(object) }
}

@_spi(Webble)
@inline(never)
public func recordHeld(_ object: UnsafeRawPointer) {
  guard let task = currentThread().pointee.task, let record = webble_inspection_of(task) else { return }
  let lock = allocateOrStop(UInt(MemoryLayout<webble_held_lock>.size), alignment: 8)
    .bindMemory(to: webble_held_lock.self, capacity: 1)
  register.withLock {
    lock.initialize(to: webble_held_lock(next: record.pointee.held, object: UInt(bitPattern: object)))
    record.pointee.held = lock
  }
}

@_spi(Webble)
@inline(never)
public func recordReleased(_ object: UnsafeRawPointer) {
  guard let task = currentThread().pointee.task, let record = webble_inspection_of(task) else { return }
  let freed: UnsafeMutablePointer<webble_held_lock>? = register.withLock {
    var before: UnsafeMutablePointer<webble_held_lock>?
    var next = record.pointee.held
    while let lock = next, lock.pointee.object != UInt(bitPattern: object) { (before, next) = (lock, lock.pointee.next) }
    guard let lock = next else { return nil }
    if let before { before.pointee.next = lock.pointee.next } else { record.pointee.held = lock.pointee.next }
    return lock
  }
  Allocator.deallocate(freed)
}

/// Says that the current task's result is an error, which is lost if nobody asks for the result.
///
/// No part of any interface; public for code that is compiled into programs.
@_alwaysEmitIntoClient
@inline(__always)
public func _noteError() {
  if WEBBLE_INSPECTS != 0 { _recordError() }
}

@inline(never)
public func _recordError() {
  guard let task = currentThread().pointee.task, let record = webble_inspection_of(task) else { return }
  record.pointee.has_unread_error = 1
}

/// Somebody has had the task's result.
@inline(__always)
func inspectRead(_ task: TaskPointer) {
  if WEBBLE_INSPECTS != 0 { webble_inspection_of(task)?.pointee.has_unread_error = 0 }
}

/// How many tasks have thrown an error that nobody has had, and where the last of them began: an index in the table of
/// functions.
@_spi(Webble)
public struct UnreadErrors {
  public var count: UInt32 = 0
  public var entry: UInt = 0
}

private nonisolated(unsafe) var unreadErrorsSoFar = UnreadErrors()

@_spi(Webble)
public func unreadErrors() -> UnreadErrors { register.withLock { unreadErrorsSoFar } }

/// The task's last handle has gone.
@inline(__always)
func inspectDestroyed(_ task: TaskPointer) {
  if WEBBLE_INSPECTS != 0, let record = webble_inspection_of(task), record.pointee.has_unread_error != 0 {
    register.withLock {
      unreadErrorsSoFar.count &+= 1
      unreadErrorsSoFar.entry = UInt(bitPattern: task.pointee.entry)
    }
  }
}

/// Calls `body` with each listed task, the newest first, while none can go.
func forEachInspected(_ body: (TaskPointer, webble_inspection) -> Void) {
  if WEBBLE_INSPECTS == 0 { return }
  register.withLock {
    var next = webble_get_inspected_tasks()
    while let task = next, let record = webble_inspection_of(task) {
      body(task, record.pointee)
      next = record.pointee.next
    }
  }
}
