import CPlatform
import CRuntime
import Swift
import WebbleAllocator
import WebbleAtomics
import WebbleScheduler

/// A value that one thread at a time may use: `Mutex` of the standard library's `Synchronization`, which does
/// not have it on WebAssembly. For packages that import that module; a program has `Mutex` of Webble, which it
/// sees instead.
///
/// A worker that finds it locked blocks until it is unlocked. The main thread must not block: it spins, and
/// after a second stops the program.
public struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  /// The word first: its address is the block's.
  private struct Box: ~Copyable {
    let word = Atomic<UInt32>(MutexState.free)
    /// Guarded by the lock.
    var value: Value

    init(_ value: consuming Value) { self.value = value }
  }

  /// In a block of its own: the word must not move, and the compiler does not know that.
  private let box: UnsafeMutablePointer<Box>

  public init(_ initialValue: consuming sending Value) {
    box = .allocate(capacity: 1)
    box.initialize(to: Box(initialValue))
  }

  deinit {
    box.deinitialize(count: 1)
    box.deallocate()
  }

  private var lock: MutexLock {
    MutexLock(word: UnsafeMutableRawPointer(box).assumingMemoryBound(to: Atomic<UInt32>.self))
  }

  /// Calls `body` with the value while no other thread can use it.
  public borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    willAccess(.lock)
    lock.lock()
    defer { lock.unlock() }
    return try body(&box.pointee.value)
  }

  /// Calls `body` with the value if no other thread uses it at the moment; otherwise returns nil at once.
  public borrowing func withLockIfAvailable<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result? {
    willAccess(.lock)
    guard lock.tryLock() else { return nil }
    defer { lock.unlock() }
    return try body(&box.pointee.value)
  }
}

/// As a futex: U. Drepper, Futexes are tricky, 2011, section 6. A holder that leaves `contended` wakes one
/// sleeper, who takes the lock as `contended`, since there may be more.
private enum MutexState {
  static let free: UInt32 = 0
  static let held: UInt32 = 1
  static let contended: UInt32 = 2
}

/// Taking the lock acquires what its last `unlock` released.
private struct MutexLock {
  /// What the main thread spins before it says what is wrong. In nanoseconds.
  static let spinningTime: Int64 = 1_000_000_000

  let word: UnsafeMutablePointer<Atomic<UInt32>>

  func tryLock() -> Bool {
    let (exchanged, _) = word.pointee.compareExchange(
      expected: MutexState.free, desired: MutexState.held, successOrdering: .acquiring,
      failureOrdering: .relaxed)
    if exchanged {
      didLock(word)
      // See there: a free lock is taken as fast as its last holder let go.
      webble_learn_of_growth()
    }
    return exchanged
  }

  func lock() {
    if !tryLock() { lockContended() }
  }

  func unlock() {
    let left = word.pointee.exchange(MutexState.free, ordering: .releasing)
    didUnlock(word)
    if left == MutexState.contended { _ = webble_futex_notify(word, 1) }
  }

  @inline(never)
  private func lockContended() {
    let worker = currentThread().currentWorker
    let mayBlock = worker.map { $0.pointee.pool != nil && !$0.pointee.isVirtual } ?? false
    if mayBlock { Allocator.giveBackForeign() }
    defer { webble_learn_of_growth() }
    let end = mayBlock ? 0 : monotonicNanoseconds() + Self.spinningTime
    while word.pointee.exchange(MutexState.contended, ordering: .acquiring) != MutexState.free {
      webble_spin_hint()
      if mayBlock {
        _ = webble_futex_wait(word, MutexState.contended, -1)
      } else if monotonicNanoseconds() > end {
        fatalError(
          "the main thread must not block, and a Mutex stayed locked for more than a second: hold it more "
            + "briefly, or use AsyncMutex")
      }
    }
  }
}
