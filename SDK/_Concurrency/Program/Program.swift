import CPlatform
import CRuntime
import Swift
import WebbleAllocator
import WebbleScheduler

// What the JavaScript glue calls.

/// The program's world, for the scheduler.
private struct Environment: TurnEnvironment {
  let thread: ThreadPointer

  @inline(__always) func now() -> Int64 { monotonicNanoseconds() }
  @inline(__always) func run(_ job: Job) {
    if let task = TaskPointer(job).claimed() { _Concurrency.run(task, on: thread) }
  }
  func fire(_ token: UInt) { fireTimer(token) }
  func orphan(_ token: UInt, of pool: PoolPointer) { orphanTimer(token, of: pool) }
  func abandon(_ job: Job) { abandonJob(job) }
  func leave() {
    // First what may hold JavaScript's objects.
    webble_call_at_leave(thread.pointee.worker)
    thread.pointee.leave_javascript?()
  }
}

/// Prepares memory and the main thread. First of all calls, on the main thread.
///
/// - Parameters:
///   - heapBase: where the program's data end.
///   - pageLimit: the most 64 KiB pages that the memory may have.
///   - isIsolated: whether the page may have threads; otherwise the main thread does everything.
/// - Returns: the main thread's worker.
@_cdecl("webble_initialize")
func initialize(
  _ heapBase: UnsafeMutableRawPointer, _ pageLimit: UInt, _ isIsolated: Bool
) -> UnsafeMutableRawPointer {
  _ = Allocator.configure(heapBase: heapBase, pageLimit: pageLimit)
  Allocator.adoptHeap(thread: Allocator.mainThread)
  let worker = Worker.make(index: -1, pool: nil, isVirtual: !isIsolated)
  webble_set_main_worker(worker)
  let thread = currentThread()
  thread.pointee.worker = UnsafeMutableRawPointer(worker)
  // The linker puts the main thread's stack first, at address 0.
  thread.pointee.stack_size = webble_main_stack_size()
  // Without this call the linker would put one into every function that the module exports.
  __wasm_call_ctors()
  return UnsafeMutableRawPointer(worker)
}

/// Makes this thread a worker's. First of all calls on a Web Worker.
@_cdecl("webble_enter_worker")
func enterWorker(
  _ worker: UnsafeMutableRawPointer, _ stackBase: UnsafeMutablePointer<CChar>, _ stackSize: UInt
) {
  let thread = currentThread()
  thread.pointee.worker = worker
  thread.pointee.stack_base = stackBase
  thread.pointee.stack_size = stackSize
  Allocator.adoptHeap(thread: Int32(truncatingIfNeeded: thread.currentWorker.unsafelyUnwrapped.pointee.index))
}

/// The address of the futex word on which the event loop waits for `worker`.
@_cdecl("webble_park_word")
func parkWord(_ worker: UnsafeMutableRawPointer) -> UnsafeRawPointer {
  worker.assumingMemoryBound(to: Worker.self).pointee.parking.address
}

/// Takes a turn of `worker` on its thread.
///
/// - Parameter reason: bit 0 if the wait on the futex word has ended, or the worker has none to wait on;
///   bit 1 if the timer has come that `armTimer` asked for.
/// - Returns: a `TurnEnd`.
@_cdecl("webble_turn")
func turn(_ pointer: UnsafeMutableRawPointer, _ reason: UInt32) -> UInt32 {
  let worker = pointer.assumingMemoryBound(to: Worker.self)
  // Also if it came before the deadline, as timers of Node's do by up to a millisecond.
  if reason & 2 != 0 { worker.pointee.armedDeadline = nil }
  let thread = currentThread()
  let outer = thread.pointee.worker
  thread.pointee.worker = pointer
  if isMainThread() {
    writePrintedLines()
    adoptTimers()
  }
  #if WEBBLE_EXPLORES
    let end = exploredTurn(worker, Environment(thread: thread))
  #else
    traceTurn(worker, hasEnded: false)
  let end = worker.turn(woken: reason & 1 != 0, Environment(thread: thread))
  traceTurn(worker, hasEnded: true)
  #endif
  returnStock(thread)
  releaseReport()
  Allocator.giveBackForeign()
  armTimer(worker)
  if end == .left && !worker.pointee.isVirtual {
    endQuarantine(thread)
    Allocator.abandonHeap()
  }
  thread.pointee.worker = outer
  return end.rawValue
}

/// Asks the event loop for a turn at the worker's next deadline, unless it has been asked for that one.
func armTimer(_ worker: WorkerPointer) {
  // Where schedules are explored, time is not the event loop's.
  #if !WEBBLE_EXPLORES
  guard let deadline = worker.nextDeadline else {
    worker.pointee.armedDeadline = nil
    return
  }
  if deadline == worker.pointee.armedDeadline { return }
  worker.pointee.armedDeadline = deadline
  let milliseconds = Double(deadline - monotonicNanoseconds()) / 1_000_000
  webble_js_set_timer(UnsafeMutableRawPointer(worker), milliseconds > 0 ? milliseconds : 0)
  #endif
}

/// Runs the program's `main`, up to its first suspension if that is asynchronous.
@_cdecl("webble_main")
func runMain() {
  mainWorker().requestTurn()
  let status = __main_argc_argv(0, nil)
  writeLines()
  webble_js_main_returned(status)
}

/// The thread has left the module by throwing, out of whatever was on its stack.
@_cdecl("webble_unwound")
func unwound() {
  let thread = currentThread()
  if isMainThread() { thread.pointee.worker = webble_get_main_worker() }
  thread.pointee.task = nil
  thread.pointee.executor = .generic
  thread.pointee.postponed = 0
  thread.pointee.is_lent = 0
  webble_forget_accesses(thread)
  thread.currentWorker?.pointee.isInTurn = false
}

/// Writes what other threads have printed: on the main thread, before the program ends.
@_cdecl("webble_write_lines")
func writeLines() {
  endPartialLine(currentThread())
  writePrintedLines()
}

/// Memory for a text that the glue passes in; the callee that it is passed to frees it.
@_cdecl("webble_text_buffer")
func textBuffer(_ byteCount: UInt) -> UnsafeMutableRawPointer {
  // The caller frees it as C does.
  if WEBBLE_INSPECTS != 0, let block = cMalloc(byteCount) { return block }
  return allocateOrStop(byteCount, alignment: 1)
}
