/// What happens in a watch channel, without threads: the latest value, how many there have been,
/// and who waits for the next.
struct WatchStateMachine<Value, Continuation> {
  typealias Waiters = WaitQueue<Void, Void, Continuation>

  private(set) var value: Value
  /// Of the value: 1 for the first.
  private(set) var version = 1
  private(set) var isClosed = false
  private var waiters = Waiters()

  init(_ value: Value) { self.value = value }

  /// - Returns: who is to be resumed, to look again; nil if the channel is closed.
  mutating func send(_ value: Value) -> [Continuation]? {
    if isClosed { return nil }
    self.value = value
    version += 1
    return waiters.serveAll(())
  }

  /// - Returns: who is to be resumed, to look again.
  mutating func close() -> [Continuation] {
    isClosed = true
    return waiters.serveAll(())
  }

  enum ReceiveAction {
    case received(Value)
    case closed
    /// The caller is in line. It goes on with `arm`, and then looks again.
    case wait(Waiters.Ticket)
  }

  /// - Parameter version: the last that the receiver has seen, 0 for none, which is moved on.
  mutating func receive(after version: inout Int) -> ReceiveAction {
    if version < self.version {
      version = self.version
      return .received(value)
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
