import CRuntime
import Swift

/// Runs `operation` with `taskExecutor` as the executor of whatever in it is not isolated to an actor.
public func withTaskExecutorPreference<T, Failure: Error>(
  _ taskExecutor: (some TaskExecutor)?,
  isolation: isolated (any Actor)? = #isolation,
  operation: () async throws(Failure) -> T
) async throws(Failure) -> T {
  guard let taskExecutor else { return try await operation() }
  let outer = prefer(taskExecutor.asUnownedTaskExecutor())
  let result: Result<T, Failure>
  do throws(Failure) {
    result = .success(try await operation())
  } catch {
    result = .failure(error)
  }
  _ = prefer(outer)
  // The caller's executor is kept alive by this frame until here.
  return try withExtendedLifetime(taskExecutor) { () throws(Failure) in try result.get() }
}

/// Changes the current task's preference.
///
/// - Returns: what it was.
@usableFromInline
func prefer(_ executor: UnownedTaskExecutor) -> UnownedTaskExecutor {
  let thread = currentThread()
  let task = thread.pointee.task.unsafelyUnwrapped
  let outer = task.pointee.home
  task.pointee.home = executor.reference
  thread.pointee.generic_here = isAtHome(task.pointee.home, thread) ? 1 : 0
  return unsafeBitCast(outer, to: UnownedTaskExecutor.self)
}
