/// Why a pool could not be made, or its workers not started.
public enum ThreadPoolError: Error, Equatable, CustomStringConvertible {
  /// A pool has 1 to `ThreadPool.maximumWorkerCount` workers.
  case invalidWorkerCount(Int)
  /// A worker did not start; the text says which and why.
  case workerFailed(index: Int, reason: String)
  /// There is not enough memory for the workers' stacks.
  case outOfMemory
  /// The pool was shut down before its workers were ready.
  case shutDown

  public var description: String {
    switch self {
    case .invalidWorkerCount(let count):
      "a pool of \(count) workers: there must be 1 to \(ThreadPool.maximumWorkerCount)"
    case .workerFailed(let index, let reason):
      "worker \(index) did not start: \(reason)"
    case .outOfMemory:
      "not enough memory for the workers' stacks: raise the limit with `webble build --maximum-memory MIB`, or start fewer workers"
    case .shutDown:
      "the pool was shut down before its workers were ready"
    }
  }
}
