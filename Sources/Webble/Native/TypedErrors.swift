#if !arch(wasm32)
// On the web all of the concurrency library throws typed errors, since Embedded Swift has no others. The
// toolchain's throws `any Error` in many places. Here is what it lacks, so that the same source compiles:
// where a closure or a declaration names its error, the error arrives as that type. Code that names none
// gets the library's own functions, as ever.
//
// Memory: `Task`, `ThrowingTaskGroup`, `ThrowingDiscardingTaskGroup` and `UnsafeContinuation` are one address each,
// whatever their `Failure` is, and what is behind it holds the error as `any Error`. So each may be taken for one
// whose `Failure` is the type of the only errors that come to it.

/// Takes a value of the concurrency library's for one that knows which errors come to it.
private func knowing<Untyped, Typed>(_ untyped: Untyped, as type: Typed.Type) -> Typed {
  precondition(MemoryLayout<Untyped>.size == MemoryLayout<UInt>.size)
  return unsafeBitCast(untyped, to: type)
}

// Tasks

extension Task {
  /// The result of the task; throws what the task throws, as its type.
  public var value: Success {
    get async throws(Failure) { try await result.get() }
  }

  /// Starts a task whose errors are of one type, where a plain `Task` starts one.
  @discardableResult
  public init(
    name: String? = nil, priority: TaskPriority? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) {
    let task = Task<Success, any Error>(name: name, priority: priority, operation: operation)
    self = knowing(task, as: Self.self)
  }

  /// Starts a task whose errors are of one type, and which prefers an executor.
  @discardableResult
  public init(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)?,
    priority: TaskPriority? = nil,
    operation: sending @escaping () async throws(Failure) -> Success
  ) {
    let task = Task<Success, any Error>(
      name: name, executorPreference: taskExecutor, priority: priority, operation: operation)
    self = knowing(task, as: Self.self)
  }

  /// Starts a task whose errors are of one type, and which inherits nothing.
  @discardableResult
  public static func detached(
    name: String? = nil, priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    let task = Task<Success, any Error>.detached(name: name, priority: priority, operation: operation)
    return knowing(task, as: Self.self)
  }

  /// Starts a task whose errors are of one type, which inherits nothing and prefers an executor.
  @discardableResult
  public static func detached(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)?,
    priority: TaskPriority? = nil,
    operation: sending @escaping () async throws(Failure) -> Success
  ) -> Task {
    let task = Task<Success, any Error>.detached(
      name: name, executorPreference: taskExecutor, priority: priority, operation: operation)
    return knowing(task, as: Self.self)
  }

  // Of these the library has one for `any Error`, which would be taken for any closure, and one for none. What
  // follows needs fewer default arguments, and so is taken instead.

  /// Starts a task whose errors are of one type, where a plain `Task` starts one.
  @discardableResult
  public init(
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) {
    self.init(name: nil, priority: nil, operation: operation)
  }

  /// Starts a task whose errors are of one type, where a plain `Task` starts one.
  @discardableResult
  public init(
    priority: TaskPriority?,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) {
    self.init(name: nil, priority: priority, operation: operation)
  }

  /// Starts a task whose errors are of one type, and which prefers an executor.
  @discardableResult
  public init(
    executorPreference taskExecutor: (any TaskExecutor)?,
    operation: sending @escaping () async throws(Failure) -> Success
  ) {
    self.init(name: nil, executorPreference: taskExecutor, priority: nil, operation: operation)
  }

  /// Starts a task whose errors are of one type, and which inherits nothing.
  @discardableResult
  public static func detached(
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    detached(name: nil, priority: nil, operation: operation)
  }

  /// Starts a task whose errors are of one type, and which inherits nothing.
  @discardableResult
  public static func detached(
    priority: TaskPriority?,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    detached(name: nil, priority: priority, operation: operation)
  }

  /// Starts a task whose errors are of one type, which inherits nothing and prefers an executor.
  @discardableResult
  public static func detached(
    executorPreference taskExecutor: (any TaskExecutor)?,
    operation: sending @escaping () async throws(Failure) -> Success
  ) -> Task {
    detached(name: nil, executorPreference: taskExecutor, priority: nil, operation: operation)
  }

  /// Starts a task whose errors are of one type, at once on the calling thread.
  @available(macOS 26.0, *)
  @discardableResult
  public static func immediate(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    let task = Task<Success, any Error>.immediate(
      name: name, priority: priority, executorPreference: taskExecutor, operation: operation)
    return knowing(task, as: Self.self)
  }

  /// Starts a task whose errors are of one type, which inherits nothing, at once on the calling thread.
  @available(macOS 26.0, *)
  @discardableResult
  public static func immediateDetached(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    let task = Task<Success, any Error>.immediateDetached(
      name: name, priority: priority, executorPreference: taskExecutor, operation: operation)
    return knowing(task, as: Self.self)
  }

  /// Starts a task whose errors are of one type, at once on the calling thread.
  @available(macOS 26.0, *)
  @discardableResult
  public static func immediate(
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    immediate(name: nil, priority: nil, executorPreference: nil, operation: operation)
  }

  /// Starts a task whose errors are of one type, which inherits nothing, at once on the calling thread.
  @available(macOS 26.0, *)
  @discardableResult
  public static func immediateDetached(
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    immediateDetached(name: nil, priority: nil, executorPreference: nil, operation: operation)
  }
}

