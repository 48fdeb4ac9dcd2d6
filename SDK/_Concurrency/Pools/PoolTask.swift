import Builtin
import CRuntime
import Swift
import WebbleAtomics
import WebbleScheduler

/// A task of a pool, as the Webble module's `WorkerHandle` sees it: one whose result is polled, and
/// that may never run.
@_spi(Webble)
@frozen
public struct PoolTask: @unchecked Sendable {
  @usableFromInline let task: Builtin.NativeObject

  @usableFromInline init(_ task: Builtin.NativeObject) { self.task = task }

  var pointer: TaskPointer { unsafeBitCast(task, to: TaskPointer.self) }

  /// Starts `operation` at home on `executor`.
  ///
  /// Without the compiler's builtin, which keeps a reference to the closure of its own until the
  /// task exists: two more atomic operations a task. The closure is moved to memory, from where its
  /// two words, and the reference, go to the task.
  ///
  /// - Parameter isCounted: whether the task is load of the worker that `executor` is.
  @_alwaysEmitIntoClient
  public init<Success>(
    on executor: UnownedTaskExecutor, isCounted: Bool, priority: TaskPriority?,
    operation: consuming sending @escaping () async -> Success
  ) {
    self.init(on: executor, priority: priority, operation: consume operation) {
      createPoolTask(isCounted, $0, executor, $1, $2, $3, $4, $5)
    }
  }

  /// The same with a name.
  @_alwaysEmitIntoClient
  public init<Success>(
    on executor: UnownedTaskExecutor, isCounted: Bool, priority: TaskPriority?, name: String,
    operation: consuming sending @escaping () async -> Success
  ) {
    self.init(on: executor, priority: priority, operation: consume operation) {
      createNamedPoolTask(name, isCounted, $0, executor, $1, $2, $3, $4, $5)
    }
  }

  @_alwaysEmitIntoClient
  @inline(__always)
  init<Success>(
    on executor: UnownedTaskExecutor, priority: TaskPriority?,
    operation: consuming sending @escaping () async -> Success,
    create: (
      UInt8, Int, Int, UnsafeRawPointer?, UnsafeRawPointer, UnsafeMutableRawPointer?
    ) -> UnsafeMutableRawPointer
  ) {
    var words: (UInt, UInt) = (0, 0)
    let closure = UnsafeMutableRawPointer(Builtin.addressof(&words))
    closure.bindMemory(to: (() async -> Success).self, capacity: 1)
      .initialize(to: consume operation)
    var destroy: (UnsafeMutableRawPointer) -> Void = {
      $0.assumingMemoryBound(to: Success.self).deinitialize(count: 1)
    }
    // It captures nothing: its function is all of it.
    let destroyer =
      _isPOD(Success.self)
      ? nil : UnsafeRawPointer(Builtin.addressof(&destroy)).load(as: UnsafeRawPointer?.self)
    var task = create(
      priority?.rawValue ?? 0, MemoryLayout<Success>.size, MemoryLayout<Success>.alignment, destroyer, closure.load(as: UnsafeRawPointer.self),
      closure.load(fromByteOffset: 4, as: UnsafeMutableRawPointer?.self))
    self.task = UnsafeMutableRawPointer(Builtin.addressof(&task))
      .bindMemory(to: Builtin.NativeObject.self, capacity: 1).move()
  }

  /// Whether the task has finished or never will.
  public var isSettled: Bool { TaskFuture.isSettled(future) }

  /// Whether the task will never finish: its pool was shut down.
  public var isAbandoned: Bool { TaskFuture.isAbandoned(future) }

  /// The Pool whose work the task is, if it is a pool's.
  public var pool: UnsafeMutableRawPointer? { pointer.pointee.pool }

  private var future: UInt { pointer.future.pointee.load(ordering: .acquiring) }

  public func cancel() { cancelTask(pointer) }

  public var isCancelled: Bool {
    pointer.currentStatus.isCancelled
  }

  /// A copy of the result; nil until the task has finished, and after the result was taken.
  public func result<Success>(as type: Success.Type) -> Success? {
    guard future == TaskFuture.done, !isTaken else { return nil }
    inspectRead(pointer)
    return pointer.pointee.result.assumingMemoryBound(to: Success.self).pointee
  }

  /// The result, once: to the first caller after the task has finished.
  public func take<Success>(as type: Success.Type) -> Success? {
    guard future == TaskFuture.done else { return nil }
    let before = pointer.status.pointee.bitwiseOr(TaskStatus.taken, ordering: .relaxed).oldValue
    if before & TaskStatus.taken != 0 { return nil }
    inspectRead(pointer)
    return pointer.pointee.result.assumingMemoryBound(to: Success.self).pointee
  }

  private var isTaken: Bool {
    pointer.status.pointee.load(ordering: .relaxed) & TaskStatus.taken != 0
  }

