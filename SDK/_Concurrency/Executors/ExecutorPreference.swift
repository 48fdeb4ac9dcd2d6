import CRuntime
import Swift

/// Runs `operation` with `taskExecutor`, which the caller keeps alive until this returns, as the executor
/// of whatever in it is not isolated to an actor.
public func withTaskExecutorPreference<T, Failure: Error>(
  _ taskExecutor: (any TaskExecutor)?,
  isolation: isolated (any Actor)? = #isolation,
  operation: () async throws(Failure) -> T
) async throws(Failure) -> T {
  guard let taskExecutor else { return try await operation() }
  let outer = prefer(taskExecutor.asUnownedTaskExecutor())
  if isolation == nil { await goHome() }
  let result: Result<T, Failure>
  do throws(Failure) {
    result = .success(try await operation())
  } catch {
    result = .failure(error)
  }
  _ = prefer(outer)
  if isolation == nil { await goHome() }
  return try result.get()
}

/// Takes the current task, whose code is isolated to no actor, where its preference says.
///
/// The compiler takes a change between two executors of generic code for none, and leaves the hop out
/// wherever it sees both. Here it sees neither.
@concurrent @inline(never)
func goHome() async {
  if currentThread().pointee.generic_here == 0 { await Task.yield() }
}

/// The executor of tasks that prefer none: the pool that is the global executor, else the main thread.
public var globalConcurrentExecutor: any TaskExecutor { globalExecutor }

private let globalExecutor = GlobalExecutor()

private final class GlobalExecutor: TaskExecutor {
  /// See `MainActor.init`.
  init() { keepDynamic() }

  func enqueue(_ job: UnownedJob) { _Concurrency.enqueue(job, on: asUnownedTaskExecutor()) }

  func asUnownedTaskExecutor() -> UnownedTaskExecutor {
    let identity = UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())
    return unsafeBitCast(
      webble_executor(identity: identity, implementation: ExecutorMark.global),
      to: UnownedTaskExecutor.self)
  }
}

@_silgen_name("webble_keep_dynamic")
private func keepDynamic()

/// Changes the current task's preference.
///
/// - Returns: what it was.
@usableFromInline
func prefer(_ executor: UnownedTaskExecutor) -> UnownedTaskExecutor {
  let thread = currentThread()
  let task = thread.pointee.task.unsafelyUnwrapped
  task.joinRoster()
  let outer = task.pointee.home
  task.pointee.home = executor.reference
  thread.pointee.generic_here = isAtHome(task.pointee.home, thread) ? 1 : 0
  return unsafeBitCast(outer, to: UnownedTaskExecutor.self)
}
