/// A channel whose every subscriber receives every element that is sent after it has subscribed.
/// Sending never waits: a subscriber that falls behind by more than the capacity misses the oldest,
/// and is told how many.
public final class Broadcast<Element: Sendable>: Sendable {
  fileprivate typealias StateMachine = BroadcastStateMachine<
    Element, UnsafeContinuation<Void, Never>
  >

  fileprivate let state: Mutex<StateMachine>

  /// - Parameter capacity: how many elements are kept for those who are behind; at least 1.
  public init(capacity: Int) {
    require(capacity >= 1, "a broadcast channel keeps at least one element")
    state = Mutex(StateMachine(capacity: capacity))
  }

  /// Sends an element to all subscribers. Any thread.
  ///
  /// - Returns: false if the channel is closed.
  @discardableResult
  public func send(_ element: Element) -> Bool {
    guard let sent = state.withLockBriefly({ $0.send(element) }) else { return false }
    for waiter in sent.woken { waiter.resume() }
    return true
  }

  /// Ends the channel. Subscribers still receive what it keeps. Any thread.
  public func close() {
    for waiter in state.withLockBriefly({ $0.close() }) { waiter.resume() }
  }

  /// A subscription to what is sent from now on. Any thread.
  public func subscribe() -> Subscription {
    Subscription(channel: self, cursor: state.withLockBriefly { $0.end })
  }

  /// What a subscriber receives.
  public enum Event {
    case element(Element)
    /// That many elements were dropped, since the subscriber was behind.
    case lagged(Int)
  }

  /// A place in the channel. Its copies go on independently.
  public struct Subscription: Sendable {
    fileprivate let channel: Broadcast
    fileprivate var cursor: Int

    /// Receives what comes next; waits while there is nothing.
    ///
    /// - Returns: nil when the channel is closed and nothing is left, or when the task was
    ///   cancelled during the wait.
    public mutating func receive(
      isolation: isolated (any Actor)? = #isolation
    ) async -> Event? {
      switch await channel.state.receive(at: &cursor, isolation: isolation) {
      case .element(let element): return .element(element)
      case .lagged(let count): return .lagged(count)
      case nil: return nil
      }
    }
  }
}

extension Broadcast.Event: CustomStringConvertible where Element: CustomStringConvertible {
  /// `element(…)` or `lagged(…)`.
  public var description: String {
    switch self {
    case .element(let element): "element(\(element))"
    case .lagged(let count): "lagged(\(count))"
    }
  }
}
