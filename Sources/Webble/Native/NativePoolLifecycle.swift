#if !arch(wasm32)
import CNative
import Dispatch
import NativeAtomics
import NativeScheduler

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How a native pool's workers start and end. Any thread. Lives forever, as the workers do.
///
///     starting ── all workers have reported ──▶ running ── close ──▶ closing ── all are gone ──▶ closed
///        │                                                              ▲
///        └── a thread cannot be had, or close ──────────────────────────┘
final class PoolLifecycle: @unchecked Sendable {
  private let pool: PoolPointer
  private let state = Mutex(State())
  /// Of the process in which the pool was made.
  private let forkCount = webble_fork_count()

  private struct State {
    var startedCount = 0
    var failure: ThreadPoolError?
    var isClosed = false
    var readyWaiters: [UnsafeContinuation<Void, Never>] = []
    var closedWaiters: [UnsafeContinuation<Void, Never>] = []
    /// Whether `AbandonedTasks` has all of the pool's.
    var hasToldTasks = false
    /// Jobs of tasks in the middle of their code that no worker will run, and their workers, until then.
    var lost: [(job: Job, worker: WorkerPointer?)] = []
    /// The pool while it is the global executor, which keeps it open until it is shut down.
    var globalExecutor: ThreadPool?
  }

  /// Bytes of a worker's stack, as a main thread's mostly has. The system gives it memory page by page,
  /// where it is used.
  private static let stackSize = 8 << 20

  init(_ pool: PoolPointer, _ source: WorkerSource) {
    self.pool = pool
    list(pool)
  }

  static func of(_ pool: PoolPointer) -> PoolLifecycle {
    Unmanaged.fromOpaque(pool.pointee.lifecycle.unsafelyUnwrapped).takeUnretainedValue()
  }

  /// A process that was forked has a copy of the pool, and none of its threads.
  func checkProcess() {
    if webble_fork_count() == forkCount { return }
    fatalError(
      "a ThreadPool was used in a process that was forked after the pool was made, and so has none of "
        + "the pool's threads: make a pool in the new process, or start a program there by `exec`")
  }

  // Starting

  func start(for owner: ThreadPool) {
    pool.pointee.lifecycle = Unmanaged.passRetained(self).toOpaque()
    let track = StealableTrack(pool, owner)
    let count = pool.pointee.workerCount
    for index in 0..<count {
      let worker = pool.pointee.worker(index)
      let executor = WorkerExecutor(worker, of: pool, self, track)
      worker.pointee.threadMemory = Unmanaged.passRetained(executor).toOpaque()
    }
    for index in 0..<count {
      let error = webble_start_thread(
        { runWorker($0!) }, pool.pointee.worker(index), Self.stackSize, "webble \(index)")
      if error == 0 { continue }
      state.withLockBriefly { $0.failure = .workerFailed(index: index, reason: Self.reason(error)) }
      close()
      // The workers that were never made are gone already.
      for missing in index..<count { isGone(pool.pointee.worker(missing)) }
      return
    }
  }

  private static func reason(_ error: Int32) -> String {
    "the system gives it no thread with a stack of \(stackSize >> 20) MiB "
      + "(\(String(cString: strerror(error)))): raise the limits on threads and memory (`ulimit -u`, "
      + "`ulimit -v`, the container's), or start fewer workers"
  }

  func hasStarted() {
    let waiters: [UnsafeContinuation<Void, Never>] = state.withLockBriefly { state in
      state.startedCount += 1
      return state.startedCount == pool.pointee.workerCount ? state.readyWaiters.takeAll() : []
    }
    for waiter in waiters { waiter.resume() }
  }

