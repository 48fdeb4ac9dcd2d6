#if arch(wasm32)
  import WebbleScheduler
#else
  import NativeScheduler
#endif
@_spi(Webble) import _Concurrency

// Blocking a worker. No thread can be added to a pool for the time: the host starts workers slowly,
// from the main thread, and each takes memory for good. So the rest of the pool does the work:
//
// - Stealable work that waits in the worker's deque is taken by others, one of whom is woken for
//   it. So is what other threads make ready, none of which comes to this worker while it blocks.
// - New pinned work is placed on other workers, for the worker counts as loaded beyond measure.
// - At least one worker of a pool never blocks here: calls beyond that wait for their turn, in
//   their order, as tasks that block nothing. (A pool of one worker has none to spare.) So what
//   those who block wait for gets done, if it is stealable.
// - Pinned work that the worker has already waits, and so do the timers and the JavaScript events
//   of the worker, also those of stealable tasks that sleep there.

extension ThreadPool {
  /// Runs `body`, which may block its thread: wait for a lock for long, in a loop for memory to
  /// change, in a synchronous call of JavaScript. The rest of the pool takes over the worker's
  /// stealable work meanwhile. Any thread; where the caller is not one of this pool's tasks, the
  /// body runs in a stealable task of its own.
  ///
  /// Of a pool's workers at least one stays free: a call waits, without blocking, while as many as
  /// may block do. Pinned work of the worker that blocks, its timers and its JavaScript events wait
  /// until `body` has returned.
  ///
  /// - Throws: what `body` throws.
  public func blocking<Result: Sendable, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: @escaping @Sendable () throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let permits = blockingPermits
    await permits.wait(isolation: isolation)
    defer { permits.signal() }
    if isCurrent { return try block(body) }
    return try await spawnStealable { () async throws(Failure) -> Result in
      try self.block(body)
    }.value
  }

  private func block<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let worker = currentWorker().unsafelyUnwrapped
    worker.beginBlocking()
    prepareToBlock()
    defer { worker.endBlocking() }
    return try body()
  }

  private var blockingPermits: AsyncSemaphore {
    blockingPermitsByPool.withLockBriefly { all in
      if let permits = all[pool] { return permits }
      let permits = AsyncSemaphore(permits: Swift.max(1, workerCount - 1))
      all[pool] = permits
      return permits
    }
  }
}

/// Of pools that have blocked. They are never freed, as the pools' own state is not.
private let blockingPermitsByPool = Mutex<[PoolPointer: AsyncSemaphore]>([:])
