/// What happens in a broadcast channel, without threads: the last elements, numbered from 0 in the
/// order in which they were sent, and who waits for the next.
struct BroadcastStateMachine<Element, Continuation>: ManyReceiversStateMachine {
  let capacity: Int
  private var elements = RingBuffer<Element>()
  /// The number of the element that is sent next.
  private(set) var end = 0
  var waiters = WaitQueue<Void, Void, Continuation>()
  var isClosed = false

  init(capacity: Int) { self.capacity = capacity }

  /// - Returns: who is to be resumed, to look again, and what is to be dropped outside the lock;
  ///   nil if the channel is closed.
  mutating func send(_ element: Element) -> (woken: [Continuation], dropped: Element?)? {
    if isClosed { return nil }
    let dropped = elements.count == capacity ? elements.popFirst() : nil
    elements.append(element)
    end += 1
    return (waiters.serveAll(()), dropped)
  }

  enum Event {
    case element(Element)
    /// That many were dropped before they could be received.
    case lagged(Int)
  }

  /// - Parameter cursor: the number of the element that the receiver wants.
  mutating func take(at cursor: inout Int) -> Event {
    let oldest = end - elements.count
    if cursor < oldest {
      defer { cursor = oldest }
      return .lagged(oldest - cursor)
    }
    defer { cursor += 1 }
    return .element(elements[cursor - oldest])
  }
}
