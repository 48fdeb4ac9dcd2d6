import CRuntime
import Swift
import WebbleAtomics
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
    inspectReady(task)
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
  inspectReady(task)
  if home.isCustom {
    let reference = (home.identity, home.implementation & ~3)
    unsafeBitCast(reference, to: (any TaskExecutor).self).enqueue(UnownedJob(task))
  } else {
    task.queued(in: .ready).push(to: home, yielding: yielding)
  }
}

private func enqueuePinned(_ task: TaskPointer, _ worker: WorkerPointer) {
  inspectReady(task)
  task.queued(in: .ready).push(to: worker)
}

extension webble_executor {
  /// Whether the program's own code runs what is enqueued.
  fileprivate var isCustom: Bool {
    implementation != 0 && implementation != ExecutorMark.global
      && implementation != ExecutorMark.pool && implementation != ExecutorMark.worker
  }
}

extension UnsafeMutablePointer where Pointee == webble_task {
  /// Pushes a job to the queues of an executor that the scheduler runs.
  @inline(never)
  func push(to home: webble_executor, yielding: Bool) {
    switch home.implementation {
    case ExecutorMark.worker:
      push(to: WorkerPointer(bitPattern: home.identity).unsafelyUnwrapped)
    case ExecutorMark.pool:
      push(to: PoolPointer(bitPattern: home.identity).unsafelyUnwrapped, yielding: yielding)
    default:
      if let pool = globalPool(), pool.pointee.isOpen {
        push(to: pool, yielding: yielding)
      } else {
        push(to: mainWorker())
      }
    }
  }

  @inline(never)
  func push(to worker: WorkerPointer) {
    classify()
    let current = currentThread().currentWorker
    worker.enqueue(job, from: current)
    // See `Pool`: a thread that enqueues to a closed pool takes the job back, unless a worker was faster.
    if worker != current, let pool = worker.pointee.pool, !pool.pointee.isOpen {
      abandonRefused(pool, from: worker)
    }
  }

  private func push(to pool: PoolPointer, yielding: Bool) {
    classify()
    let thread = currentThread()
    let current = thread.currentWorker
    // On a thread that is lent, the worker's own job goes on after the one that yields.
    let yields = yielding && thread.pointee.is_lent == 0 && thread.pointee.task_executor == 0
    pool.enqueue(job, from: isDisturbed() ? nil : current, yielding: yields)
    if current?.pointee.pool != pool, !pool.pointee.isOpen {
      abandonRefused(pool, from: nil)
    }
  }

  /// Tells the scheduler's queues how urgent the job is.
  @inline(__always)
  private func classify() { pointee.info = currentStatus.priorityClass.rawValue }
}

func releaseLoad(_ worker: UnsafeMutableRawPointer, _ thread: ThreadPointer) {
  worker.assumingMemoryBound(to: Worker.self).pointee.load.subtract(
    onOwnThread: thread.pointee.worker == worker)
}