extension Task where Failure == Never {
  /// Starts a task.
  @discardableResult
  public init(
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async -> Success
  ) {
    self.init(name: nil, priority: nil, operation: operation)
  }

  /// Starts a task.
  @discardableResult
  public init(
    priority: TaskPriority?,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async -> Success
  ) {
    self.init(name: nil, priority: priority, operation: operation)
  }

  /// Starts a task that prefers an executor.
  @discardableResult
  public init(
    executorPreference taskExecutor: (any TaskExecutor)?,
    operation: sending @escaping () async -> Success
  ) {
    self.init(name: nil, executorPreference: taskExecutor, priority: nil, operation: operation)
  }

  /// Starts a task that inherits nothing.
  @discardableResult
  public static func detached(
    operation: sending @escaping @isolated(any) () async -> Success
  ) -> Task {
    detached(name: nil, priority: nil, operation: operation)
  }

  /// Starts a task that inherits nothing.
  @discardableResult
  public static func detached(
    priority: TaskPriority?, operation: sending @escaping @isolated(any) () async -> Success
  ) -> Task {
    detached(name: nil, priority: priority, operation: operation)
  }

  /// Starts a task that inherits nothing and prefers an executor.
  @discardableResult
  public static func detached(
    executorPreference taskExecutor: (any TaskExecutor)?,
    operation: sending @escaping () async -> Success
  ) -> Task {
    detached(name: nil, executorPreference: taskExecutor, priority: nil, operation: operation)
  }

  /// Starts a task at once on the calling thread.
  @available(macOS 26.0, *)
  @discardableResult
  public static func immediate(
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async -> Success
  ) -> Task {
    immediate(name: nil, priority: nil, executorPreference: nil, operation: operation)
  }

  /// Starts a task that inherits nothing, at once on the calling thread.
  @available(macOS 26.0, *)
  @discardableResult
  public static func immediateDetached(
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async -> Success
  ) -> Task {
    immediateDetached(name: nil, priority: nil, executorPreference: nil, operation: operation)
  }
}

// Cancellation and time

extension Task where Success == Never, Failure == Never {
  /// Throws if the current task is cancelled.
  public static func checkCancellation() throws(_Concurrency.CancellationError) {
    if isCancelled { throw _Concurrency.CancellationError() }
  }

  /// Suspends the current task for that long; throws as soon as it is cancelled.
  public static func sleep(nanoseconds duration: UInt64) async throws(_Concurrency.CancellationError) {
    try await sleep(for: .nanoseconds(Int64(clamping: duration)))
  }

