/// From whom a worker steals, how much, and how many workers may look for work at once.
struct StealPolicy {
  /// A theft takes half of what a deque holds, at most this many jobs.
  static let limit = 64

  private var random: UInt32

  /// - Parameter index: the worker's place, so that no two begin with the same victim.
  init(index: Int) {
    random = UInt32(truncatingIfNeeded: index &+ 2) &* 0x9E37_79B9
  }

  /// The worker to look at first; the others follow in their order. Drawn anew each time (Marsaglia's xorshift,
  /// "Xorshift RNGs", 2003), so that thieves spread.
  mutating func firstVictim(of count: Int) -> Int {
    random ^= random << 13
    random ^= random >> 17
    random ^= random << 5
    return Int(random % UInt32(count))
  }

  /// Whether one more worker may look: two may, and one of two. More would mostly hinder each other, and those
  /// that they look at: with four, row 4b is as slow on 8 and 16 workers as with half of all (Benchmarks/SCALING.md).
  static func admitsSearcher(besides searching: UInt32, of workerCount: UInt32) -> Bool {
    searching < (workerCount > 2 ? 2 : 1)
  }
}
