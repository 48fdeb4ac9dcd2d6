#if !arch(wasm32)
import NativeAtomics
import NativeScheduler

/// Where a task runs whatever is isolated to no actor.
enum TaskHome {
  /// The worker that owns it.
  case worker(WorkerPointer)
  /// Whichever worker of the pool is free.
  case pool(PoolPointer)
  case mainThread

  init(worker: WorkerPointer, of pool: ThreadPool) {
    pool.lifecycle.checkProcess()
    self = .worker(worker)
  }

  init(pool: ThreadPool) {
    pool.lifecycle.checkProcess()
    self = .pool(pool.pool)
  }

  /// This thread's worker, or the main thread.
  static var here: TaskHome {
    guard let worker = currentPoolWorker() else { return .mainThread }
    return .worker(worker)
  }
}

/// - Returns: work whose result is a `Success`. By far the most work has none: it need not look for the type of its object.
@_specialize(where Success == Void)
private func makeWork<Success>(
  _ operation: consuming @escaping () async -> Success, _ attributes: WorkAttributes?
) -> PoolWork {
  TypedWork(operation, attributes)
}

/// Work that was spawned, as `WorkerHandle` sees it.
struct PoolTask: Sendable {
  let work: PoolWork

  /// Starts `operation` at home.
  ///
  /// - Parameter isCounted: whether the task is load of the worker that is its home.
  @inline(__always)
  init<Success>(
    on home: TaskHome, isCounted: Bool, priority: TaskPriority?, name: String? = nil,
    operation: consuming sending @escaping () async -> Success
  ) {
    let attributes =
      priority == nil && name == nil ? nil : WorkAttributes(name: name, priority: priority)
    work = makeWork(consume operation, attributes)
    switch home {
    case .worker(let worker):
      work.enqueue(on: worker, isCounted: isCounted)
    case .pool(let pool):
      work.enqueue(on: pool)
    case .mainThread:
      work.startOnMainThread()
    }
  }

  /// Whether the task has finished or never will.
  var isSettled: Bool { work.isSettled }

  /// Whether the task will never finish: its pool was shut down.
  var isAbandoned: Bool { work.isAbandoned }

  /// What kept a worker of the pool from starting, of work that was abandoned.
  var startFailure: ThreadPoolError? { work.startFailure }

  func cancel() { work.cancel() }

  var isCancelled: Bool { work.isCancelled }

  /// A copy of the result; nil until the task has finished, and after the result was taken.
  func result<Success>(as type: Success.Type) -> Success? {
    guard work.isDone, !work.isTaken.load(ordering: .relaxed) else { return nil }
    return typed(as: type).result
  }

  /// The result, once: to the first caller after the task has finished.
  func take<Success>(as type: Success.Type) -> Success? {
    guard work.isDone, !work.isTaken.exchange(true, ordering: .relaxed) else { return nil }
    return typed(as: type).result
  }

  /// Suspends the current task until this one has finished or never will.
  nonisolated(nonsending) func settle() async {
    if isSettled { return }
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      if !work.addWaiter(continuation) { continuation.resume() }
    }
  }

  /// The result, once the task has finished. Stops if it never will, or if the result was taken.
  nonisolated(nonsending) func value<Success>(as type: Success.Type) async -> Success {
    await settle()
    if isAbandoned {
      fatalError(
        """
        awaiting the value of work that will never run: its pool was shut down. \
        Await `handle.result` instead, or shut the pool down after its work is done.
        """)
    }
    if work.isTaken.load(ordering: .relaxed) {
      fatalError("the handle's result was awaited after it was taken out of it")
    }
    return typed(as: type).result
  }

  private func typed<Success>(as type: Success.Type) -> TypedWork<Success> {
    unsafeDowncast(work, to: TypedWork<Success>.self)
  }
}
#endif
