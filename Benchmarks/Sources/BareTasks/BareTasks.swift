#if !arch(wasm32)
import Dispatch
import Synchronization

// What the benchmarks use of Webble, made of the toolchain's concurrency library and Dispatch, so
// that the same source shows what Swift has of its own. Stealable tasks run on the library's global executor, which
// has as many threads as the machine has cores; pinned ones on a serial queue for each worker.

/// Stands in for Webble's pool.
public final class ThreadPool: Sendable {
  private let workers: [Worker]
  private let placed = Atomic(0)

  public init(workerCount: Int) throws { workers = (0..<workerCount).map { _ in Worker() } }

  public var workerCount: Int { workers.count }

  public func ready() async throws {}

  public func shutdown() async {}

  /// In turn: queues do not tell their loads.
  @discardableResult
  public func spawn<Success: Sendable>(
    _ operation: sending @escaping () async -> Success
  ) -> WorkerHandle<Success> {
    spawn(on: placed.add(1, ordering: .relaxed).oldValue % workerCount, operation)
  }

  @discardableResult
  public func spawn<Success: Sendable>(
    on worker: Int, _ operation: sending @escaping () async -> Success
  ) -> WorkerHandle<Success> {
    WorkerHandle(task: Task.detached(executorPreference: workers[worker], operation: operation))
  }

  /// On the only worker, if there is no other.
  @discardableResult
  public func spawnStealable<Success: Sendable>(
    _ operation: sending @escaping () async -> Success
  ) -> WorkerHandle<Success> {
    if workerCount == 1 { return spawn(on: 0, operation) }
    return WorkerHandle(task: Task.detached(operation: operation))
  }
}

private final class Worker: TaskExecutor {
  private let queue = DispatchQueue(label: "worker")

  func enqueue(_ job: UnownedJob) {
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

public struct WorkerHandle<Success: Sendable>: Sendable {
  let task: Task<Success, Never>
  public var value: Success { get async { await task.value } }
}

@discardableResult
public func onMain<Success: Sendable>(
  _ operation: @escaping @MainActor @Sendable () async -> Success
) -> WorkerHandle<Success> {
  WorkerHandle(task: Task { @MainActor in await operation() })
}

public func sleep(milliseconds: Int) async {
  try? await Task.sleep(for: .milliseconds(milliseconds))
}
#endif
