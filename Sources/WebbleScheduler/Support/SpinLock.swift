#if canImport(CNative)
  import CNative
#else
  import CPlatform
#endif
#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// A lock for sections of a few instructions that call no code of the user and do not suspend.
///
/// The main thread of a page may not block, so it could not wait for a lock in any other way.
public struct SpinLock: ~Copyable, Sendable {
  private let isHeld = Atomic<Bool>(false)

  public init() {}

  /// Runs `body` while no other thread is in a section of this lock.
  @inline(__always)
  public func withLock<Result>(_ body: () -> Result) -> Result {
    // Pairs with the release below: a section sees all that the one before has written.
    if isHeld.exchange(true, ordering: .acquiring) { lockContended() }
    let result = body()
    isHeld.store(false, ordering: .releasing)
    return result
  }

  /// Never in line: what its caller knows of the memory's size is renewed by the call.
  @inline(never)
  @usableFromInline func lockContended() {
    repeat {
      // Only reads while waiting, so that the holder keeps the cache line.
      while isHeld.load(ordering: .relaxed) { webble_spin_hint() }
    } while isHeld.exchange(true, ordering: .acquiring)
    webble_learn_of_growth()
  }
}
