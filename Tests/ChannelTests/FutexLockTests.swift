import Interleavings
import Testing

@testable import Webble

@Suite struct FutexLockTests {
  @Test(arguments: [
    [FutexLockModel.Thread()], [.init(), .init()], [.init(), .init(), .init()],
    // The main thread does not sleep.
    [.init(sleeps: false), .init(), .init()], [.init(sleeps: false), .init(sleeps: false), .init()],
  ])
  func noOrderOfStepsLetsTwoInOrLeavesAThreadAsleep(threads: [FutexLockModel.Thread]) {
    let exploration = explore(from: FutexLockModel(.asWritten, threads))
    #expect(exploration.fault == nil, "\(exploration.fault!)")
    #expect(exploration.stateCount > 4)
  }

  @Test(arguments: FutexLockModel.Variant.allCases.dropFirst())
  func theModelFindsFaults(variant: FutexLockModel.Variant) {
    let threads = [FutexLockModel.Thread(), .init(), .init()]
    #expect(explore(from: FutexLockModel(variant, threads)).fault != nil)
  }

  @Test func aThreadKnowsItsOwnLock() {
    for hasSlept in [true, false] {
      let word = FutexLockWord.held(by: 8, hasSlept: hasSlept)
      #expect(word.isHeld(by: 8) && !word.isHeld(by: 4) && word.owesWakeUp == hasSlept)
      #expect(word.withSleeper.isHeld(by: 8) && word.withSleeper.owesWakeUp)
    }
    #expect(!FutexLockWord.free.isHeld(by: 8) && !FutexLockWord.free.owesWakeUp)
  }
}

/// Threads that take the lock twice each, an atomic operation on the word a step, as `FutexLock`
/// does.
struct FutexLockModel: InterleavingModel {
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// Who has slept takes the lock as if nobody else did.
    case forgetsOtherSleepers
    /// Who goes to sleep does not say so in the word.
    case doesNotAnnounce
    /// The sleep does not look at the word.
    case sleepsWithoutComparing
    /// Who leaves wakes nobody.
    case doesNotWake
    /// Who wakes up has the lock.
    case takesAWakeUpForTheLock
  }

  struct Thread: Hashable, Sendable {
    enum State: Hashable {
      /// About to take the lock as one that has not slept.
      case trying
      case looking
      /// Has seen the word, and is about to exchange it.
      case exchanging(UInt32)
      /// About to sleep if the word is still that.
      case announced(UInt32)
      case sleeping, inside
      /// Has left the lock and is about to wake one.
      case waking
      case ended
    }

    var sleeps = true
    var state = State.trying
    var roundsLeft = 2
  }

  let variant: Variant
  var word = FutexLockWord.free
  var threads: [Thread]
  /// How often a sleep may still end without cause.
  var spuriousLeft = 1

  init(_ variant: Variant, _ threads: [Thread]) {
    self.variant = variant
    self.threads = threads
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(word.bits)
    hasher.combine(threads)
    hasher.combine(spuriousLeft)
  }

  func steps() -> (certain: [FutexLockModel], possible: [FutexLockModel]) {
    var certain: [FutexLockModel] = []
    var possible: [FutexLockModel] = []
    for (index, thread) in threads.enumerated() {
      switch thread.state {
      case .sleeping where spuriousLeft > 0:
        possible.append(
          after {
            $0.spuriousLeft -= 1
            $0.wakeUp(index)
          })
      case .waking:
        let sleeping = threads.indices.filter { threads[$0].state == .sleeping }
        for woken in sleeping where variant != .doesNotWake {
          certain.append(
            after {
              $0.wakeUp(woken)
              $0.endRound(index)
            })
        }
        if sleeping.isEmpty || variant == .doesNotWake {
          certain.append(after { $0.endRound(index) })
        }
      case .sleeping, .ended: break
      default: certain.append(after { $0.step(index) })
      }
    }
    // Nothing changes while a thread spins in vain.
    return (certain.filter { $0 != self }, possible)
  }

  private func after(_ step: (inout FutexLockModel) -> Void) -> FutexLockModel {
    var next = self
    step(&next)
    return next
  }

  private mutating func wakeUp(_ index: Int) {
    threads[index].state = variant == .takesAWakeUpForTheLock ? .inside : .looking
  }

  private mutating func step(_ index: Int) {
    let number = UInt32(index + 1) * 4
    switch threads[index].state {
    case .trying:
      if word.isFree {
        word = .held(by: number, hasSlept: false)
        threads[index].state = .inside
      } else if threads[index].sleeps {
        threads[index].state = .looking
      }
    case .looking:
      let announces = !word.isFree && !word.owesWakeUp && variant != .doesNotAnnounce
      threads[index].state =
        word.isFree || announces ? .exchanging(word.bits) : .announced(word.bits)
    case .exchanging(let bits):
      let seen = FutexLockWord(bits: bits)
      if word != seen {
        threads[index].state = .looking
      } else if seen.isFree {
        word = .held(by: number, hasSlept: variant != .forgetsOtherSleepers)
        threads[index].state = .inside
      } else {
        word = seen.withSleeper
        threads[index].state = .announced(word.bits)
      }
    case .announced(let bits):
      let sleeps = word.bits == bits || variant == .sleepsWithoutComparing
      threads[index].state = sleeps ? .sleeping : .looking
    case .inside:
      let left = word
      word = .free
      if left.owesWakeUp { threads[index].state = .waking } else { endRound(index) }
    case .waking, .sleeping, .ended: break
    }
  }

  private mutating func endRound(_ index: Int) {
    threads[index].roundsLeft -= 1
    threads[index].state = threads[index].roundsLeft == 0 ? .ended : .trying
  }

  func fault(isAtRest: Bool) -> String? {
    if threads.count(where: { $0.state == .inside }) > 1 { return "two are inside" }
    if isAtRest, threads.contains(where: { $0.state != .ended }) { return "a thread hangs" }
    return nil
  }
}
