/// A queue between tasks: any number of them send, any number receive, on any threads.
///
/// Each element goes to one receiver. Elements leave in the order in which they were sent; senders
/// and receivers that wait are served in the order in which they came. Waiting blocks no thread.
///
/// ```swift
/// let channel = Channel<Int>(capacity: 16)
/// pool.spawn {
///   for number in 0..<100 { await channel.send(number) }
///   channel.close()
/// }
/// for await number in channel { print(number) }
/// ```
///
/// Copies of a channel are the same channel.
public struct Channel<Element: Sendable>: Sendable {
  let storage: ChannelStorage<Element>

  /// Makes a channel.
  ///
  /// - Parameter capacity: how many elements may lie in it before `send` waits. 0: each `send`
  ///   waits for a receiver to take its element (a rendezvous). nil: no bound, and `send` never
  ///   waits.
  public init(capacity: Int? = nil) {
    require(capacity ?? 0 >= 0, "a channel's capacity is at least 0, or nil for no bound")
    storage = ChannelStorage(capacity: capacity)
  }

  /// Sends an element; waits while the channel is full.
  ///
  /// - Returns: whether it was sent. It was not if the channel is closed, or was closed during the
  ///   wait, or if the task was cancelled during the wait; then no receiver will get the element.
  @discardableResult
  public func send(
    _ element: Element, isolation: isolated (any Actor)? = #isolation
  ) async -> Bool {
    await storage.send(element, isolation: isolation)
  }

  /// Sends an element if that takes no waiting. Any thread.
  ///
  /// - Returns: whether it was sent: the channel was neither full nor closed.
  @discardableResult
  public func trySend(_ element: Element) -> Bool { storage.trySend(element) }

  /// Receives the oldest element; waits while there is none.
  ///
  /// - Returns: nil if the channel is closed and empty, or if the task was cancelled during the
  ///   wait. No element is lost by a cancellation: one that has come before it is returned.
  public func receive(isolation: isolated (any Actor)? = #isolation) async -> Element? {
    await storage.receive(isolation: isolation)
  }

  /// Receives the oldest element if there is one. Any thread.
  public func tryReceive() -> Element? { storage.tryReceive() }

  /// Ends the channel, from either side; any thread, and any number of times. Nothing can be sent
  /// from then on, and those who wait to send are refused. What lies in the channel can still be
  /// received.
  public func close() { storage.close() }

  public var isClosed: Bool { storage.isClosed }

  /// How many elements lie in the channel, those of waiting senders not counted. A racy snapshot.
  public var count: Int { storage.count }
}

extension Channel: AsyncSequence {
  public typealias Failure = Never

  public func makeAsyncIterator() -> Iterator { Iterator(channel: self) }

  /// Receives until the channel is closed and empty, or the task is cancelled while it waits.
  public struct Iterator: AsyncIteratorProtocol, Sendable {
    let channel: Channel

    public func next() async -> Element? { await channel.receive() }

    public func next(isolation actor: isolated (any Actor)?) async -> Element? {
      await channel.receive(isolation: actor)
    }
  }
}
