import Interleavings

@testable import ConcurrencyStates

/// A task that awaits a continuation, and a thread that resumes it. The transitions of the word are those of
/// `ContinuationState`, which the real code calls too.
struct ContinuationModel: InterleavingModel, Sendable {
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// The word says `awaited` while the task is still on its thread.
    case saysAwaitedBeforeDetaching
    /// The awaiting thread overwrites what the resumer has said.
    case awaitsWithoutComparing
  }

  enum AwaiterStep: Hashable, Sendable { case load, detach, exchange, detachTooLate, done }
  enum ResumerStep: Hashable, Sendable { case storeValue, exchange, done }

  let variant: Variant
  var word = ContinuationState.pending
  var awaiter = AwaiterStep.load
  var resumer = ResumerStep.storeValue
  var hasValue = false
  var isOnThread = true
  /// How often the task goes on after its wait.
  var resumptions = 0
  var failure: String?

  init(_ variant: Variant = .asWritten) { self.variant = variant }

  func fault(isAtRest: Bool) -> String? {
    if let failure { return failure }
    return isAtRest && resumptions != 1 ? "resumed \(resumptions) times" : nil
  }

  func steps() -> (certain: [ContinuationModel], possible: [ContinuationModel]) {
    var certain: [ContinuationModel] = []
    if awaiter != .done { certain.append(with { $0.stepAwaiter() }) }
    if resumer != .done { certain.append(with { $0.stepResumer() }) }
    return (certain, [])
  }

  private func with(_ change: (inout ContinuationModel) -> Void) -> ContinuationModel {
    var copy = self
    change(&copy)
    return copy
  }

  private mutating func goOn() {
    resumptions += 1
    if !hasValue { failure = "resumed without a value" }
  }

  private mutating func enqueue() {
    if isOnThread { failure = "enqueued while it is on its thread" }
    goOn()
  }

  private mutating func stepAwaiter() {
    switch awaiter {
    case .load:
      if word.awaiting() == nil {
        awaiter = .done
        goOn()
      } else {
        awaiter = variant == .saysAwaitedBeforeDetaching ? .exchange : .detach
      }
    case .detach:
      isOnThread = false
      awaiter = .exchange
    case .exchange:
      let next = variant == .awaitsWithoutComparing ? .awaited : word.awaiting()
      awaiter = .done
      if let next {
        word = next
        if variant == .saysAwaitedBeforeDetaching { awaiter = .detachTooLate }
      } else {
        isOnThread = false
        enqueue()
      }
    case .detachTooLate:
      isOnThread = false
      awaiter = .done
    case .done: break
    }
  }

  private mutating func stepResumer() {
    switch resumer {
    case .storeValue:
      hasValue = true
      resumer = .exchange
    case .exchange:
      let (next, mustEnqueue) = word.resuming()
      word = next
      resumer = .done
      if mustEnqueue { enqueue() }
    case .done: break
    }
  }
}
