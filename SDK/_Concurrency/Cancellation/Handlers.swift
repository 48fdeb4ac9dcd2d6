import CRuntime
import Swift
import WebbleAtomics

// What a task calls when it is cancelled or escalated.
//
// A handler's record lies in the frame of `withTaskCancellationHandler` or
// `withTaskPriorityEscalationHandler`, linked from the task. The list is read and changed under the lock bit
// of the status word; handlers are called outside it, since they are user code of any length and the main
// thread may want the lock. A record's own state says who may still touch it:
//
//     armed ── cancel, escalate ──▶ running ── handler has returned ──▶ finished (an escalation's: armed)
//       │                              │
//       │ scope ends                   │ scope ends: its task waits for the handler
//       ▼                              ▼
//    (unlinked)                     awaited ── handler has returned ──▶ (the caller resumes the task)
//
// The scope ends by unlinking the record under the lock; only if the state is then `running` does it
// wait, suspended, for the handler's caller, whose last touch of the record is the exchange that ends
// `running`.

//
// Cancellation scopes (CancellationScope.swift) are records in the same list, which so tells what lies inside
// of which: the list begins with the innermost.

struct HandlerRecord {
  enum Kind {
    case cancellation, escalation, shield, deadline
  }

  /// Guarded by the task's lock bit.
  var next: UnsafeMutablePointer<HandlerRecord>?
  /// Atomic. Armed to running under the lock.
  var state: UInt
  /// Of a scope: nil.
  var function: UnsafeMutableRawPointer?
  /// Of a deadline: its `DeadlineScope`, not retained.
  var context: UnsafeMutableRawPointer?
  /// The continuation that waits for the handler; written before `awaited`.
  var waiter: TaskPointer?
  /// Of an escalation's: the priority that it was last told of, at first the task's own. Guarded by the lock
  /// bit.
  var toldPriority: UInt = 0
  let kind: Kind
}

typealias HandlerRecordPointer = UnsafeMutablePointer<HandlerRecord>

enum RecordState {
  static let armed: UInt = 0
  static let running: UInt = 1
  static let finished: UInt = 2
  static let awaited: UInt = 3
}

func state(_ record: HandlerRecordPointer) -> UnsafeMutablePointer<Atomic<UInt>> {
  (UnsafeMutableRawPointer(record) + 4).assumingMemoryBound(to: Atomic<UInt>.self)
}

func handlers(_ task: TaskPointer) -> HandlerRecordPointer? {
  task.pointee.handlers?.assumingMemoryBound(to: HandlerRecord.self)
}

/// The innermost cancellation handler that is armed and that the cancellation of `scope`, or of the whole
/// task, reaches; from now on running. Under the lock.
private func takeArmed(_ task: TaskPointer, in scope: HandlerRecordPointer?) -> HandlerRecordPointer? {
  var found: HandlerRecordPointer?
  var next = handlers(task)
  while let record = next, record != scope {
    switch record.pointee.kind {
    case .shield: found = nil
    case .cancellation:
      if found == nil, record.pointee.state == RecordState.armed { found = record }
    case .escalation, .deadline: break
    }
    next = record.pointee.next
  }
  // A scope that ends while it expires is off the list already, and all that was in it.
  guard next == scope, let found else { return nil }
  found.pointee.state = RecordState.running
  return found
}

/// An escalation's handler that is armed and was told of less than `priority`, from now on running. Under the
/// lock.
private func takeArmed(_ task: TaskPointer, below priority: UInt) -> HandlerRecordPointer? {
  var next = handlers(task)
  while let record = next {
    if record.pointee.kind == .escalation, record.pointee.state == RecordState.armed,
      record.pointee.toldPriority < priority
    {
      record.pointee.state = RecordState.running
      return record
    }
    next = record.pointee.next
  }
  return nil
}

/// The handler has returned.
func endRunning(_ record: HandlerRecordPointer, as ended: UInt) {
  let (exchanged, _) = state(record).pointee.compareExchange(
    expected: RecordState.running, desired: ended, ordering: .acquiringAndReleasing)
  if !exchanged {
    let waiter = record.pointee.waiter.unsafelyUnwrapped
    storeVoid(for: waiter)
    resumeContinuation(waiter)
  }
}

