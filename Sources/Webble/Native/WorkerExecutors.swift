#if !arch(wasm32)
import CNative
import NativeAtomics
import NativeScheduler

// A native pool's workers as what Swift's concurrency library calls executors. A job of the library's
// begins with the four words that the scheduler expects (`JobHeader`): the library's `Job` has the object's
// header, then two words for the use of the queue that holds it. These objects live forever, as the
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
  /// A task's code that is isolated to no actor and prefers the `ThreadPool`, on whichever worker is free.
  static let stealable: UInt = 2 << 2
  /// The same of a task that prefers no executor, while the pool is the global one.
  static let global: UInt = 3 << 2
  /// A task's code that is isolated to no actor and prefers the worker as the program knows it, a
  /// `PoolWorker`.
  static let preferring: UInt = 4 << 2
  /// The code of a runner of stealable work that is isolated to no actor.
  static let spawned: UInt = 5 << 2
  static let mask: UInt = 7 << 2
}

extension UnownedJob {
  /// The job, made ready for the scheduler's queues.
  fileprivate func job(of kind: UInt) -> Job {
    let job = unsafeBitCast(self, to: Job.self)
    let priority = JobPriority(rawValue: UInt8(truncatingIfNeeded: job.libraryFlags >> 8))
    job.pointee.info = PriorityClass(priority).rawValue | kind
    return job
  }
}

extension Job {
  /// By the ABI of Swift's concurrency library a `Job` has its flags behind the object's header and two words: eight
  /// bits of its kind, eight of its priority.
  fileprivate var libraryFlags: UInt32 {
    UnsafeRawPointer(self).load(fromByteOffset: MemoryLayout<JobHeader>.size, as: UInt32.self)
  }

  /// Whether it only resumes a task that has yielded.
  fileprivate var resumesYielded: Bool { libraryFlags & 0xFF == 195 }
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
  /// The job that the library enqueues next for this worker is to run at once: a runner's, or of a task that has
  /// yielded.
  private var catchesJob = false
  private var caughtJob: Job?
  /// What a runner has found in place of work that it could run.
  private var handedBack: Job?
  private var idlePinned: [Runner] = []
  private var idleStealable: [Runner] = []
  /// What keeps the pool open for work that the worker spawns. In memory of its own, for which nobody checks at each use
  /// whether it is in use already.
  let keepers = UnsafeMutablePointer<KeeperStock>.allocate(capacity: 1)

  /// The worker as the program knows it. There is one at a time: tasks that prefer it keep it.
  fileprivate let preferred = Mutex(WeakReference<PoolWorker>())

  /// The runners that were made on this worker and have not ended.
  let runners = RunnerRegistry()

  init(
    _ worker: WorkerPointer, of pool: PoolPointer, _ lifecycle: PoolLifecycle,
    _ track: StealableTrack
  ) {
    self.worker = worker
    self.pool = pool
    self.lifecycle = lifecycle
    self.track = track
    isolation = WorkerIsolation(worker)
    keepers.initialize(to: KeeperStock())
  }

  static func of(_ worker: WorkerPointer) -> WorkerExecutor {
    Unmanaged.fromOpaque(worker.pointee.threadMemory.unsafelyUnwrapped).takeUnretainedValue()
  }

  /// Calls `body` with a worker's executor, whose references nobody has to count.
  @inline(__always)
  static func with<Result>(_ worker: WorkerPointer, _ body: (WorkerExecutor) -> Result) -> Result {
    Unmanaged<WorkerExecutor>.fromOpaque(worker.pointee.threadMemory.unsafelyUnwrapped)
      ._withUnsafeGuaranteedRef(body)
  }

  func enqueue(_ job: UnownedJob) {
    let job = job.job(of: JobKind.pinned)
    let current = currentPoolWorker()
    if current == worker, catches(job) { return }
    pushPinned(job, to: worker, from: current)
  }

  func enqueuePreferring(_ job: UnownedJob) {
    let job = job.job(of: JobKind.preferring)
    let current = currentPoolWorker()
    if current == worker, catches(job) { return }
    pushPinned(job, to: worker, from: current)
  }

  /// On the worker's own thread.
  fileprivate func pushStealable(_ job: Job) {
    if catches(job) { return }
    // A task that is enqueued while it runs gives way to others: it yields, or has left an actor. What it has started at once
    // may yield, too, while it goes on itself.
    let isYielding = job == running || job.resumesYielded && currentTask() == running
    pool.enqueue(job, from: worker, yielding: isYielding)
  }

  private func catches(_ job: Job) -> Bool {
    guard catchesJob else { return false }
    catchesJob = false
    caughtJob = job
    return true
  }

  // Running

  /// Runs a job of the worker's queues, on its thread.
  func run(_ job: Job) {
    var next: Job? = job
    while let job = next {
      if let work = PoolWork.taken(from: job) {
        catchesJob = true
        begin(work)
        runCaughtJob()
      } else if job.resumesYielded {
        catchesJob = true
        runLibraryJob(job)
        runCaughtJob()
      } else {
        runLibraryJob(job)
      }
      next = handedBack
      handedBack = nil
    }
  }

