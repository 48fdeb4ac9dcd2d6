#if !arch(wasm32)
import NativeAtomics
import NativeScheduler

/// A task of a pool, as a job of the scheduler's. When a worker comes to it, one of the language's tasks runs
/// it, a `Runner`. So work that never runs is known, and lets go of what it has captured.
///
/// Memory: `job` is the first stored property of a class without a superclass, and so lies behind the
/// object's header of two words. While the job is in a queue, the queue owns a reference to the object.
///
/// The operation and its result lie in memory whose type is not the class's, since to copy or to destroy an optional of a
/// type that is not known until the program runs asks for that optional's type each time.
class PoolWork: @unchecked Sendable {
  /// Word 0 is 0, which no object's is; word 1 is this object's address.
  private var job = JobHeader()
  /// The operation until it is called, then the result if it has room here. Behind `job`.
  private var words: (UInt, UInt, UInt) = (0, 0, 0)

  /// See `TaskFuture` of the SDK:
  ///
  ///     0 ──────────────▶ waiters ─────┐      a waiter pushes itself (exchange of the head)
  ///     │                    │         │
  ///     ▼                    ▼         ▼
  ///     done / abandoned (one exchange, by the thread that completes or gives up the work)
  ///
  /// The result is written before that exchange (release) and read after a load (acquire). Of one waiter the word
  /// has the continuation itself, with `isContinuation` set; of several the last one's `Waiter`.
  private let future = Atomic<UInt>(0)
  private static let done: UInt = 1
  private static let abandoned: UInt = 3
  private static let isContinuation: UInt = 2

  /// The runner, while it runs the work, with bits:
  ///
  ///     0 ── begin ──▶ runner ── leave ──▶ ended
  ///
  /// Each of them may have `isCancelled`. A thread that wants the runner sets `isLocked` until it has a reference of its own;
  /// begin and leave wait for that. So a runner learns, when it leaves, whether somebody may still cancel it: then it runs
  /// nothing else.
  private let runnerWord = Atomic<UInt>(0)
  private static let isCancelled: UInt = 1
  private static let isLocked: UInt = 2
  private static let ended: UInt = 4
  private static let bits: UInt = 7

  let isTaken = Atomic(false)

  // Written before the job is enqueued:

  /// Of work that is not just any.
  fileprivate let attributes: WorkAttributes?
  /// Whose work it is; nil of the main thread's.
  private var pool: PoolPointer?
  /// Whether it is one of the pool's keepers.
  private var keepsPool = false
  /// Whether it runs on whichever worker is free.
  private(set) var isStealable = false
  /// The worker whose load the task is.
  private var placement: WorkerPointer?

  fileprivate init(_ attributes: WorkAttributes?) { self.attributes = attributes }

  /// Whether any runner of its track may run it.
  var isPlain: Bool { attributes == nil }
  var name: String? { attributes?.name }
  var priority: TaskPriority? { attributes?.priority }

  // As a job

  /// Gives the work to the worker that will own it. Any thread.
  ///
  /// - Parameter isCounted: whether it is load of the worker.
  func enqueue(on worker: WorkerPointer, isCounted: Bool) {
    let current = currentPoolWorker()
    if isCounted { placement = worker }
    keepOpen(worker.pointee.pool.unsafelyUnwrapped, from: current)
    pushPinned(enqueuedJob, to: worker, from: current)
  }

  /// Gives the work to whichever worker of the pool is free. Any thread.
  func enqueue(on pool: PoolPointer) {
    let current = currentPoolWorker()
    isStealable = true
    keepOpen(pool, from: current)
    pushStealable(enqueuedJob, to: pool, from: current)
  }

  private func keepOpen(_ pool: PoolPointer, from current: WorkerPointer?) {
    self.pool = pool
    if let current, current.pointee.pool == pool {
      keepsPool = WorkerExecutor.with(current) { $0.keepers.pointee.take(of: pool) }
    } else {
      keepsPool = pool.pointee.keepers.add()
    }
  }