  /// Suspends the current task for at least `duration`; throws as soon as it is cancelled.
  public static func sleep(
    for duration: Duration, tolerance: Duration? = nil, clock: ContinuousClock = .continuous
  ) async throws(_Concurrency.CancellationError) {
    try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: tolerance)
  }

  /// Suspends the current task for at least `duration`; throws as soon as it is cancelled.
  public static func sleep(
    for duration: Duration, tolerance: Duration? = nil, clock: SuspendingClock
  ) async throws(_Concurrency.CancellationError) {
    try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: tolerance)
  }

  /// Suspends the current task until `deadline`; throws as soon as it is cancelled.
  public static func sleep(
    until deadline: ContinuousClock.Instant, tolerance: Duration? = nil,
    clock: ContinuousClock = .continuous
  ) async throws(_Concurrency.CancellationError) {
    try await clock.sleep(until: deadline, tolerance: tolerance)
  }

  /// Suspends the current task until `deadline`; throws as soon as it is cancelled.
  public static func sleep(
    until deadline: SuspendingClock.Instant, tolerance: Duration? = nil, clock: SuspendingClock
  ) async throws(_Concurrency.CancellationError) {
    try await clock.sleep(until: deadline, tolerance: tolerance)
  }
}

/// Runs what throws nothing but the cancellation of the current task.
private func throwingCancellation(
  isolation: isolated (any Actor)? = #isolation, _ sleep: () async throws -> Void
) async throws(CancellationError) {
  do { try await sleep() } catch { throw error as! CancellationError }
}

extension ContinuousClock {
  /// Suspends the current task until `deadline`; throws as soon as it is cancelled.
  public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    func sleep<C: Clock>(_ clock: C, _ deadline: C.Instant, _ tolerance: C.Duration?) async throws {
      try await clock.sleep(until: deadline, tolerance: tolerance)
    }
    try await throwingCancellation { try await sleep(self, deadline, tolerance) }
  }

  /// Suspends the current task for at least `duration`; throws as soon as it is cancelled.
  public func sleep(
    for duration: Duration, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    try await sleep(until: now.advanced(by: duration), tolerance: tolerance)
  }
}

extension SuspendingClock {
  /// Suspends the current task until `deadline`; throws as soon as it is cancelled.
  public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    func sleep<C: Clock>(_ clock: C, _ deadline: C.Instant, _ tolerance: C.Duration?) async throws {
      try await clock.sleep(until: deadline, tolerance: tolerance)
    }
    try await throwingCancellation { try await sleep(self, deadline, tolerance) }
  }

  /// Suspends the current task for at least `duration`; throws as soon as it is cancelled.
  public func sleep(
    for duration: Duration, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    try await sleep(until: now.advanced(by: duration), tolerance: tolerance)
  }
}

// Functions that run a closure. The library's throw again what the closure throws, as `any Error`. The second of
// each pair has exactly the library's type, and so hides it; nothing comes to it, as the first is favoured.

/// Runs `operation`, and `handler` if the current task is cancelled meanwhile; throws what the operation
/// throws, as its type.
public func withTaskCancellationHandler<Success, Failure: Error>(
  operation: () async throws(Failure) -> Success, onCancel handler: @Sendable () -> Void,
  isolation: isolated (any Actor)? = #isolation
) async throws(Failure) -> Success {
  do {
    return try await _Concurrency.withTaskCancellationHandler(
      operation: operation, onCancel: handler, isolation: isolation)
  } catch {
    throw error as! Failure
  }
}

@_disfavoredOverload
public func withTaskCancellationHandler<Success>(
  operation: () async throws -> Success, onCancel handler: @Sendable () -> Void,
  isolation: isolated (any Actor)? = #isolation
) async rethrows -> Success {
  try await _Concurrency.withTaskCancellationHandler(
    operation: operation, onCancel: handler, isolation: isolation)
}

extension MainActor {
  /// Runs `body` on the main actor; throws what it throws, as its type.
  public static func run<Success: Sendable, Failure: Error>(
    resultType: Success.Type = Success.self, body: @MainActor @Sendable () throws(Failure) -> Success
  ) async throws(Failure) -> Success {
    try await body()
  }

  @_disfavoredOverload
  public static func run<Success: Sendable>(
    resultType: Success.Type = Success.self, body: @MainActor @Sendable () throws -> Success
  ) async rethrows -> Success {
    try await body()
  }
}

extension Clock {
  /// How long `work` takes; throws what it throws, as its type.
  public func measure<Failure: Error>(
    _ work: () throws(Failure) -> Void
  ) throws(Failure) -> Instant.Duration {
    let start = now
    try work()
    return start.duration(to: now)
  }

