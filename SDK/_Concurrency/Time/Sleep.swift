import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator
import WebbleScheduler

// Task.sleep: a timer in the heap of the worker on which the task falls asleep, so a timer of that
// thread's event loop.

/// What the timer heap and the sleeping task share. The state word:
///
///     awake ── the task falls asleep ──▶ asleep ── timer ──▶ over      (resumes the task)
///       │                                  │
///       └── cancelled before ──▶ over ◀────┘ cancelled                (resumes the task)
///
/// Each transition is an exchange; the thread that leaves `asleep` resumes. Freed by the last of its two owners.
private struct Sleeper: ~Copyable {
  /// For the way to the main thread; see `orphanTimer`.
  var header = JobHeader()
  let state = Atomic<UInt8>(SleepState.awake)
  let owners = Atomic<UInt8>(2)
  /// Written before `asleep`.
  var continuation: UnsafeContinuation<Void, Never>?
  /// In nanoseconds of the program's clock. Written before `asleep`.
  var deadline: Int64 = 0
  /// Where the task will run once it is awake. A copy: leaving `asleep` lets the task go.
  var home = webble_executor.generic
  /// Whose heap holds the timer. Written before `asleep`, and by the main thread when it takes it over.
  var worker: WorkerPointer?
  /// Names the timer in that heap. Touched by that worker's thread.
  var timer: TimerID?
}

private enum SleepState {
  static let awake: UInt8 = 0
  static let asleep: UInt8 = 1
  static let over: UInt8 = 2
}

private struct SleeperReference: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Sleeper>

  init() {
    pointer = allocateOrStop(UInt(MemoryLayout<Sleeper>.size), alignment: 16)
      .bindMemory(to: Sleeper.self, capacity: 1)
    pointer.initialize(to: Sleeper())
  }

  init(token: UInt) { pointer = UnsafeMutablePointer(bitPattern: token).unsafelyUnwrapped }

  var token: UInt { UInt(bitPattern: pointer) }

  /// On the sleeping task's thread, before it has let go of it.
  func fallAsleep(_ continuation: UnsafeContinuation<Void, Never>, until deadline: Int64) {
    noteWait(.timer, until: deadline)
    let worker = currentThread().currentWorker.unsafelyUnwrapped
    pointer.pointee.continuation = continuation
    pointer.pointee.deadline = deadline
    pointer.pointee.home = unsafeBitCast(continuation, to: TaskPointer.self).pointee.home
    let timer = insert(worker)
    let (isAsleep, _) = pointer.pointee.state.compareExchange(
      expected: SleepState.awake, desired: SleepState.asleep, ordering: .acquiringAndReleasing)
    if !isAsleep {
      if worker.pointee.timers.remove(timer) != nil { release() }
      continuation.resume()
    }
  }

  /// Puts the timer into a heap of this thread's.
  @discardableResult
  @inline(never)
  func insert(_ worker: WorkerPointer) -> TimerID {
    removeNeedlessTimers(worker)
    let timer = worker.pointee.timers.insert(deadline: pointer.pointee.deadline, token: token)
    pointer.pointee.worker = worker
    pointer.pointee.timer = timer
    return timer
  }

  /// Whether the task, once awake, would run on the pool.
  func belongs(to pool: PoolPointer) -> Bool {
    let home = pointer.pointee.home
    return switch home.implementation {
    case ExecutorMark.pool: home.identity == UInt(bitPattern: pool)
    case ExecutorMark.worker:
      WorkerPointer(bitPattern: home.identity).unsafelyUnwrapped.pointee.pool == pool
    default: false
    }
  }

  /// The timer has expired. On the thread of its heap.
  func fire() {
    wake()
    release()
  }

  /// The task was cancelled. Any thread, while the task's own reference lasts.
  func cancel() {
    if pointer.pointee.state.load(ordering: .acquiring) == SleepState.asleep,
      let worker = pointer.pointee.worker
    {
      if worker != currentThread().currentWorker {
        // The timer stays in its heap until that is swept, and wakes nobody.
        worker.pointee.needlessTimers.add(1, ordering: .relaxed)
      } else if let timer = pointer.pointee.timer, worker.pointee.timers.remove(timer) != nil {
        release()
      }
    }
    wake()
  }

  /// Whether nobody waits for the timer any more.
  var isOver: Bool { pointer.pointee.state.load(ordering: .acquiring) == SleepState.over }

  private func wake() {
    let before = pointer.pointee.state.exchange(SleepState.over, ordering: .acquiringAndReleasing)
    if before == SleepState.asleep { pointer.pointee.continuation.unsafelyUnwrapped.resume() }
  }

  func release() {
    if pointer.pointee.owners.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
      Allocator.deallocate(pointer)
    }
  }
}

