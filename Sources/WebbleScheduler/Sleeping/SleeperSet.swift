#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// Which workers sleep: one bit a worker. Any thread. All operations are sequentially consistent, each on
/// the word of its worker; the pairs that IdleWorkers.swift speaks of are of a worker and a thread that looks
/// for its bit, and so are pairs of accesses to one word.
///
/// A page's pools have at most 64 workers, and so one word, in place. Native ones have as many words as
/// they need: a thread that looks at them one after another may miss a bit that is set behind it, but then it
/// is set after the look began, and the sleeper's own look comes after that.
struct SleeperSet: ~Copyable, @unchecked Sendable {
  #if arch(wasm32)
    private let words = Atomic<UInt64>(0)

    init(workerCount: Int) {}

    var isEmpty: Bool { words.load(ordering: .sequentiallyConsistent) == 0 }

    func insert(_ index: Int) {
      words.bitwiseOr(1 << UInt64(index), ordering: .sequentiallyConsistent)
    }

    /// - Returns: whether it was there.
    func remove(_ index: Int) -> Bool { words.remove(1 << UInt64(index)) }

    /// Removes the lowest, so that the same few workers do what little work there is.
    func takeFirst() -> Int? { words.takeFirst() }

    var firstWord: UInt64 { words.load(ordering: .relaxed) }

    func _checkInvariants(workerCount: Int) {}
  #else
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let wordCount: Int

    init(workerCount: Int) {
      wordCount = (workerCount + 63) / 64
      words = .allocate(capacity: wordCount)
      for word in 0..<wordCount { (words + word).initialize(to: Atomic(0)) }
    }

    deinit { words.deallocate() }

    var isEmpty: Bool {
      for word in 0..<wordCount where words[word].load(ordering: .sequentiallyConsistent) != 0 {
        return false
      }
      return true
    }

    func insert(_ index: Int) {
      words[index / 64].bitwiseOr(1 << UInt64(index % 64), ordering: .sequentiallyConsistent)
    }

    /// - Returns: whether it was there.
    func remove(_ index: Int) -> Bool { words[index / 64].remove(1 << UInt64(index % 64)) }

    /// Removes the lowest, so that the same few workers do what little work there is.
    func takeFirst() -> Int? {
      for word in 0..<wordCount {
        if let bit = words[word].takeFirst() { return word * 64 + bit }
      }
      return nil
    }

    var firstWord: UInt64 { words[0].load(ordering: .relaxed) }

    func _checkInvariants(workerCount: Int) {
      let last = workerCount - (wordCount - 1) * 64
      let unused = last == 64 ? 0 : ~UInt64(0) << UInt64(last)
      precondition(
        words[wordCount - 1].load(ordering: .relaxed) & unused == 0,
        "SleeperSet: a bit of no worker is set")
    }
  #endif
}

extension Atomic<UInt64> {
  @inline(__always)
  fileprivate func remove(_ bit: UInt64) -> Bool {
    bitwiseAnd(~bit, ordering: .sequentiallyConsistent).oldValue & bit != 0
  }

  @inline(__always)
  fileprivate func takeFirst() -> Int? {
    var seen = load(ordering: .sequentiallyConsistent)
    while seen != 0 {
      let (exchanged, original) = weakCompareExchange(
        expected: seen, desired: seen & (seen - 1), ordering: .sequentiallyConsistent)
      if exchanged { return seen.trailingZeroBitCount }
      seen = original
    }
    return nil
  }
}
