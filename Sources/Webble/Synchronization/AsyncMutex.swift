/// A value that one task at a time may use, also across awaits. A task that finds it locked waits
/// and blocks no thread, so it is the lock for the main thread and for long critical sections.
///
/// Tasks get the lock in the order in which they asked for it, and keep that order when cancelled:
/// what is to stop then looks at `Task.isCancelled` under the lock. A task that locks again what it
/// has locked waits forever.
///
/// Bodies that throw are `@isolated(any)`, see Spawning.swift.
public final class AsyncMutex<Value>: @unchecked Sendable {
  private let semaphore = AsyncSemaphore(permits: 1)
  /// Guarded by the semaphore's one permit.
  private var value: Value

  public init(_ initialValue: sending Value) { value = initialValue }

  @inline(__always)
  private func unlock() {
    willUnlock(semaphore)
    semaphore.signal()
  }

  /// Calls `body` with the value when no other task uses it. The value is unlocked when `body` has
  /// ended.
  public func withLock<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout Value) async -> sending Result
  ) async -> sending Result {
    await semaphore.wait()
    hasLocked(semaphore)
    defer { unlock() }
    return await body(&value)
  }

  /// The same with a `body` that may throw, which unlocks the value, too.
  public func withLock<Result, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: @isolated(any) (inout Value) async throws(Failure) -> sending Result
  ) async throws(Failure) -> sending Result {
    await semaphore.wait()
    hasLocked(semaphore)
    defer { unlock() }
    return try await body(&value)
  }

  /// Calls `body` with the value if no other task uses it at the moment; otherwise returns nil at
  /// once.
  public func withLockIfAvailable<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout Value) async -> sending Result
  ) async -> sending Result? {
    guard semaphore.tryWait() else { return nil }
    hasLocked(semaphore)
    defer { unlock() }
    return await body(&value)
  }

  /// The same with a `body` that may throw.
  public func withLockIfAvailable<Result, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: @isolated(any) (inout Value) async throws(Failure) -> sending Result
  ) async throws(Failure) -> sending Result? {
    guard semaphore.tryWait() else { return nil }
    hasLocked(semaphore)
    defer { unlock() }
    return try await body(&value)
  }
}