  /// The job, to be pushed to a queue, which from then on owns a reference.
  private var enqueuedJob: Job {
    let object = Unmanaged.passRetained(self).toOpaque()
    let job = (object + 2 * MemoryLayout<UInt>.size).assumingMemoryBound(to: JobHeader.self)
    job.pointee.object1 = UInt(bitPattern: object)
    job.pointee.info = attributes.map { PriorityClass($0.priority).rawValue } ?? 0
    return job
  }

  /// The work that a job in a queue is, with the queue's reference; nil if it is a job of the language's.
  static func taken(from job: Job) -> PoolWork? { unmanaged(job)?.takeRetainedValue() }

  /// Whether a job in a queue is work that any runner of a track may run.
  static func isPlain(_ job: Job, stealable: Bool) -> Bool {
    unmanaged(job)?._withUnsafeGuaranteedRef { $0.isPlain && $0.isStealable == stealable } ?? false
  }

  private static func unmanaged(_ job: Job) -> Unmanaged<PoolWork>? {
    guard job.pointee.object0 == 0 else { return nil }
    return .fromOpaque(UnsafeRawPointer(bitPattern: job.pointee.object1).unsafelyUnwrapped)
  }

  /// Calls the operation and keeps its result.
  nonisolated(nonsending) func perform() async {
    fatalError("work without an operation")
  }

  /// What is in `words`.
  fileprivate var hasOperation = true
  fileprivate var hasResult = false

  /// The address of `words`.
  fileprivate var memory: UnsafeMutableRawPointer {
    Unmanaged.passUnretained(self).toOpaque()
      + (2 * MemoryLayout<UInt>.size + MemoryLayout<JobHeader>.size)
  }

  fileprivate static var memorySize: Int { MemoryLayout<(UInt, UInt, UInt)>.size }

  fileprivate func destroyOperation() {}

  // Main

  func startOnMainThread() {
    Task.detached(
      name: name, executorPreference: MainThreadExecutor.shared, priority: priority
    ) { await self.runInTask() }
  }

  /// Runs in a task of its own, this one.
  private nonisolated(nonsending) func runInTask() async {
    let runner = Runner(of: self)
    begin(in: runner)
    await perform()
    _ = leave(runner, isCancelled: Task.isCancelled)
    _ = end(on: currentPoolWorker())
  }

  // Cancellation

  /// A runner is about to run it.
  func begin(in runner: Runner) {
    let new = UInt(bitPattern: Unmanaged.passUnretained(runner).toOpaque())
    var seen: UInt = 0
    while true {
      let (exchanged, original) = runnerWord.compareExchange(
        expected: seen & ~Self.isLocked, desired: new | seen & Self.isCancelled,
        ordering: .acquiringAndReleasing)
      if exchanged { break }
      seen = original
      if seen & Self.isLocked != 0 { spinHint() }
    }
    if seen & Self.isCancelled != 0 { runner.cancel() }
  }

  /// The runner has run it.
  ///
  /// - Parameter isCancelled: whether the runner's task is cancelled.
  /// - Returns: whether nobody has cancelled it or is about to.
  func leave(_ runner: Runner, isCancelled: Bool) -> Bool {
    var seen = UInt(bitPattern: Unmanaged.passUnretained(runner).toOpaque())
    while true {
      let cancelled = isCancelled ? Self.isCancelled : seen & Self.isCancelled
      let (exchanged, original) = runnerWord.compareExchange(
        expected: seen & ~Self.isLocked, desired: Self.ended | cancelled,
        ordering: .acquiringAndReleasing)
      if exchanged { return cancelled == 0 }
      seen = original
      if seen & Self.isLocked != 0 { spinHint() }
    }
  }

  func cancel() { lockedRunner(cancelling: true)?.cancel() }

