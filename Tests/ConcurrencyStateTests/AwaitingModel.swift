import Interleavings

@testable import ConcurrencyStates

/// A task that begins and ends to wait for another, while threads raise its priority: what
/// `beginAwaiting`, `endAwaiting` and an escalation do to the status word and to the pointer to the
/// awaited task. The pointer is written plainly: others may see the write at any time up to the
/// writer's next read-modify-write.
struct AwaitingModel: InterleavingModel, Sendable {
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// The task reads its priority before others are sure to see what it waits for.
    case looksTooEarly
    /// The wait ends without a look at the lock.
    case ignoresTheLock
    /// The wait ends by a load of the status instead of a read-modify-write.
    case onlyLoads
  }

  enum Waiting: Hashable, Sendable {
    case write, look, raise(UInt), suspended, clear, lookAtLock, spin, free, done
  }

  enum Escalating: Hashable, Sendable { case raise, lock, read, tell, unlock, done }

  struct Escalator: Hashable, Sendable {
    var priority: UInt
    var step = Escalating.raise
  }

  let variant: Variant
  var status = TaskStatus(priority: 1)
  /// Whether the pointer is set, for the task itself and for others.
  var isSet = false
  var isSeen = false
  var awaitedPriority: UInt = 1
  var isAwaitedAlive = true
  var waiting = Waiting.write
  var escalators: [Escalator]
  var hasToldTheDead = false

  init(_ variant: Variant = .asWritten, priorities: [UInt]) {
    self.variant = variant
    escalators = priorities.map { Escalator(priority: $0) }
  }

  func fault(isAtRest: Bool) -> String? {
    if hasToldTheDead { return "an escalation has touched the awaited task after its end" }
    guard isAtRest, waiting == .suspended else { return nil }
    return awaitedPriority == status.priority ? nil : "the awaited task was not raised"
  }

  func steps() -> (certain: [AwaitingModel], possible: [AwaitingModel]) {
    var certain: [AwaitingModel] = []
    for index in escalators.indices where canStep(index) {
      var next = self
      next.escalate(index)
      certain.append(next)
    }
    var possible: [AwaitingModel] = []
    if isSeen != isSet {
      var next = self
      next.isSeen = isSet
      possible.append(next)
    }
    var next = self
    switch waiting {
    case .done: break
    case .spin where status.word & TaskStatus.locked != 0: break
    case .suspended:
      next.waiting = .clear
      possible.append(next)
    default:
      next.wait()
      certain.append(next)
    }
    return (certain, possible)
  }

  private mutating func wait() {
    switch waiting {
    case .write:
      isSet = true
      if variant == .looksTooEarly {
        waiting = .raise(status.priority)
      } else {
        waiting = .look
      }
    case .look:
      isSeen = isSet
      waiting = .raise(status.priority)
    case .raise(let priority):
      // The exchange that makes the task a waiter makes the pointer visible at the latest.
      isSeen = isSet
      awaitedPriority = max(awaitedPriority, priority)
      waiting = .suspended
    case .clear:
      isSet = false
      waiting = .lookAtLock
    case .lookAtLock:
      if variant != .onlyLoads { isSeen = isSet }
      let isLocked = status.word & TaskStatus.locked != 0
      waiting = isLocked && variant != .ignoresTheLock ? .spin : .free
    case .spin: waiting = .free
    case .free:
      isAwaitedAlive = false
      waiting = .done
    case .suspended, .done: break
    }
  }

  private func canStep(_ index: Int) -> Bool {
    switch escalators[index].step {
    case .done: false
    case .lock: status.word & TaskStatus.locked == 0
    default: true
    }
  }

  private mutating func escalate(_ index: Int) {
    switch escalators[index].step {
    case .raise:
      guard let (raised, _) = status.raised(to: escalators[index].priority) else {
        escalators[index].step = .done
        return
      }
      status = raised
      escalators[index].step = .lock
    case .lock:
      status.word |= TaskStatus.locked
      escalators[index].step = .read
    case .read:
      escalators[index].step = isSeen ? .tell : .unlock
    case .tell:
      if !isAwaitedAlive { hasToldTheDead = true }
      awaitedPriority = max(awaitedPriority, status.priority)
      escalators[index].step = .unlock
    case .unlock:
      status.word &= ~TaskStatus.locked
      escalators[index].step = .done
    case .done: break
    }
  }
}
