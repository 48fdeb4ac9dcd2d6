#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// What keeps a pool open, in a word of the pool, which is never freed: its owner, and each task that was
/// made where nobody holds a reference to the owner, as in a callback on a worker.
///
/// Such a task cannot retain the owner. The main thread may be dropping the last reference at the same
/// moment, and a thread that holds the only one destroys the object without an atomic operation. Here one
/// operation decides:
///
///     callback:    raise the count, unless it is 0    (compare-and-exchange)
///     last keeper: lower it to 0                      (subtraction)
///
/// Either the callback comes first and the pool stays open until its task has ended, also without the
/// owner; or it finds 0 and keeps nothing: the pool is closing. Nothing else is published by the count.
public struct Keepers: ~Copyable, Sendable {
  /// The owner counts as one.
  private let count = Atomic<UInt32>(1)

  public init() {}

  /// One more. Any thread.
  ///
  /// - Returns: false if nobody keeps the pool open any more.
  public borrowing func add() -> Bool {
    var seen = count.load(ordering: .relaxed)
    while seen != 0 {
      let (exchanged, original) = count.weakCompareExchange(
        expected: seen, desired: seen + 1, ordering: .relaxed)
      if exchanged { return true }
      seen = original
    }
    return false
  }

  /// One less: the owner goes, or a task has ended. Any thread.
  ///
  /// - Returns: whether it was the last: the caller closes the pool.
  public borrowing func remove() -> Bool {
    count.subtract(1, ordering: .relaxed).newValue == 0
  }

  #if !arch(wasm32)
    /// Several at once, for a caller that keeps the pool open already, or would. Any thread.
    ///
    /// - Returns: false if nobody keeps the pool open any more.
    public borrowing func add(_ more: UInt32) -> Bool {
      var seen = count.load(ordering: .relaxed)
      while seen != 0 {
        let (exchanged, original) = count.weakCompareExchange(
          expected: seen, desired: seen + more, ordering: .relaxed)
        if exchanged { return true }
        seen = original
      }
      return false
    }

    /// - Returns: whether nobody is left: the caller closes the pool.
    public borrowing func remove(_ fewer: UInt32) -> Bool {
      count.subtract(fewer, ordering: .relaxed).newValue == 0
    }
  #endif
}
