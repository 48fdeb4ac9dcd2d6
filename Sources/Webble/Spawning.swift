#if arch(wasm32)
  import WebbleAtomics
  import WebbleScheduler
#else
  import NativeAtomics
  import NativeScheduler
#endif
@_spi(Webble) import _Concurrency

// Work that throws is `@isolated(any)` for the sake of a context: the compiler (Swift 6.3) passes the
// address of a generic error after the context, and a closure literal without captures, which is
// compiled without one, takes the context for it on WebAssembly.

extension ThreadPool {
  /// Runs `operation` on the worker with the fewest live pinned tasks, which owns it forever: it may
  /// hold what is not Sendable across its awaits. Any thread.
  @discardableResult
  public func spawn<Success: Sendable>(
    priority: TaskPriority? = nil, _ operation: consuming sending @escaping () async -> Success
  ) -> WorkerHandle<Success, Never> {
    .start(on: place(pool.pointee.leastLoaded), isCounted: true, priority, consume operation)
  }

  /// Runs `operation`, which may throw, on the worker with the fewest live pinned tasks.
  @discardableResult
  public func spawn<Success: Sendable, Failure: Error>(
    priority: TaskPriority? = nil,
    _ operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> WorkerHandle<Success, Failure> {
    .startThrowing(on: place(pool.pointee.leastLoaded), isCounted: true, priority, operation)
  }

  /// Runs `operation` on the worker `workerIndex`, which owns it forever. Any thread.
  @discardableResult
  public func spawn<Success: Sendable>(
    on workerIndex: Int, priority: TaskPriority? = nil,
    _ operation: consuming sending @escaping () async -> Success
  ) -> WorkerHandle<Success, Never> {
    .start(on: place(checked(workerIndex)), isCounted: true, priority, consume operation)
  }

  /// Runs `operation`, which may throw, on the worker `workerIndex`, which owns it forever.
  @discardableResult
  public func spawn<Success: Sendable, Failure: Error>(
    on workerIndex: Int, priority: TaskPriority? = nil,
    _ operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> WorkerHandle<Success, Failure> {
    .startThrowing(on: place(checked(workerIndex)), isCounted: true, priority, operation)
  }

  /// Runs `operation` on whichever worker is free; it may move to another whenever it wakes. For work that
  /// keeps a processor busy. Any thread.
  @discardableResult
  public func spawnStealable<Success: Sendable>(
    priority: TaskPriority? = nil, _ operation: consuming sending @escaping () async -> Success
  ) -> WorkerHandle<Success, Never> {
    .start(on: TaskHome(pool: self), isCounted: false, priority, consume operation)
  }

  /// Runs `operation`, which may throw, on whichever worker is free.
  @discardableResult
  public func spawnStealable<Success: Sendable, Failure: Error>(
    priority: TaskPriority? = nil,
    _ operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> WorkerHandle<Success, Failure> {
    .startThrowing(on: TaskHome(pool: self), isCounted: false, priority, operation)
  }

  /// Counts one more task as the worker's load, before the task exists: the next placement sees it.
  func place(_ worker: WorkerPointer) -> TaskHome {
    worker.pointee.load.add()
    return TaskHome(worker: worker, of: self)
  }
}

/// Runs `operation` on this thread's worker, or on the main thread if this is it, after what is ready to
/// run there. Nothing needs to be Sendable: it all stays on the thread.
@discardableResult
public func spawnLocal<Success>(
  priority: TaskPriority? = nil, _ operation: @escaping () async -> Success
) -> WorkerHandle<Success, Never> {
  nonisolated(unsafe) let operation = operation
  return .start(on: .here, isCounted: false, priority, operation)
}

/// Runs `operation`, which may throw, on this thread's worker, or on the main thread if this is it.
@discardableResult
public func spawnLocal<Success, Failure: Error>(
  priority: TaskPriority? = nil, _ operation: @escaping () async throws(Failure) -> Success
) -> WorkerHandle<Success, Failure> {
  nonisolated(unsafe) let operation = operation
  return .startThrowing(on: .here, isCounted: false, priority, operation)
}

/// Runs `operation` on the main thread; it may suspend there. Any thread.
@discardableResult
public func onMain<Success: Sendable>(
  priority: TaskPriority? = nil, _ operation: @escaping @MainActor @Sendable () async -> Success
) -> WorkerHandle<Success, Never> {
  .start(on: .mainThread, isCounted: false, priority, operation)
}

/// Runs `operation`, which may throw, on the main thread; it may suspend there. Any thread.
@discardableResult
public func onMain<Success: Sendable, Failure: Error>(
  priority: TaskPriority? = nil,
  _ operation: @escaping @MainActor @Sendable () async throws(Failure) -> Success
) -> WorkerHandle<Success, Failure> {
  .startThrowing(on: .mainThread, isCounted: false, priority, operation)
}

extension WorkerHandle {
  fileprivate static func startThrowing(
    on executor: TaskHome, isCounted: Bool, _ priority: TaskPriority?,
    _ operation: sending @escaping () async throws(Failure) -> Success
  ) -> WorkerHandle {
    let task = PoolTask(on: executor, isCounted: isCounted, priority: priority) {
      () async -> Result<Success, Failure> in
      do throws(Failure) {
        return .success(try await operation())
      } catch {
        willReturnError()
        return .failure(error)
      }
    }
    return WorkerHandle(task: task, isBoxed: true)
  }
}

extension WorkerHandle where Failure == Never {
  fileprivate static func start(
    on executor: TaskHome, isCounted: Bool, _ priority: TaskPriority?,
    _ operation: consuming sending @escaping () async -> Success
  ) -> WorkerHandle {
    let task = PoolTask(
      on: executor, isCounted: isCounted, priority: priority, operation: consume operation)
    return WorkerHandle(task: task, isBoxed: false)
  }
}
