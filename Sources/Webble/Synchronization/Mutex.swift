#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif
@_spi(Webble) import _Concurrency

/// A value that one thread at a time may use: the standard library's `Mutex`, which it does not
/// have on WebAssembly.
///
/// A worker that finds it locked spins briefly and then blocks, with all its tasks, until it is
/// unlocked. The main thread must not block: it spins, and after a second stops the program. So
/// keep what is done under the lock short, and use `AsyncMutex` where that cannot be. Waiters are
/// served in no particular order. Locking again what the calling thread has locked stops the
/// program.
///
/// There is no poisoning: a trap under the lock ends the program, on all its threads, and an error
/// thrown by `withLock`'s body leaves the value as the body left it, and unlocked.
///
/// Here it is a class, where the standard library's is a structure that cannot be copied: such a
/// one could not be captured by the closures that run on a pool, in Embedded Swift.
public final class Mutex<Value: ~Copyable>: @unchecked Sendable {
  /// The word first: its address is the block's.
  private struct Box: ~Copyable {
    let word = Atomic<UInt32>(0)
    /// Guarded by the lock.
    var value: Value

    init(_ value: consuming Value) { self.value = value }
  }

  /// In a block of its own: a block that is allocated cannot become part of a static object, of
  /// which the compiler may make one in every module that uses it.
  private let box: UnsafeMutablePointer<Box>

  private var lock: FutexLock {
    @inline(__always) get {
      FutexLock(word: UnsafeMutableRawPointer(box).assumingMemoryBound(to: Atomic<UInt32>.self))
    }
  }

  public init(_ initialValue: consuming sending Value) {
    box = .allocate(capacity: 1)
    box.initialize(to: Box(initialValue))
  }

  deinit {
    box.deinitialize(count: 1)
    box.deallocate()
  }

  /// Calls `body` with the value while no other thread can use it. Any thread; see the type for
  /// what the main thread does when another holds the lock.
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    willAccess(.lock)
    lock.lock(isUsers: true)
    defer { lock.unlock() }
    return try body(&box.pointee.value)
  }

  /// Calls `body` with the value if no other thread uses it at the moment; otherwise returns nil at
  /// once. Any thread.
  public func withLockIfAvailable<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result? {
    willAccess(.lock)
    guard lock.tryLock() else { return nil }
    defer { lock.unlock() }
    return try body(&box.pointee.value)
  }

  /// `withLock` for a `body` of a few instructions that calls no user code: the main thread waits
  /// for as long as it takes.
  @inline(__always)
  func withLockBriefly<Result: ~Copyable>(_ body: (inout Value) -> Result) -> Result {
    willAccess(.primitive)
    lock.lock(isUsers: false)
    defer { lock.unlock() }
    return body(&box.pointee.value)
  }
}
