#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif
@_spi(Webble) import _Concurrency

/// A lock of one 32-bit word, which `FutexLockWord` explains.
///
/// Orderings: taking the lock acquires what the last `unlock` released.
struct FutexLock {
  /// Of the lock's owner, at an address that never changes. Any thread.
  let word: UnsafeMutablePointer<Atomic<UInt32>>

  /// Looks at the word before a worker goes to sleep: about as long as the sleep itself would take.
  static let spinLimit = 200
  /// The same where every holder does only a few instructions: a sleep, and the wake-up that the
  /// holder then owes, take far longer than to wait for some of them.
  static let briefSpinLimit = 4000
  /// What a thread that must not block spins before it gives up. Far above any short critical
  /// section, also of a worker that the host has put aside meanwhile.
  static let spinningTime: Duration = .seconds(1)

  @inline(__always)
  func tryLock() -> Bool {
    let (exchanged, _) = word.pointee.compareExchange(
      expected: FutexLockWord.free.bits,
      desired: FutexLockWord.held(by: threadNumber(), hasSlept: false).bits,
      successOrdering: .acquiring, failureOrdering: .relaxed)
    if exchanged {
      didLock(word)
      // See `webble_learn_of_growth`: a free lock is taken as fast as its last holder let go.
      learnOfGrowth()
    }
    return exchanged
  }

  /// Takes the lock.
  ///
  /// - Parameter isUsers: whether what is done under the lock is user code, which may be long; the
  ///   main thread does not wait for that without end.
  @inline(__always)
  func lock(isUsers: Bool) {
    if !tryLock() { lockContended(isUsers: isUsers) }
  }

  @inline(__always)
  func unlock() {
    let left = word.pointee.exchange(FutexLockWord.free.bits, ordering: .releasing)
    didUnlock(word)
    if FutexLockWord(bits: left).owesWakeUp { wakeOne(at: word) }
  }

  private func load() -> FutexLockWord {
    FutexLockWord(bits: word.pointee.load(ordering: .relaxed))
  }

  @inline(never)
  private func lockContended(isUsers: Bool) {
    if load().isHeld(by: threadNumber()) {
      fatalError(
        "a Mutex was locked by code that it already protects, further up the stack: pass the value "
          + "on from there")
    }
    defer { learnOfGrowth() }
    guard mayBlock() else { return lockSpinning(isUsers: isUsers) }
    for _ in 0..<(isUsers ? Self.spinLimit : Self.briefSpinLimit) where load().isFree {
      if tryLock() { return }
    }
    lockSleeping()
  }

  private func lockSleeping() {
    while true {
      spinHint()
      let seen = load()
      if seen.isFree {
        if exchange(seen, .held(by: threadNumber(), hasSlept: true)) { return }
      } else if seen.owesWakeUp || exchange(seen, seen.withSleeper) {
        willBlock(at: word)
        sleep(at: word, while: seen.withSleeper.bits)
        willBlock(at: nil)
      }
    }
  }

  private func exchange(_ seen: FutexLockWord, _ new: FutexLockWord) -> Bool {
    word.pointee.weakCompareExchange(
      expected: seen.bits, desired: new.bits, successOrdering: .acquiring,
      failureOrdering: .relaxed
    ).exchanged
  }

  private func lockSpinning(isUsers: Bool) {
    let end = ContinuousClock.now + Self.spinningTime
    while true {
      for _ in 0..<10_000 where load().isFree {
        if tryLock() { return }
      }
      spinHint()
      if isUsers, ContinuousClock.now > end {
        fatalError(
          "the main thread must not block, and a Mutex stayed locked for more than a second: "
            + "use an AsyncMutex, or hold the lock more briefly")
      }
    }
  }
}
