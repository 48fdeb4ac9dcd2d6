#if !arch(wasm32)
import Dispatch
import NativeAtomics
import NativeScheduler

// The main thread: whatever runs the main actor's jobs at the moment. On macOS that is always the
// process's first thread. On Linux Dispatch ends that thread when an asynchronous `main` first suspends,
// and runs the main queue on threads of its own, one job after another. So "the main thread" is the
// main queue.

/// Set on the main queue alone.
private let isMainQueue: DispatchSpecificKey<Void> = {
  let key = DispatchSpecificKey<Void>()
  DispatchQueue.main.setSpecific(key: key, value: ())
  return key
}()

/// Whether the caller runs on the main thread.
func isOnMainThread() -> Bool { DispatchQueue.getSpecific(key: isMainQueue) != nil }

/// The worker that stands for the main thread. It has no queues in use.
private nonisolated(unsafe) let mainWorker = Worker.make(index: -1, pool: nil, isVirtual: false)

/// The main thread's worker.
func workerOfMainThread() -> WorkerPointer { mainWorker }

/// Runs the generic code of tasks on the main thread: of those that `onMain` and `spawnLocal` start there.
final class MainThreadExecutor: TaskExecutor {
  static let shared = MainThreadExecutor()

  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: UnownedJob) {
    let isFirst = jobs.withLockBriefly { jobs in
      jobs.append(job)
      return jobs.count == 1
    }
    if isFirst { DispatchQueue.main.async { self.runJobs() } }
  }

  private func runJobs() {
    let jobs = jobs.withLockBriefly { jobs in
      defer { jobs = [] }
      return jobs
    }
    // As the main actor's, too, since the main queue runs nothing of it meanwhile: so a task that begins here comes to the
    // main actor's code without another trip through the queue.
    for job in jobs {
      job.runSynchronously(
        isolatedTo: MainActor.sharedUnownedExecutor, taskExecutor: asUnownedTaskExecutor())
    }
  }

  func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}
#endif
