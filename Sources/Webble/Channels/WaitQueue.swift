/// Tasks that wait in a line, each of which may leave it from anywhere: a pure value, for the state
/// machines of channels and locks. All operations take constant time.
///
/// A wait has two halves, since a task that suspends has its continuation only once it is
/// suspending, and may be cancelled, or served, before:
///
///     free ── reserve ──▶ reserved ── arm ──────▶ armed ── serve, leave ──▶ free
///                            │
///                            └── serve, leave ──▶ settled ── arm ──▶ free
///
/// The place in line is that of `reserve`. Serving an armed wait resumes its continuation
/// with the outcome; the outcome of a reserved one is kept until the task comes to arm it, and
/// finds that it need not suspend.
struct WaitQueue<Request, Outcome, Continuation> {
  /// Names a wait. One that is over is never mistaken for a later one in its slot.
  struct Ticket: Equatable {
    fileprivate var slot: Int
    /// How many had got in line by then, with this one.
    fileprivate(set) var number: UInt64
  }

  /// Somebody who has been served.
  enum Served {
    /// Its continuation is to be resumed with the outcome, outside any lock.
    case resume(Continuation)
    /// Its task has yet to suspend, and will find the outcome.
    case notified

    /// What is to be resumed, if anything.
    var continuation: Continuation? {
      if case .resume(let continuation) = self { continuation } else { nil }
    }
  }

  private enum State {
    case free
    case reserved
    case armed(Continuation)
    case settled(Outcome)
  }

  private struct Slot {
    var state = State.free
    /// What the task waits with, an element to send for one, while it is in line.
    var request: Request?
    /// The ticket's.
    var number: UInt64 = 0
    /// Neighbours in line; `next` also links the free slots. -1: none.
    var next = -1
    var previous = -1
  }

  private var slots: [Slot] = []
  private var firstFree = -1
  private var first = -1
  private var last = -1
  /// How many are in line.
  private(set) var count = 0
  /// Slots that are not free.
  private var usedCount = 0
  private var nextNumber: UInt64 = 0

  /// Slots that are kept when nobody waits.
  private static var keptCount: Int { 64 }

  init() {}

  var isEmpty: Bool { count == 0 }
  /// How many have been in line and are not any more.
  var leftCount: UInt64 { nextNumber - UInt64(count) }

  /// Gets in line, behind all others.
  mutating func reserve(_ request: Request) -> Ticket {
    let slot: Int
    if firstFree >= 0 {
      slot = firstFree
      firstFree = slots[slot].next
    } else {
      slot = slots.count
      slots.append(Slot())
    }
    usedCount += 1
    nextNumber += 1
    slots[slot].state = .reserved
    slots[slot].request = request
    slots[slot].number = nextNumber
    slots[slot].next = -1
    slots[slot].previous = last
    if last >= 0 { slots[last].next = slot } else { first = slot }
    last = slot
    count += 1
    return Ticket(slot: slot, number: nextNumber)
  }

  /// The second half of a wait, to be called exactly once after `reserve`.
  ///
  /// - Returns: the outcome if the wait is over already: then the continuation is the caller's to
  ///   resume.
  mutating func arm(_ ticket: Ticket, _ continuation: Continuation) -> Outcome? {
    guard case .settled(let outcome) = slots[ticket.slot].state else {
      slots[ticket.slot].state = .armed(continuation)
      return nil
    }
    free(ticket.slot)
    return outcome
  }

  /// The request of the first in line.
  var firstRequest: Request? { first >= 0 ? slots[first].request : nil }

  /// Ends the wait of the first in line.
  ///
  /// - Parameter outcome: made from the request; called at most once.
  mutating func serveFirst(
    _ outcome: (Request) -> Outcome
  ) -> (served: Served, request: Request, outcome: Outcome)? {
    first >= 0 ? end(first, outcome) : nil
  }

  /// Whether the condition holds for somebody who is in line and has suspended; asked in their order.
  func contains(where condition: (Continuation) -> Bool) -> Bool {
    var slot = first
    while slot >= 0 {
      if case .armed(let continuation) = slots[slot].state, condition(continuation) { return true }
      slot = slots[slot].next
    }
    return false
  }

  /// Ends all waits that are in line.
  ///
  /// - Returns: whose continuations are to be resumed with the outcome, in their order.
  mutating func serveAll(_ outcome: Outcome) -> [Continuation] {
    var continuations: [Continuation] = []
    while let waiter = serveFirst({ _ in outcome }) {
      if let continuation = waiter.served.continuation { continuations.append(continuation) }
    }
    return continuations
  }

  /// Ends a wait, wherever in line, for example because its task was cancelled.
  ///
  /// - Returns: nil if it is over already, or never began.
  mutating func end(_ ticket: Ticket, with outcome: Outcome) -> Served? {
    guard ticket.slot < slots.count, slots[ticket.slot].number == ticket.number else { return nil }
    switch slots[ticket.slot].state {
    case .reserved, .armed: return end(ticket.slot) { _ in outcome }.served
    case .free, .settled: return nil
    }
  }

  private mutating func end(
    _ slot: Int, _ makeOutcome: (Request) -> Outcome
  ) -> (served: Served, request: Request, outcome: Outcome) {
    let (next, previous) = (slots[slot].next, slots[slot].previous)
    if next >= 0 { slots[next].previous = previous } else { last = previous }
    if previous >= 0 { slots[previous].next = next } else { first = next }
    count -= 1
    let request = slots[slot].request.take().unsafelyUnwrapped
    let outcome = makeOutcome(request)
    if case .armed(let continuation) = slots[slot].state {
      free(slot)
      return (.resume(continuation), request, outcome)
    }
    slots[slot].state = .settled(outcome)
    return (.notified, request, outcome)
  }

  private mutating func free(_ slot: Int) {
    usedCount -= 1
    if usedCount == 0, slots.count > Self.keptCount {
      slots = []
      firstFree = -1
      return
    }
    slots[slot].state = .free
    slots[slot].next = firstFree
    firstFree = slot
  }
}
