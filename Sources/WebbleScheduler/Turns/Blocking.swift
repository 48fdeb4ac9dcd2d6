#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

// A worker that blocks, for as long as it does, is one that runs a very long job. What it has made
// ready on the stealable track lies in its deque, where others take it as ever; two things are left
// to tell them.

extension Worker {
  /// What a worker that blocks counts as load on top of its pinned tasks: new ones go elsewhere.
  public static var blockingLoad: Int { 1 << 30 }

  /// Pinned tasks placed on this worker that have not ended. Any thread.
  public var pinnedTaskCount: Int { load.value & (Self.blockingLoad - 1) }
}

extension WorkerPointer {
  /// The running job is about to block. Owner only; to be followed by `endBlocking`.
  public func beginBlocking() {
    pointee.load.add(Worker.blockingLoad)
    publishYielded()
    wakePutOff()
    // A worker that is awake finds the deque by itself. That all others sleep beside a deque that is not
    // empty is so if its last job has yielded, which wakes nobody, or if they have been woken for
    // others and not for these.
    if let pool = pointee.pool, !pointee.stealable.isEmpty { pool.wakeOne(besides: 0) }
  }

  public func endBlocking() {
    pointee.load.subtract(Worker.blockingLoad, onOwnThread: true)
  }
}