  @_disfavoredOverload
  public func measure(_ work: () throws -> Void) rethrows -> Instant.Duration {
    let start = now
    try work()
    return start.duration(to: now)
  }

  /// How long `work` takes, its suspensions included; throws what it throws, as its type.
  public func measure<Failure: Error>(
    isolation: isolated (any Actor)? = #isolation, _ work: () async throws(Failure) -> Void
  ) async throws(Failure) -> Instant.Duration {
    let start = now
    try await work()
    return start.duration(to: now)
  }

  @_disfavoredOverload
  public func measure(
    isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Void
  ) async rethrows -> Instant.Duration {
    let start = now
    try await work()
    return start.duration(to: now)
  }
}

// Continuations

/// Suspends the current task until the continuation is resumed, which may throw errors of one type.
@inlinable
public func withCheckedThrowingContinuation<Success, Failure: Error>(
  isolation: isolated (any Actor)? = #isolation, function: String = #function,
  _ body: (CheckedContinuation<Success, Failure>) -> Void
) async throws(Failure) -> sending Success {
  try await withUnsafeThrowingContinuation(isolation: isolation) {
    (continuation: UnsafeContinuation<Success, Failure>) in
    body(CheckedContinuation(continuation: continuation, function: function))
  }
}

/// Suspends the current task until the continuation is resumed, which may throw errors of one type.
@inlinable
public func withUnsafeThrowingContinuation<Success, Failure: Error>(
  isolation: isolated (any Actor)? = #isolation,
  _ body: (UnsafeContinuation<Success, Failure>) -> Void
) async throws(Failure) -> sending Success {
  do {
    return try await withUnsafeThrowingContinuation(isolation: isolation) {
      (continuation: UnsafeContinuation<Success, any Error>) in
      body(unsafeBitCast(continuation, to: UnsafeContinuation<Success, Failure>.self))
    }
  } catch {
    // The continuation that was handed out takes no other.
    throw error as! Failure
  }
}

// Task groups

/// What a throwing scope is made of.
typealias ScopeGroup<Failure: Error> = ThrowingDiscardingTaskGroup<Failure>

/// Runs child tasks whose errors are of one type. Give them closures that name it,
/// `{ () async throws(Failure) -> Child in … }`: natively the compiler does not insist, but an error of another
/// type stops the program.
public func withThrowingTaskGroup<Child: Sendable, Failure: Error, Success>(
  of childTaskResultType: Child.Type = Child.self,
  throwing failureType: Failure.Type,
  returning returnType: Success.Type = Success.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout ThrowingTaskGroup<Child, Failure>) async throws(Failure) -> Success
) async throws(Failure) -> Success {
  do {
    return try await withThrowingTaskGroup(
      of: childTaskResultType, returning: returnType, isolation: isolation
    ) { group in
      var group = knowing(group, as: ThrowingTaskGroup<Child, Failure>.self)
      return try await body(&group)
    }
  } catch {
    throw error as! Failure
  }
}

extension ThrowingTaskGroup {
  /// The result of the next child task to end, or its error, as its type; nil when none is left.
  public nonisolated(nonsending) mutating func next() async throws(Failure) -> ChildTaskResult? {
    do { return try await next(isolation: #isolation) } catch { throw error as! Failure }
  }

  /// Waits for all child tasks; throws the first error, as its type.
  public nonisolated(nonsending) mutating func waitForAll() async throws(Failure) {
    do { try await waitForAll(isolation: #isolation) } catch { throw error as! Failure }
  }
}

/// Runs child tasks that return nothing and whose errors are of one type, as `withThrowingTaskGroup` does.
public func withThrowingDiscardingTaskGroup<Failure: Error, Success>(
  throwing failureType: Failure.Type,
  returning returnType: Success.Type = Success.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout ThrowingDiscardingTaskGroup<Failure>) async throws(Failure) -> Success
) async throws(Failure) -> Success {
  do {
    return try await withThrowingDiscardingTaskGroup(
      returning: returnType, isolation: isolation
    ) { group in
      var group = knowing(group, as: ThrowingDiscardingTaskGroup<Failure>.self)
      return try await body(&group)
    }
  } catch {
    throw error as! Failure
  }
}
#endif