  nonisolated(nonsending) func ready() async throws(ThreadPoolError) {
    checkProcess()
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let waits = state.withLockBriefly { state in
        if isDecided(state) { return false }
        state.readyWaiters.append(continuation)
        return true
      }
      if !waits { continuation.resume() }
    }
    let (startedCount, failure) = state.withLockBriefly { ($0.startedCount, $0.failure) }
    if let failure { throw failure }
    if startedCount < pool.pointee.workerCount { throw .shutDown }
  }

  var startFailure: ThreadPoolError? { state.withLockBriefly { $0.failure } }

  private func isDecided(_ state: State) -> Bool {
    state.startedCount == pool.pointee.workerCount || state.failure != nil || !pool.pointee.isOpen
  }

  // Ending

  func becomeGlobalExecutor(_ owner: ThreadPool) {
    state.withLockBriefly { if pool.pointee.isOpen { $0.globalExecutor = owner } }
    GlobalExecutor.set(StealableTrack.of(pool))
    // Closed meanwhile: `close` may have come before.
    if !pool.pointee.isOpen { GlobalExecutor.clear(StealableTrack.of(pool)) }
  }

  func ownerIsGone() { if pool.pointee.keepers.remove() { close() } }

  func close() {
    guard pool.pointee.beginClosing() else { return }
    GlobalExecutor.clear(StealableTrack.of(pool))
    let (owner, waiters) = state.withLockBriefly { state in
      (state.globalExecutor.take(), state.readyWaiters.takeAll())
    }
    _ = owner
    pool.wakeAll()
    for waiter in waiters { waiter.resume() }
  }

  nonisolated(nonsending) func shutdown() async {
    checkProcess()
    close()
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let waits = state.withLockBriefly { state in
        if !state.isClosed { state.closedWaiters.append(continuation) }
        return !state.isClosed
      }
      if !waits { continuation.resume() }
    }
  }

  /// A worker has left for good, or never was. What it did not run never will.
  fileprivate func isGone(_ worker: WorkerPointer) {
    pool.takeRefused(from: worker) { abandon($0, of: worker) }
    guard pool.pointee.workerHasLeft() else { return }
    pool.takeRefused(from: nil) { abandon($0, of: nil) }
    let workers = (0..<pool.pointee.workerCount).map { WorkerExecutor.of(pool.pointee.worker($0)) }
    // Tasks that wait for something never go on, whatever becomes of that.
    for worker in workers { worker.runners.abandonAll() }
    let lost = state.withLockBriefly { state in
      state.hasToldTasks = true
      return state.lost.takeAll()
    }
    for (job, worker) in lost { abandonOrGoOn(job, of: worker) }
    for worker in workers { worker.isolation.workerIsGone() }
    let waiters = state.withLockBriefly { state in
      state.isClosed = true
      return state.closedWaiters.takeAll()
    }
    unlist(pool)
    for waiter in waiters { waiter.resume() }
  }
}

// A task of the pool's work ends with the pool, and its children with it: what they hold is never freed, their
// frames, as on the web. Any other task that has only preferred the pool, a child of somebody else's scope or group,
// or a part of `withTaskExecutorPreference`, has somebody who waits for it and cannot be told that it is no more. It
// goes on, on threads of Dispatch's.

extension PoolLifecycle {
  /// - Parameter job: of a task in the middle of its code.
  func abandonOrGoOn(_ job: Job, of worker: WorkerPointer?) {
    let isDecided = state.withLockBriefly { state in
      if !state.hasToldTasks { state.lost.append((job, worker)) }
      return state.hasToldTasks
    }
    if !isDecided || AbandonedTasks.concern(UnsafeRawPointer(job)) { return }
    let executor = WorkerExecutor.of(worker ?? pool.pointee.worker(0))
    nonisolated(unsafe) let job = job
    DispatchQueue.global().async { executor.resume(job) }
  }
}

extension Array {
  fileprivate mutating func takeAll() -> [Element] {
    defer { self = [] }
    return self
  }
}

/// A worker's thread.
private func runWorker(_ pointer: UnsafeMutableRawPointer) {
  let worker = pointer.assumingMemoryBound(to: Worker.self)
  let executor = WorkerExecutor.of(worker)
  webble_set_current_worker(pointer)
  executor.lifecycle.hasStarted()
  var isWoken = false
  loop: while true {
    switch worker.turn(woken: isWoken, NativeEnvironment(executor: executor)) {
    case .more: isWoken = false
    case .left: break loop
    case .parked, .stillParked:
      executor.keepers.pointee.returnAll(to: executor.pool)
      _ = worker.pointee.parking.wait(nanoseconds: -1)
      isWoken = true
    }
  }
  webble_set_current_worker(nil)
  executor.lifecycle.isGone(worker)
}

/// The world of a native worker. It has no timers of its own: the library's wake its tasks.
private struct NativeEnvironment: TurnEnvironment {
  let executor: WorkerExecutor

  func now() -> Int64 { nanoseconds() }
  func run(_ job: Job) { executor.run(job) }
  func fire(_ token: UInt) {}
  func orphan(_ token: UInt, of pool: PoolPointer) {}
  func abandon(_ job: Job) { executor.lifecycle.abandon(job, of: executor.worker) }
  func leave() {
    atLeave.withLockBriefly { $0 }?(executor.worker)
    executor.endIdleRunners()
  }
}

/// The pool that takes what the library would give to its global executor.
private enum GlobalExecutor {
  private static nonisolated(unsafe) let track = Atomic<UnsafeRawPointer?>(nil)

  static func set(_ new: StealableTrack) {
    track.store(Unmanaged.passUnretained(new).toOpaque(), ordering: .sequentiallyConsistent)
    let hasHook = webble_set_global_enqueue { job in
      guard let track = GlobalExecutor.track.load(ordering: .acquiring) else { return false }
      Unmanaged<StealableTrack>.fromOpaque(track).takeUnretainedValue()
        .pushGlobal(unsafeBitCast(job, to: UnownedJob.self))
      return true
    }
    if !hasHook {
      fatalError(
        "no pool can become the global executor: this version of Swift's concurrency library has no hook "
          + "for it. Prefer the pool where the work is made: `Task(executorPreference: pool)`.")
    }
  }

  static func clear(_ old: StealableTrack) {
    _ = track.compareExchange(
      expected: Unmanaged.passUnretained(old).toOpaque(), desired: nil,
      ordering: .sequentiallyConsistent)
  }
}
#endif
