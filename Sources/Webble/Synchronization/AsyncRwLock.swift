@_spi(Webble) import _Concurrency

/// A value that many tasks may read at once, or one may change, also across awaits. A task that has
/// to wait blocks no thread.
///
/// Tasks are served in the order in which they asked, readers that stand together at once, and keep
/// that order when cancelled. A task that asks again while it holds the lock may wait forever.
///
/// Bodies that throw are `@isolated(any)`, see Spawning.swift.
public final class AsyncRwLock<Value: Sendable>: @unchecked Sendable {
  private let queue = Mutex(RwLockQueue<UnsafeContinuation<Void, Never>>())
  /// Guarded by the lock that `queue` is.
  private var value: Value

  public init(_ initialValue: Value) { value = initialValue }

  /// Calls `body` with the value while nobody changes it; others may read it.
  public func withReadLock<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Value) async -> sending Result
  ) async -> sending Result {
    await lock(isWriter: false)
    defer { unlock() }
    return await body(value)
  }

  /// The same with a `body` that may throw.
  public func withReadLock<Result, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: @isolated(any) (Value) async throws(Failure) -> sending Result
  ) async throws(Failure) -> sending Result {
    await lock(isWriter: false)
    defer { unlock() }
    return try await body(value)
  }

  /// Calls `body` with the value, to change it, while nobody else uses it.
  public func withWriteLock<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout Value) async -> sending Result
  ) async -> sending Result {
    await lock(isWriter: true)
    defer { unlock() }
    return await body(&value)
  }

  /// The same with a `body` that may throw, which unlocks the value, too.
  public func withWriteLock<Result, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: @isolated(any) (inout Value) async throws(Failure) -> sending Result
  ) async throws(Failure) -> sending Result {
    await lock(isWriter: true)
    defer { unlock() }
    return try await body(&value)
  }

  private func lock(
    isWriter: Bool, isolation: isolated (any Actor)? = #isolation
  ) async {
    guard let ticket = queue.withLockBriefly({ $0.lock(isWriter: isWriter) }) else { return }
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      willWait(for: .rwLock, at: self)
      if queue.withLockBriefly({ $0.arm(ticket, continuation) }) { continuation.resume() }
    }
  }

  private func unlock() {
    var holders = 1
    while holders > 0 {
      holders -= 1
      for waiter in queue.withLockBriefly({ $0.unlock() }) {
        // A task that went down with its pool while it waited has the lock for no time.
        if waiter.isAbandoned { holders += 1 }
        waiter.resume()
      }
    }
  }
}
