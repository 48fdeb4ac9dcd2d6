#if arch(wasm32)
import CRuntime
import Synchronization
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// One thread's side of the border: named by its address, which objects carry as their owner's.
/// Never freed, as a late object of a thread long gone still has to say whose it was.
struct JavaScriptThread: ~Copyable {
  /// The worker whose thread it is; the main thread's, if that takes the turns of all. Constant.
  let worker: WorkerPointer
  let id: ThreadID
  /// Where values cross; see `Scratch`. The thread itself only. Freed when the thread ends.
  let scratch: UnsafeMutableRawPointer
  /// `globalThis`. The thread itself only.
  var global: JSObject?
  /// The first of the tasks that wait for JavaScript. The thread itself only.
  var waiting: WaitingTask?
  /// A list of one value, for the arguments of closures, or an empty one while it is in use. The
  /// thread itself only.
  var argument: [JSValue] = []
  /// Objects whose last reference went away on another thread: a list of `Release`s that any thread
  /// pushes to and the owner takes whole, when it makes an object or by a job that whoever finds
  /// the list empty has sent.
  let releases = Atomic<UInt>(0)
}

typealias JavaScriptThreadPointer = UnsafeMutablePointer<JavaScriptThread>

/// The scratch memory of a thread, which the glue knows too: slots, of which the first is the
/// result's, then room for texts. What crosses is put there and taken out at once: before anything
/// else crosses.
enum Scratch {
  static let slotCount = 64
  static let textOffset = 1024
  static let textSize = 4096
  static let size = textOffset + textSize
}

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
      id: worker.pointee.pool == nil ? .main : .worker(worker.pointee.index),
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

// Releases from other threads

/// An index to release, in a list.
private struct Release {
  let index: Int32
  /// The next in the list, as an address.
  var next: UInt
}

extension JavaScriptThreadPointer {
  /// Gives up an index of this thread's table. Any thread.
  @inline(__always)
  func release(_ index: Int32) {
    if webble_thread().pointee.javascript == UnsafeMutableRawPointer(self) {
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
    _ = PoolTask(
      on: UnownedTaskExecutor(worker: pointee.worker), isCounted: false, priority: nil
    ) { () async in errand.owner.takeReleases() }
  }

  /// Gives up what other threads have released; if this is not the owner's thread, which has then
  /// ended with all its objects, frees the list only.
  @inline(never)
  func takeReleases() {
    let isOwner = webble_thread().pointee.javascript == UnsafeMutableRawPointer(self)
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