  var isCancelled: Bool {
    if runnerWord.load(ordering: .acquiring) & Self.isCancelled != 0 { return true }
    guard let runner = lockedRunner(cancelling: false) else { return false }
    let isCancelled = runner.isCancelled
    // A runner that has left meanwhile may run other work.
    let word = runnerWord.load(ordering: .acquiring)
    return word & Self.ended != 0 ? word & Self.isCancelled != 0 : isCancelled
  }

  /// The runner, if one runs the work.
  ///
  /// - Parameter cancelling: whether to note that somebody cancels it; then nil if somebody else has before.
  private func lockedRunner(cancelling: Bool) -> Runner? {
    let noted = cancelling ? Self.isCancelled : 0
    var seen = runnerWord.load(ordering: .acquiring)
    while true {
      if cancelling, seen & Self.isCancelled != 0 { return nil }
      if seen & Self.isLocked != 0 {
        spinHint()
        seen = runnerWord.load(ordering: .acquiring)
        continue
      }
      let address = seen & ~Self.bits
      if seen & Self.ended != 0 || address == 0 && !cancelling { return nil }
      let (exchanged, original) = runnerWord.compareExchange(
        expected: seen, desired: seen | noted | (address == 0 ? 0 : Self.isLocked),
        ordering: .acquiringAndReleasing)
      if !exchanged {
        seen = original
        continue
      }
      guard let pointer = UnsafeRawPointer(bitPattern: address) else { return nil }
      let runner = Unmanaged<Runner>.fromOpaque(pointer).takeUnretainedValue()
      // The reference is counted before the lock is let go.
      _ = Unmanaged.passRetained(runner)
      runnerWord.bitwiseAnd(~Self.isLocked, ordering: .releasing)
      return Unmanaged<Runner>.fromOpaque(pointer).takeRetainedValue()
    }
  }

  // The end

  /// Whether it has finished or never will.
  var isSettled: Bool { future.load(ordering: .acquiring) & 1 != 0 }
  var isDone: Bool { future.load(ordering: .acquiring) == Self.done }
  var isAbandoned: Bool { future.load(ordering: .acquiring) == Self.abandoned }

  /// What kept a worker of its pool from starting.
  var startFailure: ThreadPoolError? { pool.map { PoolLifecycle.of($0).startFailure } ?? nil }

  /// Gives up work that has not begun: it never will.
  func abandon() {
    destroyOperation()
    _ = end(isAbandoned: true, on: currentPoolWorker())
  }

  /// - Parameter current: the worker whose thread this is, if any.
  /// - Returns: false if it has ended already.
  func end(isAbandoned: Bool = false, on current: WorkerPointer?) -> Bool {
    // Before the result can be seen, so that code that spawns next sees the true load.
    if let placement { placement.pointee.load.subtract(onOwnThread: current == placement) }
    guard settle(as: isAbandoned ? Self.abandoned : Self.done) else { return false }
    // Last, as it may be the pool's end.
    if keepsPool, let pool {
      if let current, current.pointee.pool == pool {
        WorkerExecutor.with(current) { $0.keepers.pointee.giveBack(to: pool) }
      } else if pool.pointee.keepers.remove() {
        PoolLifecycle.of(pool).close()
      }
    }
    return true
  }

  /// - Returns: false if it was settled already.
  private func settle(as state: UInt) -> Bool {
    var word: UInt = 0
    while true {
      let (exchanged, original) = future.compareExchange(
        expected: word, desired: state, ordering: .acquiringAndReleasing)
      if exchanged { break }
      if original & 1 != 0 { return false }
      word = original
    }
    while word != 0 {
      if word & Self.isContinuation != 0 {
        Self.continuation(word).resume()
        return true
      }
      let waiter = UnsafeMutablePointer<Waiter>(bitPattern: word).unsafelyUnwrapped
      word = waiter.pointee.next
      waiter.pointee.continuation.resume()
      waiter.deallocate()
    }
    return true
  }

