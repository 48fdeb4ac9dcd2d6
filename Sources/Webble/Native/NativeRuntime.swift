#if !arch(wasm32)
import CNative
import NativeScheduler

// What differs between a native program and a page. The other half is in the folder Web.

/// The worker whose thread this is; nil on the main thread and elsewhere.
func currentPoolWorker() -> WorkerPointer? {
  webble_current_worker()?.assumingMemoryBound(to: Worker.self)
}

/// The worker whose thread this is, or that stands for the main thread; nil elsewhere.
func currentWorker() -> WorkerPointer? {
  currentPoolWorker() ?? (isOnMainThread() ? workerOfMainThread() : nil)
}

func currentThreadName() -> String { ThreadID.current.map { "\($0)" } ?? "another thread" }

/// What tells threads apart.
func threadKey() -> UInt {
  // Addresses are even, and so are threads' numbers.
  currentWorker().map { UInt(bitPattern: $0) } ?? UInt(webble_thread_number()) | 1
}

/// Whether the calling thread is that of a pool's worker.
func isOnPoolWorker() -> Bool { currentPoolWorker() != nil }

/// What each worker that leaves its pool calls with its address, on its thread.
let atLeave = Mutex<(@convention(c) (UnsafeMutableRawPointer?) -> Void)?>(nil)

func callWhenWorkersLeave(_ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void) {
  atLeave.withLockBriefly { $0 = body }
}

/// Whether the calling thread may sleep in a call. Natively all may, and those who wait do little else.
func mayBlock() -> Bool { true }

/// The calling thread's worker is about to block. Nobody waits for its memory.
func prepareToBlock() {}

/// Whether workers are threads.
func isIsolated() -> Bool { true }

/// The processors that this process may use.
func processorCount() -> Int { Int(webble_processor_count()) }

/// Nanoseconds of a clock that only goes forward.
func nanoseconds() -> Int64 { webble_monotonic_nanoseconds() }
#endif
