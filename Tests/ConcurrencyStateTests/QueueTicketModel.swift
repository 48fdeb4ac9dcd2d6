import Interleavings

@testable import ConcurrencyStates

/// One task that is queued again and again, workers that pop jobs in any order, and those who escalate it.
/// The transitions of the ticket are those of `QueueTicket`, which the real code calls too.
struct QueueTicketModel: InterleavingModel, Sendable {
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// A stand-in does not compare its number.
    case anyStandInClaims
    /// The task's own job is queued again while it is linked.
    case queuesOwnTwice
    /// The task's own job that is left behind does not keep the task.
    case voidJobKeepsNothing
  }

  struct Job: Hashable, Sendable {
    /// Nil for the task's own.
    var standIn: UInt?
    /// An actor's line, or a run queue: who claims the task does not do the same with it.
    var place: QueueTicket.Place
  }

  let variant: Variant
  var ticket = QueueTicket(word: 0)
  /// What the workers may pop, in any order: an escalation changes the queue.
  var queue: [Job] = []
  /// Jobs that were popped and not yet compared with the ticket.
  var popped: [Job] = []
  /// A stand-in that is valid and about to be pushed.
  var pushes: [Job] = []
  var isRunning = true
  var runsLeft: Int
  var escalationsLeft: Int
  /// The task's own until it has ended, and those of its void own job and of its stand-ins.
  var references = 1
  var failure: String?

  init(_ variant: Variant = .asWritten, runs: Int, escalations: Int) {
    self.variant = variant
    runsLeft = runs
    escalationsLeft = escalations
  }

  func fault(isAtRest: Bool) -> String? {
    if let failure { return failure }
    if references == 0, !queue.isEmpty || !popped.isEmpty || !pushes.isEmpty {
      return "the task is gone while a job refers to it"
    }
    if queue.filter({ $0.standIn == nil }).count > 1 { return "the task's own job is linked twice" }
    guard isAtRest else { return nil }
    if isRunning || runsLeft > 0 { return "the task was lost" }
    return references == 0 ? nil : "\(references) references are left"
  }

  func steps() -> (certain: [QueueTicketModel], possible: [QueueTicketModel]) {
    var certain: [QueueTicketModel] = []
    func add(_ change: (inout QueueTicketModel) -> Void) {
      var next = self
      change(&next)
      certain.append(next)
    }
    if isRunning { add { $0.suspendOrEnd() } }
    for index in queue.indices { add { $0.popped.append($0.queue.remove(at: index)) } }
    for index in popped.indices { add { $0.claim($0.popped.remove(at: index)) } }
    for index in pushes.indices { add { $0.queue.append($0.pushes.remove(at: index)) } }
    if escalationsLeft > 0, references > 0 { add { $0.escalate() } }
    return (certain, [])
  }

  private mutating func suspendOrEnd() {
    isRunning = false
    guard runsLeft > 0 else {
      references -= 1
      return
    }
    runsLeft -= 1
    if variant == .queuesOwnTwice { ticket.word &= ~4 }
    ticket = ticket.enqueuing(in: runsLeft % 2 == 0 ? .ready : .line)
    if !ticket.isOwn { references += 1 }
    pushes.append(Job(standIn: ticket.isOwn ? nil : ticket.number, place: ticket.place))
  }

  private mutating func claim(_ job: Job) {
    let place = ticket.place
    var isValid = false
    if let number = job.standIn {
      let compared = variant == .anyStandInClaims ? ticket.number : number
      if let next = ticket.poppingStandIn(compared) {
        isValid = true
        ticket = next
      }
      references -= 1
    } else {
      (ticket, isValid) = ticket.poppingOwn()
      if !isValid, variant != .voidJobKeepsNothing { references -= 1 }
    }
    guard isValid else { return }
    if place != job.place { failure = "a job claims the task out of another queue" }
    if isRunning { failure = "the task runs twice at once" }
    isRunning = true
  }

  private mutating func escalate() {
    escalationsLeft -= 1
    guard let (next, voidsOwn) = ticket.replacing() else { return }
    ticket = next
    if voidsOwn, variant != .voidJobKeepsNothing { references += 1 }
    references += 1
    pushes.append(Job(standIn: next.number, place: next.place))
  }
}