  /// Suspends the current task until this one has finished or never will.
  public func settle() async {
    if isSettled { return }
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      noteWait(.task, for: pointer)
      if !resumeWhenSettled(pointer, unsafeBitCast(continuation, to: TaskPointer.self)) {
        continuation.resume()
      }
    }
  }

  /// The result, once the task has finished. Stops if it never will, or if the result was taken.
  public func value<Success>(as type: Success.Type) async -> Success {
    let _: Void = await _taskFutureGet(task)
    if isTaken { stop("the handle's result was awaited after it was taken out of it") }
    return pointer.pointee.result.assumingMemoryBound(to: Success.self).pointee
  }
}

/// - Parameter destroyer: destroys a result; a closure's function without a context.
/// - Returns: an owned reference to the task.
@usableFromInline
func createPoolTask(
  _ isCounted: Bool, _ priority: UInt8, _ executor: UnownedTaskExecutor, _ resultSize: Int,
  _ resultAlignment: Int, _ destroyer: UnsafeRawPointer?, _ function: UnsafeRawPointer,
  _ context: UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer {
  UnsafeMutableRawPointer(
    createPoolTask(
      TaskFlags.enqueue, isCounted, priority, executor, resultSize, resultAlignment, destroyer, function,
      context))
}

/// The same for a task with a name.
@usableFromInline
func createNamedPoolTask(
  _ name: String, _ isCounted: Bool, _ priority: UInt8, _ executor: UnownedTaskExecutor,
  _ resultSize: Int, _ resultAlignment: Int, _ destroyer: UnsafeRawPointer?,
  _ function: UnsafeRawPointer, _ context: UnsafeMutableRawPointer?
) -> UnsafeMutableRawPointer {
  let task = createPoolTask(
    0, isCounted, priority, executor, resultSize, resultAlignment, destroyer, function, context)
  setName(of: task, to: name)
  enqueue(task)
  return UnsafeMutableRawPointer(task)
}

@inline(__always)
private func createPoolTask(
  _ flags: UInt32, _ isCounted: Bool, _ priority: UInt8, _ executor: UnownedTaskExecutor,
  _ resultSize: Int, _ resultAlignment: Int, _ destroyer: UnsafeRawPointer?,
  _ function: UnsafeRawPointer, _ context: UnsafeMutableRawPointer?
) -> TaskPointer {
  let flags =
    flags | TaskFlags.destroysByClosure | (isCounted ? TaskFlags.countsAsLoad : 0) | UInt32(priority)
  let result = TaskResultType(
    size: UInt(bitPattern: resultSize), alignment: UInt(bitPattern: resultAlignment),
    destroy: unsafeBitCast(destroyer, to: DestroyWitness?.self))
  return createTask(
    flags, at: executor.reference, result,
    function.assumingMemoryBound(to: webble_async_function.self), context)
}

extension UnownedTaskExecutor {
  /// Pinned work of a worker, also of the main thread's.
  @_spi(Webble)
  public init(worker: WorkerPointer) {
    self = unsafeBitCast(
      webble_executor(identity: UInt(bitPattern: worker), implementation: ExecutorMark.worker),
      to: UnownedTaskExecutor.self)
  }

  /// Stealable work of a pool.
  @_spi(Webble)
  public init(pool: PoolPointer) {
    self = unsafeBitCast(
      webble_executor(identity: UInt(bitPattern: pool), implementation: ExecutorMark.pool),
      to: UnownedTaskExecutor.self)
  }
}

extension UnownedSerialExecutor {
  /// A worker as what isolates actors.
  @_spi(Webble)
  public init(worker: WorkerPointer) {
    self = unsafeBitCast(
      webble_executor(identity: UInt(bitPattern: worker), implementation: ExecutorMark.worker),
      to: UnownedSerialExecutor.self)
  }
}

/// The worker whose thread, or turn, this is; nil off the runtime.
@_spi(Webble)
public func currentWorker() -> WorkerPointer? { currentThread().currentWorker }

/// The main thread's worker.
@_spi(Webble)
public func workerOfMainThread() -> WorkerPointer { mainWorker() }

/// Whether the page has threads.
@_spi(Webble)
public func isIsolated() -> Bool { !mainWorker().pointee.isVirtual }

/// Enqueues a job on an executor that the scheduler runs.
@_spi(Webble)
public func enqueue(_ job: UnownedJob, on executor: UnownedTaskExecutor) {
  let task = unsafeBitCast(job, to: TaskPointer.self)
  enqueueAtHome(task, executor.reference, yielding: false)
}

/// Gives up a job of a closed pool.
@inline(never)
func abandonJob(_ job: Job) {
  if let task = TaskPointer(job).claimed() { abandon(task) }
}

/// Gives up what is in a closed pool's queue that any thread may empty: a worker's mailbox, or the injector.
@_spi(Webble)
@inline(never)
public func abandonRefused(_ pool: PoolPointer, from worker: WorkerPointer?) {
  pool.takeRefused(from: worker, abandonJob)
}

/// Hands what this thread has printed to the main thread, or to the console if this is it.
@_spi(Webble)
@_cdecl("webble_flush_lines")
public func flushPrintedLines() {
  endPartialLine(currentThread())
  if isMainThread() { writePrintedLines() }
}
