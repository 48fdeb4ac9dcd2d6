import Builtin
import CRuntime
import Swift
import Synchronization

// Cancellation: one bit of the task's status word, and a list of handlers that its setting calls.
//
// A handler's record lies in the frame of `withTaskCancellationHandler`, linked from the task. The list
// is read and changed under the lock bit of the status word; handlers are called outside it, since they
// are user code of any length and the main thread may want the lock. A record's own state says who
// may still touch it:
//
//     armed ── cancel ──▶ running ── handler has returned ──▶ finished
//       │                    │
//       │ scope ends         │ scope ends: its task waits for the handler
//       ▼                    ▼
//    (unlinked)           awaited ── handler has returned ──▶ (the canceller resumes the task)
//
// The scope ends by unlinking the record under the lock; only if the state is then `running` does it
// wait, suspended, for the canceller, whose last touch of the record is the exchange to `finished`.

struct CancellationRecord {
  /// Guarded by the task's lock bit.
  var next: UnsafeMutablePointer<CancellationRecord>?
  /// Atomic. Armed to running under the lock.
  var state: UInt
  var function: UnsafeMutableRawPointer
  var context: UnsafeMutableRawPointer?
  /// The continuation that waits for the handler; written before `awaited`.
  var waiter: TaskPointer?
}

typealias CancellationRecordPointer = UnsafeMutablePointer<CancellationRecord>

private enum RecordState {
  static let armed: UInt = 0
  static let running: UInt = 1
  static let finished: UInt = 2
  static let awaited: UInt = 3
}

private func state(_ record: CancellationRecordPointer) -> UnsafeMutablePointer<Atomic<UInt>> {
  (UnsafeMutableRawPointer(record) + 4).assumingMemoryBound(to: Atomic<UInt>.self)
}

private func handlers(_ task: TaskPointer) -> CancellationRecordPointer? {
  task.pointee.cancellation_handlers?.assumingMemoryBound(to: CancellationRecord.self)
}

/// Cancels a task and all its descendants. Any thread; the caller keeps the task alive.
///
/// Descendants are kept in a list of the canceller's, linked through the tasks: a tree may be deeper than
/// the stack. Each is in at most one such list, since only the first to cancel a task lists it.
@_cdecl("webble_task_cancel")
func cancelTask(_ task: TaskPointer) {
  guard markCancelled(task) else { return }
  swift_retain(UnsafeMutableRawPointer(task))
  propagateCancellation(from: task)
}

/// Calls the handlers of a task that was just marked, and of its descendants.
private func propagateCancellation(from root: TaskPointer) {
  root.pointee.child.cancelled = nil
  var next: TaskPointer? = root
  while let task = next {
    next = task.pointee.child.cancelled
    callHandlers(task)
    while let child = nextUntoldChild(task) { list(child, &next) }
    swift_release(UnsafeMutableRawPointer(task))
  }
}

/// Puts a retained task in a canceller's list if it was not cancelled before.
private func list(_ child: TaskPointer, _ next: inout TaskPointer?) {
  if markCancelled(child) {
    child.pointee.child.cancelled = next
    next = child
  } else {
    swift_release(UnsafeMutableRawPointer(child))
  }
}

/// Cancels the children of a group.
func cancelChildren(of group: GroupPointer) {
  while let child = nextUntoldChild(of: group) {
    if markCancelled(child) {
      propagateCancellation(from: child)
    } else {
      swift_release(UnsafeMutableRawPointer(child))
    }
  }
}

private func markCancelled(_ task: TaskPointer) -> Bool {
  task.status.pointee.bitwiseOr(TaskStatus.cancelled, ordering: .acquiringAndReleasing).oldValue
    & TaskStatus.cancelled == 0
}

private func callHandlers(_ task: TaskPointer) {
  while true {
    let record: CancellationRecordPointer? = withChildrenLocked(task) { _ in
      var next = handlers(task)
      while let record = next {
        if record.pointee.state == RecordState.armed {
          record.pointee.state = RecordState.running
          return record
        }
        next = record.pointee.next
      }
      return nil
    }
    guard let record else { return }
    webble_call_handler(record.pointee.function, record.pointee.context)
    let ended = state(record).pointee.exchange(
      RecordState.finished, ordering: .acquiringAndReleasing)
    if ended == RecordState.awaited { resumeContinuation(record.pointee.waiter.unsafelyUnwrapped) }
  }
}

/// Links a handler to the current task; calls it at once if that has been cancelled already.
@_cdecl("webble_add_cancellation_handler")
func addCancellationHandler(
  _ function: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer {
  let task = currentThread().pointee.task.unsafelyUnwrapped
  let block = taskAllocate(UInt(MemoryLayout<CancellationRecord>.size))
  let record = block.bindMemory(to: CancellationRecord.self, capacity: 1)
  record.initialize(
    to: CancellationRecord(
      next: nil, state: RecordState.armed, function: function, context: context, waiter: nil))
  let isCancelled = withChildrenLocked(task) { isCancelled in
    record.pointee.next = handlers(task)
    if isCancelled { record.pointee.state = RecordState.finished }
    task.pointee.cancellation_handlers = block
    return isCancelled
  }
  if isCancelled { webble_call_handler(function, context) }
  return block
}

/// Unlinks the handler that was added last.
///
/// - Returns: whether a canceller is running it, so that its record must stay a little longer.
@usableFromInline
func unlinkCancellationHandler(_ block: UnsafeMutableRawPointer) -> Bool {
  let task = currentThread().pointee.task.unsafelyUnwrapped
  let record = block.assumingMemoryBound(to: CancellationRecord.self)
  return withChildrenLocked(task) { _ in
    task.pointee.cancellation_handlers = UnsafeMutableRawPointer(record.pointee.next)
    return state(record).pointee.load(ordering: .acquiring) == RecordState.running
  }
}

@usableFromInline
func awaitCancellationHandler(
  _ block: UnsafeMutableRawPointer, _ continuation: UnsafeContinuation<Void, Never>
) {
  let record = block.assumingMemoryBound(to: CancellationRecord.self)
  record.pointee.waiter = unsafeBitCast(continuation, to: TaskPointer.self)
  let (exchanged, _) = state(record).pointee.compareExchange(
    expected: RecordState.running, desired: RecordState.awaited, ordering: .acquiringAndReleasing)
  if !exchanged { continuation.resume() }
}

@_silgen_name("swift_task_addCancellationHandler")
@usableFromInline
func _addCancellationHandler(_ handler: () -> Void) -> UnsafeMutableRawPointer

/// Runs `operation`; if the task is cancelled before it ends, or has been already, `handler` is called
/// at once, and once, on the canceller's thread.
public func withTaskCancellationHandler<Return, Failure: Error>(
  operation: () async throws(Failure) -> Return,
  onCancel handler: @Sendable () -> Void,
  isolation: isolated (any Actor)? = #isolation
) async throws(Failure) -> Return {
  let record = _addCancellationHandler(handler)
  let result: Result<Return, Failure>
  do throws(Failure) {
    result = .success(try await operation())
  } catch {
    result = .failure(error)
  }
  if unlinkCancellationHandler(record) {
    await withUnsafeContinuation { awaitCancellationHandler(record, $0) }
  }
  taskDeallocate(record)
  return try result.get()
}
