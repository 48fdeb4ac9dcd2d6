/// What channels have in common whose every receiver has a place of its own in what is sent,
/// without threads.
protocol ManyReceiversStateMachine<Continuation> {
  associatedtype Event
  associatedtype Continuation

  /// The place of a receiver that has received everything.
  var end: Int { get }
  var isClosed: Bool { get set }
  var waiters: WaitQueue<Void, Void, Continuation> { get set }

  /// What a receiver gets that has not received everything.
  ///
  /// - Parameter cursor: its place, which is moved on.
  mutating func take(at cursor: inout Int) -> Event
}

/// What a receiver is to do.
enum ManyReceiversAction<Event, Continuation> {
  case received(Event)
  case closed
  /// It is in line. It goes on with `arm`, and then looks again.
  case wait(WaitQueue<Void, Void, Continuation>.Ticket)
}

extension ManyReceiversStateMachine {
  /// - Returns: who is to be resumed, to look again.
  mutating func close() -> [Continuation] {
    isClosed = true
    return waiters.serveAll(())
  }

  /// - Parameter cursor: the receiver's place, which is moved on.
  mutating func receive(at cursor: inout Int) -> ManyReceiversAction<Event, Continuation> {
    if cursor < end { return .received(take(at: &cursor)) }
    return isClosed ? .closed : .wait(waiters.reserve(()))
  }

  /// - Returns: whether there is something to look at by now; otherwise the caller is to suspend.
  mutating func arm(
    _ ticket: WaitQueue<Void, Void, Continuation>.Ticket, _ continuation: Continuation
  ) -> Bool {
    waiters.arm(ticket, continuation) != nil
  }

  /// Takes a waiting receiver out of the line.
  ///
  /// - Returns: what to resume.
  mutating func cancel(_ ticket: WaitQueue<Void, Void, Continuation>.Ticket) -> Continuation? {
    waiters.end(ticket, with: ())?.continuation
  }
}

extension Mutex
where
  Value: ManyReceiversStateMachine & SendableMetatype,
  Value.Continuation == UnsafeContinuation<Void, Never>
{
  /// Receives what comes next; waits while there is nothing.
  ///
  /// - Parameter cursor: the receiver's place, which is moved on.
  /// - Returns: nil when the channel is closed and nothing is left, or when the task was cancelled
  ///   during the wait.
  func receive(at cursor: inout Int, isolation: isolated (any Actor)?) async -> Value.Event? {
    while true {
      let place = cursor
      let (action, moved) = withLockBriefly { state in
        var cursor = place
        return (state.receive(at: &cursor), cursor)
      }
      cursor = moved
      switch action {
      case .received(let event): return event
      case .closed: return nil
      case .wait(let ticket):
        await withTaskCancellationHandler {
          _ = isolation
          await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            if withLockBriefly({ $0.arm(ticket, continuation) }) { continuation.resume() }
          }
        } onCancel: {
          withLockBriefly { $0.cancel(ticket) }?.resume()
        }
        // What has come before the cancellation is received all the same.
        if Task.isCancelled, cursor == withLockBriefly({ $0.end }) { return nil }
      }
    }
  }
}
