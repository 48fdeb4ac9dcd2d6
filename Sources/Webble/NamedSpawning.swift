#if arch(wasm32)
  import WebbleScheduler
#else
  import NativeScheduler
#endif
@_spi(Webble) import _Concurrency

// The functions of Spawning.swift for work with a name, by which dumps tell it from other work and which
// `Task.name` gives in it. Apart from those, so that programs without names have nothing of them.

extension ThreadPool {
  /// Runs `operation`, under that name, on the worker with the fewest live pinned tasks, which owns it forever.
  @discardableResult
  public func spawn<Success: Sendable>(
    name: String, priority: TaskPriority? = nil,
    _ operation: consuming sending @escaping () async -> Success
  ) -> WorkerHandle<Success, Never> {
    .start(on: place(pool.pointee.leastLoaded), isCounted: true, priority, name, consume operation)
  }

  /// The same for an `operation` that may throw.
  @discardableResult
  public func spawn<Success: Sendable, Failure: Error>(
    name: String, priority: TaskPriority? = nil,
    _ operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> WorkerHandle<Success, Failure> {
    .startThrowing(on: place(pool.pointee.leastLoaded), isCounted: true, priority, name, operation)
  }

  /// Runs `operation`, under that name, on the worker `workerIndex`, which owns it forever.
  @discardableResult
  public func spawn<Success: Sendable>(
    on workerIndex: Int, name: String, priority: TaskPriority? = nil,
    _ operation: consuming sending @escaping () async -> Success
  ) -> WorkerHandle<Success, Never> {
    .start(on: place(checked(workerIndex)), isCounted: true, priority, name, consume operation)
  }

  /// The same for an `operation` that may throw.
  @discardableResult
  public func spawn<Success: Sendable, Failure: Error>(
    on workerIndex: Int, name: String, priority: TaskPriority? = nil,
    _ operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> WorkerHandle<Success, Failure> {
    .startThrowing(on: place(checked(workerIndex)), isCounted: true, priority, name, operation)
  }

  /// Runs `operation`, under that name, on whichever worker is free.
  @discardableResult
  public func spawnStealable<Success: Sendable>(
    name: String, priority: TaskPriority? = nil,
    _ operation: consuming sending @escaping () async -> Success
  ) -> WorkerHandle<Success, Never> {
    .start(on: TaskHome(pool: self), isCounted: false, priority, name, consume operation)
  }

  /// The same for an `operation` that may throw.
  @discardableResult
  public func spawnStealable<Success: Sendable, Failure: Error>(
    name: String, priority: TaskPriority? = nil,
    _ operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> WorkerHandle<Success, Failure> {
    .startThrowing(on: TaskHome(pool: self), isCounted: false, priority, name, operation)
  }
}

/// Runs `operation`, under that name, on this thread's worker, or on the main thread if this is it.
@discardableResult
public func spawnLocal<Success>(
  name: String, priority: TaskPriority? = nil,
  _ operation: @escaping () async -> Success
) -> WorkerHandle<Success, Never> {
  nonisolated(unsafe) let operation = operation
  return .start(on: .here, isCounted: false, priority, name, operation)
}

/// The same for an `operation` that may throw.
@discardableResult
public func spawnLocal<Success, Failure: Error>(
  name: String, priority: TaskPriority? = nil,
  _ operation: @escaping () async throws(Failure) -> Success
) -> WorkerHandle<Success, Failure> {
  nonisolated(unsafe) let operation = operation
  return .startThrowing(on: .here, isCounted: false, priority, name, operation)
}

/// Runs `operation`, under that name, on the main thread; it may suspend there.
@discardableResult
public func onMain<Success: Sendable>(
  name: String, priority: TaskPriority? = nil,
  _ operation: @escaping @MainActor @Sendable () async -> Success
) -> WorkerHandle<Success, Never> {
  .start(on: .mainThread, isCounted: false, priority, name, operation)
}

/// The same for an `operation` that may throw.
@discardableResult
public func onMain<Success: Sendable, Failure: Error>(
  name: String, priority: TaskPriority? = nil,
  _ operation: @escaping @MainActor @Sendable () async throws(Failure) -> Success
) -> WorkerHandle<Success, Failure> {
  .startThrowing(on: .mainThread, isCounted: false, priority, name, operation)
}

extension WorkerHandle {
  fileprivate static func startThrowing(
    on executor: TaskHome, isCounted: Bool, _ priority: TaskPriority?, _ name: String,
    _ operation: sending @escaping () async throws(Failure) -> Success
  ) -> WorkerHandle {
    let task = PoolTask(on: executor, isCounted: isCounted, priority: priority, name: name) {
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
    on executor: TaskHome, isCounted: Bool, _ priority: TaskPriority?, _ name: String,
    _ operation: consuming sending @escaping () async -> Success
  ) -> WorkerHandle {
    let task = PoolTask(
      on: executor, isCounted: isCounted, priority: priority, name: name, operation: consume operation)
    return WorkerHandle(task: task, isBoxed: false)
  }
}
