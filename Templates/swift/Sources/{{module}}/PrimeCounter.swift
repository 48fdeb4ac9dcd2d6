import Webble
import {{module}}Core

/// Counts primes on all workers of a pool, one count at a time.
@MainActor final class PrimeCounter {
  private let pool: ThreadPool
  private var running: [WorkerHandle<Int, Never>] = []

  init(pool: ThreadPool) { self.pool = pool }

  /// Counts the primes below `limit`, and tells `progress` which part is done, from 0 to 1.
  ///
  /// - Returns: nil if it was cancelled.
  func count(below limit: Int, progress: (Double) -> Void) async -> Int? {
    cancel()
    let handles = parts(of: limit, count: 100).map { part in
      pool.spawnStealable { primeCount(in: part) }
    }
    running = handles
    var sum = 0
    for (index, handle) in handles.enumerated() {
      sum += await handle.value
      if handle.isCancelled { return nil }
      progress(Double(index + 1) / Double(handles.count))
    }
    return sum
  }

  func cancel() {
    for handle in running { handle.cancel() }
    running = []
  }
}
