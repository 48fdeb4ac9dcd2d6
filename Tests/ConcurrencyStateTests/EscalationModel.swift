import Interleavings

@testable import ConcurrencyStates

/// Threads that raise the priority of a parent, whose child has to follow, and one that cancels it. The
/// transitions of the status word are those of `TaskStatus`, which the real code calls too.
struct EscalationModel: InterleavingModel, Sendable {
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// The escalator clears the bit after it has told the child.
    case clearsTheBitTooLate
    /// Whoever raises lists the task, whether it is listed already or not.
    case listsTwice
  }

  enum Step: Hashable, Sendable {
    case load
    case exchange(TaskStatus)
    case clear
    case tell(UInt)
    case clearTooLate
    case cancel
    case done
  }

  struct Thread: Hashable, Sendable {
    var priority: UInt
    var step: Step
  }

  let variant: Variant
  var parent = TaskStatus(priority: 1)
  var child: UInt = 1
  var threads: [Thread]
  /// In how many escalators' lists the parent is.
  var listings = 0

  init(_ variant: Variant = .asWritten, priorities: [UInt]) {
    self.variant = variant
    threads = priorities.map { Thread(priority: $0, step: .load) } + [Thread(priority: 0, step: .cancel)]
  }

  func fault(isAtRest: Bool) -> String? {
    if listings > 1 { return "the task is in two lists" }
    guard isAtRest else { return nil }
    if !parent.isCancelled { return "the cancellation was lost" }
    if parent.word & TaskStatus.escalating != 0 { return "the task stays listed" }
    let highest = threads.map(\.priority).max() ?? 0
    return parent.priority == highest && child == highest ? nil : "the child was not told"
  }

  func steps() -> (certain: [EscalationModel], possible: [EscalationModel]) {
    var certain: [EscalationModel] = []
    for index in threads.indices where threads[index].step != .done {
      var next = self
      next.step(index)
      certain.append(next)
    }
    return (certain, [])
  }

  private mutating func step(_ index: Int) {
    switch threads[index].step {
    case .load:
      threads[index].step = .exchange(parent)
    case .exchange(let seen):
      guard let (raised, mustList) = seen.raised(to: threads[index].priority) else {
        threads[index].step = .done
        return
      }
      guard parent == seen else {
        threads[index].step = .exchange(parent)
        return
      }
      parent = raised
      guard mustList || variant == .listsTwice else {
        threads[index].step = .done
        return
      }
      listings += 1
      threads[index].step =
        variant == .clearsTheBitTooLate ? .tell(parent.priority) : .clear
    case .clear:
      parent.word &= ~TaskStatus.escalating
      listings -= 1
      threads[index].step = .tell(parent.priority)
    case .tell(let priority):
      child = max(child, priority)
      threads[index].step = variant == .clearsTheBitTooLate ? .clearTooLate : .done
    case .clearTooLate:
      parent.word &= ~TaskStatus.escalating
      listings -= 1
      threads[index].step = .done
    case .cancel:
      parent.word |= TaskStatus.cancelled
      threads[index].step = .done
    case .done: break
    }
  }
}
