import CRuntime
import Swift
import WebbleAtomics
import WebbleScheduler

// Where a task runs: entering, changing and leaving executors on a thread.
//
// A task has a *home*, where its generic code runs: the executor it prefers, or none in particular,
// which is the global executor. And it has, while suspended, a *target*: the serial executor to resume
// on, or generic. A thread holds at most one serial executor at a time.

/// Whether code that is at home at `home` may run on the thread.
@inline(__always)
func isAtHome(_ home: webble_executor, _ thread: ThreadPointer) -> Bool {
  let worker = UInt(bitPattern: thread.pointee.worker)
  switch home.implementation {
  case ExecutorMark.worker:
    return worker == home.identity
  case ExecutorMark.pool:
    guard let pool = thread.currentWorker?.pointee.pool else { return false }
    return UInt(bitPattern: pool) == home.identity
  case 0, ExecutorMark.global:
    // Inside a custom serial executor's run the thread is the executor's, not the global one's.
    guard let pool = globalPool() else { return worker == UInt(bitPattern: webble_get_main_worker()) }
    return thread.currentWorker?.pointee.pool == pool
  default:
    return thread.pointee.task_executor == home.identity
  }
}

/// Whether a serial executor is the thread itself, so that being on the thread is holding it.
@inline(__always)
private func isOfThread(_ executor: webble_executor, _ thread: ThreadPointer) -> Bool {
  (executor.implementation == ExecutorMark.main
    || executor.implementation == ExecutorMark.worker)
    && executor.identity == UInt(bitPattern: thread.pointee.worker)
}

/// `swift_task_switch` to an executor that the thread does not hold.
@_cdecl("webble_decide_switch")
func decideSwitch(
  _ context: UnsafeMutableRawPointer, _ resume: UnsafeMutableRawPointer,
  _ identity: UInt, _ implementation: UInt
) -> Step {
  let thread = currentThread()
  let target = webble_executor(identity: identity, implementation: implementation)
  let task = thread.pointee.task.unsafelyUnwrapped
  // Inside a run that a custom executor has asked for, or of a task that was started immediately, the
  // thread goes back to its lender at every change.
  let mayStay =
    thread.pointee.is_lent == 0 && !isDisturbed() && (target.identity == 0 || !mustGiveWay(thread))

  if mayStay {
    if target.identity == 0 {
      if thread.pointee.generic_here != 0 {
        leaveExecutor(thread)
        return step(resume, context)
      }
    } else if isOfThread(target, thread), thread.pointee.task_executor == 0 {
      // A custom task executor's run is its own: a task that leaves the executor leaves the run.
      leaveExecutor(thread)
      thread.pointee.executor = target
      return step(resume, context)
    } else if target.isDefaultActor, thread.pointee.generic_here != 0 {
      // Leaving first could hand the thread's actor on before it is known that the other is free;
      // that order is wanted all the same, since two held at once could deadlock.
      leaveExecutor(thread)
      if tryLockActor(identity) {
        thread.pointee.executor = target
        return step(resume, context)
      }
    }
  }
  leaveExecutor(thread)
  task.joinRoster()
  task.pointee.resume = resume
  task.pointee.context = context
  task.pointee.target = target
  thread.pointee.task = nil
  enqueue(task)
  return 0
}

/// Whether a task that would hop to another executor in place has to go round the run loop instead: a loop
/// of calls of free actors never suspends, and would keep everything else from its thread. It looks at the
/// clock once in many hops.
@inline(__always)
private func mustGiveWay(_ thread: ThreadPointer) -> Bool {
  thread.pointee.hops &+= 1
  return thread.pointee.hops & 255 == 0 && hasUsedItsSlice(thread)
}

@inline(never)
private func hasUsedItsSlice(_ thread: ThreadPointer) -> Bool {
  guard let worker = thread.currentWorker, worker.pointee.isInTurn else { return false }
  return monotonicNanoseconds() >= worker.pointee.sliceEnd
}

/// Gives up the serial executor that the thread holds, if any. One that was lent stays its lender's.
@inline(__always)
func leaveExecutor(_ thread: ThreadPointer) {
  let executor = thread.pointee.executor
  guard executor.identity != 0 else { return }
  thread.pointee.executor = .generic
  if executor.implementation == 0, thread.pointee.is_lent == 0 { unlockActor(executor.identity) }
}

/// Takes the current task off the thread, to be resumed later where it is now. The caller publishes it
/// next and touches nothing of it afterwards.
@inline(__always)
func detachCurrentTask(
  _ thread: ThreadPointer, _ resume: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?
) -> TaskPointer {
  let task = thread.pointee.task.unsafelyUnwrapped
  task.joinRoster()
  task.pointee.resume = resume
  task.pointee.context = context
  task.pointee.target = thread.pointee.executor
  thread.pointee.task = nil
  inspectWaiting(task)
  leaveExecutor(thread)
  return task
}

/// Runs a job on this thread until it suspends, completes or moves on. The thread is the job's home,
/// and the job has been granted its target if that is an actor.
@inline(__always)
func run(_ task: TaskPointer, on thread: ThreadPointer) {
  if task.isToldOff { return abandon(task) }
  thread.pointee.task = task
  thread.pointee.executor = task.pointee.target
  thread.pointee.generic_here = isAtHome(task.pointee.home, thread) ? 1 : 0
  inspectRunning(task, thread)
  trace(begun: task)
  webble_resume(task)
  traceStopped()
  thread.pointee.task = nil
}

/// Runs a job synchronously, as part of a custom executor's own work, whatever the thread was doing.
@_cdecl("webble_job_run")
func runJob(_ task: TaskPointer, _ identity: UInt, _ implementation: UInt) {
  if task.isToldOff { return abandon(task) }
  let thread = currentThread()
  let outer = thread.pointee
  let executor = webble_executor(identity: identity, implementation: implementation)
  // On the main executor, or a worker's, the thread is not lent: it is the executor.
  thread.pointee.is_lent = isOfThread(executor, thread) ? 0 : 1
  thread.pointee.task = task
  thread.pointee.executor = executor
  thread.pointee.generic_here = isAtHome(task.pointee.home, thread) ? 1 : 0
  inspectRunning(task, thread)
  trace(begun: task)
  webble_resume(task)
  traceStopped()
  restore(thread, outer)
}

/// The same for a custom task executor, which runs generic code and default actors.
func runJob(_ task: TaskPointer, onTaskExecutor identity: UInt) {
  let thread = currentThread()
  let outer = thread.pointee
  thread.pointee.is_lent = 0
  thread.pointee.task_executor = identity
  run(task, on: thread)
  restore(thread, outer)
}

/// The same for one that is a task executor and a serial one. What is enqueued to it as to a task executor
/// may have been granted a default actor, which stays the job's.
func runJob(
  _ task: TaskPointer, isolatedTo serial: webble_executor, onTaskExecutor identity: UInt
) {
  if task.pointee.target.isDefaultActor { return runJob(task, onTaskExecutor: identity) }
  let thread = currentThread()
  let outer = thread.pointee.task_executor
  thread.pointee.task_executor = identity
  runJob(task, serial.identity, serial.implementation)
  thread.pointee.task_executor = outer
}

func restore(_ thread: ThreadPointer, _ outer: webble_thread) {
  thread.pointee.task = outer.task
  thread.pointee.executor = outer.executor
  thread.pointee.generic_here = outer.generic_here
  thread.pointee.depth = outer.depth
  thread.pointee.postponed = outer.postponed
  thread.pointee.task_executor = outer.task_executor
  thread.pointee.is_lent = outer.is_lent
}
