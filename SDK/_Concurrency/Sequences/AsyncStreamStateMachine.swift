import Swift

/// What AsyncStream and AsyncThrowingStream do, as a value: each method takes an event and returns
/// what is to be done about it, once the lock that guards the value is no longer held.
///
///     open ── finish(failure) ──▶ failed ── the failure is delivered ──▶ finished
///       │                                                                  ▲
///       └── finish(nil) ───────────────────────────────────────────────────┘
///
/// In every state elements may be buffered; they come before the end. A consumer waits only while
/// the stream is open and nothing is buffered. The handler of the end is handed out at most once.
///
/// `Consumer` is what a waiting consumer is resumed by, `Handler` what is called at the end.
struct AsyncStreamStateMachine<Element, Failure: Error, Consumer, Handler> {
  /// How many elements are kept for a consumer that is late, and which are dropped.
  enum Limit {
    case unbounded
    case oldest(Int)
    case newest(Int)
  }

  private enum State {
    case open
    case failed(Failure)
    case finished
  }

  let limit: Limit
  var handler: Handler?
  private var state = State.open
  private var buffer = RingBuffer<Element>()
  private var consumers = RingBuffer<Consumer>()

  init(limit: Limit) { self.limit = limit }

  // MARK: Producers

  enum YieldAction {
    /// Resume the consumer with the element. So many more could be buffered.
    case resume(Consumer, Element, room: Int)
    /// The element is buffered. So many more could be.
    case buffered(room: Int)
    /// The buffer was full; this is what is lost.
    case dropped(Element)
    /// The stream had ended; the element is lost.
    case terminated(Element)
  }

  mutating func yield(_ element: Element) -> YieldAction {
    guard case .open = state else { return .terminated(element) }
    if let consumer = consumers.popFirst() { return .resume(consumer, element, room: capacity) }
    if buffer.count < capacity {
      buffer.append(element)
      return .buffered(room: capacity == .max ? .max : capacity - buffer.count)
    }
    guard case .newest = limit, let oldest = buffer.popFirst() else { return .dropped(element) }
    buffer.append(element)
    return .dropped(oldest)
  }

  private var capacity: Int {
    switch limit {
    case .unbounded: .max
    case .oldest(let count), .newest(let count): count
    }
  }

  /// Call `handler`, then resume the first consumer with the failure, if there is one, and all
  /// others with the end.
  struct FinishAction {
    var handler: Handler?
    var failure: Failure?
    var consumers: RingBuffer<Consumer>
  }

  mutating func finish(_ failure: Failure?) -> FinishAction {
    var action = FinishAction(
      handler: handler.take(), failure: nil, consumers: RingBuffer<Consumer>())
    guard case .open = state else { return action }
    swap(&action.consumers, &consumers)
    if let failure, action.consumers.isEmpty {
      state = .failed(failure)
    } else {
      action.failure = failure
      state = .finished
    }
    return action
  }

  // MARK: Consumers

  enum NextAction {
    case element(Element)
    case failure(Failure)
    case end
    /// Nothing to be had yet.
    case wait
  }

  /// What is there without waiting.
  mutating func next() -> NextAction {
    if let element = buffer.popFirst() { return .element(element) }
    switch state {
    case .open:
      return .wait
    case .failed(let failure):
      state = .finished
      return .failure(failure)
    case .finished:
      return .end
    }
  }

  /// What is there by now; if it is nothing, the consumer waits, and some later action resumes it.
  mutating func next(_ consumer: Consumer) -> NextAction {
    let action = next()
    if case .wait = action { consumers.append(consumer) }
    return action
  }

  // MARK: Cancellation

  /// Returns the handler, to be called before `finish(nil)` ends the stream.
  mutating func cancel() -> Handler? { handler.take() }
}
