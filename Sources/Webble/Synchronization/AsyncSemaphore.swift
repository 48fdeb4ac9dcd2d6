#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif
@_spi(Webble) import _Concurrency

/// Permits that tasks take and give back; a task that finds none waits, and blocks no thread.
///
/// Those who wait are served in the order in which they came, and nobody overtakes them: a permit
/// that is given back while somebody waits is theirs at once.
public final class AsyncSemaphore: Sendable {
  private typealias StateMachine = SemaphoreStateMachine<UnsafeContinuation<Bool, Never>>

  private let state: Mutex<StateMachine>
  /// How many had left the line when a permit last went to one of it. Written under the lock of
  /// `state`; read anywhere, but only to choose when to ask `state`.
  private let leftCount = Atomic<UInt64>(0)
  /// How many who are next in line are to suspend at once before one stays awake again, and how many
  /// after a stay that brought no permit. Hints: changes may be lost.
  private let sleepersToCome = Atomic<UInt32>(0)
  private let sleepersAfterVainStay = Atomic<UInt32>(1)

  /// - Parameter permits: how many there are at first; at least 0.
  public init(permits: Int) {
    require(permits >= 0, "a semaphore has at least 0 permits")
    state = Mutex(StateMachine(permits: permits))
  }

  /// Permits that are there to be taken. A racy snapshot.
  public var availablePermits: Int { state.withLockBriefly { $0.permits } }

  /// Takes a permit if there is one. Any thread.
  public func tryWait() -> Bool { state.withLockBriefly { $0.take() } }

  /// Takes a permit, and waits for it if need be, even when the task is cancelled.
  @inline(__always)
  public func wait(isolation: isolated (any Actor)? = #isolation) async {
    // Mostly no async function is called.
    if let ticket = state.withLockBriefly({ $0.takeOrGetInLine() }) { await wait(ticket) }
  }

  @inline(never)
  private func wait(
    _ ticket: StateMachine.Waiters.Ticket, isolation: isolated (any Actor)? = #isolation
  ) async {
    stayAwake(ticket)
    _ = await withUnsafeContinuation { arm(ticket, $0) }
  }

  /// Takes a permit, and waits for it if need be, but not when the task is cancelled.
  ///
  /// - Throws: when the task was cancelled before it got a permit; it has none then.
  public func waitUnlessCancelled(
    isolation: isolated (any Actor)? = #isolation
  ) async throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    guard let ticket = state.withLockBriefly({ $0.takeOrGetInLine() }) else { return }
    stayAwake(ticket)
    let hasPermit = await withTaskCancellationHandler {
      _ = isolation
      return await withUnsafeContinuation { arm(ticket, $0) }
    } onCancel: {
      state.withLockBriefly { $0.cancel(ticket) }?.resume(returning: false)
    }
    if !hasPermit { throw CancellationError() }
  }

  /// For a task that has a place in line and has yet to suspend: if it is next, it stays awake for
  /// about a microsecond. A permit that another thread holds briefly comes before the task would have
  /// suspended and its worker been woken. Where permits are held for longer, each stay that brings none
  /// doubles the number of those that do not try after it.
  @inline(never)
  private func stayAwake(_ ticket: StateMachine.Waiters.Ticket) {
    guard isIsolated(), leftCount.load(ordering: .relaxed) + 1 == ticket.number else { return }
    let sleepers = sleepersToCome.load(ordering: .relaxed)
    if sleepers > 0 { return sleepersToCome.store(sleepers - 1, ordering: .relaxed) }
    for _ in 0..<FutexLock.briefSpinLimit
    where leftCount.load(ordering: .relaxed) >= ticket.number {
      return sleepersAfterVainStay.store(1, ordering: .relaxed)
    }
    let more = sleepersAfterVainStay.load(ordering: .relaxed)
    sleepersToCome.store(more, ordering: .relaxed)
    sleepersAfterVainStay.store(Swift.min(more * 2, 1024), ordering: .relaxed)
  }

  private func arm(
    _ ticket: StateMachine.Waiters.Ticket, _ continuation: UnsafeContinuation<Bool, Never>
  ) {
    willWait(for: .permit, at: self)
    if let hasPermit = state.withLockBriefly({ $0.arm(ticket, continuation) }) {
      continuation.resume(returning: hasPermit)
    }
  }

  /// Gives a permit back, or adds one. Any thread.
  public func signal() {
    while true {
      let waiter = state.withLockBriefly { state in
        let hasWaiters = state.hasWaiters
        let waiter = state.signal()
        if hasWaiters { leftCount.store(state.leftCount, ordering: .relaxed) }
        return waiter
      }
      // A task that went down with its pool while it waited leaves the permit to the next.
      let isLost = waiter?.isAbandoned ?? false
      waiter?.resume(returning: true)
      if !isLost { return }
    }
  }

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
