#if !arch(wasm32)
import CNative
import NativeAtomics
import NativeScheduler

/// Where a task runs whatever is isolated to no actor.
enum TaskHome {
  /// The worker that owns it, and the pool to keep open meanwhile.
  case worker(WorkerExecutor, ThreadPool?)
  case track(StealableTrack, ThreadPool)
  case mainThread

  init(worker: WorkerPointer, of pool: ThreadPool) {
    self = .worker(WorkerExecutor.of(worker), pool)
  }

  init(pool: ThreadPool) { self = .track(StealableTrack.of(pool.pool), pool) }

  /// This thread's worker, or the main thread.
  static var here: TaskHome {
    guard let worker = currentPoolWorker() else { return .mainThread }
    let executor = WorkerExecutor.of(worker)
    return .worker(executor, executor.lifecycle.owner)
  }
}

/// Work that was spawned, as `WorkerHandle` sees it.
struct PoolTask: Sendable {
  let work: PoolWork

  /// Starts `operation` at home.
  ///
  /// - Parameter isCounted: whether the task is load of the worker that is its home.
  init<Success>(
    on home: TaskHome, isCounted: Bool, priority: TaskPriority?, name: String? = nil,
    operation: consuming sending @escaping () async -> Success
  ) {
    let work = TypedWork(operation, priority, name)
    self.work = work
    switch home {
    case .worker(let executor, let pool):
      executor.lifecycle.checkProcess()
      work.pool = pool
      if isCounted { work.placement = executor.worker }
      executor.push(work.enqueuedJob)
    case .track(let track, let pool):
      pool.lifecycle.checkProcess()
      work.pool = pool
      work.isStealable = true
      track.push(work.enqueuedJob)
    case .mainThread:
      work.startTask(on: MainThreadExecutor.shared)
    }
  }

  /// Whether the task has finished or never will.
  var isSettled: Bool { work.future.load(ordering: .acquiring) & 1 != 0 }

  /// Whether the task will never finish: its pool was shut down.
  var isAbandoned: Bool { work.future.load(ordering: .acquiring) == PoolWork.abandoned }

  /// What kept a worker of the pool from starting, of work that was abandoned.
  var startFailure: ThreadPoolError? { work.startFailure }

  func cancel() { work.cancel() }

  var isCancelled: Bool { work.isCancelled }

  /// A copy of the result; nil until the task has finished, and after the result was taken.
  func result<Success>(as type: Success.Type) -> Success? {
    guard isDone, !work.isTaken.load(ordering: .relaxed) else { return nil }
    return typed(as: type).result
  }

  /// The result, once: to whoever asks first after the task has finished.
  func take<Success>(as type: Success.Type) -> Success? {
    guard isDone, !work.isTaken.exchange(true, ordering: .relaxed) else { return nil }
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
    return typed(as: type).result.unsafelyUnwrapped
  }

  private var isDone: Bool { work.future.load(ordering: .acquiring) == PoolWork.done }

  private func typed<Success>(as type: Success.Type) -> TypedWork<Success> {
    unsafeDowncast(work, to: TypedWork<Success>.self)
  }
}

/// A task of a pool: a job of the scheduler's until a worker comes to it, then a task of the language's,
/// which that worker makes. So work that never runs is known, and lets go of what it has captured.
///
/// Memory: `job` is the first stored property of a class without a superclass, and so lies behind the
/// object's header of two words. While the job is in a queue, the queue owns a reference to the object.
class PoolWork: @unchecked Sendable {
  /// Word 0 is 0, which no object's is; word 1 is this object's address.
  private var job = JobHeader()

  /// See `TaskFuture` of the SDK:
  ///
  ///     0 ──────────────▶ waiters ─────┐      a waiter pushes itself (exchange of the head)
  ///     │                    │         │
  ///     ▼                    ▼         ▼
  ///     done / abandoned (one exchange, by whoever completes or gives up the work)
  ///
  /// The result is written before that exchange (release) and read after a load (acquire).
  let future = Atomic<UInt>(0)
  static let done: UInt = 1
  static let abandoned: UInt = 3

