#if arch(wasm32)
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// One value for each worker, and one for the main thread, made there when it is first used. It
/// never leaves its thread, so it need not be Sendable; save that the last reference to the
/// `ThreadLocal` ends the values of all threads where it goes.
public final class ThreadLocal<Value>: @unchecked Sendable {
  /// By worker. Each value is its own thread's alone; the dictionary is everyone's.
  private let values = Mutex<[WorkerPointer: UnsafeMutablePointer<Value>]>([:])
  private let makeValue: @Sendable () -> Value

  /// - Parameter makeValue: called on each thread that uses the value, once.
  public init(_ makeValue: @escaping @Sendable () -> Value) { self.makeValue = makeValue }

  deinit {
    for value in values.withLockBriefly({ $0 }).values {
      value.deinitialize(count: 1)
      value.deallocate()
    }
  }

  /// Calls `body` with this thread's value. It cannot suspend: the task might wake on another
  /// thread. Not to be called again for the same value from within.
  public func withValue<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let worker = currentWorker() ?? workerOfMainThread()
    if let value = values.withLockBriefly({ $0[worker] }) { return try body(&value.pointee) }
    let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    value.initialize(to: makeValue())
    values.withLockBriefly { $0[worker] = value }
    return try body(&value.pointee)
  }
}
#endif
