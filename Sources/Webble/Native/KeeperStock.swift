#if !arch(wasm32)
import NativeScheduler

/// Counts of a pool's `Keepers` that one of its workers has in advance, so that the work which it spawns and ends does not
/// write to a word that all others write. The worker's own thread only. It has none while it sleeps.
struct KeeperStock {
  private var count: UInt32 = 0

  private static let portion: UInt32 = 64

  /// - Returns: false if the pool is closing for lack of keepers.
  mutating func take(of pool: PoolPointer) -> Bool {
    if count == 0 {
      guard pool.pointee.keepers.add(Self.portion) else { return false }
      count = Self.portion
    }
    count -= 1
    return true
  }

  mutating func giveBack(to pool: PoolPointer) {
    count += 1
    if count < 4 * Self.portion { return }
    count -= 2 * Self.portion
    // It is not the last.
    _ = pool.pointee.keepers.remove(2 * Self.portion)
  }

  mutating func returnAll(to pool: PoolPointer) {
    if count == 0 { return }
    let all = count
    count = 0
    if pool.pointee.keepers.remove(all) { PoolLifecycle.of(pool).close() }
  }
}
#endif