  /// - Returns: false if the work is settled already; the continuation is the caller's then.
  func addWaiter(_ continuation: UnsafeContinuation<Void, Never>) -> Bool {
    let (isFirst, original) = future.compareExchange(
      expected: 0, desired: unsafeBitCast(continuation, to: UInt.self) | Self.isContinuation,
      ordering: .acquiringAndReleasing)
    return isFirst || original & 1 == 0 && addWaiter(continuation, behind: original)
  }

  @inline(never)
  private func addWaiter(
    _ continuation: UnsafeContinuation<Void, Never>, behind first: UInt
  ) -> Bool {
    let waiter = UnsafeMutablePointer<Waiter>.allocate(capacity: 1)
    var word = first
    while word & 1 == 0 {
      waiter.initialize(to: Waiter(next: word, continuation: continuation))
      let (exchanged, original) = future.compareExchange(
        expected: word, desired: UInt(bitPattern: waiter), ordering: .acquiringAndReleasing)
      if exchanged { return true }
      word = original
    }
    waiter.deallocate()
    return false
  }

  /// A continuation is the address of its task.
  private static func continuation(_ word: UInt) -> UnsafeContinuation<Void, Never> {
    unsafeBitCast(word & ~isContinuation, to: UnsafeContinuation<Void, Never>.self)
  }

  private struct Waiter {
    /// As the future's word.
    var next: UInt
    var continuation: UnsafeContinuation<Void, Never>
  }
}

/// What the program says of work besides what to do.
final class WorkAttributes: Sendable {
  let name: String?
  let priority: TaskPriority?

  init(name: String?, priority: TaskPriority?) {
    self.name = name
    self.priority = priority
  }
}

extension PriorityClass {
  fileprivate init(_ priority: TaskPriority?) {
    guard let priority else { self = .normal; return }
    self =
      priority > .medium ? .high : priority < .medium && priority.rawValue != 0 ? .low : .normal
  }
}

/// The work, by the type of its result.
final class TypedWork<Success>: PoolWork, @unchecked Sendable {
  /// A function, in the form in which code that does not know `Success` calls it: two words.
  private struct Operation {
    var call: () async -> Success
  }

  init(_ operation: @escaping () async -> Success, _ attributes: WorkAttributes?) {
    super.init(attributes)
    operationAddress.initialize(to: Operation(call: operation))
  }

  deinit {
    if hasResult {
      resultAddress.deinitialize(count: 1)
      if !Self.hasRoom { resultAddress.deallocate() }
    } else {
      destroyOperation()
    }
  }

  private var operationAddress: UnsafeMutablePointer<Operation> {
    memory.assumingMemoryBound(to: Operation.self)
  }

  /// Whether the result lies in the object; otherwise its address does.
  private static var hasRoom: Bool {
    MemoryLayout<Success>.size <= memorySize
      && MemoryLayout<Success>.alignment <= MemoryLayout<UInt>.alignment
  }

  private var resultAddress: UnsafeMutablePointer<Success> {
    Self.hasRoom
      ? memory.assumingMemoryBound(to: Success.self)
      : memory.load(as: UnsafeMutablePointer<Success>.self)
  }

  /// Once the work is done.
  var result: Success { resultAddress.pointee }

  override func destroyOperation() {
    guard hasOperation else { return }
    hasOperation = false
    operationAddress.deinitialize(count: 1)
  }

  override nonisolated(nonsending) func perform() async {
    hasOperation = false
    nonisolated(unsafe) let operation = operationAddress.move()
    keep(await operation.call())
  }

  private func keep(_ result: consuming Success) {
    if !Self.hasRoom {
      memory.storeBytes(
        of: UnsafeMutablePointer<Success>.allocate(capacity: 1),
        as: UnsafeMutablePointer<Success>.self)
    }
    resultAddress.initialize(to: result)
    hasResult = true
  }
}
#endif
