#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif
@_spi(Webble) import _Concurrency

/// A value that many threads may read at once, or one may change: for what is read often and for
/// long enough that readers would wait for each other at a `Mutex`. For a few instructions a
/// `Mutex` is as good.
///
/// It blocks as `Mutex` does: a worker spins briefly and then sleeps, the main thread spins and
/// after a second stops the program; use `AsyncRwLock` where that cannot be. A writer that waits
/// keeps new readers out, so a thread that reads must not ask to read again: it could wait for
/// ever. A thread that would wait for itself stops the program; in release builds only where it is
/// the writer. Nothing is poisoned, see `Mutex`.
public final class RwLock<Value>: @unchecked Sendable {
  private struct Box: ~Copyable {
    let lock = FutexRwLock.Words()
    /// Guarded by the lock.
    var value: Value

    init(_ value: sending Value) { self.value = value }
  }

  /// The lock first: its address is the block's. See `Mutex`.
  private let box: UnsafeMutablePointer<Box>

  private var lock: FutexRwLock {
    FutexRwLock(
      words: UnsafeMutableRawPointer(box).assumingMemoryBound(to: FutexRwLock.Words.self))
  }

  public init(_ initialValue: sending Value) {
    box = .allocate(capacity: 1)
    box.initialize(to: Box(initialValue))
  }

  deinit {
    box.deinitialize(count: 1)
    box.deallocate()
  }

  /// Calls `body` with the value while nobody changes it; others may read it. Any thread.
  public func withReadLock<Result: ~Copyable, Failure: Error>(
    _ body: (borrowing Value) throws(Failure) -> Result
  ) throws(Failure) -> Result where Value: Sendable {
    lock.lock(isWriter: false)
    defer { lock.unlock(isWriter: false) }
    return try body(box.pointee.value)
  }

  /// Calls `body` with the value, to change it, while nobody else uses it. Any thread.
  public func withWriteLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    lock.lock(isWriter: true)
    defer { lock.unlock(isWriter: true) }
    return try body(&box.pointee.value)
  }
}

/// The lock of a word that `RwLockWord` explains. Orderings: getting in acquires what those who
/// left have released.
private struct FutexRwLock {
  struct Words: ~Copyable {
    let state = Atomic<UInt32>(0)
    /// The writer's thread, while one is inside: a thread is sure only of whether it is the one.
    let writer = Atomic<UInt32>(0)
    #if DEBUG
    /// The threads that read, each as often as it does.
    let readers = Mutex<[UInt32]>([])
    #endif
  }

  let words: UnsafeMutablePointer<Words>

  /// The address that threads sleep at.
  private var word: UnsafeRawPointer { UnsafeRawPointer(words) }

  func lock(isWriter: Bool) {
    willAccess(.lock)
    if !tryLock(isWriter: isWriter) { lockContended(isWriter: isWriter) }
    didLock(word, isShared: !isWriter)
    noteHolder(isWriter: isWriter)
  }

  @inline(never)
  private func lockContended(isWriter: Bool) {
    if isHeldByThisThread { failOfItself() }
    for _ in 0..<FutexLock.spinLimit where tryLock(isWriter: isWriter) { return }
    if mayBlock() { lockSleeping(isWriter: isWriter) } else { lockSpinning(isWriter: isWriter) }
  }

  private func failOfItself() -> Never {
    fatalError(
      "an RwLock was locked by code that it already protects, further up the stack: pass the value "
        + "on from there")
  }

  private func noteHolder(isWriter: Bool) {
    learnOfGrowth()
    if isWriter {
      words.pointee.writer.store(threadNumber(), ordering: .relaxed)
    } else {
      #if DEBUG
      words.pointee.readers.withLockBriefly { $0.append(threadNumber()) }
      #endif
    }
  }

  private func forgetHolder(isWriter: Bool) {
    if isWriter {
      words.pointee.writer.store(0, ordering: .relaxed)
    } else {
      #if DEBUG
      words.pointee.readers.withLockBriefly { readers in
        _ = readers.remove(at: readers.firstIndex(of: threadNumber())!)
      }
      #endif
    }
  }

  private var isHeldByThisThread: Bool {
    let thread = threadNumber()
    if words.pointee.writer.load(ordering: .relaxed) == thread { return true }
    #if DEBUG
    return words.pointee.readers.withLockBriefly { $0.contains(thread) }
    #else
    return false
    #endif
  }

  private func tryLock(isWriter: Bool) -> Bool {
    let seen = load()
    guard let entered = isWriter ? seen.withWriter : seen.withReader else { return false }
    return exchange(seen, entered)
  }

  private func lockSleeping(isWriter: Bool) {
    while !tryLock(isWriter: isWriter) {
      if let waiting = announceWait(isWriter: isWriter, sleeps: true) {
        sleep(at: word, while: waiting.bits)
      }
    }
  }

  private func lockSpinning(isWriter: Bool) {
    if !isIsolated() { failOfItself() }
    let end = ContinuousClock.now + FutexLock.spinningTime
    while true {
      for _ in 0..<1000 {
        if tryLock(isWriter: isWriter) { return }
        _ = announceWait(isWriter: isWriter, sleeps: false)
      }
      spinHint()
      if ContinuousClock.now > end {
        fatalError(
          "the main thread must not block, and an RwLock stayed locked for more than a second: "
            + "use an AsyncRwLock, or hold the lock more briefly")
      }
    }
  }

  /// - Returns: the word that says that the caller waits; nil if it need not wait, or has to look
  ///   again.
  private func announceWait(isWriter: Bool, sleeps: Bool) -> RwLockWord? {
    let seen = load()
    if (isWriter ? seen.withWriter : seen.withReader) != nil { return nil }
    let waiting = seen.withWaiter(isWriter: isWriter, sleeps: sleeps)
    return waiting == seen || exchange(seen, waiting) ? waiting : nil
  }

  func unlock(isWriter: Bool) {
    forgetHolder(isWriter: isWriter)
    while true {
      let seen = load()
      let (left, wakes) = isWriter ? seen.withoutWriter : seen.withoutReader
      guard exchange(seen, left) else { continue }
      didUnlock(word)
      if wakes { wakeAll(at: word) }
      return
    }
  }

  private func load() -> RwLockWord {
    RwLockWord(bits: words.pointee.state.load(ordering: .relaxed))
  }

  private func exchange(_ seen: RwLockWord, _ new: RwLockWord) -> Bool {
    words.pointee.state.weakCompareExchange(
      expected: seen.bits, desired: new.bits, successOrdering: .acquiringAndReleasing,
      failureOrdering: .relaxed
    ).exchanged
  }
}
