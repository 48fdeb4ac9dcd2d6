/// A channel for one element, from one task to another: an answer, a result.
///
/// ```swift
/// let (sender, receiver) = OneShot<Int>.makeChannel()
/// pool.spawn { sender.send(compute()) }
/// if let result = await receiver.receive() { print(result) }
/// ```
public enum OneShot<Element: Sendable> {
  /// Makes a channel's two ends. A receiver that waits learns of it when the sender goes away
  /// without having sent, and a sender, when it sends, of a receiver that has gone away.
  public static func makeChannel() -> (sender: Sender, receiver: Receiver) {
    let storage = ChannelStorage<Element>(capacity: 1)
    return (Sender(storage), Receiver(storage))
  }

  /// The end that sends. Any thread.
  public final class Sender: Sendable {
    private let storage: ChannelStorage<Element>

    fileprivate init(_ storage: ChannelStorage<Element>) { self.storage = storage }

    deinit { storage.close() }

    /// Sends the element. Never waits.
    ///
    /// - Returns: false if one has been sent before, or the receiver has closed the channel or gone
    ///   away: nobody will get the element.
    @discardableResult
    public func send(_ element: Element) -> Bool { storage.trySend(element, isLast: true) }

    /// Whether nobody would receive what is sent.
    public var isClosed: Bool { storage.isClosed }
  }

  /// The end that receives. Any thread.
  public final class Receiver: Sendable {
    private let storage: ChannelStorage<Element>

    fileprivate init(_ storage: ChannelStorage<Element>) { self.storage = storage }

    deinit { storage.close() }

    /// Receives the element; waits until it is sent.
    ///
    /// - Returns: nil if the sender has gone away without sending, if the element has been received
    ///   before, or if the task was cancelled during the wait.
    public func receive(isolation: isolated (any Actor)? = #isolation) async -> Element? {
      await storage.receive(isolation: isolation)
    }

    /// The element if it has been sent and not yet received.
    public func tryReceive() -> Element? { storage.tryReceive() }

    /// Refuses the element if it has not been sent yet.
    public func close() { storage.close() }
  }
}
