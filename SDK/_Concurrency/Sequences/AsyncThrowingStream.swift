import Swift

/// Elements that some code yields, from any thread, and other code awaits; may end with an error.
///
/// Any number of tasks may produce. If several consume, each element goes to one of them, and
/// cancelling one ends the stream for all.
public struct AsyncThrowingStream<Element, Failure: Error> {
  private let source: AsyncStreamSource<Element, Failure>

  /// By which elements get into a stream. Any thread.
  public struct Continuation: Sendable {
    /// Why a stream has ended.
    public enum Termination: Sendable {
      /// By `finish()`, or by `finish(throwing:)` with that error.
      case finished(Failure?)
      /// By the consuming task's cancellation, or because nothing refers to the stream any more.
      case cancelled
    }

    /// What has become of an element.
    public enum YieldResult {
      /// It will be delivered; so many more could be buffered.
      case enqueued(remaining: Int)
      /// The buffer was full, and this element is lost for it.
      case dropped(Element)
      /// The stream had ended, and the element is lost.
      case terminated
    }

    /// What happens to elements that nobody awaits yet.
    public enum BufferingPolicy: Sendable {
      /// All are kept.
      case unbounded
      /// So many are kept, and further ones dropped.
      case bufferingOldest(Int)
      /// So many are kept, for which older ones are dropped.
      case bufferingNewest(Int)
    }

    let storage: AsyncStreamStorage<Element, Failure>

    init(limit: BufferingPolicy) {
      switch limit {
      case .unbounded: storage = AsyncStreamStorage(limit: .unbounded)
      case .bufferingOldest(let count): storage = AsyncStreamStorage(limit: .oldest(count))
      case .bufferingNewest(let count): storage = AsyncStreamStorage(limit: .newest(count))
      }
    }

    /// Gives an element to a consumer that waits, or to the buffer.
    @discardableResult
    public func yield(_ value: sending Element) -> YieldResult { storage.yield(value) }

    /// Yields the value, or ends the stream with the error.
    @discardableResult
    public func yield(with result: sending Result<Element, Failure>) -> YieldResult {
      switch consume result {
      case .success(let value):
        return storage.yield(value)
      case .failure(let error):
        finish(throwing: error)
        return .terminated
      }
    }

    /// Ends the stream, with an error if one is given. Elements in the buffer come first.
    public func finish(throwing error: Failure? = nil) { storage.finish(error) }

    /// Is called once, at the end: before a waiting consumer learns of it, on the thread that
    /// causes it.
    public var onTermination: (@Sendable (Termination) -> Void)? {
      get { storage.handler }
      nonmutating set { storage.handler = newValue }
    }
  }

  /// A stream, and the continuation that `build` gets to fill it by.
  public init(
    _ elementType: Element.Type = Element.self,
    bufferingPolicy limit: Continuation.BufferingPolicy = .unbounded,
    _ build: (Continuation) -> Void
  ) {
    let continuation = Continuation(limit: limit)
    source = AsyncStreamSource(.buffer(continuation.storage))
    build(continuation)
  }

  /// A stream that calls `produce` for each element until it returns nil, or the consuming task is
  /// cancelled; then `onCancel` is called. An error ends the loop that meets it, not the stream:
  /// a request for a further element calls `produce` again.
  @preconcurrency
  public init(
    unfolding produce: @escaping () async throws(Failure) -> Element?,
    onCancel: (@Sendable () -> Void)? = nil
  ) {
    source = AsyncStreamSource(.unfolding(AsyncStreamUnfolding(produce, onCancel: onCancel)))
  }

  /// A stream and the continuation to fill it by.
  public static func makeStream(
    of elementType: Element.Type = Element.self, throwing failureType: Failure.Type = Failure.self,
    bufferingPolicy limit: Continuation.BufferingPolicy = .unbounded
  ) -> (stream: AsyncThrowingStream, continuation: Continuation) {
    let continuation = Continuation(limit: limit)
    return (AsyncThrowingStream(continuation), continuation)
  }

  private init(_ continuation: Continuation) {
    source = AsyncStreamSource(.buffer(continuation.storage))
  }
}

extension AsyncThrowingStream: AsyncSequence {
  public struct Iterator: AsyncIteratorProtocol {
    let source: AsyncStreamSource<Element, Failure>

    /// The next element, as soon as there is one; nil at the end and when the task is cancelled.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Failure) -> Element? {
      try await source.next(isolation: actor)
    }
  }

  public func makeAsyncIterator() -> Iterator { Iterator(source: source) }
}

extension AsyncThrowingStream: Sendable where Element: Sendable {}

extension AsyncThrowingStream.Continuation.YieldResult: Sendable where Element: Sendable {}

extension AsyncThrowingStream.Continuation {
  /// Gives the stream `()`.
  @discardableResult
  public func yield() -> YieldResult where Element == Void { storage.yield(()) }
}

extension AsyncThrowingStream.Continuation: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.storage === right.storage }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(storage)) }
}
