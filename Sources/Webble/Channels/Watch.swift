/// A value that changes, and of which many want to know the latest state: a setting, a position, a
/// progress. Sending never waits; a slow receiver misses what was replaced meanwhile, and never the
/// latest.
///
/// ```swift
/// let progress = Watch(0)
/// pool.spawn {
///   for percent in 1...100 { progress.send(percent) }
///   progress.close()
/// }
/// for await percent in progress { show(percent) }
/// ```
public final class Watch<Value: Sendable>: Sendable {
  fileprivate typealias StateMachine = WatchStateMachine<Value, UnsafeContinuation<Void, Never>>

  fileprivate let state: Mutex<StateMachine>

  public init(_ initialValue: Value) { state = Mutex(StateMachine(initialValue)) }

  /// The latest value. Any thread.
  public var value: Value { state.withLockBriefly { $0.value } }

  /// Replaces the value. Any thread.
  ///
  /// - Returns: false if the channel is closed; then it keeps the value it has.
  @discardableResult
  public func send(_ value: Value) -> Bool {
    guard let sent = state.withLockBriefly({ $0.send(value) }) else { return false }
    for waiter in sent.woken { waiter.resume() }
    return true
  }

  /// Ends the channel. Receivers still get its last value. Any thread.
  public func close() {
    for waiter in state.withLockBriefly({ $0.close() }) { waiter.resume() }
  }
}

extension Watch: AsyncSequence {
  public typealias Element = Value
  public typealias Failure = Never

  public func makeAsyncIterator() -> Iterator { Iterator(channel: self) }

  /// A receiver: gets the value there is, then each time the latest, once, until the channel is
  /// closed. Its copies go on independently.
  public struct Iterator: AsyncIteratorProtocol, Sendable {
    fileprivate let channel: Watch
    /// Of the last value received.
    fileprivate var version = 0

    fileprivate init(channel: Watch) { self.channel = channel }

    public mutating func next() async -> Value? { await next(isolation: nil) }

    /// The latest value if it has not been received yet; waits while it has.
    ///
    /// - Returns: nil when the channel is closed and its last value received, or when the task was
    ///   cancelled during the wait.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> Value? {
      await channel.state.receive(at: &version, isolation: actor)
    }
  }
}
