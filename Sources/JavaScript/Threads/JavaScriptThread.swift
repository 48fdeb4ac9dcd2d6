#if arch(wasm32)
  import WebbleAtomics
  import WebbleScheduler
#else
  import NativeAtomics
  import NativeScheduler
#endif

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
  /// pushes to and the owner takes whole, when it makes an object or by a job, which is sent when the list
  /// was empty.
  let releases = Atomic<UInt>(0)
}

extension WorkerPointer {
  var threadID: ThreadID { pointee.pool == nil ? .main : .worker(pointee.index) }
  /// Whether it and all of its pool are gone.
  var hasEnded: Bool { pointee.pool?.pointee.isClosed ?? false }
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
