import Synchronization
import Webble
import WebbleTesting

/// After that long a test hangs: far above what any takes on a busy machine, or under a sanitizer.
let limit: Duration = .seconds(120)

/// A number that any thread may change.
final class Counter: Sendable {
  private let count = Atomic(0)

  var value: Int { count.load(ordering: .sequentiallyConsistent) }

  @discardableResult
  func increment(by amount: Int = 1) -> Int {
    count.add(amount, ordering: .sequentiallyConsistent).newValue
  }
}

enum TestError: Error, Equatable, Sendable {
  case expected(Int)
}

/// Lets the event loop go round until `condition` holds.
///
/// - Returns: false if that took too long.
func eventually(
  isolation: isolated (any Actor)? = #isolation, _ condition: () -> Bool
) async -> Bool {
  let end = ContinuousClock.now + .seconds(10)
  while !condition() {
    if ContinuousClock.now > end { return false }
    await Task.yield()
  }
  return true
}

/// Runs `body` with a pool of two workers that all run.
@MainActor func withPool(workers: Int = 2, _ body: (ThreadPool) async -> Void) async {
  let pool = try! ThreadPool(workerCount: workers)
  try! await pool.ready()
  await body(pool)
  await pool.shutdown()
}

/// Checks that many calls of `round` leave no more memory in use than some.
///
/// - Parameter bytes: the allocator's own caches, at most; far less than what all rounds use.
@MainActor func expectMemoryBack(
  after rounds: Int, within bytes: Int = 1 << 20, _ round: @MainActor () async -> Void
) async {
  for _ in 0..<5 { await round() }
  let before = usedByteCount
  for _ in 0..<rounds { await round() }
  expect(usedByteCount - before < bytes, "\(usedByteCount - before) bytes more")
}

/// Keeps the thread busy, outside the scheduler.
func spin(_ duration: Duration) {
  let end = ContinuousClock.now + duration
  while ContinuousClock.now < end {}
}

/// Sebastiano Vigna's SplitMix64.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
