#if arch(wasm32)
/// Permits that tasks take and give back; a task that finds none waits, and blocks no thread.
///
/// Those who wait are served in the order in which they came, and nobody overtakes them: a permit
/// that is given back while somebody waits is theirs at once.
public final class AsyncSemaphore: Sendable {
  private typealias StateMachine = SemaphoreStateMachine<UnsafeContinuation<Bool, Never>>

  private let state: Mutex<StateMachine>

  /// - Parameter permits: how many there are at first; at least 0.
  public init(permits: Int) {
    precondition(permits >= 0, "a semaphore has at least 0 permits")
    state = Mutex(StateMachine(permits: permits))
  }

  /// Permits that are there to be taken. A racy snapshot.
  public var availablePermits: Int { state.withLockBriefly { $0.permits } }

  /// Takes a permit if there is one. Any thread.
  public func tryWait() -> Bool { state.withLockBriefly { $0.take() } }

  /// Takes a permit, and waits for it if need be, even when the task is cancelled.
  public func wait(isolation: isolated (any Actor)? = #isolation) async {
    guard let ticket = state.withLockBriefly({ $0.takeOrGetInLine() }) else { return }
    _ = await withUnsafeContinuation { arm(ticket, $0) }
  }

  /// Takes a permit, and waits for it if need be, but not when the task is cancelled.
  ///
  /// - Throws: when the task was cancelled before it got a permit; it has none then.
  public func waitUnlessCancelled(
    isolation: isolated (any Actor)? = #isolation
  ) async throws(CancellationError) {
    try Task.checkCancellation()
    guard let ticket = state.withLockBriefly({ $0.takeOrGetInLine() }) else { return }
    let hasPermit = await withTaskCancellationHandler {
      _ = isolation
      return await withUnsafeContinuation { arm(ticket, $0) }
    } onCancel: {
      state.withLockBriefly { $0.cancel(ticket) }?.resume(returning: false)
    }
    if !hasPermit { throw CancellationError() }
  }

  private func arm(
    _ ticket: StateMachine.Waiters.Ticket, _ continuation: UnsafeContinuation<Bool, Never>
  ) {
    if let hasPermit = state.withLockBriefly({ $0.arm(ticket, continuation) }) {
      continuation.resume(returning: hasPermit)
    }
  }

  /// Gives a permit back, or adds one. Any thread.
  public func signal() { state.withLockBriefly { $0.signal() }?.resume(returning: true) }

  /// Calls `body` with a permit taken, and gives it back when `body` has ended.
  public func withPermit<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async -> sending Result
  ) async -> sending Result {
    await wait()
    defer { signal() }
    return await body()
  }

  /// The same with a `body` that may throw. It is `@isolated(any)`, see Spawning.swift.
  public func withPermit<Result, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: @isolated(any) () async throws(Failure) -> sending Result
  ) async throws(Failure) -> sending Result {
    await wait()
    defer { signal() }
    return try await body()
  }
}
#endif
