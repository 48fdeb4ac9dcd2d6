import CRuntime
import Swift
import WebbleAtomics
import WebbleScheduler

/// A stay of a task on a pool's workers in the middle of its code, for a parallel algorithm that the
/// task itself takes part in.
///
/// Both ends are calls that are never in line, see `goHome`.
@_spi(Webble)
public struct PoolVisit: @unchecked Sendable {
  private let task: TaskPointer
  private let outer: UnownedTaskExecutor

  /// Takes the current task to one of the pool's workers. A pool that is shut down during the visit
  /// takes the task with it if it is its work; otherwise the program is stopped.
  @concurrent @inline(never)
  public static func begin(at pool: PoolPointer) async -> PoolVisit {
    let task = currentThread().pointee.task.unsafelyUnwrapped
    let outer = prefer(UnownedTaskExecutor(pool: pool))
    await goHome()
    return PoolVisit(task: task, outer: outer)
  }

  /// Takes the task home. Called by it.
  @concurrent @inline(never)
  public func end() async {
    task.status.pointee.bitwiseAnd(~TaskStatus.stopped, ordering: .relaxed)
    _ = prefer(outer)
    await goHome()
  }

  /// Lets the task's code find itself cancelled until the visit ends. Any thread, before that.
  public func stop() {
    task.status.pointee.bitwiseOr(TaskStatus.stopped, ordering: .relaxed)
  }
}
