#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// A pool, named by its address. Never freed, for the same reason as workers.
public typealias PoolPointer = UnsafeMutablePointer<Pool>

/// Workers that steal from each other.
///
/// Life: `open`, until shutdown is asked for; `closing`, while workers leave at their next safe point
/// (between two jobs); the last one leaves it `closed`. A job is refused from `closing` on:
///
///     enqueuer: push the job           then   load the state (seq_cst)
///     closer:   store `closing`        then   take what the queues hold (seq_cst exchange)
///
/// so either the enqueuer sees `closing` and empties the queue itself, or the job lay there before
/// the last worker emptied it. Each job is taken by exactly one of them, by exchange.
public struct Pool: ~Copyable {
  /// Stealable work from threads that are not workers of this pool. Any thread.
  public let injector = Mailbox()
  public let idle: IdleWorkers
  private let state = Atomic<UInt32>(0)
  /// Workers that have not said goodbye.
  private let remaining: Atomic<Int>
  /// How many Web Workers, or virtual workers, it has. Constant.
  public let workerCount: Int
  /// The object whose life keeps the pool open, not retained. Set by it before the pool gets work,
  /// and nil again before its memory goes. Any thread compares it.
  public var owner: UnsafeMutableRawPointer?
  /// What keeps the pool open: the owner, and work made where nobody holds a reference to it. Any thread.
  public let keepers = Keepers()
  #if !arch(wasm32)
    /// Where no thread has references in stock, each task changes the count.
    private let keepersPadding = CacheLinePadding()
  #endif
  /// Closes the pool, whose address it is given: nobody keeps it open. Any thread calls it. Constant.
  public var close: (@convention(c) (UnsafeMutableRawPointer) -> Void)?
  /// What starts and ends the workers, retained until they are gone, natively forever. On the web the main thread's;
  /// natively constant.
  public var lifecycle: UnsafeMutableRawPointer?
  /// On the web: what kept a worker from starting, for the handles of the pool's work; kept forever. Set by the
  /// main thread before the pool closes, read by any thread that has seen a task of the closed pool abandoned.
  public var startFailure: UnsafeMutableRawPointer?
  /// Constant after `make`.
  let workers: UnsafeMutablePointer<WorkerPointer>

  #if arch(wasm32)
    public static let maximumWorkerCount = 64
  #else
    /// What a look at every worker's deque, which a worker takes before it sleeps, leaves quick.
    public static let maximumWorkerCount = 1024
  #endif

  init(workerCount: Int) {
    self.workerCount = workerCount
    workers = .allocate(capacity: workerCount)
    idle = IdleWorkers(workerCount: workerCount)
    remaining = Atomic(workerCount)
  }

  /// - Parameter workerCount: 1 to `maximumWorkerCount`.
  public static func make(workerCount: Int, isVirtual: Bool) -> PoolPointer {
    let pool = PoolPointer.allocateOnOwnCacheLines()
    pool.initialize(to: Pool(workerCount: workerCount))
    for index in 0..<workerCount {
      (pool.pointee.workers + index).initialize(
        to: Worker.make(index: index, pool: pool, isVirtual: isVirtual))
    }
    return pool
  }

  /// Any thread.
  public borrowing func worker(_ index: Int) -> WorkerPointer { workers[index] }

  /// Whether new work is taken. Any thread.
  public var isOpen: Bool { state.load(ordering: .sequentiallyConsistent) == 0 }

  /// Whether workers are to leave; a cheap look for their run loops.
  var isClosing: Bool { state.load(ordering: .relaxed) != 0 }

  /// - Returns: whether this call is the one that closes the pool.
  public func beginClosing() -> Bool {
    state.compareExchange(expected: 0, desired: 1, ordering: .sequentiallyConsistent).exchanged
  }

  /// A worker has left for good.
  ///
  /// - Returns: whether it was the last.
  public func workerHasLeft() -> Bool {
    remaining.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
  }

  public var isClosed: Bool { remaining.load(ordering: .acquiring) == 0 }

  /// The worker with the fewest live pinned tasks, the first of them if there are several. Any thread.
  public var leastLoaded: WorkerPointer {
    var best = workers[0]
    var bestLoad = best.pointee.load.value
    var index = 1
    while index < workerCount, bestLoad != 0 {
      let load = workers[index].pointee.load.value
      if load < bestLoad { (best, bestLoad) = (workers[index], load) }
      index += 1
    }
    return best
  }

  /// Jobs of either track that are ready to run and wait for a worker, at about this moment. Any thread.
  public var waitingCount: Int {
    var count = injector.count
    for index in 0..<workerCount { count += workers[index].pointee.readyCount }
    return count
  }
}

extension PoolPointer {
  /// Enqueues stealable work from any thread.
  ///
  /// - Parameters:
  ///   - current: the worker whose thread this is, if any.
  ///   - yielding: see `enqueueStealable(_:yielding:)` of workers.
  public func enqueue(_ job: Job, from current: WorkerPointer?, yielding: Bool) {
    if let current, current.pointee.pool == self {
      current.enqueueStealable(job, yielding: yielding)
    } else {
      current?.pointee.hasHandedOver = true
      let isOnlyOne = pointee.injector.push(job)
      wakeOne(besides: isOnlyOne ? 0 : 1)
    }
  }

  /// Wakes a sleeping worker to look for stealable work, if one is needed. Any thread.
  ///
  /// - Parameter limit: how many may be looking already.
  @inline(never)
  public func wakeOne(besides limit: UInt32) {
    guard let index = pointee.idle.claimSleeperToWake(besides: limit) else { return }
    pointee.worker(index).wake()
  }

  /// Wakes every worker, so that it sees that the pool is closing. Any thread.
  public func wakeAll() {
    for index in 0..<pointee.workerCount { pointee.worker(index).wake() }
  }

  /// Empties a queue that any thread may empty, after the pool has closed: a worker's mailbox, or the injector.
  public func takeRefused(from worker: WorkerPointer?, _ abandon: (Job) -> Void) {
    var jobs = if let worker { worker.pointee.mailbox.takeAll() } else { pointee.injector.takeAll() }
    while let job = jobs.popFirst() { abandon(job) }
  }
}
