/// A place where tasks wait for each other: when as many as it was made for have come, all go on,
/// and the next round begins. Blocks no thread. A cancelled task waits like any other, since the
/// others need it.
public final class Barrier: Sendable {
  private let count: Int
  private let waiters = Mutex<[UnsafeContinuation<Bool, Never>]>([])

  /// - Parameter count: how many tasks make a round; at least 1.
  public init(count: Int) {
    require(count >= 1, "a barrier is for at least one task")
    self.count = count
  }

  /// Waits until the round is complete.
  ///
  /// - Returns: true to one task a round, the one that came last.
  @discardableResult
  public func wait(isolation: isolated (any Actor)? = #isolation) async -> Bool {
    await withUnsafeContinuation { continuation in
      willWait(for: .barrier, at: self)
      let round: [UnsafeContinuation<Bool, Never>] = waiters.withLockBriefly { waiters in
        if waiters.count + 1 < count {
          waiters.append(continuation)
          return []
        }
        defer { waiters = [] }
        return waiters + [continuation]
      }
      for (position, waiter) in round.enumerated() {
        waiter.resume(returning: position == count - 1)
      }
    }
  }
}
