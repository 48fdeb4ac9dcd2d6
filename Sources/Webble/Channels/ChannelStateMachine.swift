/// What happens in a channel, without threads: a pure value whose methods say what is to be done.
///
/// Receivers may fetch what is buffered and take it elsewhere, one by one: see `ChannelFront`. Until it is
/// told of less, the machine counts as many as were fetched last.
///
/// Invariants: while anybody waits to receive, nothing is buffered or fetched and nobody waits to send.
/// While anybody waits to send, the channel is full, as far as is known here. Nobody waits once the channel is
/// closed. There are no more elements than the capacity and those that observers have promised to fetch.
///
/// Elements leave in the order in which `send` was called: a waiting sender's element is behind the
/// buffer's, and moves into it when there is room.
///
/// Observers wait for several channels at once. Something that can be received is in the
/// buffer or a waiting sender's; observers are there only while nothing can, and are told, all of
/// them, when that ends.
struct ChannelStateMachine<Element, SendContinuation, ReceiveContinuation, Observer> {
  typealias Senders = WaitQueue<Element, Bool, SendContinuation>
  typealias Receivers = WaitQueue<Void, Element?, ReceiveContinuation>
  typealias Observers = WaitQueue<Void, Void, Observer>

  /// nil: unbounded. 0: senders and receivers meet.
  let capacity: Int?
  private var buffer = RingBuffer<Element>()
  private var senders = Senders()
  private var receivers = Receivers()
  private var observers = Observers()
  private(set) var isClosed = false
  /// Elements that were fetched and, as far as is known, not taken yet: never too few.
  var fetchedCount = 0

  init(capacity: Int?) { self.capacity = capacity }

  /// Elements that lie in the channel.
  var count: Int { buffer.count + fetchedCount }

  /// Whether there is no room, as far as is known.
  var isFull: Bool { count >= capacity ?? .max }

  var hasWaitingSenders: Bool { !senders.isEmpty }
  var hasObservers: Bool { !observers.isEmpty }

  private var hasElements: Bool { count > 0 || !senders.isEmpty }

  /// Whether nothing can be received any more.
  var isDrained: Bool { isClosed && !hasElements }

  // Sending

  enum SendAction {
    /// The element is in the buffer, or is the receiver's that is to be resumed with it.
    case sent(ReceiveContinuation?)
    /// The channel is closed, or full and the caller would not wait.
    case refused
    /// The caller is in line. It goes on with `armSend`.
    case wait(Senders.Ticket)
  }

  /// - Parameter promise: binds an observer that waits to fetch an element from here, if nothing else
  ///   has woken it; then it is to be told. Asked where the caller would not wait and nobody receives.
  mutating func send(
    _ element: Element, mayWait: Bool, promise: (Observer) -> Bool = { _ in false }
  ) -> SendAction {
    if isClosed { return .refused }
    if let receiver = receivers.serveFirst({ _ in element }) {
      return .sent(receiver.served.continuation)
    }
    if !isFull {
      buffer.append(element)
      return .sent(nil)
    }
    if mayWait { return .wait(senders.reserve(element)) }
    if capacity == 0, buffer.isEmpty, observers.contains(where: promise) {
      buffer.append(element)
      return .sent(nil)
    }
    return .refused
  }

  /// - Returns: whether the element was sent, if that is known by now; nil if the caller is to
  ///   suspend.
  mutating func armSend(_ ticket: Senders.Ticket, _ continuation: SendContinuation) -> Bool? {
    senders.arm(ticket, continuation)
  }

  /// Takes a waiting sender, and its element, out of the line.
  ///
  /// - Returns: what to resume with false.
  mutating func cancelSend(_ ticket: Senders.Ticket) -> SendContinuation? {
    senders.end(ticket, with: false)?.continuation
  }

  /// Lets elements of waiting senders in, while there is room.
  ///
  /// - Returns: the senders, to be resumed with true.
  mutating func admitSenders() -> [SendContinuation] {
    var admitted: [SendContinuation] = []
    while !isFull, let sender = senders.serveFirst({ _ in true }) {
      buffer.append(sender.request)
      if let continuation = sender.served.continuation { admitted.append(continuation) }
    }
    return admitted
  }

  // Receiving

  enum ReceiveAction {
    /// An element for the caller, and a sender to be resumed with true.
    case received(Element, SendContinuation?)
    /// The channel is closed and empty, or just empty and the caller would not wait.
    case nothing
    /// The caller is in line. It goes on with `armReceive`.
    case wait(Receivers.Ticket)
  }

  mutating func receive(mayWait: Bool) -> ReceiveAction {
    if let element = buffer.popFirst() {
      // At a rendezvous a sender waits for its own receiver.
      guard capacity != 0, let sender = senders.serveFirst({ _ in true }) else {
        return .received(element, nil)
      }
      buffer.append(sender.request)
      return .received(element, sender.served.continuation)
    }
    if let sender = senders.serveFirst({ _ in true }) {
      return .received(sender.request, sender.served.continuation)
    }
    return mayWait && !isClosed ? .wait(receivers.reserve(())) : .nothing
  }

  /// As `receive`, for a receiver that takes what was fetched and has found nothing of that: the first element, and
  /// all others that are buffered go to `fetched`.
  ///
  /// - Returns: also senders to be resumed with true, if there are any.
  mutating func fetch(
    into fetched: inout RingBuffer<Element>, mayWait: Bool
  ) -> (action: ReceiveAction, admitted: [SendContinuation]?) {
    fetchedCount = 0
    swap(&buffer, &fetched)
    guard let element = fetched.popFirst() else { return (receive(mayWait: mayWait), nil) }
    fetchedCount = fetched.count
    return (.received(element, nil), hasWaitingSenders ? admitSenders() : nil)
  }

  /// - Returns: what was received, if that is known by now; nil if the caller is to suspend.
  mutating func armReceive(
    _ ticket: Receivers.Ticket, _ continuation: ReceiveContinuation
  ) -> Element?? {
    receivers.arm(ticket, continuation)
  }

  /// Takes a waiting receiver out of the line.
  ///
  /// - Returns: what to resume with nil.
  mutating func cancelReceive(_ ticket: Receivers.Ticket) -> ReceiveContinuation? {
    receivers.end(ticket, with: nil)?.continuation
  }

  // Closing

  /// - Returns: the waiting senders, to be resumed with false, and receivers, to be resumed with
  ///   nil.
  mutating func close() -> (senders: [SendContinuation], receivers: [ReceiveContinuation]) {
    isClosed = true
    return (senders.serveAll(false), receivers.serveAll(nil))
  }

  // Observing

  /// Gets in line to be told when something can be received or the channel is closed.
  ///
  /// - Returns: nil if that is so already.
  mutating func observe(_ observer: Observer) -> Observers.Ticket? {
    if hasElements || isClosed { return nil }
    let ticket = observers.reserve(())
    _ = observers.arm(ticket, observer)
    return ticket
  }

  mutating func endObserving(_ ticket: Observers.Ticket) { _ = observers.end(ticket, with: ()) }

  /// After a `send` or `close`: who is to be told.
  mutating func takeObservers() -> [Observer] {
    guard !observers.isEmpty, hasElements || isClosed else { return [] }
    return observers.serveAll(())
  }

  func checkInvariants() {
    precondition(receivers.isEmpty || (count == 0 && senders.isEmpty))
    precondition(senders.isEmpty || count == capacity || capacity == 0)
    precondition(!isClosed || (senders.isEmpty && receivers.isEmpty))
    precondition(observers.isEmpty || !(hasElements || isClosed))
    precondition(capacity == nil || count <= Swift.max(1, capacity!))
  }
}
