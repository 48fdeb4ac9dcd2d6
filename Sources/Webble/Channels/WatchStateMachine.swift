/// What happens in a watch channel, without threads: the latest value, how many there have been,
/// and who waits for the next.
struct WatchStateMachine<Value, Continuation>: ManyReceiversStateMachine {
  private(set) var value: Value
  /// Which value it is: 1 for the first.
  private(set) var end = 1
  var isClosed = false
  var waiters = WaitQueue<Void, Void, Continuation>()

  init(_ value: Value) { self.value = value }

  /// - Returns: who is to be resumed, to look again, and what is to be dropped outside the lock;
  ///   nil if the channel is closed.
  mutating func send(_ value: Value) -> (woken: [Continuation], dropped: Value)? {
    if isClosed { return nil }
    let dropped = self.value
    self.value = value
    end += 1
    return (waiters.serveAll(()), dropped)
  }

  /// - Parameter cursor: which value the receiver has received last, 0 for none.
  mutating func take(at cursor: inout Int) -> Value {
    cursor = end
    return value
  }
}
