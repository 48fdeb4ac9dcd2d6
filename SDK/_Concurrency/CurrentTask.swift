import Builtin
import CRuntime
import Swift
import Synchronization

extension Task where Success == Never, Failure == Never {
  /// Whether the current task has been cancelled; false outside tasks.
  public static var isCancelled: Bool {
    guard let task = currentThread().pointee.task else { return false }
    return task.status.pointee.load(ordering: .relaxed) & TaskStatus.cancelled != 0
  }

  /// Throws if the current task has been cancelled.
  public static func checkCancellation() throws(CancellationError) {
    if isCancelled { throw CancellationError() }
  }

  /// The priority of the current task; medium outside tasks.
  public static var currentPriority: TaskPriority {
    guard let task = currentThread().pointee.task else { return .medium }
    let priority = TaskStatus.priority(of: task.status.pointee.load(ordering: .relaxed))
    return priority == 0 ? .medium : TaskPriority(rawValue: UInt8(truncatingIfNeeded: priority))
  }

  /// The name that the current task was made with, if any.
  public static var name: String? {
    guard let name = currentThread().pointee.task?.pointee.name else { return nil }
    return String(cString: name)
  }

  /// Lets everything run that is ready to run where the task runs.
  public static func yield() async {
    await Builtin.withUnsafeContinuation { (_: Builtin.RawUnsafeContinuation) -> Void in
      currentThread().pointee.yielding = 1
    } as Void
  }
}

/// What `Task.checkCancellation` and `Task.sleep` throw.
public struct CancellationError: Error {
  public init() {}
}
