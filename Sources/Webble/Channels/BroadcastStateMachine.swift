/// What happens in a broadcast channel, without threads: the last elements, numbered from 0 in the
/// order in which they were sent, and who waits for the next.
struct BroadcastStateMachine<Element, Continuation> {
  typealias Waiters = WaitQueue<Void, Void, Continuation>

  let capacity: Int
  private var elements = RingBuffer<Element>()
  /// The number of the element that is sent next.
  private(set) var next = 0
  private var waiters = Waiters()
  private(set) var isClosed = false

  init(capacity: Int) { self.capacity = capacity }

  /// - Returns: who is to be resumed, to look again; nil if the channel is closed.
  mutating func send(_ element: Element) -> [Continuation]? {
    if isClosed { return nil }
    if elements.count == capacity { _ = elements.popFirst() }
    elements.append(element)
    next += 1
    return waiters.serveAll(())
  }

  /// - Returns: who is to be resumed, to look again.
  mutating func close() -> [Continuation] {
    isClosed = true
    return waiters.serveAll(())
  }

  enum ReceiveAction {
    case received(Element)
    /// That many were dropped before they could be received.
    case lagged(Int)
    case closed
    /// The caller is in line. It goes on with `arm`, and then looks again.
    case wait(Waiters.Ticket)
  }

  /// - Parameter cursor: the number of the element that the receiver wants, which is moved on.
  mutating func receive(at cursor: inout Int) -> ReceiveAction {
    let oldest = next - elements.count
    if cursor < oldest {
      defer { cursor = oldest }
      return .lagged(oldest - cursor)
    }
    if cursor < next {
      defer { cursor += 1 }
      return .received(elements[cursor - oldest])
    }
    return isClosed ? .closed : .wait(waiters.reserve(()))
  }

  /// - Returns: whether there is something to look at by now; otherwise the caller is to suspend.
  mutating func arm(_ ticket: Waiters.Ticket, _ continuation: Continuation) -> Bool {
    waiters.arm(ticket, continuation) != nil
  }

  /// Takes a waiting receiver out of the line.
  ///
  /// - Returns: what to resume.
  mutating func cancel(_ ticket: Waiters.Ticket) -> Continuation? {
    guard case .resume(let continuation) = waiters.end(ticket, with: ()) else { return nil }
    return continuation
  }
}
