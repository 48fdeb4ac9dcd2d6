import Builtin
import CRuntime
import Swift
import WebbleAtomics

extension Task where Success == Never, Failure == Never {
  /// Whether the current task has been cancelled, or a parallel algorithm that it takes part in was ended
  /// early; false outside tasks and inside of `withTaskCancellationShield`. Inside of `withDeadline` also
  /// whether that has expired.
  public static var isCancelled: Bool {
    willAccess(.cancellation)
    guard let task = currentThread().pointee.task else { return false }
    let status = task.currentStatus
    return status.isInScope ? _Concurrency.cancellationReason(task) != nil : status.looksCancelled
  }

  /// Throws if the current task has been cancelled.
  public static func checkCancellation() throws(CancellationError) {
    willAccess(.cancellation)
    guard let task = currentThread().pointee.task else { return }
    let status = task.currentStatus
    if status.isInScope || status.looksCancelled {
      if let reason = _Concurrency.cancellationReason(task) { throw CancellationError(reason: reason) }
    }
  }

  /// The priority of the current task; medium outside tasks.
  public static var currentPriority: TaskPriority {
    guard let task = currentThread().pointee.task else { return .medium }
    return UnsafeCurrentTask(pointer: task).priority
  }

  /// The priority that the current task was made with, before any escalation; nil outside tasks.
  public static var basePriority: TaskPriority? {
    currentThread().pointee.task.map { UnsafeCurrentTask(pointer: $0).basePriority }
  }

  /// The name that the current task was made with, if any.
  public static var name: String? {
    guard let name = currentThread().pointee.task?.pointee.name else { return nil }
    return String(cString: name)
  }

  /// Lets everything run that is ready to run where the task runs.
  public static func yield() async {
    // No branch here: see `handContinuation`.
    await Builtin.withUnsafeContinuation { (_: Builtin.RawUnsafeContinuation) -> Void in
      currentThread().pointee.yielding = 1
    } as Void
  }
}

/// What `Task.checkCancellation` and `Task.sleep` throw.
public struct CancellationError: Error {
  /// Why a task was cancelled.
  public enum Reason: Sendable {
    case userRequested
    case deadlineExpired
  }

  public let reason: Reason

  public init() { reason = .userRequested }
  public init(reason: Reason) { self.reason = reason }
}

/// The current task, for the duration of a call. Never to be kept.
public struct UnsafeCurrentTask {
  let pointer: TaskPointer

  /// Whatever shields and deadlines there are.
  public var isCancelled: Bool {
    pointer.currentStatus.looksCancelled
  }

  public var priority: TaskPriority {
    TaskPriority(rawValue: UInt8(truncatingIfNeeded: pointer.currentStatus.priority))
  }

  public var basePriority: TaskPriority {
    TaskPriority(rawValue: UInt8(truncatingIfNeeded: pointer.pointee.flags & TaskFlags.priorityMask))
  }

  /// The executor that the task prefers at the moment; nil if it prefers none.
  public var unownedTaskExecutor: UnownedTaskExecutor? {
    let home = pointer.pointee.home
    return home.identity == 0 ? nil : unsafeBitCast(home, to: UnownedTaskExecutor.self)
  }

  public func cancel() { cancelTask(pointer) }

  /// The same, and tells the task why, if it is the first to cancel it.
  public func cancel(reason: CancellationError.Reason) { cancelTask(pointer, reason) }
}

@available(*, unavailable)
extension UnsafeCurrentTask: Sendable {}

extension UnsafeCurrentTask: Hashable {
  public func hash(into hasher: inout Hasher) { hasher.combine(UInt(bitPattern: pointer)) }
  public static func == (left: UnsafeCurrentTask, right: UnsafeCurrentTask) -> Bool {
    left.pointer == right.pointer
  }
}

/// Calls `body` with the current task, or with nil outside any.
public func withUnsafeCurrentTask<T, Failure: Error>(
  body: (UnsafeCurrentTask?) throws(Failure) -> T
) throws(Failure) -> T {
  try body(currentThread().pointee.task.map { UnsafeCurrentTask(pointer: $0) })
}

/// Calls `body` with the current task.
public func withUnsafeCurrentTask<T, Failure: Error>(
  body: (UnsafeCurrentTask?) async throws(Failure) -> T
) async throws(Failure) -> T {
  try await body(currentThread().pointee.task.map { UnsafeCurrentTask(pointer: $0) })
}
