#if arch(wasm32)
  import WebbleScheduler
#else
  import NativeScheduler
#endif
@_spi(Webble) import _Concurrency

/// A thread of the program.
public enum ThreadID: Hashable, Sendable, CustomStringConvertible {
  case main
  /// A worker, by its index in its pool.
  case worker(Int)

  /// The thread that the caller runs on; nil off the runtime.
  public static var current: ThreadID? {
    guard let worker = currentWorker() else { return nil }
    return worker.pointee.pool == nil ? .main : .worker(worker.pointee.index)
  }

  public var description: String {
    switch self {
    case .main: "main"
    case .worker(let index): "worker \(index)"
    }
  }
}
