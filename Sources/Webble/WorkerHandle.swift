@_spi(Webble) import _Concurrency

/// Work that was spawned: its result when there is one. Dropping the handle does not cancel the work.
///
/// Handles may be copied and used on any thread. Nothing here blocks a thread.
public struct WorkerHandle<Success, Failure: Error>: Sendable {
  let task: PoolTask
  /// Whether the task's result is a `Result`; one that cannot fail is stored bare.
  let isBoxed: Bool

  /// The result if the work has finished; nil before, after the result was taken out, and if the work
  /// will never run. The result stays in the handle.
  ///
  /// - Throws: the error with which the work has ended.
  public func tryRecv() throws(Failure) -> Success? {
    guard isBoxed else { return task.result(as: Success.self) }
    return try task.result(as: Result<Success, Failure>.self)?.get()
  }

  /// Takes the result out of the handle: the first call after the work has finished has it, every other
  /// gets nil.
  ///
  /// - Throws: the error with which the work has ended, instead of the result.
  public func checkRelease() throws(Failure) -> Success? {
    guard isBoxed else { return task.take(as: Success.self) }
    return try task.take(as: Result<Success, Failure>.self)?.get()
  }

  /// Ends the handle and returns the result, as `checkRelease` does.
  public consuming func intoInner() throws(Failure) -> Success? { try checkRelease() }

  /// Whether the work has ended, by its result, its error, or by being abandoned.
  public var isFinished: Bool { task.isSettled }

  /// Whether the work will never finish, because its pool was shut down.
  public var isAbandoned: Bool { task.isAbandoned }

  /// What kept a worker of the pool from starting, if the work was abandoned for that; otherwise nil. The pool's
  /// `ready()` throws the same.
  ///
  /// ```swift
  /// let pool = try! ThreadPool("/app/webble.js")
  /// let handle = pool.spawn { 6 * 7 }
  /// if case .abandoned = await handle.result, let failure = handle.startFailure {
  ///   print("no answer: \(failure)")
  /// }
  /// ```
  public var startFailure: ThreadPoolError? { isAbandoned ? task.startFailure : nil }

  /// Asks the work to stop. It goes on until it looks at `Task.isCancelled` or at what is cancelled with it.
  public func cancel() { task.cancel() }

  public var isCancelled: Bool { task.isCancelled }

  /// Waits for the work's end, and says what it was.
  public var result: WorkerResult<Success, Failure> {
    get async {
      await task.settle()
      if task.isAbandoned { return .abandoned }
      guard isBoxed else { return .success(await task.value(as: Success.self)) }
      switch await task.value(as: Result<Success, Failure>.self) {
      case .success(let value): return .success(value)
      case .failure(let error): return .failure(error)
      }
    }
  }

  /// The result, once the work has finished. Awaiting blocks no thread. Stops the program if the work was
  /// abandoned: where that can happen, await `result`.
  ///
  /// - Throws: the error with which the work has ended.
  public var value: Success {
    get async throws(Failure) {
      try await task.value(as: Result<Success, Failure>.self).get()
    }
  }
}

extension WorkerHandle where Failure == Never {
  /// The result, once the work has finished. Awaiting blocks no thread. Stops the program if the work was
  /// abandoned: where that can happen, await `result`.
  public var value: Success {
    get async { await task.value(as: Success.self) }
  }
}

/// How spawned work has ended.
public enum WorkerResult<Success, Failure: Error> {
  case success(Success)
  case failure(Failure)
  /// The pool was shut down before the work could finish, or never started: then the handle's `startFailure`
  /// says why.
  case abandoned
}

extension WorkerResult: Sendable where Success: Sendable {}

extension WorkerResult: CustomStringConvertible
where Success: CustomStringConvertible, Failure: CustomStringConvertible {
  /// `success(…)`, `failure(…)` or `abandoned`.
  public var description: String {
    switch self {
    case .success(let value): "success(\(value))"
    case .failure(let error): "failure(\(error))"
    case .abandoned: "abandoned"
    }
  }
}