/// Calls the cancellation handlers of a task that was just cancelled, as a whole or inside `scope`.
func callCancellationHandlers(_ task: TaskPointer, in scope: HandlerRecordPointer?) {
  while let record = withChildrenLocked(task, { _ in takeArmed(task, in: scope) }) {
    webble_call_handler(record.pointee.function, record.pointee.context)
    endRunning(record, as: RecordState.finished)
  }
}

/// Calls the escalation handlers that do not know of the task's priority. One that runs meanwhile is told
/// by the thread that it runs on.
func callEscalationHandlers(_ task: TaskPointer) {
  while true {
    var before: UInt = 0
    var after: UInt = 0
    let record = withChildrenLocked(task) { _ -> HandlerRecordPointer? in
      after = task.currentStatus.priority
      guard let record = takeArmed(task, below: after) else { return nil }
      before = record.pointee.toldPriority
      record.pointee.toldPriority = after
      return record
    }
    guard let record else { return }
    webble_call_escalation_handler(
      record.pointee.function, record.pointee.context, UInt32(before), UInt32(after))
    endRunning(record, as: RecordState.armed)
  }
}

/// Links a handler to the current task; calls it at once if that has been cancelled already.
@_cdecl("webble_add_cancellation_handler")
func addCancellationHandler(
  _ function: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer {
  let (record, isCancelled) = addHandler(function, context, isEscalation: false)
  if isCancelled { webble_call_handler(function, context) }
  return record
}

/// Links a handler to the current task.
@_cdecl("webble_add_escalation_handler")
func addEscalationHandler(
  _ function: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer {
  addHandler(function, context, isEscalation: true).record
}

private func addHandler(
  _ function: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer?, isEscalation: Bool
) -> (record: UnsafeMutableRawPointer, isCancelled: Bool) {
  let task = currentThread().pointee.task.unsafelyUnwrapped
  let block = taskAllocate(UInt(MemoryLayout<HandlerRecord>.size))
  let record = block.bindMemory(to: HandlerRecord.self, capacity: 1)
  record.initialize(
    to: HandlerRecord(
      next: nil, state: RecordState.armed, function: function, context: context, waiter: nil,
      toldPriority: isEscalation ? task.currentStatus.priority : 0,
      kind: isEscalation ? .escalation : .cancellation))
  let isCancelled = withChildrenLocked(task) { isCancelled in
    let isCancelled = task.currentStatus.isInScope ? cancellationReason(task) != nil : isCancelled
    record.pointee.next = handlers(task)
    if isCancelled, !isEscalation { record.pointee.state = RecordState.finished }
    task.pointee.handlers = block
    return isCancelled
  }
  return (block, isCancelled)
}

/// Unlinks the handler that was added last, and waits until it has returned if it runs. The caller then frees
/// the record by `taskDeallocate`: above it there is this function's own frame.
@usableFromInline
func removeHandler(
  _ block: UnsafeMutableRawPointer, isolation: isolated (any Actor)? = #isolation
) async {
  if unlinkHandler(block) {
    await withUnsafeContinuation { awaitHandler(block, $0) }
  }
}

/// - Returns: whether the handler is running, so that its record must stay a little longer.
private func unlinkHandler(_ block: UnsafeMutableRawPointer) -> Bool {
  let task = currentThread().pointee.task.unsafelyUnwrapped
  let record = block.assumingMemoryBound(to: HandlerRecord.self)
  return withChildrenLocked(task) { _ in
    task.pointee.handlers = UnsafeMutableRawPointer(record.pointee.next)
    return state(record).pointee.load(ordering: .acquiring) == RecordState.running
  }
}

private func awaitHandler(
  _ block: UnsafeMutableRawPointer, _ continuation: UnsafeContinuation<Void, Never>
) {
  let record = block.assumingMemoryBound(to: HandlerRecord.self)
  record.pointee.waiter = unsafeBitCast(continuation, to: TaskPointer.self)
  let (exchanged, _) = state(record).pointee.compareExchange(
    expected: RecordState.running, desired: RecordState.awaited, ordering: .acquiringAndReleasing)
  if !exchanged { continuation.resume() }
}