/// Sweeps a heap of this thread's of timers that others have cancelled, if those may be more than half of it:
/// so the heap is never larger than twice what it needs, and the sweep costs each timer O(1).
private func removeNeedlessTimers(_ worker: WorkerPointer) {
  let needless = worker.pointee.needlessTimers.load(ordering: .relaxed)
  guard needless > 32, needless > worker.pointee.timers.count / 2 else { return }
  // First, so that a timer that becomes needless during the sweep is counted for the next.
  worker.pointee.needlessTimers.subtract(needless, ordering: .relaxed)
  _ = worker.pointee.timers.removeAll { token in
    let sleeper = SleeperReference(token: token)
    guard sleeper.isOver else { return false }
    sleeper.release()
    return true
  }
}

func fireTimer(_ token: UInt) { SleeperReference(token: token).fire() }

/// Timers on their way from workers that have left to the main thread.
private let orphanedTimers = Mailbox()

/// The worker that kept this timer leaves its pool. The pool's own tasks are woken, to be abandoned; the
/// others, which only happened to run there (the pool was the global executor), sleep on, on the main thread.
func orphanTimer(_ token: UInt, of pool: PoolPointer) {
  let sleeper = SleeperReference(token: token)
  if sleeper.belongs(to: pool) {
    sleeper.fire()
  } else {
    orphanedTimers.push(UnsafeMutableRawPointer(sleeper.pointer).assumingMemoryBound(to: JobHeader.self))
    mainWorker().wake()
  }
}

/// Takes over the timers of workers that have left. Main thread only.
func adoptTimers() {
  if orphanedTimers.isEmpty { return }
  var timers = orphanedTimers.takeAll()
  while let job = timers.popFirst() {
    SleeperReference(token: UInt(bitPattern: job)).insert(mainWorker())
  }
}

/// Suspends the current task until `deadline`, in nanoseconds of the program's clock.
@usableFromInline
func sleep(until deadline: Int64) async throws(CancellationError) {
  try Task.checkCancellation()
  let sleeper = SleeperReference()
  await withTaskCancellationHandler {
    await withUnsafeContinuation { sleeper.fallAsleep($0, until: deadline) }
  } onCancel: {
    sleeper.cancel()
  }
  // The handler has run or can no longer run.
  sleeper.release()
  try Task.checkCancellation()
}

extension Task where Success == Never, Failure == Never {
  /// Suspends the current task for at least `duration` nanoseconds, blocking no thread. Throws as soon
  /// as the task is cancelled.
  public static func sleep(nanoseconds duration: UInt64) async throws(CancellationError) {
    let (deadline, overflow) = monotonicNanoseconds().addingReportingOverflow(
      Int64(clamping: duration))
    try await _Concurrency.sleep(until: overflow ? .max : deadline)
  }

  /// Suspends the current task for at least `duration`, blocking no thread. Throws as soon as the task
  /// is cancelled.
  public static func sleep(
    for duration: Duration, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    let nanoseconds = duration.nanoseconds
    try await sleep(nanoseconds: nanoseconds < 0 ? 0 : UInt64(nanoseconds))
  }
}

extension Duration {
  /// The whole nanoseconds, limited to what 64 bits hold (292 years).
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, overflows) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflows ? (seconds < 0 ? .min : .max) : sum
  }
}
