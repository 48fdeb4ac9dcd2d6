#if !arch(wasm32)
import NativeAtomics
import NativeScheduler

/// One of the language's tasks, which runs a pool's work. To make one, and to free it, takes several times as long as
/// all that Webble does for a spawn. So it runs one work after another: what the worker comes to next where it is, as
/// long as nothing has to be done between; then it waits among the worker's idle ones.
///
/// It is used again only if nothing is left of the work in it: it was not cancelled, nor has its priority changed; and
/// task-locals, groups and handlers end with the scopes that they belong to. Work with a name or a priority of its
/// own has a runner of its own.
final class Runner: @unchecked Sendable {
  /// What it runs. Its own thread writes it; after its pool's workers have left, under the registry's lock.
  fileprivate(set) var work: PoolWork?
  /// Its task, set by its maker before it begins. Constant then.
  private var task: Task<Void, Never>?
  /// Whose work it runs, and on which worker if on one's own. Constant.
  private let pool: PoolPointer?
  private let home: WorkerPointer?
  /// Whether it may run any plain work of its track. Constant.
  private let isShared: Bool
  /// While it waits among the idle ones.
  private var continuation: UnsafeContinuation<Void, Never>?

  /// Where it is listed until it ends. Constant.
  private let registry: RunnerRegistry?

  // Guarded by the registry's lock:

  fileprivate var isListed = false
  fileprivate var next: Runner?
  fileprivate unowned(unsafe) var previous: Runner?

  /// A runner of one of the pool's works. On a worker's thread.
  fileprivate init(of work: PoolWork, on executor: WorkerExecutor) {
    self.work = work
    pool = executor.pool
    home = work.isStealable ? nil : executor.worker
    isShared = work.isPlain
    registry = executor.runners
  }

  /// The current task, as runner of one work.
  init(of work: PoolWork) {
    self.work = work
    task = withUnsafeCurrentTask { current in
      let task = unsafeBitCast(current.unsafelyUnwrapped, to: UnsafeRawPointer.self)
      _ = Unmanaged<AnyObject>.fromOpaque(task).retain()
      return unsafeBitCast(task, to: Task<Void, Never>.self)
    }
    pool = nil
    home = nil
    isShared = false
    registry = nil
  }

  /// Has a new runner run the work, by a job that the library enqueues now. On the worker's thread.
  static func start(_ work: PoolWork, on executor: WorkerExecutor) {
    let runner = Runner(of: work, on: executor)
    executor.runners.add(runner)
    let preference: any TaskExecutor = work.isStealable ? executor.track : executor
    // It only comes to run when the worker runs its job.
    runner.task = Task.detached(
      name: work.name, executorPreference: preference, priority: work.priority
    ) { await runner.run() }
    work.begin(in: runner)
  }

  /// Has an idle runner run the work, or end if there is none, by a job that the library enqueues now. On the thread of
  /// the worker among whose idle ones it was.
  func resume(with work: PoolWork?) {
    if let work { begin(work) }
    continuation.unsafelyUnwrapped.resume()
  }

  var isStealable: Bool { home == nil }

  // In its task

  fileprivate nonisolated(nonsending) func run() async {
    let priority = Task.currentPriority
    while let executor = await runWork(priority) {
      if executor.giveWork(to: self) { continue }
      guard executor.hasRoomForIdle(self) else { break }
      await withUnsafeContinuation { continuation in
        self.continuation = continuation
        executor.addIdle(self)
      }
    }
    registry?.remove(self)
  }

  /// Runs its work, which nothing of it refers to afterwards.
  ///
  /// - Returns: the worker that may give the runner more to do. nil: there is none, or nothing was to be done.
  private nonisolated(nonsending) func runWork(_ priority: TaskPriority) async -> WorkerExecutor? {
    guard let work else { return nil }
    await work.perform()
    return finish(work, priority)
  }

  /// Takes work that it runs next.
  func begin(_ work: PoolWork) {
    self.work = work
    work.begin(in: self)
  }

  /// The operation has returned.
  ///
  /// - Returns: the worker that may give the runner more to do. nil: nothing more is to be done.
  private func finish(_ work: PoolWork, _ priority: TaskPriority) -> WorkerExecutor? {
    let current = currentPoolWorker()
    let isHome = current.map { home == nil ? $0.pointee.pool == pool : $0 == home } ?? false
    if isHome { self.work = nil } else { registry?.clear(self) }
    let isRaised = withUnsafeCurrentTask { $0?.priority != priority }
    let isLeftAlone = work.leave(self, isCancelled: isCancelled)
    // Work that was abandoned meanwhile has ended without another suspension: its task goes now, and another may come
    // to lie at its address.
    if !work.end(on: current) {
      AbandonedTasks.remove(address)
      return nil
    }
    guard isShared, isHome, isLeftAlone, !isRaised, let current else { return nil }
    return WorkerExecutor.of(current)
  }

  // Any thread that has a reference

  func cancel() { task.unsafelyUnwrapped.cancel() }

  var isCancelled: Bool { task.unsafelyUnwrapped.isCancelled }

  fileprivate var address: UnsafeRawPointer {
    unsafeBitCast(task.unsafelyUnwrapped, to: UnsafeRawPointer.self)
  }
}

/// The runners that were made on a worker and have not ended. Any thread.
final class RunnerRegistry: Sendable {
  private let first = Mutex<Runner?>(nil)

  fileprivate func add(_ runner: Runner) {
    first.withLockBriefly { first in
      runner.isListed = true
      runner.next = first
      first?.previous = runner
      first = runner
    }
  }

  fileprivate func remove(_ runner: Runner) {
    first.withLockBriefly { first in
      if runner.isListed { unlink(runner, &first) }
    }
  }

  /// The runner's work has ended on a thread of somebody else's.
  fileprivate func clear(_ runner: Runner) { first.withLockBriefly { _ in runner.work = nil } }

  /// Gives up all work that is left, when no worker is. It never goes on. Cancels it, so that what it waits in
  /// (channels, timers) lets go of it now rather than hand it what is lost then.
  func abandonAll() {
    while let (runner, work) = takeFirst() {
      guard let work else { continue }
      AbandonedTasks.add(runner.address)
      if work.end(isAbandoned: true, on: nil) {
        work.cancel()
      } else {
        AbandonedTasks.remove(runner.address)
      }
    }
  }

  private func takeFirst() -> (Runner, PoolWork?)? {
    first.withLockBriefly { first in
      guard let runner = first else { return nil }
      unlink(runner, &first)
      return (runner, runner.work)
    }
  }

  private func unlink(_ runner: Runner, _ first: inout Runner?) {
    runner.isListed = false
    let (next, previous) = (runner.next, runner.previous)
    runner.next = nil
    runner.previous = nil
    next?.previous = previous
    if let previous { previous.next = next } else { first = next }
  }
}
#endif
