/// A gate that opens once, when it has been counted down to zero. Blocks no thread; a cancelled
/// task waits like any other.
public final class CountdownLatch: Sendable {
  private struct State {
    var count: Int
    var waiters: [UnsafeContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  /// - Parameter count: how often it is to be counted down; at least 0.
  public init(count: Int) {
    require(count >= 0, "a latch counts down from at least 0")
    state = Mutex(State(count: count))
  }

  /// What is left to count. A racy snapshot.
  public var count: Int { state.withLockBriefly { $0.count } }

  /// Counts down, not below zero. Any thread.
  ///
  /// - Parameter amount: at least 0; 0 changes nothing. A latch never counts up.
  public func countDown(by amount: Int = 1) {
    require(amount >= 0, "a latch counts down, by at least 0")
    let opened: [UnsafeContinuation<Void, Never>] = state.withLockBriefly { state in
      state.count = Swift.max(0, state.count - amount)
      guard state.count == 0 else { return [] }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in opened { waiter.resume() }
  }

  /// Waits until the count is zero.
  public func wait(isolation: isolated (any Actor)? = #isolation) async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      willWait(for: .latch, at: self)
      let isOpen = state.withLockBriefly { state in
        if state.count > 0 { state.waiters.append(continuation) }
        return state.count == 0
      }
      if isOpen { continuation.resume() }
    }
  }
}
