/// The longest a worker that has run dry keeps looking before it parks, in nanoseconds: about what it takes to
/// wake a thread whose processor has gone idle, so that a spin that finds nothing no more than doubles the cost of
/// the wait (Karlin, Li, Manasse and Owicki, "Empirical Studies of Competitive Spinning", 1991). With it and
/// `lingerTime`, rows 2a, 2c, 2d and 6 fell from 77–99 µs to 1.3–10 µs in Node (Benchmarks/NOTES.md).
let spinTime: Int64 = 40_000

/// Whether to keep looking for work before a sleep. After each attempt that found none, more sleeps begin
/// without one: 1, 3, 7, up to `maximum`. One that paid ends that.
struct SpinBackoff {
  /// The most sleeps in a row that begin without an attempt.
  static let maximum = 63

  private var left = 0
  private var length = 0

  /// A sleep is about to begin.
  ///
  /// - Returns: whether to try. Otherwise this sleep counts as one of those without.
  mutating func mayTry() -> Bool {
    if left == 0 { return true }
    left -= 1
    return false
  }

  mutating func hasPaid() { length = 0 }

  mutating func hasFailed() {
    length = Swift.min(Self.maximum, length * 2 + 1)
    left = length
  }
}
