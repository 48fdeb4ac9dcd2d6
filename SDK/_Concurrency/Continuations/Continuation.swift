import CRuntime
import Swift
import WebbleAtomics

/// What the runtime knows of the context of `withUnsafeContinuation`, in the caller's frame.
struct ContinuationContext {
  var parent: UnsafeMutableRawPointer?
  var resume: UnsafeMutableRawPointer?
  var flags: UInt32
  /// See `ContinuationState`.
  var state: UInt
  var error: UnsafeMutableRawPointer?
  var result: UnsafeMutableRawPointer?
}

@inline(__always)
private func state(
  _ context: UnsafeMutablePointer<ContinuationContext>
) -> UnsafeMutablePointer<Atomic<UInt>> {
  (UnsafeMutableRawPointer(context) + 12).assumingMemoryBound(to: Atomic<UInt>.self)
}

@_cdecl("webble_continuation_init")
func initializeContinuation(
  _ frame: UnsafeMutableRawPointer, _ flags: UInt32
) -> TaskPointer {
  let context = frame.assumingMemoryBound(to: ContinuationContext.self)
  let task = currentThread().pointee.task.unsafelyUnwrapped
  noteWait(.continuation)
  context.pointee.error = nil
  context.pointee.state = ContinuationState.pending.rawValue
  task.pointee.context = UnsafeMutableRawPointer(context)
  task.pointee.resume = context.pointee.resume
  return task
}

@_cdecl("webble_decide_continuation_await")
func decideContinuationAwait(_ frame: UnsafeMutableRawPointer) -> Step {
  let context = frame.assumingMemoryBound(to: ContinuationContext.self)
  let resume = context.pointee.resume
  let thread = currentThread()
  if thread.pointee.yielding != 0 {
    thread.pointee.yielding = 0
    yieldCurrentTask(thread, resume, context)
    return 0
  }
  let seen = state(context).pointee.load(ordering: .acquiring)
  guard let next = ContinuationState(rawValue: seen).unsafelyUnwrapped.awaiting() else {
    if isDisturbed() {
      enqueue(detachCurrentTask(thread, resume, context))
      return 0
    }
    return step(resume, context)
  }
  let task = detachCurrentTask(thread, resume, context)
  let (exchanged, _) = state(context).pointee.compareExchange(
    expected: seen, desired: next.rawValue, ordering: .acquiringAndReleasing)
  // Resumed in between: the resumer saw `pending` and left the task to this thread.
  if !exchanged { enqueue(task) }
  return 0
}

/// Behind `swift_continuation_resume`: the value is in place. Any thread, once a continuation.
@_cdecl("webble_continuation_resume")
func resumeContinuation(_ task: TaskPointer) {
  willAccess(.resumption)
  if endWait(task) { enqueue(task) }
}

/// Puts the result in place that a continuation of `Void` waits for: the part of `UnsafeContinuation.resume()` that
/// comes before `resumeContinuation`.
func storeVoid(for task: TaskPointer) {
  task.pointee.context.unsafelyUnwrapped
    .assumingMemoryBound(to: ContinuationContext.self).pointee.result.unsafelyUnwrapped
    .initializeMemory(as: Result<Void, Never>.self, to: .success(()))
}

/// - Returns: whether the task has suspended, so that the caller has it.
@inline(__always)
func endWait(_ task: TaskPointer) -> Bool {
  let context = task.pointee.context.unsafelyUnwrapped
    .assumingMemoryBound(to: ContinuationContext.self)
  let before = state(context).pointee.exchange(
    ContinuationState.resumed.rawValue, ordering: .acquiringAndReleasing)
  return ContinuationState(rawValue: before).unsafelyUnwrapped.resuming().mustEnqueue
}

/// `Task.yield`: behind everything that is ready to run where the task runs.
@inline(__always)
private func yieldCurrentTask(
  _ thread: ThreadPointer, _ resume: UnsafeMutableRawPointer?,
  _ context: UnsafeMutablePointer<ContinuationContext>
) {
  let task = thread.pointee.task.unsafelyUnwrapped
  task.pointee.resume = resume
  task.pointee.context = UnsafeMutableRawPointer(context)
  let target = thread.pointee.executor
  task.pointee.target = target
  thread.pointee.task = nil
  if target.identity == 0 {
    enqueueAtHome(task, yielding: true)
  } else {
    task.joinRoster()
    // On an actor: into its line first, so that unlocking hands it to the task that has waited longest.
    enqueueOnSerialExecutor(task, target)
    leaveExecutor(thread)
  }
}
