import CRuntime
import Swift
import WebbleAtomics

// Cancellation scopes: shields (SE-0504), inside of which a task does not see its cancellation, and deadlines
// (SE-0526), inside of which it is cancelled while outside it is not.
//
// A scope is a record in the task's list of handlers. What a task does in a scope (handlers, groups, children)
// knows the innermost scope that it was begun in; a cancellation of the whole task, or of a deadline's scope,
// reaches it if no shield lies between. Scopes nest as the calls that open them do, so each outlives what is in
// it, and the way outward from a scope does not change while the scope is there: its own task, and its
// children, walk it without the lock.
//
// A shield's state is always `armed`; a deadline that is not `armed` has expired, or its scope has ended.

extension CancellationError.Reason {
  /// What a task's status has once it is cancelled for this reason.
  var statusBits: UInt {
    self == .userRequested ? TaskStatus.cancelled : TaskStatus.cancelled | TaskStatus.deadline
  }
}

extension TaskStatus {
  /// Why the task's own code is told to stop, outside of scopes.
  var reason: CancellationError.Reason? {
    guard looksCancelled else { return nil }
    return word & TaskStatus.deadline != 0 ? .deadlineExpired : .userRequested
  }
}

extension UnsafeMutablePointer where Pointee == webble_group {
  var scope: HandlerRecordPointer? {
    pointee.scope?.assumingMemoryBound(to: HandlerRecord.self)
  }

  /// Under the parent's lock.
  var cancellationReason: CancellationError.Reason? {
    switch pointee.is_cancelled {
    case 0: _Concurrency.cancellationReason(pointee.parent.unsafelyUnwrapped, from: scope)
    case 1: .userRequested
    default: .deadlineExpired
    }
  }

  /// The first reason stays. Under the parent's lock.
  func markCancelled(_ reason: CancellationError.Reason) {
    if pointee.is_cancelled == 0 { pointee.is_cancelled = reason == .userRequested ? 1 : 2 }
  }
}

extension UnsafeMutablePointer where Pointee == webble_task {
  /// Of a child: in which of its parent's scopes it was made.
  var scope: HandlerRecordPointer? {
    pointee.child.scope?.assumingMemoryBound(to: HandlerRecord.self)
  }
}

/// The innermost scope that a task is in. On its own thread.
func innermostScope(_ task: TaskPointer) -> HandlerRecordPointer? {
  task.currentStatus.isInScope ? nearestScope(handlers(task)) : nil
}

/// The first scope in the list from `record` outward.
func nearestScope(_ record: HandlerRecordPointer?) -> HandlerRecordPointer? {
  var next = record
  while let record = next {
    switch record.pointee.kind {
    case .shield, .deadline: return record
    case .cancellation, .escalation: next = record.pointee.next
    }
  }
  return nil
}

/// Why what is done in `scope` of a task is cancelled; nil if it is not.
func cancellationReason(
  _ task: TaskPointer, from scope: HandlerRecordPointer?
) -> CancellationError.Reason? {
  var next = scope
  while let record = next {
    switch record.pointee.kind {
    case .shield: return nil
    case .deadline:
      if state(record).pointee.load(ordering: .acquiring) != RecordState.armed {
        return .deadlineExpired
      }
    case .cancellation, .escalation: break
    }
    next = record.pointee.next
  }
  return task.currentStatus.reason
}

/// Why the current task's code is cancelled where it is.
func cancellationReason(_ task: TaskPointer) -> CancellationError.Reason? {
  cancellationReason(task, from: innermostScope(task))
}

/// Whether the cancellation of `scope`, or of the whole task, reaches what was begun in `place`.
func reaches(from scope: HandlerRecordPointer?, to place: HandlerRecordPointer?) -> Bool {
  var next = place
  while let record = next, record != scope {
    if record.pointee.kind == .shield { return false }
    next = record.pointee.next
  }
  return next == scope
}

/// Where in a task's scopes some code is, for handlers that are called elsewhere.
struct CancellationPlace: @unchecked Sendable {
  let task: TaskPointer?
  let scope: HandlerRecordPointer?

