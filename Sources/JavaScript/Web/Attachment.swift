#if arch(wasm32)
import CRuntime
import WebbleAtomics
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// The current thread's side.
@inline(__always)
func currentThread() -> JavaScriptThreadPointer {
  webble_thread().pointee.javascript?.assumingMemoryBound(to: JavaScriptThread.self) ?? attach()
}

@inline(never)
private func attach() -> JavaScriptThreadPointer {
  guard let turn = currentWorker() else {
    fatalError("JavaScript was called on a thread that is none of the program's")
  }
  let worker = turn.pointee.isVirtual ? workerOfMainThread() : turn
  let thread = JavaScriptThreadPointer.allocate(capacity: 1)
  thread.initialize(
    to: JavaScriptThread(
      worker: worker,
      id: worker.threadID,
      scratch: .allocate(byteCount: Scratch.size, alignment: 16)))
  thread.clearResult()
  #if DEBUG
  jsAttach(thread.pointee.scratch, 1)
  #else
  jsAttach(thread.pointee.scratch, 0)
  #endif
  webble_thread().pointee.javascript = UnsafeMutableRawPointer(thread)
  webble_thread().pointee.leave_javascript = leave
  thread.pointee.global = JSObject(index: 0, of: thread)
  return thread
}

/// Ends the current thread's side: its worker leaves, and nothing of the program runs on it any
/// more. Where the main thread takes the turns of all workers, it stays.
private func leave() {
  let thread = currentThread()
  if thread.pointee.id == .main { return }
  if thread.pointee.waiting != nil {
    let error = JSError(.string("the thread \(thread.pointee.id.description) has ended"))
    while let task = thread.pointee.waiting { task.resume(.failure(error)) }
  }
  jsLeave()
  thread.pointee.global = nil
  thread.pointee.argument = []
  thread.takeReleases()
  webble_thread().pointee.javascript = nil
  thread.pointee.scratch.deallocate()
}

/// What runs on a thread for one that is elsewhere.
struct ThreadTask<Success> {
  fileprivate let task: PoolTask

  var value: Success { get async { await task.value(as: Success.self) } }
}

// Releases from other threads

/// An index to release, in a list.
private struct Release {
  let index: Int32
  /// The next in the list, as an address.
  var next: UInt
}

extension JavaScriptThreadPointer {
  /// Whether this is the thread.
  @inline(__always)
  var isCurrent: Bool {
    // As numbers: of two pointers each would be compared with null as well.
    UInt(bitPattern: webble_thread().pointee.javascript) == UInt(bitPattern: self)
  }

  /// The worker whose turn it is: the thread's, or, without isolation, any. The thread itself only.
  var workerInTurn: WorkerPointer {
    pointee.worker.pointee.isVirtual ? currentWorker() ?? pointee.worker : pointee.worker
  }

  /// Runs `operation` on the thread, or, without isolation, on that worker; never, if it ends before. Any thread.
  @inline(__always) @discardableResult
  func start<Success>(
    at home: WorkerPointer? = nil, _ operation: consuming sending @escaping () async -> Success
  ) -> ThreadTask<Success> {
    ThreadTask(
      task: PoolTask(
        on: UnownedTaskExecutor(worker: home ?? pointee.worker), isCounted: false, priority: nil,
        operation: consume operation))
  }

  /// Gives up an index of this thread's table. Any thread.
  @inline(__always)
  func release(_ index: Int32) {
    if isCurrent {
      jsRelease(index)
    } else {
      sendHome(index)
    }
  }

  @inline(never)
  private func sendHome(_ index: Int32) {
    let release = UnsafeMutablePointer<Release>.allocate(capacity: 1)
    var head = pointee.releases.load(ordering: .relaxed)
    while true {
      release.initialize(to: Release(index: index, next: head))
      // Pairs with the exchange in `takeReleases`, which then reads the record.
      let (isDone, found) = pointee.releases.weakCompareExchange(
        expected: head, desired: UInt(bitPattern: release), successOrdering: .releasing,
        failureOrdering: .relaxed)
      if isDone { break }
      head = found
    }
    guard head == 0 else { return }
    // A job that never runs, since its worker's pool has closed, is destroyed with what it
    // captures: either way the list is taken.
    let errand = ReleaseErrand(owner: self)
    start { () async in errand.owner.takeReleases() }
  }

  /// Gives up what other threads have released; if this is not the owner's thread, which has then
  /// ended with all its objects, frees the list only.
  @inline(never)
  func takeReleases() {
    let isOwner = isCurrent
    var next = pointee.releases.exchange(0, ordering: .acquiring)
    while let release = UnsafeMutablePointer<Release>(bitPattern: next) {
      next = release.pointee.next
      if isOwner { jsRelease(release.pointee.index) }
      release.deallocate()
    }
  }
}

private final class ReleaseErrand: Sendable {
  nonisolated(unsafe) let owner: JavaScriptThreadPointer
  init(owner: JavaScriptThreadPointer) { self.owner = owner }
  deinit { owner.takeReleases() }
}
#endif
