/// Who holds, and who waits for, a lock for many readers or one writer: a pure value. All are
/// served in the order in which they came, readers that stand together at once; so nobody waits for
/// more than those who came before.
struct RwLockQueue<Continuation> {
  typealias Waiters = WaitQueue<Bool, Void, Continuation>

  /// -1: a writer.
  private(set) var readerCount = 0
  /// By whether they are writers.
  private var waiters = Waiters()

  init() {}

  /// - Returns: nil if the caller holds the lock now; otherwise its place in line: it goes on with
  ///   `arm`.
  mutating func lock(isWriter: Bool) -> Waiters.Ticket? {
    if waiters.isEmpty, enter(isWriter: isWriter) { return nil }
    return waiters.reserve(isWriter)
  }

  /// - Returns: whether the caller holds the lock by now; otherwise it is to suspend.
  mutating func arm(_ ticket: Waiters.Ticket, _ continuation: Continuation) -> Bool {
    waiters.arm(ticket, continuation) != nil
  }

  /// - Returns: who holds the lock now and is to be resumed.
  mutating func unlock() -> [Continuation] {
    readerCount = Swift.max(0, readerCount - 1)
    var resumed: [Continuation] = []
    while let isWriter = waiters.firstRequest, enter(isWriter: isWriter) {
      let first = waiters.serveFirst { _ in }
      if let continuation = first?.served.continuation { resumed.append(continuation) }
    }
    return resumed
  }

  private mutating func enter(isWriter: Bool) -> Bool {
    if isWriter ? readerCount != 0 : readerCount < 0 { return false }
    readerCount += isWriter ? -1 : 1
    return true
  }
}