  static var current: CancellationPlace {
    let task = currentThread().pointee.task
    return CancellationPlace(task: task, scope: task.flatMap(innermostScope))
  }

  var reason: CancellationError.Reason? { task.flatMap { cancellationReason($0, from: scope) } }
}

// MARK: Opening and closing

/// Opens a scope: links its record to the current task.
func open(_ scope: HandlerRecordPointer, of task: TaskPointer) {
  withChildrenLocked(task) { _ in
    scope.pointee.next = handlers(task)
    task.pointee.handlers = UnsafeMutableRawPointer(scope)
  }
  task.status.pointee.bitwiseOr(TaskStatus.scoped, ordering: .relaxed)
}

/// The scope that was opened last has been unlinked.
func leaveScope(_ task: TaskPointer) {
  if nearestScope(handlers(task)) == nil {
    task.status.pointee.bitwiseAnd(~TaskStatus.scoped, ordering: .relaxed)
  }
}

/// Opens a shield in the current task, if there is one.
@usableFromInline
func openShield() -> UnsafeMutableRawPointer? {
  guard let task = currentThread().pointee.task else { return nil }
  let block = taskAllocate(UInt(MemoryLayout<HandlerRecord>.size))
  let record = block.bindMemory(to: HandlerRecord.self, capacity: 1)
  record.initialize(
    to: HandlerRecord(next: nil, state: RecordState.armed, function: nil, context: nil, kind: .shield))
  open(record, of: task)
  return block
}

@usableFromInline
func closeShield(_ shield: UnsafeMutableRawPointer?) {
  guard let shield else { return }
  let task = currentThread().pointee.task.unsafelyUnwrapped
  withChildrenLocked(task) { _ in
    task.pointee.handlers = UnsafeMutableRawPointer(
      shield.assumingMemoryBound(to: HandlerRecord.self).pointee.next)
  }
  leaveScope(task)
  taskDeallocate(shield)
}

// MARK: SE-0504

/// Runs `operation` without its seeing that the task is, or will be, cancelled: `Task.isCancelled` is false in
/// it, handlers that it adds are not called, children that it makes are cancelled only by itself. The task's
/// handles tell the truth all the while.
public func withTaskCancellationShield<Value, Failure: Error>(
  _ operation: () throws(Failure) -> Value
) throws(Failure) -> Value {
  let shield = openShield()
  defer { closeShield(shield) }
  return try operation()
}

/// Runs `operation` without its seeing that the task is, or will be, cancelled: `Task.isCancelled` is false in
/// it, handlers that it adds are not called, children that it makes are cancelled only by itself. The task's
/// handles tell the truth all the while.
public nonisolated(nonsending) func withTaskCancellationShield<Value, Failure: Error>(
  _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
) async throws(Failure) -> Value {
  let shield = openShield()
  let result: Result<Value, Failure>
  do throws(Failure) {
    result = .success(try await operation())
  } catch {
    result = .failure(error)
  }
  closeShield(shield)
  return try result.get()
}

extension Task where Success == Never, Failure == Never {
  /// Whether the current task is inside of `withTaskCancellationShield`; false outside tasks.
  public static var hasActiveCancellationShield: Bool {
    currentThread().pointee.task.map { UnsafeCurrentTask(pointer: $0).hasActiveCancellationShield } ?? false
  }

  /// Why the current task is cancelled where it is; nil if it is not.
  public static var cancellationReason: CancellationError.Reason? {
    currentThread().pointee.task.flatMap { _Concurrency.cancellationReason($0) }
  }
}

extension UnsafeCurrentTask {
  /// Whether the task is inside of `withTaskCancellationShield`.
  public var hasActiveCancellationShield: Bool {
    var next = innermostScope(pointer)
    while let scope = next {
      if scope.pointee.kind == .shield { return true }
      next = nearestScope(scope.pointee.next)
    }
    return false
  }

  /// Why the task was cancelled, whatever shields and deadlines there are; nil if it was not.
  public var cancellationReason: CancellationError.Reason? { pointer.currentStatus.reason }
}
