import Interleavings

@testable import ConcurrencyStates

/// Tasks that enter a default actor and leave it. The transitions of the word are those of `ActorState`,
/// which the real code calls too. Jobs are numbered from 4 by fours, like addresses.
struct ActorModel: InterleavingModel, Sendable {
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// The holder unlocks without looking whether somebody has come.
    case unlocksWithoutComparing
    /// Whoever comes does not compare, and unlinks those that have come since it looked.
    case joinsWithoutComparing
  }

  enum Step: Hashable, Sendable {
    case look
    case join(ActorState)
    case waits
    case runs
    case takeLine
    case popReady
    case unlock
    case done
  }

  let variant: Variant
  var word = ActorState(word: 0)
  var tasks: [Step]
  /// How often each task enters the actor still.
  var entriesLeft: [Int]
  /// Those that the holder has taken, oldest first.
  var ready: [Int] = []
  var links: [UInt: UInt] = [:]
  var failure: String?

  init(_ variant: Variant = .asWritten, tasks count: Int, entries: Int) {
    self.variant = variant
    tasks = Array(repeating: .look, count: count)
    entriesLeft = Array(repeating: entries, count: count)
  }

  func fault(isAtRest: Bool) -> String? {
    if let failure { return failure }
    guard isAtRest else { return nil }
    if tasks.contains(.waits) { return "a task waits for ever" }
    return word.word == 0 ? nil : "the actor stays locked"
  }

  func steps() -> (certain: [ActorModel], possible: [ActorModel]) {
    var certain: [ActorModel] = []
    for index in tasks.indices where tasks[index] != .waits && tasks[index] != .done {
      var next = self
      next.step(index)
      certain.append(next)
    }
    return (certain, [])
  }

  private func job(_ index: Int) -> UInt { UInt(index + 1) * 4 }

  private mutating func step(_ index: Int) {
    switch tasks[index] {
    case .look:
      tasks[index] = .join(word)
    case .join(let seen):
      guard word == seen || variant == .joinsWithoutComparing else {
        tasks[index] = .join(word)
        return
      }
      let (next, link) = seen.joining(job(index))
      word = next
      if let link {
        links[job(index)] = link
        tasks[index] = .waits
      } else {
        grant(index)
      }
    case .runs:
      entriesLeft[index] -= 1
      tasks[index] = .takeLine
    case .takeLine:
      if let next = word.takingLine() {
        var job = word.line
        var newestFirst: [Int] = []
        while job != 0 {
          newestFirst.append(Int(job / 4) - 1)
          job = links.removeValue(forKey: job) ?? 0
        }
        ready += newestFirst.reversed()
        word = next
      }
      tasks[index] = .popReady
    case .popReady:
      if ready.isEmpty {
        tasks[index] = .unlock
      } else {
        leave(index)
        grant(ready.removeFirst())
      }
    case .unlock:
      if variant == .unlocksWithoutComparing {
        word = ActorState(word: 0)
        leave(index)
        return
      }
      switch word.unlocking() {
      case .unlocks(let next):
        word = next
        leave(index)
      case .looksAgain: tasks[index] = .takeLine
      case .frees: failure = "freed while in use"
      }
    case .waits, .done: break
    }
  }

  private mutating func grant(_ index: Int) {
    if tasks.contains(where: { $0 == .runs || $0 == .takeLine || $0 == .unlock || $0 == .popReady }) {
      failure = "two tasks hold the actor"
    }
    tasks[index] = .runs
  }

  private mutating func leave(_ index: Int) {
    tasks[index] = entriesLeft[index] > 0 ? .look : .done
  }
}
