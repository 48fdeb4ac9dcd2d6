import CRuntime
import Swift
import Synchronization
import WebbleScheduler

/// A stay of a task on a pool's workers in the middle of its code, for a parallel algorithm that the
/// task itself takes part in.
///
/// Both ends are calls that are never in line: the compiler takes a change between two executors of
/// generic code for none, and leaves it out where it sees both.
@_spi(Webble)
public struct PoolVisit: @unchecked Sendable {
  private let task: TaskPointer
  private let outer: UnownedTaskExecutor

  /// Takes the current task to one of the pool's workers. A pool that is shut down during the visit
  /// takes the task with it if it is the task's home; otherwise the program is stopped.
  @concurrent @inline(never)
  public static func begin(at pool: PoolPointer) async -> PoolVisit {
    let task = currentThread().pointee.task.unsafelyUnwrapped
    if !isHome(task.pointee.home, of: pool) {
      task.status.pointee.bitwiseOr(TaskStatus.visiting, ordering: .relaxed)
    }
    let outer = prefer(UnownedTaskExecutor(pool: pool))
    if currentThread().pointee.generic_here == 0 { await Task.yield() }
    return PoolVisit(task: task, outer: outer)
  }

  /// Takes the task home. Called by it.
  @concurrent @inline(never)
  public func end() async {
    task.status.pointee.bitwiseAnd(
      ~(TaskStatus.visiting | TaskStatus.stopped), ordering: .relaxed)
    _ = prefer(outer)
    if currentThread().pointee.generic_here == 0 { await Task.yield() }
  }

  /// Lets the task's code find itself cancelled until the visit ends. Any thread, before that.
  public func stop() {
    task.status.pointee.bitwiseOr(TaskStatus.stopped, ordering: .relaxed)
  }
}

private func isHome(_ home: webble_executor, of pool: PoolPointer) -> Bool {
  switch home.implementation {
  case ExecutorMark.pool:
    return home.identity == UInt(bitPattern: pool)
  case ExecutorMark.worker:
    return WorkerPointer(bitPattern: home.identity).unsafelyUnwrapped.pointee.pool == pool
  default:
    return false
  }
}
