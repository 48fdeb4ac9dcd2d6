#if arch(wasm32)
import CPlatform
import Synchronization
@_spi(Webble) import _Concurrency

/// A value that many threads may read at once, or one may change: for what is read often and for
/// long enough that readers would wait for each other at a `Mutex`. For a few instructions a
/// `Mutex` is as good.
///
/// It blocks as `Mutex` does: a worker spins briefly and then sleeps, the main thread spins and
/// after a second stops the program; use `AsyncRwLock` where that cannot be. A writer that waits
/// keeps new readers out, so a thread that reads must not ask to read again: it would wait for
/// ever. Nothing is poisoned, see `Mutex`.
public final class RwLock<Value>: @unchecked Sendable {
  private struct Box: ~Copyable {
    let word = Atomic<UInt32>(0)
    /// Guarded by the lock.
    var value: Value

    init(_ value: sending Value) { self.value = value }
  }

  /// The word first: its address is the block's. See `Mutex`.
  private let box: UnsafeMutablePointer<Box>

  private var lock: FutexRwLock {
    FutexRwLock(word: UnsafeMutableRawPointer(box).assumingMemoryBound(to: Atomic<UInt32>.self))
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
  let word: UnsafeMutablePointer<Atomic<UInt32>>

  func lock(isWriter: Bool) {
    for _ in 0..<FutexLock.spinLimit where tryLock(isWriter: isWriter) { return }
    if mayBlock() { lockSleeping(isWriter: isWriter) } else { lockSpinning(isWriter: isWriter) }
  }

  private func tryLock(isWriter: Bool) -> Bool {
    let seen = load()
    guard let entered = isWriter ? seen.withWriter : seen.withReader else { return false }
    return exchange(seen, entered)
  }

  private func lockSleeping(isWriter: Bool) {
    while !tryLock(isWriter: isWriter) {
      if let waiting = announceWait(isWriter: isWriter, sleeps: true) {
        _ = webble_futex_wait(word, waiting.bits, -1)
      }
    }
  }

  private func lockSpinning(isWriter: Bool) {
    if !isIsolated() {
      fatalError("an RwLock was locked by code that it already protects, further up the stack")
    }
    let end = ContinuousClock.now + FutexLock.spinningTime
    while true {
      for _ in 0..<1000 {
        if tryLock(isWriter: isWriter) { return }
        _ = announceWait(isWriter: isWriter, sleeps: false)
      }
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
    while true {
      let seen = load()
      let (left, wakes) = isWriter ? seen.withoutWriter : seen.withoutReader
      guard exchange(seen, left) else { continue }
      if wakes { _ = webble_futex_notify(word, .max) }
      return
    }
  }

  private func load() -> RwLockWord {
    RwLockWord(bits: word.pointee.load(ordering: .relaxed))
  }

  private func exchange(_ seen: RwLockWord, _ new: RwLockWord) -> Bool {
    word.pointee.weakCompareExchange(
      expected: seen.bits, desired: new.bits, successOrdering: .acquiringAndReleasing,
      failureOrdering: .relaxed
    ).exchanged
  }
}
#endif
