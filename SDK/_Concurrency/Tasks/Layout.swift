import CPlatform
import CRuntime
import Swift
import WebbleAtomics
import WebbleScheduler

// Swift names for what SDK/Runtime/include/runtime.h lays out.

typealias TaskPointer = UnsafeMutablePointer<webble_task>
typealias ThreadPointer = UnsafeMutablePointer<webble_thread>

/// What a decision returns to entry.c: a resume function and its context, or 0 when the task is no
/// longer this thread's.
typealias Step = UInt64

@inline(__always)
func step(_ resume: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) -> Step {
  UInt64(UInt(bitPattern: resume)) << 32 | UInt64(UInt(bitPattern: context))
}

/// An atomic view of a word that C declares.
@inline(__always)
func atomic(_ word: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<Atomic<UInt>> {
  UnsafeMutableRawPointer(word).assumingMemoryBound(to: Atomic<UInt>.self)
}

extension UnsafeMutablePointer where Pointee == webble_task {
  /// The task as the scheduler sees it: the same address.
  @inline(__always)
  var job: Job { UnsafeMutableRawPointer(self).assumingMemoryBound(to: JobHeader.self) }

  @inline(__always)
  init(_ job: Job) {
    self = UnsafeMutableRawPointer(job).assumingMemoryBound(to: webble_task.self)
  }

  @inline(__always)
  var status: UnsafeMutablePointer<Atomic<UInt>> { atomic(webble_task_status(self)) }

  @inline(__always)
  var currentStatus: TaskStatus { TaskStatus(word: status.pointee.load(ordering: .relaxed)) }

  @inline(__always)
  var future: UnsafeMutablePointer<Atomic<UInt>> { atomic(webble_task_future(self)) }
}

/// The marks of executors that the scheduler itself runs.
enum ExecutorMark {
  @inline(__always) static var main: UInt { UInt(WEBBLE_MAIN) }
  @inline(__always) static var worker: UInt { UInt(WEBBLE_WORKER) }
  @inline(__always) static var pool: UInt { UInt(WEBBLE_POOL) }
  @inline(__always) static var global: UInt { UInt(WEBBLE_GLOBAL) }
}

extension webble_executor {
  /// No executor in particular: the task's preference, or the global executor.
  static var generic: webble_executor { webble_executor(identity: 0, implementation: 0) }

  @inline(__always) var isDefaultActor: Bool { identity != 0 && implementation == 0 }
}

@inline(__always)
func currentThread() -> ThreadPointer { webble_thread() }

extension UnsafeMutablePointer where Pointee == webble_thread {
  @inline(__always)
  var currentWorker: WorkerPointer? {
    pointee.worker?.assumingMemoryBound(to: Worker.self)
  }
}

@inline(__always)
func mainWorker() -> WorkerPointer {
  webble_get_main_worker().unsafelyUnwrapped.assumingMemoryBound(to: Worker.self)
}

@inline(__always)
func globalPool() -> PoolPointer? { webble_get_global_pool()?.assumingMemoryBound(to: Pool.self) }
