#if arch(wasm32)
import CRuntime
import WebbleAllocator
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// Where the workers' script comes from.
enum WorkerSource {
  /// The glue that started the program.
  case glue
  /// The glue at a URL, absolute or relative to the page.
  case gluePath(String)
  /// The user's own script.
  case script(String)
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
  private nonisolated let source: WorkerSource

  private var startedCount = 0
  private var failure: ThreadPoolError?
  private var isClosed = false
  private var readyWaiters: [UnsafeContinuation<Void, Never>] = []
  private var closedWaiters: [UnsafeContinuation<Void, Never>] = []
  /// The pool while it is the global executor, which keeps it open until it is shut down.
  private var globalExecutor: ThreadPool?
  /// By worker; freed when it is gone.
  private var memory: [WorkerMemory?] = []

  /// Bytes of a worker's shadow stack: as many as the main thread's has.
  private nonisolated static var stackSize: UInt { webble_main_stack_size() }

  private struct WorkerMemory {
    let stack: UnsafeMutableRawPointer
    let threadLocals: UnsafeMutableRawPointer

    init?() {
      let alignment = Swift.max(UInt(webble_tls_align()), 16)
      guard
        let stack = Allocator.allocate(byteCount: stackSize, alignment: 16),
        let threadLocals = Allocator.allocate(
          byteCount: UInt(webble_tls_size()), alignment: alignment)
      else { return nil }
      self.stack = stack
      self.threadLocals = threadLocals
    }

    func free() {
      Allocator.deallocate(stack)
      Allocator.deallocate(threadLocals)
    }
  }

  nonisolated init(_ pool: PoolPointer, _ source: WorkerSource) {
    self.pool = pool
    self.source = source
    // Until the last worker is gone: the glue's reports come by way of the pool.
    pool.pointee.lifecycle = Unmanaged.passRetained(self).toOpaque()
  }

  /// Runs `body` on the main thread: at once if this is it.
  private nonisolated func onMainThread(_ body: @escaping @MainActor @Sendable (PoolLifecycle) -> Void) {
    if currentWorker() == workerOfMainThread() {
      unsafeBitCast(body, to: ((PoolLifecycle) -> Void).self)(self)
    } else {
      Task { @MainActor in body(self) }
    }
  }

  // Starting

  nonisolated func start() { onMainThread { $0.startWorkers() } }

  private func startWorkers() {
    if isIsolated() {
      for index in 0..<pool.pointee.workerCount {
        guard let workerMemory = WorkerMemory() else {
          fail(.outOfMemory)
          // The workers that were never made are gone already.
          for missing in index..<pool.pointee.workerCount { isGone(pool.pointee.worker(missing)) }
          return
        }
        memory.append(workerMemory)
        start(pool.pointee.worker(index), workerMemory)
      }
    } else {
      startedCount = pool.pointee.workerCount
      // Their first turn puts them to sleep: stealable work wakes none that is not known to sleep.
      for index in 0..<startedCount { pool.pointee.worker(index).requestTurn() }
    }
  }

  private func start(_ worker: WorkerPointer, _ memory: WorkerMemory) {
    let url: String
    let isScript: Bool
    switch source {
    case .glue: (url, isScript) = ("", false)
    case .gluePath(let path): (url, isScript) = (path, false)
    case .script(let script): (url, isScript) = (script, true)
    }
    // `withUTF8` would bring code for strings that Embedded Swift does not have.
    url.utf8.withContiguousStorageIfAvailable { bytes in
      webble_js_start_worker(
        worker, UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self),
        UInt32(bytes.count), isScript ? 1 : 0, UInt32(worker.pointee.index),
        memory.stack, UInt32(Self.stackSize), memory.threadLocals)
    }
  }

  func ready() async throws(ThreadPoolError) {
    while startedCount < pool.pointee.workerCount, failure == nil, pool.pointee.isOpen {
      await withUnsafeContinuation { readyWaiters.append($0) }
    }
    if let failure { throw failure }
    if startedCount < pool.pointee.workerCount { throw .shutDown }
  }

  func hasStarted() {
    startedCount += 1
    if startedCount == pool.pointee.workerCount { resume(&readyWaiters) }
  }

  func hasFailed(_ worker: WorkerPointer, _ reason: String) {
    fail(.workerFailed(index: worker.pointee.index, reason: reason))
    isGone(worker)
  }

  private func fail(_ error: ThreadPoolError) {
    if failure == nil { failure = error }
    closeNow()
  }

  // Ending

  func keepAsGlobalExecutor(_ owner: ThreadPool) {
    if pool.pointee.isOpen { globalExecutor = owner }
  }

  nonisolated func becomeGlobalExecutor(_ owner: ThreadPool) {
    onMainThread { $0.keepAsGlobalExecutor(owner) }
  }

  nonisolated func close() { onMainThread { $0.closeNow() } }

  private func closeNow() {
    guard pool.pointee.beginClosing() else { return }
    webble_clear_global_pool(pool)
    globalExecutor = nil
    pool.wakeAll()
    resume(&readyWaiters)
  }

  func shutdown() async {
    closeNow()
    while !isClosed {
      await withUnsafeContinuation { closedWaiters.append($0) }
    }
  }

  /// A worker has left the module for good, or was never in it. What it did not run never will.
  func isGone(_ worker: WorkerPointer) {
    let index = worker.pointee.index
    if memory.indices.contains(index) {
      memory[index]?.free()
      memory[index] = nil
    }
    pool.takeRefused(from: worker, abandonJob)
    guard pool.pointee.workerHasLeft() else { return }
    pool.takeRefused(from: nil, abandonJob)
    isClosed = true
    resume(&closedWaiters)
    if let lifecycle = pool.pointee.lifecycle {
      pool.pointee.lifecycle = nil
      Unmanaged<PoolLifecycle>.fromOpaque(lifecycle).release()
    }
  }

  private func resume(_ waiters: inout [UnsafeContinuation<Void, Never>]) {
    let resumed = waiters
    waiters = []
    for waiter in resumed { waiter.resume() }
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
  let bytes = UnsafeRawBufferPointer(start: text, count: Int(length))
  // Decoding with repair would bring 19 KB of code for strings into every program; the glue writes UTF-8.
  let reason = String(validating: bytes, as: UTF8.self) ?? ""
  Allocator.deallocate(text)
  report(worker) { lifecycle, worker in lifecycle.hasFailed(worker, reason) }
}

@_cdecl("webble_worker_gone")
public func workerGone(_ worker: UnsafeMutableRawPointer) {
  report(worker) { lifecycle, worker in lifecycle.isGone(worker) }
}
#endif
