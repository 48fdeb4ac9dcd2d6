// The native tests of channels have this file too.

/// What a task has asked of a channel and been told, and between which two moments.
struct ChannelOperation: Sendable {
  enum Kind {
    case send(Int, isSent: Bool)
    case receive(Int?)
    /// Without waiting.
    case trySend(Int, isSent: Bool)
    case tryReceive(Int?)
    case close
  }

  var kind: Kind
  var begin: Int
  var end: Int
  /// Its task was cancelled by the time it ended.
  var isCancelled: Bool
}

/// A channel as it would be if everything happened at a moment each.
struct ChannelModel {
  var capacity: Int?
  var queue: [Int] = []
  var isClosed = false

  /// In a rendezvous the element that was sent is received in the next moment.
  var owesReceipt: Bool { capacity == 0 && !queue.isEmpty }

  /// - Returns: whether the operation may have gone like that.
  mutating func perform(_ operation: ChannelOperation) -> Bool {
    let hasRoom = capacity == 0 ? queue.isEmpty : queue.count < capacity ?? .max
    switch operation.kind {
    case .send(let element, isSent: true), .trySend(let element, isSent: true):
      guard !isClosed, hasRoom else { return false }
      queue.append(element)
      return true
    case .send(_, isSent: false): return isClosed || operation.isCancelled
    // Nobody waits to receive at a rendezvous, as far as one can tell from outside.
    case .trySend(_, isSent: false): return isClosed || !hasRoom || capacity == 0
    case .receive(let element?), .tryReceive(let element?):
      guard queue.first == element else { return false }
      queue.removeFirst()
      return true
    case .receive(nil): return isClosed && queue.isEmpty || operation.isCancelled
    case .tryReceive(nil): return queue.isEmpty
    case .close:
      isClosed = true
      return true
    }
  }
}

/// Whether the operations can be put in an order that the model allows and in which none comes
/// before another that had ended when it began: Wing and Gong, "Testing and Verifying Concurrent
/// Objects" (1993).
func isLinearizable(_ history: [ChannelOperation], _ model: ChannelModel) -> Bool {
  if history.isEmpty { return true }
  let firstEnd = history.reduce(Int.max) { min($0, $1.end) }
  for (index, operation) in history.enumerated() where operation.begin < firstEnd {
    var after = model
    if model.owesReceipt {
      switch operation.kind {
      case .receive(_?), .tryReceive(_?): break
      default: continue
      }
    }
    guard after.perform(operation) else { continue }
    var rest = history
    rest.remove(at: index)
    if isLinearizable(rest, after) { return true }
  }
  return false
}
