import CRuntime
import Swift
import Synchronization
import WebbleScheduler

/// Makes a suspended task runnable: on its target if that is a serial executor, else at home. Any
/// thread. The task may be running elsewhere when this returns.
@inline(__always)
func enqueue(_ task: TaskPointer) {
  let target = task.pointee.target
  if target.identity == 0 {
    enqueueAtHome(task, yielding: false)
  } else {
    enqueueOnSerialExecutor(task, target)
  }
}

@inline(never)
func enqueueOnSerialExecutor(_ task: TaskPointer, _ target: webble_executor) {
  switch target.implementation {
  case 0:
    enqueueOnActor(task, target.identity)
  case ExecutorMark.main, ExecutorMark.worker:
    enqueuePinned(task, WorkerPointer(bitPattern: target.identity).unsafelyUnwrapped)
  default:
    // An existential of a class-bound protocol is the object and the witness table; the low bits of
    // the table's word are marks of the compiler's.
    let reference = (target.identity, target.implementation & ~3)
    unsafeBitCast(reference, to: (any SerialExecutor).self).enqueue(UnownedJob(task))
  }
}

/// Enqueues a task whose target, if any, is granted to it, where its generic code runs.
@inline(__always)
func enqueueAtHome(_ task: TaskPointer, yielding: Bool) {
  enqueueAtHome(task, task.pointee.home, yielding: yielding)
}

@inline(never)
func enqueueAtHome(_ task: TaskPointer, _ home: webble_executor, yielding: Bool) {
  switch home.implementation {
  case ExecutorMark.worker:
    enqueuePinned(task, WorkerPointer(bitPattern: home.identity).unsafelyUnwrapped)
  case ExecutorMark.pool:
    enqueueStealable(
      task, PoolPointer(bitPattern: home.identity).unsafelyUnwrapped, yielding: yielding)
  case 0, ExecutorMark.global:
    if let pool = globalPool(), pool.pointee.isOpen {
      enqueueStealable(task, pool, yielding: yielding)
    } else {
      enqueuePinned(task, mainWorker())
    }
  default:
    let reference = (home.identity, home.implementation & ~3)
    unsafeBitCast(reference, to: (any TaskExecutor).self).enqueue(UnownedJob(task))
  }
}

private func enqueuePinned(_ task: TaskPointer, _ worker: WorkerPointer) {
  classify(task)
  let current = currentThread().currentWorker
  worker.enqueue(task.job, from: current)
  // See `Pool`: whoever enqueues to a closed pool takes the job back, unless a worker was faster.
  if worker != current, let pool = worker.pointee.pool, !pool.pointee.isOpen {
    pool.takeRefused(from: worker) { abandon(TaskPointer($0)) }
  }
}

/// Tells the scheduler's queues how urgent a task is.
@inline(__always)
private func classify(_ task: TaskPointer) {
  task.pointee.info = TaskStatus.priorityClass(
    of: task.status.pointee.load(ordering: .relaxed)).rawValue
}

private func enqueueStealable(_ task: TaskPointer, _ pool: PoolPointer, yielding: Bool) {
  classify(task)
  let current = currentThread().currentWorker
  pool.enqueue(task.job, from: current, yielding: yielding)
  if current?.pointee.pool != pool, !pool.pointee.isOpen {
    pool.takeRefused(from: nil) { abandon(TaskPointer($0)) }
  }
}

func releaseLoad(_ worker: UnsafeMutableRawPointer) {
  worker.assumingMemoryBound(to: Worker.self).pointee.load.subtract(1, ordering: .releasing)
}
