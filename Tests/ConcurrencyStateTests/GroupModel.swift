import Interleavings

@testable import ConcurrencyStates

/// A group's parent that takes all results, and its children, which are numbered from 2 by twos, like
/// addresses. The transitions of the word are those of `GroupState`, which the real code calls too.
struct GroupModel: InterleavingModel, Sendable {
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// The parent says that it waits without looking whether a child has completed since.
    case waitsWithoutComparing
    /// A child that finds the parent waiting leaves its result without resuming it.
    case doesNotResume
  }

  enum ParentStep: Hashable, Sendable { case take, wait, suspended, done }

  let variant: Variant
  var word = GroupState(word: GroupState.empty)
  var parent = ParentStep.take
  /// What a child has seen before its exchange, or nil before it has looked.
  var children: [Child]
  /// Each completed child with the one that it is linked to.
  var links: [UInt: UInt] = [:]
  var results: [UInt] = []

  struct Child: Hashable, Sendable {
    var number: UInt
    var seen: GroupState?
    var isDone = false
  }

  init(_ variant: Variant = .asWritten, children count: Int) {
    self.variant = variant
    children = (1...count).map { Child(number: UInt($0) * 2) }
  }

  func fault(isAtRest: Bool) -> String? {
    if Set(results).count != results.count { return "a result was taken twice" }
    guard isAtRest else { return nil }
    return parent == .done ? nil : "the parent waits, with \(results.count) results taken"
  }

  func steps() -> (certain: [GroupModel], possible: [GroupModel]) {
    var certain: [GroupModel] = []
    if parent == .take || parent == .wait { certain.append(with { $0.stepParent() }) }
    for index in children.indices where !children[index].isDone {
      certain.append(with { $0.stepChild(index) })
    }
    return (certain, [])
  }

  private func with(_ change: (inout GroupModel) -> Void) -> GroupModel {
    var copy = self
    change(&copy)
    return copy
  }

  private mutating func stepParent() {
    if parent == .take {
      takeCompleted()
      parent = results.count == children.count ? .done : .wait
    } else if variant == .waitsWithoutComparing {
      word = GroupState(word: GroupState.waiting)
      parent = .suspended
    } else if let next = word.waiting() {
      word = next
      parent = .suspended
    } else {
      parent = .take
    }
  }

  private mutating func takeCompleted() {
    var next = word.word
    word = GroupState(word: GroupState.empty)
    while next != 0 {
      results.append(next)
      next = links.removeValue(forKey: next) ?? 0
    }
  }

  private mutating func stepChild(_ index: Int) {
    guard let seen = children[index].seen else {
      children[index].seen = word
      return
    }
    guard word == seen else {
      children[index].seen = word
      return
    }
    let number = children[index].number
    let (next, link) = seen.completing(number)
    word = next
    children[index].isDone = true
    if let link {
      links[number] = link
    } else {
      results.append(number)
      if variant != .doesNotResume {
        parent = results.count == children.count ? .done : .take
      }
    }
  }
}

/// A discarding group's parent that waits for the end of all children.
struct DiscardingGroupModel: InterleavingModel, Sendable {
  var word: GroupState
  var running: Int
  var isWaiting = false
  var resumptions = 0
  var hasResumedEarly = false

  init(children count: Int) {
    word = GroupState(word: UInt(count) * GroupState.oneChild)
    running = count
  }

  func fault(isAtRest: Bool) -> String? {
    if hasResumedEarly { return "the parent was resumed while a child ran" }
    return isAtRest && resumptions != 1 ? "resumed \(resumptions) times" : nil
  }

  func steps() -> (certain: [DiscardingGroupModel], possible: [DiscardingGroupModel]) {
    var certain: [DiscardingGroupModel] = []
    if !isWaiting {
      var next = self
      next.isWaiting = true
      next.take(word.waitingForAll())
      certain.append(next)
    }
    if running > 0 {
      var next = self
      next.running -= 1
      next.take(word.endingChild())
      certain.append(next)
    }
    return (certain, [])
  }

  private mutating func take(_ transition: (state: GroupState, mustResume: Bool)) {
    word = transition.state
    if transition.mustResume {
      resumptions += 1
      if running > 0 { hasResumedEarly = true }
    }
  }
}
