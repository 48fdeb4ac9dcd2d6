/// What happens at a semaphore, without threads: its permits, and who waits for one.
///
/// Invariant: while anybody waits there is no permit.
struct SemaphoreStateMachine<Continuation> {
  typealias Waiters = WaitQueue<Void, Bool, Continuation>

  private(set) var permits: Int
  private var waiters = Waiters()

  var hasWaiters: Bool { !waiters.isEmpty }
  /// How many have left the line, with or without a permit.
  var leftCount: UInt64 { waiters.leftCount }

  init(permits: Int) { self.permits = permits }

  /// - Returns: whether there was a permit, which is the caller's now.
  mutating func take() -> Bool {
    if permits == 0 { return false }
    permits -= 1
    return true
  }

  /// - Returns: nil if the caller has a permit now; otherwise its place in line: it goes on with
  ///   `arm`.
  mutating func takeOrGetInLine() -> Waiters.Ticket? { take() ? nil : waiters.reserve(()) }

  /// - Returns: whether the caller has a permit, if that is known by now; nil if it is to suspend.
  mutating func arm(_ ticket: Waiters.Ticket, _ continuation: Continuation) -> Bool? {
    waiters.arm(ticket, continuation)
  }

  /// Takes a waiter out of the line.
  ///
  /// - Returns: what to resume with false.
  mutating func cancel(_ ticket: Waiters.Ticket) -> Continuation? {
    waiters.end(ticket, with: false)?.continuation
  }

  /// - Returns: what to resume with true.
  mutating func signal() -> Continuation? {
    guard let first = waiters.serveFirst({ _ in true }) else {
      permits += 1
      return nil
    }
    return first.served.continuation
  }

  func checkInvariants() { precondition(permits == 0 || waiters.isEmpty) }
}
