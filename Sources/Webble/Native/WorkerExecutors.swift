#if !arch(wasm32)
import CNative
import NativeAtomics
import NativeScheduler

// A native pool's workers as what Swift's concurrency library calls executors. A job of the library's
// begins with the four words that the scheduler expects (`JobHeader`): the library's `Job` has the object's
// header, then two words for the use of whoever holds it in a queue. These objects live for ever, as the
// workers do.
//
// A task keeps the object that it prefers by a reference, which it takes on what the program names and
// lets go of on what that returns as its `UnownedTaskExecutor`: so each names itself.

/// What a job in the scheduler's queues is, above its priority class in `JobHeader.info`.
private enum JobKind {
  /// A task's code that is isolated to no actor, on the worker that owns the task.
  static let pinned: UInt = 0 << 2
  /// The code of an actor that lives on the worker.
  static let isolated: UInt = 1 << 2
  /// A task's code that is isolated to no actor, on whichever worker is free.
  static let stealable: UInt = 2 << 2
  /// The same of a task that prefers no executor, while the pool is the global one.
  static let global: UInt = 3 << 2
  /// A task's code that is isolated to no actor and prefers the worker as the program knows it, a
  /// `PoolWorker`.
  static let preferring: UInt = 4 << 2
  static let mask: UInt = 7 << 2
}

extension UnownedJob {
  /// The job, made ready for the scheduler's queues.
  fileprivate func job(of kind: UInt) -> Job {
    let job = unsafeBitCast(self, to: Job.self)
    job.pointee.info = PriorityClass(priority).rawValue | kind
    return job
  }
}

extension PriorityClass {
  init(_ priority: JobPriority) {
    switch priority.rawValue {
    case 0, TaskPriority.medium.rawValue: self = .normal
    case TaskPriority.medium.rawValue...: self = .high
    default: self = .low
    }
  }
}

/// A worker, as what runs the generic code of the tasks that it owns.
final class WorkerExecutor: TaskExecutor, @unchecked Sendable {
  let worker: WorkerPointer
  let pool: PoolPointer
  let lifecycle: PoolLifecycle
  let isolation: WorkerIsolation
  let track: StealableTrack

  // The worker's own thread only:

  /// The job that runs.
  private var running: Job?
  /// A task of the pool is being made: the job that the library enqueues for it is to run at once.
  private var isStartingTask = false
  private var startedJob: Job?

  /// The worker as the program knows it. There is one at a time: tasks that prefer it keep it.
  fileprivate let preferred = Mutex(WeakReference<PoolWorker>())

  /// The tasks of the pool that have begun on this worker and have not ended.
  let begun = TaskRegistry()

  init(
    _ worker: WorkerPointer, of pool: PoolPointer, _ lifecycle: PoolLifecycle,
    _ track: StealableTrack
  ) {
    self.worker = worker
    self.pool = pool
    self.lifecycle = lifecycle
    self.track = track
    isolation = WorkerIsolation(worker)
  }

  static func of(_ worker: WorkerPointer) -> WorkerExecutor {
    Unmanaged.fromOpaque(worker.pointee.threadMemory.unsafelyUnwrapped).takeUnretainedValue()
  }

  func enqueue(_ job: UnownedJob) {
    let job = job.job(of: JobKind.pinned)
    if currentPoolWorker() == worker, isStartingTask { return keepStarted(job) }
    push(job)
  }

  func enqueuePreferring(_ job: UnownedJob) { push(job.job(of: JobKind.preferring)) }

  func push(_ job: Job) {
    worker.enqueue(job, from: currentPoolWorker())
    // See `Pool`: whoever enqueues to a closed pool takes the job back, unless a worker was faster.
    if !pool.pointee.isOpen, currentPoolWorker() != worker {
      pool.takeRefused(from: worker) { lifecycle.abandon($0, of: worker) }
    }
  }

  fileprivate func pushStealable(_ job: Job) {
    if isStartingTask { return keepStarted(job) }
    // A task that is enqueued while it runs gives way to others: it yields, or has left an actor.
    pool.enqueue(job, from: worker, yielding: job == running)
  }

  private func keepStarted(_ job: Job) {
    isStartingTask = false
    startedJob = job
  }

  // Running

  /// Runs a job of the worker's queues, on its thread.
  func run(_ job: Job) {
    if let task = PoolWork.of(job) {
      isStartingTask = true
      task.begin(on: self)
      isStartingTask = false
      guard let started = startedJob else { return }
      startedJob = nil
      runLibraryJob(started)
    } else {
      runLibraryJob(job)
    }
  }

  private func runLibraryJob(_ job: Job) {
    running = job
    resume(job)
    running = nil
  }

  /// Runs a job of the library's as what it was enqueued for. Any thread: see `PoolLifecycle.goOn`.
  func resume(_ pointer: Job) {
    let job = unsafeBitCast(pointer, to: UnownedJob.self)
    switch pointer.pointee.info & JobKind.mask {
    case JobKind.pinned: job.runSynchronously(on: asUnownedTaskExecutor())
    case JobKind.isolated: job.runSynchronously(on: isolation.asUnownedSerialExecutor())
    case JobKind.stealable: job.runSynchronously(on: track.executor)
    case JobKind.global: job.runSynchronously(on: .generic)
    default:
      let preferred = preferred.withLockBriefly { $0.object }
      job.runSynchronously(on: preferred.unsafelyUnwrapped.asUnownedTaskExecutor())
    }
  }
}

