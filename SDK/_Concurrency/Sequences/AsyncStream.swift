import Swift

/// Elements that some code yields, from any thread, and other code awaits.
///
/// Any number of tasks may produce. If several consume, each element goes to one of them, and
/// cancelling one ends the stream for all.
public struct AsyncStream<Element> {
  private let source: AsyncStreamSource<Element, Never>

  /// By which elements get into a stream. Any thread.
  public struct Continuation: Sendable {
    /// Why a stream has ended.
    public enum Termination: Sendable, Hashable {
      /// By `finish()`.
      case finished
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

    let storage: AsyncStreamStorage<Element, Never>

    init(limit: BufferingPolicy) {
      switch limit {
      case .unbounded: storage = AsyncStreamStorage(limit: .unbounded)
      case .bufferingOldest(let count): storage = AsyncStreamStorage(limit: .oldest(count))
      case .bufferingNewest(let count): storage = AsyncStreamStorage(limit: .newest(count))
      }
    }

    /// Gives an element to a consumer that waits, or to the buffer.
    @discardableResult
    public func yield(_ value: sending Element) -> YieldResult {
      switch storage.yield(value) {
      case .enqueued(let remaining): .enqueued(remaining: remaining)
      case .dropped(let element): .dropped(element)
      case .terminated: .terminated
      }
    }

    /// Yields the value.
    @discardableResult
    public func yield(with result: sending Result<Element, Never>) -> YieldResult {
      switch consume result {
      case .success(let value): yield(value)
      }
    }

    /// Ends the stream. Elements in the buffer come first.
    public func finish() { storage.finish(nil) }

    /// Is called once, at the end: before a waiting consumer learns of it, on the thread that
    /// causes it.
    public var onTermination: (@Sendable (Termination) -> Void)? {
      get {
        guard let handler = storage.handler else { return nil }
        return { handler($0 == .finished ? .finished(nil) : .cancelled) }
      }
      nonmutating set {
        guard let newValue else { return storage.handler = nil }
        storage.handler = { termination in
          switch termination {
          case .finished: newValue(.finished)
          case .cancelled: newValue(.cancelled)
          }
        }
      }
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
  /// cancelled; then `onCancel` is called.
  @preconcurrency
  public init(
    unfolding produce: @escaping () async -> Element?, onCancel: (@Sendable () -> Void)? = nil
  ) {
    source = AsyncStreamSource(.unfolding(AsyncStreamUnfolding(produce, onCancel: onCancel)))
  }

  /// A stream and the continuation to fill it by.
  public static func makeStream(
    of elementType: Element.Type = Element.self,
    bufferingPolicy limit: Continuation.BufferingPolicy = .unbounded
  ) -> (stream: AsyncStream, continuation: Continuation) {
    let continuation = Continuation(limit: limit)
    return (AsyncStream(continuation), continuation)
  }

  private init(_ continuation: Continuation) {
    source = AsyncStreamSource(.buffer(continuation.storage))
  }
}

extension AsyncStream: AsyncSequence {
  public struct Iterator: AsyncIteratorProtocol {
    let source: AsyncStreamSource<Element, Never>

    /// The next element, as soon as there is one; nil at the end and when the task is cancelled.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
      await source.next(isolation: actor)
    }
  }

  public func makeAsyncIterator() -> Iterator { Iterator(source: source) }
}

extension AsyncStream: Sendable where Element: Sendable {}

extension AsyncStream.Continuation.YieldResult: Sendable where Element: Sendable {}

extension AsyncStream.Continuation {
  /// Gives the stream `()`.
  @discardableResult
  public func yield() -> YieldResult where Element == Void { yield(()) }
}

extension AsyncStream.Continuation: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.storage === right.storage }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(storage)) }
}
