#if arch(wasm32)
  import WebbleAtomics
  import WebbleScheduler
#else
  import NativeAtomics
  import NativeScheduler
#endif
@_spi(Webble) import _Concurrency

/// A pool of Web Workers that share the program's memory, and the scheduler that runs Swift on them.
///
/// Work is *pinned* (`spawn`: placed on the least-loaded worker, which owns it forever) or *stealable*
/// (`spawnStealable`: may move between workers whenever it wakes). Neither blocks the main thread or the
/// event loop of a worker.
///
/// A pool stays open while anything refers to it: variables, handles, tasks that run on it. One that
/// nobody refers to any more shuts itself down. All methods may be called on any thread.
public final class ThreadPool: Sendable {
  nonisolated(unsafe) let pool: PoolPointer
  let lifecycle: PoolLifecycle

  /// The most workers that one pool can have.
  public static let maximumWorkerCount = Pool.maximumWorkerCount

  /// Logical cores, as the host reports them; at least 1. Browsers may understate them.
  public static var availableParallelism: Int { processorCount() }

  /// Starts a pool of one worker per logical core. Returns at once; see `ready()`.
  public convenience init() throws(ThreadPoolError) {
    try self.init(
      source: .glue, count: Swift.min(Self.availableParallelism, Self.maximumWorkerCount))
  }

  /// Starts a pool.
  ///
  /// - Parameters:
  ///   - gluePath: where the page serves `webble.js`: a URL, or a path relative to the page. Workers
  ///     import it from a blob of the page's origin. An empty one stands for the page's own glue.
  ///   - workerCount: 1 to `maximumWorkerCount`. Default: one per logical core.
  public convenience init(
    _ gluePath: String, workerCount: Int? = nil
  ) throws(ThreadPoolError) {
    try self.init(
      source: WorkerSource(url: gluePath, isScript: false),
      count: workerCount ?? Self.defaultWorkerCount)
  }

  /// Starts a pool of `workerCount` workers, 1 to `maximumWorkerCount`.
  public convenience init(workerCount: Int) throws(ThreadPoolError) {
    try self.init(source: .glue, count: workerCount)
  }

  /// Starts a pool whose workers run a script of yours, for pages whose Content-Security-Policy
  /// forbids blob workers. The script imports `webble.js`; that is all it has to do.
  ///
  /// - Parameters:
  ///   - workerScript: the absolute URL of a module script.
  ///   - workerCount: 1 to `maximumWorkerCount`. Default: one per logical core.
  public convenience init(
    workerScript: String, workerCount: Int? = nil
  ) throws(ThreadPoolError) {
    try self.init(
      source: WorkerSource(url: workerScript, isScript: true),
      count: workerCount ?? Self.defaultWorkerCount)
  }

  private static var defaultWorkerCount: Int {
    Swift.min(availableParallelism, maximumWorkerCount)
  }

  private init(source: WorkerSource, count: Int) throws(ThreadPoolError) {
    guard (1...Self.maximumWorkerCount).contains(count) else {
      source.deallocate()
      throw .invalidWorkerCount(count)
    }
    pool = Pool.make(workerCount: count, isVirtual: !isIsolated())
    lifecycle = PoolLifecycle(pool, source)
    lifecycle.start(for: self)
  }

  deinit {
    lifecycle.ownerIsGone()
  }

  /// Returns when every worker runs.
  ///
  /// - Throws: what kept a worker from starting. The pool is shut down then.
  public func ready() async throws(ThreadPoolError) {
    try await lifecycle.ready()
  }

  /// Stops taking work, lets running jobs reach a suspension point, and ends the workers. Work that had
  /// not finished by then never will: its handles report `isAbandoned`. Returns when the workers are
  /// gone. May be called again, with the same effect.
  ///
  /// A task of this pool that awaits its shutdown is itself abandoned.
  public func shutdown() async {
    await lifecycle.shutdown()
  }

  /// From here on, work that prefers no executor runs on this pool's stealable track: plain `Task`s that
  /// inherit no actor, detached tasks, default actors. Until then, and after the pool was shut down,
  /// it runs on the main thread's event loop.
  public func becomeGlobalExecutor() {
    guard pool.pointee.isOpen else { return }
    lifecycle.becomeGlobalExecutor(self)
  }

  // Snapshots

  public var workerCount: Int { pool.pointee.workerCount }

  /// Jobs that are ready to run and wait for a worker, on either track. A racy snapshot.
  public var waitingTaskCount: Int { pool.pointee.waitingCount }

  /// Live pinned tasks of each worker. A racy snapshot.
  public var loads: [Int] {
    (0..<workerCount).map { pool.pointee.worker($0).pointee.pinnedTaskCount }
  }

  /// The worker `index`, as an executor.
  public func worker(_ index: Int) -> PoolWorker {
    makeWorker(checked(index))
  }

  func checked(_ index: Int) -> WorkerPointer {
    guard (0..<workerCount).contains(index) else {
      fatalError("worker \(index) of a pool of \(workerCount): indices are 0 to \(workerCount - 1)")
    }
    return pool.pointee.worker(index)
  }
}

/// As a task executor a pool runs a task's generic code on its stealable track.
extension ThreadPool: TaskExecutor {
  public func enqueue(_ job: UnownedJob) {
    push(job, to: pool)
  }
}

/// One worker of a pool, as an executor: for actors, which then live on that worker, and for tasks, whose
/// generic code is then pinned to it. Keeps the pool open.
public final class PoolWorker: SerialExecutor, TaskExecutor {
  private let pool: ThreadPool
  nonisolated(unsafe) let worker: WorkerPointer

  init(_ pool: ThreadPool, _ worker: WorkerPointer) {
    self.pool = pool
    self.worker = worker
  }

  public var index: Int { worker.pointee.index }

  public func enqueue(_ job: UnownedJob) {
    push(job, to: worker)
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(worker: worker)
  }

  /// What an actor that lives on this worker returns as its own.
  public var unownedExecutor: UnownedSerialExecutor { asUnownedSerialExecutor() }

  public func isIsolatingCurrentContext() -> Bool? { currentWorker() == worker }
}