/// A worker, as what isolates actors. When it is gone, the main thread takes its place.
final class WorkerIsolation: SerialExecutor, @unchecked Sendable {
  private let worker: WorkerPointer
  private let state = Mutex(State())

  private struct State {
    /// Whether the worker has run its last job and its pool's tasks are told that they are given up.
    var isGone = false
    /// What came too late for the worker, in order, until it is gone: two threads must not be in the code of
    /// one actor.
    var late: [UnownedJob] = []
  }

  init(_ worker: WorkerPointer) { self.worker = worker }

  func enqueue(_ job: UnownedJob) {
    WorkerExecutor.of(worker).push(job.job(of: JobKind.isolated))
  }

  fileprivate func enqueueLate(_ job: UnownedJob) {
    let isGone = state.withLockBriefly { state in
      if !state.isGone { state.late.append(job) }
      return state.isGone
    }
    if isGone { runOnMain([job]) }
  }

  func workerIsGone() {
    let late = state.withLockBriefly { state in
      state.isGone = true
      defer { state.late = [] }
      return state.late
    }
    if !late.isEmpty { runOnMain(late) }
  }

  private func runOnMain(_ jobs: [UnownedJob]) {
    Task.detached { @MainActor in
      for job in jobs where !AbandonedTasks.concern(unsafeBitCast(job, to: UnsafeRawPointer.self)) {
        job.runSynchronously(on: self.asUnownedSerialExecutor())
      }
    }
  }

  func isIsolatingCurrentContext() -> Bool? {
    currentPoolWorker() == worker || isOnMainThread() && state.withLockBriefly { $0.isGone }
  }

  func checkIsolated() {
    if isIsolatingCurrentContext() == true { return }
    fatalError("code of worker \(worker.pointee.index) runs elsewhere: on \(currentThreadName())")
  }
}

/// The stealable track of a pool.
final class StealableTrack: @unchecked Sendable {
  private let pool: PoolPointer
  /// The `ThreadPool`, which the tasks that prefer it keep.
  let executor: UnownedTaskExecutor

  init(_ pool: PoolPointer, _ owner: ThreadPool) {
    self.pool = pool
    executor = owner.asUnownedTaskExecutor()
  }

  static func of(_ pool: PoolPointer) -> StealableTrack {
    WorkerExecutor.of(pool.pointee.worker(0)).track
  }

  func enqueue(_ job: UnownedJob) { push(job.job(of: JobKind.stealable)) }

  func push(_ job: Job) {
    if let current = currentPoolWorker(), current.pointee.pool == pool {
      return WorkerExecutor.of(current).pushStealable(job)
    }
    pool.enqueue(job, from: currentPoolWorker(), yielding: false)
    if !pool.pointee.isOpen {
      let lifecycle = WorkerExecutor.of(pool.pointee.worker(0)).lifecycle
      pool.takeRefused(from: nil) { lifecycle.abandon($0, of: nil) }
    }
  }

  /// Takes a job of the global executor's.
  func pushGlobal(_ job: UnownedJob) { push(job.job(of: JobKind.global)) }
}

extension PoolLifecycle {
  /// A job of the closed pool's that none of its workers will run.
  ///
  /// - Parameter worker: in whose queue it was, if in one's own.
  func abandon(_ job: Job, of worker: WorkerPointer?) {
    if let task = PoolWork.of(job) {
      task.abandon()
      Unmanaged.passUnretained(task).release()
      return
    }
    switch job.pointee.info & JobKind.mask {
    case JobKind.global:
      // It was there only because the pool was the global executor, and goes where it would have gone.
      webble_enqueue_globally(job)
    case JobKind.isolated:
      // It may be of a task that is not the pool's.
      WorkerExecutor.of(worker.unsafelyUnwrapped).isolation
        .enqueueLate(unsafeBitCast(job, to: UnownedJob.self))
    default:
      // A task in the middle of its code.
      abandonOrGoOn(job, of: worker)
    }
  }
}

extension ThreadPool {
  public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  func makeWorker(_ worker: WorkerPointer) -> PoolWorker {
    WorkerExecutor.of(worker).preferred.withLockBriefly { preferred in
      if let existing = preferred.object { return existing }
      let new = PoolWorker(self, worker)
      preferred.object = new
      return new
    }
  }
}

extension PoolWorker {
  public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}

private struct WeakReference<Object: AnyObject> {
  weak var object: Object?
}

extension UnownedSerialExecutor {
  init(worker: WorkerPointer) { self.init(ordinary: WorkerExecutor.of(worker).isolation) }

  /// Of code that is isolated to nothing and prefers nothing: two words of zero.
  fileprivate static var generic: UnownedSerialExecutor {
    unsafeBitCast((0, 0) as (UInt, UInt), to: UnownedSerialExecutor.self)
  }
}

/// Enqueues a job of the language's on a worker, as pinned work.
func push(_ job: UnownedJob, to worker: WorkerPointer) {
  WorkerExecutor.of(worker).enqueuePreferring(job)
}

/// Enqueues a job of the language's on a pool's stealable track.
func push(_ job: UnownedJob, to pool: PoolPointer) { StealableTrack.of(pool).enqueue(job) }
#endif
