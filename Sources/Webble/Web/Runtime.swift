#if arch(wasm32)
import CPlatform
import CRuntime
import WebbleAllocator
import WebbleScheduler
@_spi(Webble) import _Concurrency

// What differs between a page and a native program, here in terms of the SDK's own concurrency library.
// The other half is in the folder Native.

/// Where a task runs whatever is isolated to no actor.
typealias TaskHome = UnownedTaskExecutor

/// What a throwing scope is made of.
typealias ScopeGroup<Failure: Error> = ThrowingDiscardingTaskGroup<Failure>

extension TaskHome {
  @inline(__always)
  init(worker: WorkerPointer, of pool: ThreadPool) { self.init(worker: worker) }

  @inline(__always)
  init(pool: ThreadPool) { self.init(pool: pool.pool) }

  static var mainThread: TaskHome { TaskHome(worker: workerOfMainThread()) }

  /// This thread's worker, or the main thread.
  static var here: TaskHome { TaskHome(worker: currentWorker() ?? workerOfMainThread()) }
}

/// What tells threads apart: virtual workers, too.
func threadKey() -> UInt { UInt(bitPattern: currentWorker() ?? workerOfMainThread()) }

/// Whether the calling thread, or turn, is that of a pool's worker.
func isOnPoolWorker() -> Bool { currentWorker()?.pointee.pool != nil }

/// Lets each worker that leaves its pool call `body` with its address, on its thread.
func callWhenWorkersLeave(_ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void) {
  webble_set_at_leave(body)
}

/// Whether the calling thread is one that may sleep in an instruction: a Web Worker.
func mayBlock() -> Bool {
  guard let worker = currentWorker() else { return false }
  return worker.pointee.pool != nil && !worker.pointee.isVirtual
}

/// The calling thread's worker is about to block: it gives back what others wait for.
func prepareToBlock() { Allocator.giveBackForeign() }

/// Logical cores, as the host reports them.
@inline(__always)
func processorCount() -> Int { Int(webble_js_parallelism()) }

/// Nanoseconds of a clock that only goes forward, as exact as the page may know them.
@inline(__always)
func nanoseconds() -> Int64 { Int64(webble_js_now() * 1_000_000) }

extension ThreadPool {
  public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(pool: pool) }

  @inline(__always)
  func makeWorker(_ worker: WorkerPointer) -> PoolWorker { PoolWorker(self, worker) }
}

extension PoolWorker {
  public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(worker: worker) }
}

/// Enqueues a job of the language's on a worker, as pinned work.
@inline(__always)
func push(_ job: UnownedJob, to worker: WorkerPointer) {
  enqueue(job, on: UnownedTaskExecutor(worker: worker))
}

/// Enqueues a job of the language's on a pool's stealable track.
@inline(__always)
func push(_ job: UnownedJob, to pool: PoolPointer) {
  enqueue(job, on: UnownedTaskExecutor(pool: pool))
}
#endif
