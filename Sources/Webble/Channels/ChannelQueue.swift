/// A channel's state machine under its lock, and the front that receivers take from, under theirs.
/// Generic over what stands for a task that waits, so that tests can use threads.
struct ChannelQueue<Element, SendContinuation, ReceiveContinuation, Observer> {
  typealias StateMachine = ChannelStateMachine<
    Element, SendContinuation, ReceiveContinuation, Observer
  >

  /// Who is to be resumed or told, outside of the locks.
  struct Woken {
    /// Senders whose elements are in the channel now.
    var admitted: [SendContinuation] = []
    /// Senders who will never send.
    var refused: [SendContinuation] = []
    /// Receivers who will get nothing.
    var disappointed: [ReceiveContinuation] = []
    var observers: [Observer] = []
  }

  private let state: Mutex<StateMachine>
  /// nil where no more than one element can be fetched at once.
  private let front: ChannelFront<Element>?

  init(capacity: Int?) {
    state = Mutex(StateMachine(capacity: capacity))
    front = capacity ?? .max > 1 ? ChannelFront() : nil
  }

  /// To be called once, by the owner's `deinit`.
  func deallocate() { front?.deallocate() }

  var count: Int {
    state.withLockBriefly { state in
      look(&state)
      return state.count
    }
  }

  var isClosed: Bool { state.withLockBriefly { $0.isClosed } }

  /// Lets the machine know how many elements are in front.
  private func look(_ state: inout StateMachine) {
    if let front { state.fetchedCount = front.count }
  }

  // Sending

  /// - Parameter isLast: closes the channel behind the element, if it is sent.
  /// - Returns: also who is to be resumed, if anybody is.
  func send(
    _ element: Element, mayWait: Bool, isLast: Bool = false,
    promise: (Observer) -> Bool = { _ in false }
  ) -> (action: StateMachine.SendAction, woken: Woken?) {
    state.withLockBriefly { state in
      var woken: Woken?
      if state.isFull, let front {
        look(&state)
        if mayWait, state.isFull, !state.hasWaitingSenders {
          front.setWanted(true)
          look(&state)
        }
        if state.hasWaitingSenders { woken = Woken(admitted: state.admitSenders()) }
      }
      let action = state.send(element, mayWait: mayWait, promise: promise)
      if isLast, case .sent = action {
        woken = woken ?? Woken()
        woken?.disappointed = state.close().receivers
      }
      if state.hasObservers {
        woken = woken ?? Woken()
        woken?.observers = state.takeObservers()
      }
      return (action, woken)
    }
  }

  func armSend(_ ticket: StateMachine.Senders.Ticket, _ continuation: SendContinuation) -> Bool? {
    state.withLockBriefly { $0.armSend(ticket, continuation) }
  }

  func cancelSend(_ ticket: StateMachine.Senders.Ticket) -> SendContinuation? {
    state.withLockBriefly { $0.cancelSend(ticket) }
  }

  // Receiving

  /// - Returns: also senders to be resumed with true, if there are any.
  func receive(
    mayWait: Bool
  ) -> (action: StateMachine.ReceiveAction, admitted: [SendContinuation]?) {
    guard let front else { return (state.withLockBriefly { $0.receive(mayWait: mayWait) }, nil) }
    let (result, isWanted) = front.takeFirst { element in
      (action: StateMachine.ReceiveAction.received(element, nil), admitted: [SendContinuation]?.none)
    } orElse: { fetched in
      state.withLockBriefly { state in
        let result = state.fetch(into: &fetched, mayWait: mayWait)
        front.setCount(fetched.count)
        return result
      }
    }
    return isWanted ? (result.action, admitSenders()) : result
  }

  /// After an element was taken from the front: there is room.
  @inline(never)
  private func admitSenders() -> [SendContinuation] {
    state.withLockBriefly { state in
      look(&state)
      let admitted = state.admitSenders()
      if !state.hasWaitingSenders { front?.setWanted(false) }
      return admitted
    }
  }

  func armReceive(
    _ ticket: StateMachine.Receivers.Ticket, _ continuation: ReceiveContinuation
  ) -> Element?? {
    state.withLockBriefly { $0.armReceive(ticket, continuation) }
  }

  func cancelReceive(_ ticket: StateMachine.Receivers.Ticket) -> ReceiveContinuation? {
    state.withLockBriefly { $0.cancelReceive(ticket) }
  }

  // Closing and observing

  func close() -> Woken {
    state.withLockBriefly { state in
      let waiting = state.close()
      return Woken(
        refused: waiting.senders, disappointed: waiting.receivers, observers: state.takeObservers())
    }
  }

  /// Whether nothing can be received any more.
  var isDrained: Bool {
    state.withLockBriefly { state in
      look(&state)
      return state.isDrained
    }
  }

  /// See `ChannelStateMachine.observe`.
  func observe(_ observer: Observer) -> StateMachine.Observers.Ticket? {
    state.withLockBriefly { state in
      look(&state)
      return state.observe(observer)
    }
  }

  func endObserving(_ ticket: StateMachine.Observers.Ticket) {
    state.withLockBriefly { $0.endObserving(ticket) }
  }
}