  private func begin(_ work: PoolWork) {
    if work.isPlain,
      let idle = work.isStealable ? idleStealable.popLast() : idlePinned.popLast()
    {
      idle.resume(with: work)
    } else {
      Runner.start(work, on: self)
    }
  }

  private func runCaughtJob() {
    catchesJob = false
    guard let job = caughtJob else { return }
    caughtJob = nil
    runLibraryJob(job)
  }

  private func runLibraryJob(_ job: Job) {
    running = job
    resume(job)
    running = nil
  }

  // Runners

  /// Gives a runner the worker's next job, to run it in place.
  ///
  /// - Returns: false if it is to let the worker go on.
  func giveWork(to runner: Runner) -> Bool {
    guard handedBack == nil, let job = worker.nextJobInPlace() else { return false }
    if PoolWork.isPlain(job, stealable: runner.isStealable), let work = PoolWork.taken(from: job) {
      runner.begin(work)
      return true
    }
    handedBack = job
    return false
  }

  /// As many as may wait for each other deep in a tree of tasks; each takes some 2 KiB.
  private static let maximumIdleCount = 64

  func hasRoomForIdle(_ runner: Runner) -> Bool {
    pool.pointee.isOpen
      && (runner.isStealable ? idleStealable.count : idlePinned.count) < Self.maximumIdleCount
  }

  func addIdle(_ runner: Runner) {
    if runner.isStealable { idleStealable.append(runner) } else { idlePinned.append(runner) }
  }

  /// The worker leaves its pool.
  func endIdleRunners() {
    while let runner = idlePinned.popLast() ?? idleStealable.popLast() {
      catchesJob = true
      runner.resume(with: nil)
      runCaughtJob()
    }
  }

  /// Runs a job of the library's as what it was enqueued for. Any thread: see `PoolLifecycle.goOn`.
  func resume(_ pointer: Job) {
    let job = unsafeBitCast(pointer, to: UnownedJob.self)
    switch pointer.pointee.info & JobKind.mask {
    case JobKind.pinned: job.runSynchronously(on: asUnownedTaskExecutor())
    case JobKind.isolated: job.runSynchronously(on: isolation.asUnownedSerialExecutor())
    case JobKind.stealable: job.runSynchronously(on: track.executor)
    case JobKind.spawned: job.runSynchronously(on: track.asUnownedTaskExecutor())
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
    pushPinned(job.job(of: JobKind.isolated), to: worker, from: currentPoolWorker())
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

/// The stealable track of a pool, as what runs the generic code of the work that is spawned there. Not the `ThreadPool`
/// itself, which its idle runners must not keep.
final class StealableTrack: TaskExecutor, @unchecked Sendable {
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

  func enqueue(_ job: UnownedJob) {
    Webble.pushStealable(job.job(of: JobKind.spawned), to: pool, from: currentPoolWorker())
  }

  func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  /// Takes a job of the global executor's.
  func pushGlobal(_ job: UnownedJob) {
    Webble.pushStealable(job.job(of: JobKind.global), to: pool, from: currentPoolWorker())
  }
}

extension PoolLifecycle {
  /// A job of the closed pool's that none of its workers will run.
  ///
  /// - Parameter worker: in whose queue it was, if in one's own.
  func abandon(_ job: Job, of worker: WorkerPointer?) {
    if let work = PoolWork.taken(from: job) { return work.abandon() }
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

/// The task that runs on this thread.
private func currentTask() -> Job? {
  withUnsafeCurrentTask { $0.map { unsafeBitCast($0, to: Job.self) } }
}

/// Enqueues a job of the language's on a worker, as pinned work.
func push(_ job: UnownedJob, to worker: WorkerPointer) {
  WorkerExecutor.of(worker).enqueuePreferring(job)
}

/// Enqueues a job of the language's on a pool's stealable track.
func push(_ job: UnownedJob, to pool: PoolPointer) {
  pushStealable(job.job(of: JobKind.stealable), to: pool, from: currentPoolWorker())
}

/// Enqueues pinned work on a worker. Any thread.
func pushPinned(_ job: Job, to worker: WorkerPointer, from current: WorkerPointer?) {
  worker.enqueue(job, from: current)
  guard current != worker, let pool = worker.pointee.pool, !pool.pointee.isOpen else { return }
  // See `Pool`: a thread that enqueues to a closed pool takes the job back, unless a worker was faster.
  pool.takeRefused(from: worker) { PoolLifecycle.of(pool).abandon($0, of: worker) }
}

/// Enqueues stealable work on a pool. Any thread.
func pushStealable(_ job: Job, to pool: PoolPointer, from current: WorkerPointer?) {
  if let current, current.pointee.pool == pool {
    return WorkerExecutor.with(current) { $0.pushStealable(job) }
  }
  pool.enqueue(job, from: current, yielding: false)
  guard !pool.pointee.isOpen else { return }
  pool.takeRefused(from: nil) { PoolLifecycle.of(pool).abandon($0, of: nil) }
}
#endif
