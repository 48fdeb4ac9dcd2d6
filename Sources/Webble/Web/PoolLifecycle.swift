#if arch(wasm32)
import CRuntime
import WebbleAllocator
import WebbleScheduler
@_spi(Webble) import _Concurrency

// Every program has this code, so it keeps texts as bytes: what strings take to be made and read would be
// a tenth of a small program. A text becomes a string where the user asks for it.

/// Where the workers' script comes from.
struct WorkerSource {
  /// The URL in UTF-8, absolute or relative to the page; empty for the glue that started the program.
  let url: UnsafeMutableBufferPointer<CChar>
  /// Whether it is the user's own script, not the glue.
  let isScript: Bool

  static var glue: WorkerSource {
    WorkerSource(url: UnsafeMutableBufferPointer(start: nil, count: 0), isScript: false)
  }

  private init(url: UnsafeMutableBufferPointer<CChar>, isScript: Bool) {
    self.url = url
    self.isScript = isScript
  }

  /// Copies the URL; `deallocate` frees the copy.
  init(url: String, isScript: Bool) {
    self.init(url: .allocate(capacity: url.utf8.count), isScript: isScript)
    for (index, unit) in url.utf8.enumerated() {
      self.url.initializeElement(at: index, to: CChar(bitPattern: unit))
    }
  }

  func deallocate() { url.deallocate() }
}

/// How a pool's workers start and end.
///
///     starting ── all workers have reported ──▶ running ── close ──▶ closing ── all are gone ──▶ closed
///        │                                                              ▲
///        └── a worker fails, or close ──────────────────────────────────┘
///
/// Workers are made, and report, on the main thread, so all state here is the main actor's; the
/// scheduler's `Pool` has the part that other threads see (whether it takes work).
@MainActor
final class PoolLifecycle: Sendable {
  private nonisolated(unsafe) let pool: PoolPointer
  private nonisolated(unsafe) let source: WorkerSource

  private var startedCount = 0
  private var failure: StartFailure? { StartFailure.of(pool) }
  private var isClosed = false
  private var readyWaiters: [UnsafeContinuation<Void, Never>] = []
  private var closedWaiters: [UnsafeContinuation<Void, Never>] = []
  /// The pool while it is the global executor, which keeps it open until it is shut down.
  private var globalExecutor: ThreadPool?

  /// Bytes of a worker's shadow stack: as many as the main thread's has.
  private nonisolated static var stackSize: UInt { webble_main_stack_size() }

  /// Bytes below a worker's stack for small frames that are not checked: see StackCheckPass.swift.
  private nonisolated static var redZone: UInt { 2048 }

  /// Bytes at the beginning of a thread's memory that are stack.
  nonisolated static var stackByteCount: UInt { redZone + stackSize }

  /// What kept the first worker that failed from starting.
  enum StartFailure: @unchecked Sendable {
    case outOfMemory
    /// The glue's text in UTF-8, owned.
    case workerFailed(index: Int, reason: UnsafeRawBufferPointer)

    static func of(_ pool: PoolPointer) -> StartFailure? {
      pool.pointee.startFailure?.assumingMemoryBound(to: Self.self).pointee
    }

    /// Before the pool closes, on the main thread.
    func store(in pool: PoolPointer) {
      let place = UnsafeMutablePointer<Self>.allocate(capacity: 1)
      place.initialize(to: self)
      pool.pointee.startFailure = UnsafeMutableRawPointer(place)
    }

    var error: ThreadPoolError {
      switch self {
      case .outOfMemory: .outOfMemory
      case .workerFailed(let index, let reason):
        // Decoding with repair would bring 19 KB of code for strings; the glue writes UTF-8.
        .workerFailed(index: index, reason: String(validating: reason, as: UTF8.self) ?? "")
      }
    }
  }

  nonisolated init(_ pool: PoolPointer, _ source: WorkerSource) {
    self.pool = pool
    self.source = source
    // Until the last worker is gone: the glue's reports come by way of the pool.
    pool.pointee.lifecycle = Unmanaged.passRetained(self).toOpaque()
    list(pool)
  }

  deinit {
    source.deallocate()
  }

  /// Runs `body` on the main thread: at once if this is it.
  private nonisolated func onMainThread(_ body: @escaping @MainActor @Sendable (PoolLifecycle) -> Void) {
    if currentWorker() == workerOfMainThread() {
      unsafeBitCast(body, to: ((PoolLifecycle) -> Void).self)(self)
    } else {
      onMain { body(self) }
    }
  }

  // Starting

  @inline(__always)
  nonisolated func start(for owner: ThreadPool) {
    pool.pointee.owner = Unmanaged.passUnretained(owner).toOpaque()
    pool.pointee.close = closeUnkept
    onMainThread { $0.startWorkers() }
  }

  private func startWorkers() {
    if isIsolated() {
      for index in 0..<pool.pointee.workerCount {
        guard start(pool.pointee.worker(index)) else {
          StartFailure.outOfMemory.store(in: pool)
          closeNow()
          // The workers that were never made are gone already.
          for missing in index..<pool.pointee.workerCount { isGone(pool.pointee.worker(missing)) }
          return
        }
      }
    } else {
      startedCount = pool.pointee.workerCount
      // Their first turn puts them to sleep: stealable work wakes none that is not known to sleep.
      for index in 0..<startedCount { pool.pointee.worker(index).requestTurn() }
    }
  }

