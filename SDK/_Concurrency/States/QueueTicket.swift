/// Where a task is queued, and by which job: what lets an escalation move it to another queue.
///
/// A queue's links lie in the jobs, and no thread can take a job out of the middle of another's queue. So a
/// task that is escalated is queued a second time, by a stand-in, and the job left behind is void:
/// the worker that comes upon it drops it. A ticket says which job is the valid one.
///
///     bits 0-1  place    none: the task is not queued, or in a custom executor's hands. line: it waits for
///                        an actor. ready: it waits for a thread, and has been granted its actor, if any
///     bit 2     linked   the task's own job lies in a queue, valid or void. It cannot be queued again
///     bit 3     own      the task's own job is the valid one
///     rest      number   of the valid stand-in, if it is not
///
///     none ── enqueue ──▶ line / ready ── claim (by popping the valid job)   ──▶ none
///                            │    ▲
///                            └────┘ escalate: the next stand-in becomes the valid job
///
/// A void own job keeps its task in memory, and so does every stand-in.
struct QueueTicket: Hashable {
  var word: UInt

  enum Place: UInt {
    case none = 0
    case line = 1
    case ready = 2
  }

  private static let linked: UInt = 4
  private static let own: UInt = 8
  private static let oneNumber: UInt = 16

  var place: Place { Place(rawValue: word & 3).unsafelyUnwrapped }
  var isLinked: Bool { word & QueueTicket.linked != 0 }
  var isOwn: Bool { word & QueueTicket.own != 0 }
  var number: UInt { word / QueueTicket.oneNumber }

  /// The ticket of a task that is about to be queued: by its own job unless that is linked still, else by
  /// a stand-in of the ticket's number. By the thread that has the task alone.
  func enqueuing(in place: Place) -> QueueTicket {
    isLinked
      ? QueueTicket(word: word &+ QueueTicket.oneNumber + place.rawValue)
      : QueueTicket(word: word | QueueTicket.linked | QueueTicket.own | place.rawValue)
  }

  /// The ticket when the task's own job has been popped, and whether that claims the task.
  func poppingOwn() -> (QueueTicket, isValid: Bool) {
    isOwn
      ? (QueueTicket(word: word & ~(3 | QueueTicket.linked | QueueTicket.own)), true)
      : (QueueTicket(word: word & ~QueueTicket.linked), false)
  }

  /// The ticket when the stand-in of that number has been popped; nil if it is void.
  func poppingStandIn(_ number: UInt) -> QueueTicket? {
    guard place != .none, !isOwn, self.number == number else { return nil }
    return QueueTicket(word: word & ~3)
  }

  /// The ticket of a task that a stand-in is about to queue anew; nil if it is not queued.
  ///
  /// - Returns: also whether the task's own job becomes void by it.
  func replacing() -> (QueueTicket, voidsOwn: Bool)? {
    guard place != .none else { return nil }
    return (QueueTicket(word: (word & ~QueueTicket.own) &+ QueueTicket.oneNumber), isOwn)
  }
}