  let isTaken = Atomic(false)
  private let isCancelRequested = Atomic(false)
  /// The language's task, retained, from when it is made. `cancel` stores the request, then loads this;
  /// `startTask` stores this, then loads the request (both sequentially consistent): one of them sees the
  /// other.
  private let task = Atomic<UnsafeRawPointer?>(nil)
  fileprivate let priority: TaskPriority?

  // Written before the job is enqueued, and again by whoever settles the future.

  /// Keeps the pool open.
  fileprivate var pool: ThreadPool?
  /// Of work that was abandoned: what kept a worker of its pool from starting.
  fileprivate var startFailure: ThreadPoolError?
  /// The worker whose load the task is.
  fileprivate var placement: WorkerPointer?
  /// Whether it runs on whichever worker is free.
  fileprivate var isStealable = false

  // Guarded by the registry's lock.
  fileprivate var registry: TaskRegistry?
  fileprivate var nextBegun: PoolWork?
  fileprivate unowned(unsafe) var previousBegun: PoolWork?

  fileprivate init(_ priority: TaskPriority?) { self.priority = priority }

  deinit {
    if let task = task.load(ordering: .acquiring) {
      Unmanaged<AnyObject>.fromOpaque(task).release()
    }
  }

  // As a job

  /// The job, to be pushed to a queue, which from then on owns a reference.
  fileprivate var enqueuedJob: Job {
    let object = Unmanaged.passRetained(self).toOpaque()
    let job = (object + 2 * MemoryLayout<UInt>.size).assumingMemoryBound(to: JobHeader.self)
    job.pointee.object1 = UInt(bitPattern: object)
    job.pointee.info = PriorityClass(priority).rawValue
    return job
  }

  /// The work that a job in a queue is; nil if it is a job of the language's.
  static func of(_ job: Job) -> PoolWork? {
    guard job.pointee.object0 == 0 else { return nil }
    let object = UnsafeRawPointer(bitPattern: job.pointee.object1).unsafelyUnwrapped
    return Unmanaged<PoolWork>.fromOpaque(object).takeUnretainedValue()
  }

  /// A worker has come to the job. On its thread. Lets go of the queue's reference.
  func begin(on executor: WorkerExecutor) {
    executor.begun.add(self)
    if isStealable, let pool { startTask(on: pool) } else { startTask(on: executor) }
    Unmanaged.passUnretained(self).release()
  }

  fileprivate func startTask(on executor: any TaskExecutor) {
    fatalError("a task without an operation")
  }

  fileprivate func destroyOperation() {}

  fileprivate func hasStarted(_ started: Task<Void, Never>) {
    let object = unsafeBitCast(started, to: UnsafeRawPointer.self)
    _ = Unmanaged<AnyObject>.fromOpaque(object).retain()
    task.store(object, ordering: .sequentiallyConsistent)
    if isCancelRequested.load(ordering: .sequentiallyConsistent) { started.cancel() }
  }

  // Cancellation

  func cancel() {
    isCancelRequested.store(true, ordering: .sequentiallyConsistent)
    startedTask?.cancel()
  }

  var isCancelled: Bool {
    isCancelRequested.load(ordering: .relaxed) || startedTask?.isCancelled == true
  }

  private var startedTask: Task<Void, Never>? {
    guard let object = task.load(ordering: .sequentiallyConsistent) else { return nil }
    return unsafeBitCast(
      Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue(), to: Task<Void, Never>.self)
  }

  // The end

  /// Gives up work that has not begun: it never will.
  func abandon() {
    destroyOperation()
    _ = end(as: Self.abandoned)
  }

  /// Gives up work that has begun: it never goes on. Cancels it, so that what it waits in (channels, timers)
  /// lets go of it now rather than hand it what is lost then.
  fileprivate func abandonBegun() {
    let task = task.load(ordering: .acquiring)
    if let task { AbandonedTasks.add(task) }
    if end(as: Self.abandoned) {
      startedTask?.cancel()
    } else if let task {
      AbandonedTasks.remove(task)
    }
  }