  /// - Returns: false if there is no memory for the worker's thread.
  private func start(_ worker: WorkerPointer) -> Bool {
    // The stack is first, so that the thread-local variables have to be brought to their alignment.
    let alignment = Swift.max(UInt(webble_tls_align()), 16)
    let threadLocals = (Self.redZone + Self.stackSize + alignment - 1) & ~(alignment - 1)
    let byteCount = threadLocals + UInt(webble_tls_size())
    guard let memory = Allocator.allocate(byteCount: byteCount, alignment: alignment) else {
      return false
    }
    worker.pointee.threadMemory = memory
    countThreads(1)
    webble_js_start_worker(
      worker, source.url.baseAddress, UInt32(source.url.count), source.isScript ? 1 : 0,
      UInt32(worker.pointee.index), memory + Int(Self.redZone), UInt32(Self.stackSize), memory + Int(threadLocals))
    return true
  }

  private func countThreads(_ change: Int) {
    workerOfMainThread().countThreads(change, processors: ThreadPool.availableParallelism)
  }

  func ready() async throws(ThreadPoolError) {
    while startedCount < pool.pointee.workerCount, failure == nil, pool.pointee.isOpen {
      await withUnsafeContinuation {
        noteWait(.poolStart, for: pool)
        readyWaiters.append($0)
      }
    }
    if let failure { throw failure.error }
    if startedCount < pool.pointee.workerCount { throw .shutDown }
  }

  func hasStarted() {
    startedCount += 1
    if startedCount == pool.pointee.workerCount { resume(&readyWaiters) }
  }

  /// - Parameter reason: memory of the allocator's, to be freed here.
  func hasFailed(_ worker: WorkerPointer, _ reason: UnsafeRawBufferPointer) {
    if failure == nil {
      StartFailure.workerFailed(index: worker.pointee.index, reason: reason).store(in: pool)
    } else {
      reason.deallocate()
    }
    closeNow()
    isGone(worker)
  }

  // Ending

  func keepAsGlobalExecutor(_ owner: ThreadPool) {
    if pool.pointee.isOpen { globalExecutor = owner }
  }

  nonisolated func becomeGlobalExecutor(_ owner: ThreadPool) {
    onMainThread { $0.keepAsGlobalExecutor(owner) }
    webble_set_global_pool(pool)
  }

  @inline(__always)
  nonisolated func ownerIsGone() {
    pool.pointee.owner = nil
    if pool.pointee.keepers.remove() { onMainThread { $0.closeNow() } }
  }

  @inline(never)
  fileprivate func closeNow() {
    guard pool.pointee.beginClosing() else { return }
    webble_clear_global_pool(pool)
    globalExecutor = nil
    pool.wakeAll()
    resume(&readyWaiters)
  }

  func shutdown() async {
    closeNow()
    while !isClosed {
      await withUnsafeContinuation {
        noteWait(.poolEnd, for: pool)
        closedWaiters.append($0)
      }
    }
  }

  /// A worker has left the module for good, or was never in it. What it did not run never will.
  func isGone(_ worker: WorkerPointer) {
    if let memory = worker.pointee.threadMemory {
      Allocator.deallocate(memory)
      worker.pointee.threadMemory = nil
      countThreads(-1)
    }
    worker.leaveForGood()
    abandonRefused(pool, from: worker)
    guard pool.pointee.workerHasLeft() else { return }
    abandonRefused(pool, from: nil)
    abandonRest(of: pool)
    isClosed = true
    unlist(pool)
    resume(&closedWaiters)
    if let lifecycle = pool.pointee.lifecycle {
      pool.pointee.lifecycle = nil
      Unmanaged<PoolLifecycle>.fromOpaque(lifecycle).release()
    }
  }

  @inline(never)
  private func resume(_ waiters: inout [UnsafeContinuation<Void, Never>]) {
    let resumed = waiters
    waiters = []
    for waiter in resumed { waiter.resume() }
  }
}

extension PoolTask {
  var startFailure: ThreadPoolError? {
    pool.flatMap { PoolLifecycle.StartFailure.of($0.assumingMemoryBound(to: Pool.self))?.error }
  }
}

/// The last task has ended that kept a pool open without its owner; perhaps when all its workers had gone.
private func closeUnkept(_ pool: UnsafeMutableRawPointer) {
  nonisolated(unsafe) let pool = pool.assumingMemoryBound(to: Pool.self)
  onMain {
    guard let lifecycle = pool.pointee.lifecycle else { return }
    Unmanaged<PoolLifecycle>.fromOpaque(lifecycle).takeUnretainedValue().closeNow()
  }
}

// What the glue reports, always on the main thread, between two turns.

private func report(
  _ worker: UnsafeMutableRawPointer, _ body: @MainActor (PoolLifecycle, WorkerPointer) -> Void
) {
  nonisolated(unsafe) let worker = worker.assumingMemoryBound(to: Worker.self)
  MainActor.assumeIsolated {
    guard let lifecycle = worker.pointee.pool?.pointee.lifecycle else { return }
    body(Unmanaged<PoolLifecycle>.fromOpaque(lifecycle).takeUnretainedValue(), worker)
  }
}

@_cdecl("webble_worker_ready")
public func workerReady(_ worker: UnsafeMutableRawPointer) {
  report(worker) { lifecycle, _ in lifecycle.hasStarted() }
}

@_cdecl("webble_worker_failed")
public func workerFailed(
  _ worker: UnsafeMutableRawPointer, _ text: UnsafeMutableRawPointer, _ length: UInt32
) {
  nonisolated(unsafe) let reason = UnsafeRawBufferPointer(start: text, count: Int(length))
  report(worker) { lifecycle, worker in lifecycle.hasFailed(worker, reason) }
}

@_cdecl("webble_worker_gone")
public func workerGone(_ worker: UnsafeMutableRawPointer) {
  report(worker) { lifecycle, worker in lifecycle.isGone(worker) }
}
#endif
