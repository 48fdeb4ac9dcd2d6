#if canImport(CNative)
  import CNative
#else
  import CPlatform
#endif
#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// A worker, named by its address. Workers are never freed: a late notification, or a task that still
/// prefers a worker of a pool long gone, finds it where it was.
public typealias WorkerPointer = UnsafeMutablePointer<Worker>

/// One event loop that runs jobs: a Web Worker of a pool, or the page's main thread.
///
/// Where the page is not isolated, and so has no Web Workers to share memory with, the workers of a
/// pool are *virtual*: the main thread takes their turns one after another.
public struct Worker: ~Copyable {
  /// How it sleeps and is woken. Any thread.
  public let parking = Parking()
  /// The pool it belongs to; nil for the main thread. Constant.
  public let pool: PoolPointer?
  /// Its place in the pool; -1 for the main thread. Constant.
  public let index: Int
  /// Whether the main thread takes its turns. Constant.
  public let isVirtual: Bool
  private let constantsPadding = CacheLinePadding()
  /// Pinned work from other threads. Any thread pushes.
  public let mailbox = Mailbox()
  /// Pinned tasks placed on this worker that have not ended. Any thread.
  public let load = Load()
  /// Timers in its heap that other threads have made needless, at the least. Any thread.
  public let needlessTimers = Atomic<Int>(0)
  /// The main thread comes back by itself, see Dozing.swift. Any thread reads.
  let isDozing = Atomic<Bool>(false)
  /// It runs no code any more, and never will: what it isolated may go on elsewhere. Any thread reads.
  let hasLeft = Atomic<Bool>(false)
  private let needlessTimersPadding = CacheLinePadding()
  /// Stealable work. The owner pushes and pops, others steal.
  public let stealable: StealableQueues
  /// Pinned work that the worker has enqueued itself or taken from its mailbox. Owner only.
  public let pinned = PinnedQueues()
  /// Owner only.
  public let timers = TimerHeap()
  /// The pool's jobs that wait for something, or run elsewhere. Any thread.
  public let roster = Roster()

  // All below: owner only.

  /// A turn has been asked of the event loop and has not begun.
  public var isTurnRequested = false
  /// A turn is on the stack.
  public var isInTurn = false
  /// When the time slice of the turn is over.
  public var sliceEnd: Int64 = 0
  /// Its futex word has not been `running` since it was last set to `parked`.
  var isAsleep = false
  /// It is announced to the pool as a sleeper, and owes a `workerWoke`.
  var isSleeper = false
  /// It is counted as a searcher in the pool.
  var isSearching = false
  /// The next stealable job is the oldest, not the newest: the last one has yielded.
  var prefersOldest = false
  /// A job that has yielded when there was no other stealable one: it would only come back from the
  /// deque, by two atomic operations. Empty again before any job runs, before the turn ends, and before
  /// the deque gets another job, so that no other worker misses it. The same for a task made ready by the end
  /// of one that it awaits gained too little: row 8 506 to 498 ns on one worker, 5a 47 to 50.
  var yielded: Job?
  /// Where the next job is looked for.
  var order = TrackOrder()
  /// Jobs to run before the next look at the clock.
  var batch = BatchPacer()
  #if !arch(wasm32)
    /// Jobs of the batch that others have run in place, see `nextJobInPlace`.
    var ranInPlace = 0
  #endif
  var stealing: StealPolicy
  /// Whether it keeps looking for work before it sleeps. A pool's worker's.
  var backoff = SpinBackoff()
  /// It has enqueued work on another thread since the main thread last looked.
  var hasHandedOver = false
  /// What the main thread does before it sleeps, and how it sleeps. Only the main thread's worker uses them.
  var linger = Linger()
  var doze = Doze()
  /// The main thread, if it has mail from this worker and dozes.
  var putOffWake: WorkerPointer?
  /// The deadline for which the event loop has been asked for a turn.
  public var armedDeadline: Int64?
  /// Jobs run so far.
  public var jobsRun = 0
  /// What else is counted. Others read it, and may find it a moment old.
  public var counts = WorkerCounts()

  /// What a thread of its own needs while it lasts: its stack and its thread-local variables. Main thread
  /// only.
  public var threadMemory: UnsafeMutableRawPointer?

  public init(index: Int, pool: PoolPointer?, isVirtual: Bool) {
    self.index = index
    self.pool = pool
    self.isVirtual = isVirtual
    stealing = StealPolicy(index: index)
    stealable = StealableQueues(capacity: pool == nil ? 2 : 256)
  }

  /// Jobs that are ready to run on it, at about this moment. Any thread.
  public var readyCount: Int { stealable.count + pinned.count + mailbox.count }

  /// Makes a worker that lives forever.
  public static func make(index: Int, pool: PoolPointer?, isVirtual: Bool) -> WorkerPointer {
    let pointer = WorkerCounts.countsAll ? allocateWithTimes() : .allocateOnOwnCacheLines()
    pointer.initialize(to: Worker(index: index, pool: pool, isVirtual: isVirtual))
    return pointer
  }
}

extension WorkerPointer {
  /// Enqueues pinned work from any thread.
  ///
  /// - Parameter current: the worker whose thread this is, if any.
  public func enqueue(_ job: Job, from current: WorkerPointer?) {
    if current == self {
      pointee.pinned.pushBack(job)
      requestTurn()
    } else {
      current?.pointee.hasHandedOver = true
      pointee.mailbox.push(job)
      if pointee.pool == nil, let current, putsOffWake(by: current) { return }
      wake()
    }
  }

  /// See `hasLeft`. Any thread.
  public var isGone: Bool { pointee.hasLeft.load(ordering: .sequentiallyConsistent) }

  /// Says that the worker is gone. A thread that has enqueued to it before may not know, so its mailbox is to be emptied
  /// after that.
  public func leaveForGood() { pointee.hasLeft.store(true, ordering: .sequentiallyConsistent) }

  /// Enqueues stealable work that this worker itself has made ready. Owner only.
  ///
  /// - Parameter yielding: the job is the one that runs, and gives way to older ones. It is the last
  ///   thing it does, so nobody needs to be woken for it alone.
  public func enqueueStealable(_ job: Job, yielding: Bool) {
    if yielding, pointee.isInTurn, pointee.yielded == nil, pointee.stealable.isEmpty {
      pointee.yielded = job
      return
    }
    publishYielded()
    pointee.stealable.push(job)
    if yielding { pointee.prefersOldest = true }
    pointee.pool.unsafelyUnwrapped.wakeOne(besides: 0)
    requestTurn()
  }

  /// Lets others see the job that has yielded, if there is one: something else comes before it. Wakes
  /// nobody. Owner only.
  func publishYielded() {
    if let job = pointee.yielded { publish(job) }
  }

  @inline(never)
  private func publish(_ yielded: Job) {
    pointee.yielded = nil
    pointee.stealable.push(yielded)
    pointee.prefersOldest = true
  }

  /// Sees to it that this thread's worker takes a turn soon. Owner only.
  @inline(__always)
  public func requestTurn() {
    if pointee.isInTurn || pointee.isTurnRequested { return }
    pointee.isTurnRequested = true
    webble_schedule_turn(self)
  }

  /// Wakes the worker if it sleeps. Any thread.
  public func wake() {
    if pointee.isVirtual {
      requestTurn()
    } else {
      pointee.parking.unparkIfParked()
    }
  }
}