  /// The operation has returned. If the work was abandoned meanwhile, it did so without another suspension; its
  /// task goes now, and another may come to lie at its address.
  fileprivate func hasEnded() {
    if !end(as: Self.done), let task = task.load(ordering: .acquiring) { AbandonedTasks.remove(task) }
  }

  /// - Returns: false if it has ended already.
  fileprivate func end(as state: UInt) -> Bool {
    // Before the result can be seen, so that whoever places the next task finds the true load.
    if let placement {
      placement.pointee.load.subtract(onOwnThread: currentPoolWorker() == placement)
    }
    registry?.remove(self)
    let pool = pool
    if state == Self.abandoned { startFailure = pool?.lifecycle.startFailure }
    guard settle(as: state) else { return false }
    // Last, as it may be the pool's end.
    self.pool = nil
    _ = pool
    return true
  }

  /// - Returns: false if it was settled already.
  private func settle(as state: UInt) -> Bool {
    var word = future.load(ordering: .relaxed)
    while true {
      if word & 1 != 0 { return false }
      let (exchanged, original) = future.compareExchange(
        expected: word, desired: state, ordering: .acquiringAndReleasing)
      if exchanged { break }
      word = original
    }
    var next = UnsafeMutablePointer<Waiter>(bitPattern: word)
    while let waiter = next {
      next = waiter.pointee.next
      waiter.pointee.continuation.resume()
      waiter.deallocate()
    }
    return true
  }

  /// - Returns: false if the work is settled already; the continuation is the caller's then.
  fileprivate func addWaiter(_ continuation: UnsafeContinuation<Void, Never>) -> Bool {
    let waiter = UnsafeMutablePointer<Waiter>.allocate(capacity: 1)
    var word = future.load(ordering: .relaxed)
    while word & 1 == 0 {
      waiter.initialize(
        to: Waiter(next: UnsafeMutablePointer(bitPattern: word), continuation: continuation))
      let (exchanged, original) = future.compareExchange(
        expected: word, desired: UInt(bitPattern: waiter), ordering: .acquiringAndReleasing)
      if exchanged { return true }
      word = original
    }
    waiter.deallocate()
    return false
  }

  private struct Waiter {
    var next: UnsafeMutablePointer<Waiter>?
    var continuation: UnsafeContinuation<Void, Never>
  }
}

extension PriorityClass {
  fileprivate init(_ priority: TaskPriority?) {
    guard let priority else { self = .normal; return }
    self =
      priority > .medium ? .high : priority < .medium && priority.rawValue != 0 ? .low : .normal
  }
}

/// The work with its operation and its result.
private final class TypedWork<Success>: PoolWork, @unchecked Sendable {
  /// Until the task is made.
  private var operation: (() async -> Success)?
  /// From when the work is done.
  fileprivate var result: Success?

  private let name: String?

  init(_ operation: @escaping () async -> Success, _ priority: TaskPriority?, _ name: String?) {
    self.operation = operation
    self.name = name
    super.init(priority)
  }

  override func startTask(on executor: any TaskExecutor) {
    nonisolated(unsafe) let operation = operation.take().unsafelyUnwrapped
    hasStarted(
      Task.detached(name: name, executorPreference: executor, priority: priority) { [self] in
        result = await operation()
        hasEnded()
      })
  }

  override func destroyOperation() { operation = nil }
}

/// The tasks that have begun on a worker and have not ended. Any thread.
final class TaskRegistry: Sendable {
  private let first = Mutex<PoolWork?>(nil)

  fileprivate func add(_ work: PoolWork) {
    first.withLockBriefly { first in
      work.registry = self
      work.nextBegun = first
      first?.previousBegun = work
      first = work
    }
  }

  fileprivate func remove(_ work: PoolWork) {
    first.withLockBriefly { first in
      guard work.registry != nil else { return }
      work.registry = nil
      let (next, previous) = (work.nextBegun, work.previousBegun)
      work.nextBegun = nil
      work.previousBegun = nil
      next?.previousBegun = previous
      if let previous { previous.nextBegun = next } else { first = next }
    }
  }

  /// Gives up all that are left, when no worker is.
  func abandonAll() {
    while let work = first.withLockBriefly({ $0 }) { work.abandonBegun() }
  }
}
#endif
