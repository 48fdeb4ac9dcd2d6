import Interleavings

@testable import NativeScheduler

/// The main thread, which dozes or sleeps as it likes, and workers that send it a result each and put off
/// the notification for ever where they may.
struct DozingModel: InterleavingModel, Sendable {
  /// The protocol as it is, or with one of its orders turned round.
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// Main says whether it dozes when it has looked for the last time.
    case saysTooLate
    /// The sender looks whether main dozes before the result is in the mailbox.
    case senderLooksBeforeItPushes
  }

  enum MainStep: Hashable, Sendable { case drain, say(Bool), park, look, asleep }
  enum SenderStep: Hashable, Sendable { case push, load, loadTooEarly, pushTooLate(Bool), notify, done }

  let variant: Variant
  var mail = 0
  var isDozing = false
  var word = ParkState.running
  /// A turn has been asked for at the end of the doze.
  var hasTimer = false
  var main = MainStep.drain
  var senders: [SenderStep]
  var dozesLeft: Int

  init(_ variant: Variant = .asWritten, senders: Int, dozes: Int) {
    self.variant = variant
    let first: SenderStep = variant == .senderLooksBeforeItPushes ? .loadTooEarly : .push
    self.senders = Array(repeating: first, count: senders)
    dozesLeft = dozes
  }

  func fault(isAtRest: Bool) -> String? {
    isAtRest && mail > 0 ? "\(mail) results wait for a main thread that sleeps for good" : nil
  }

  func steps() -> (certain: [DozingModel], possible: [DozingModel]) {
    var next: [DozingModel] = []
    for index in senders.indices where senders[index] != .done {
      next.append(with { $0.stepSender(index) })
    }
    switch main {
    case .drain where mail > 0: next.append(with { $0.mail = 0 })
    case .drain where variant == .saysTooLate: next.append(with { $0.main = .park })
    case .drain: next += decisions
    case .say(let dozes):
      next.append(
        with {
          $0.isDozing = dozes
          $0.hasTimer = dozes
          if dozes { $0.dozesLeft -= 1 }
          $0.main = variant == .saysTooLate ? .asleep : .park
        })
    case .park:
      next.append(
        with {
          $0.word = $0.word.preparingToPark().state
          $0.main = .look
        })
    case .look where mail == 0 && variant == .saysTooLate: next += decisions
    case .look: next.append(with { $0.main = $0.mail > 0 ? .drain : .asleep })
    case .asleep:
      // Its futex word has changed, or its timer has come while the wait goes on.
      if word == .notified {
        next.append(
          with {
            $0.word = .running
            $0.main = .drain
          })
      }
      if hasTimer {
        next.append(
          with {
            $0.hasTimer = false
            $0.main = .drain
          })
      }
    }
    return (next, [])
  }

  private var decisions: [DozingModel] {
    (dozesLeft > 0 ? [false, true] : [false]).map { dozes in with { $0.main = .say(dozes) } }
  }

  private func with(_ change: (inout DozingModel) -> Void) -> DozingModel {
    var copy = self
    change(&copy)
    return copy
  }

  private mutating func stepSender(_ index: Int) {
    switch senders[index] {
    case .push:
      mail += 1
      senders[index] = .load
    case .load: senders[index] = isDozing ? .done : .notify
    case .loadTooEarly: senders[index] = .pushTooLate(isDozing)
    case .pushTooLate(let wasDozing):
      mail += 1
      senders[index] = wasDozing ? .done : .notify
    case .notify:
      // One step: ParkingModel takes it apart.
      word = word.unparking() ?? word
      senders[index] = .done
    case .done: break
    }
  }
}
