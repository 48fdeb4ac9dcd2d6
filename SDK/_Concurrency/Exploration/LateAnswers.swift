import CRuntime
import Swift
import WebbleScheduler

// What JavaScript answers later. While a task waits for a promise nothing of the program goes on, until the event loop
// has settled it: so real time is no part of the schedule. When the task has the answer is one of its choices.

/// Whether the program is built for exploration.
@_spi(Webble)
@_alwaysEmitIntoClient
public var isExploring: Bool { @inline(__always) get { WEBBLE_IS_EXPLORING != 0 } }

#if WEBBLE_EXPLORES

/// A task's wait for a promise.
struct LateAnswer {
  /// Names the wait.
  var address: UInt
  var task: Exploration.Label?
  /// Lets the task have it; nil until the promise is settled.
  var deliver: (() -> Void)?
  /// It did not come in time: the schedule has gone on without it.
  var isLate = false
  /// Its schedule is over.
  var isForgotten = false

  var isAwaited: Bool { deliver == nil && !isLate && !isForgotten }
}

extension Exploration {
  /// Whether what runs was begun by a schedule, and not by the event loop.
  public static var isDriving: Bool { explored.isDriving }

  /// The current task waits for a promise from now on, by what `address` names.
  public static func willAnswer(_ address: UnsafeRawPointer) {
    explored.answers.append(
      LateAnswer(address: UInt(bitPattern: address), task: label(of: currentThread().pointee.task)))
  }

  /// The promise is settled.
  ///
  /// - Parameter deliver: lets the task have the answer.
  public static func answer(_ address: UnsafeRawPointer, _ deliver: @escaping () -> Void) {
    let place = explored.answers.firstIndex { $0.address == UInt(bitPattern: address) && $0.deliver == nil }
    guard let place else { return deliver() }
    if explored.answers[place].isLate || explored.answers[place].isForgotten {
      if !explored.answers.remove(at: place).isForgotten { deliver() }
      return
    }
    explored.answers[place].deliver = deliver
    if explored.isDriving || explored.isScheduled || explored.answers.contains(where: { $0.isAwaited }) { return }
    explored.isScheduled = true
    webble_js_schedule(mainWorker())
  }

  /// Something has happened when it happened, and not when a schedule said so.
  public static func noteUncontrolled(_ what: String) {
    if !explored.uncontrolled.contains(what) { explored.uncontrolled.append(what) }
  }

  /// What was noted since the last call, each once.
  public static func takeUncontrolled() -> [String] {
    let all = explored.uncontrolled
    explored.uncontrolled = []
    return all
  }
}

/// Whether the event loop is to have the thread until promises are settled.
func leavesToEventLoop() -> Bool {
  guard explored.answers.contains(where: { $0.isAwaited }) else {
    explored.pausedSince = nil
    return false
  }
  let now = webble_js_real_now()
  let start = explored.pausedSince ?? now
  explored.pausedSince = start
  let left = start + explored.longestPause - now
  if left > 0 {
    webble_js_set_timer(mainWorker(), left + 1)
    return true
  }
  for place in explored.answers.indices where explored.answers[place].isAwaited {
    explored.answers[place].isLate = true
    Exploration.noteUncontrolled(
      "when a promise is settled that is not within \(Int(explored.longestPause)) ms, or waits for the program itself")
  }
  // Another of the kind is likely under the next schedule, too.
  explored.longestPause = 20
  explored.pausedSince = nil
  return false
}

/// The places of those that may be had, in the order of the waits.
func settledAnswers() -> [Int] { explored.answers.indices.filter { explored.answers[$0].deliver != nil } }

/// - Parameter isFirst: whether other things could have come first.
func deliver(_ place: Int, isFirst: Bool) {
  let answer = explored.answers.remove(at: place)
  if isFirst {
    remember(.answer, nil, nil)
    explored.record.moments[explored.record.moments.count - 1].task = answer.task
  }
  answer.deliver?()
}

/// What a schedule that has been abandoned waits for.
func forgetAnswers() {
  explored.answers.removeAll { $0.deliver != nil }
  for place in explored.answers.indices { explored.answers[place].isForgotten = true }
}

#else

extension Exploration {
  public static var isDriving: Bool { true }
  public static func willAnswer(_ address: UnsafeRawPointer) {}
  public static func answer(_ address: UnsafeRawPointer, _ deliver: @escaping () -> Void) { deliver() }
  public static func noteUncontrolled(_ what: String) {}
  public static func takeUncontrolled() -> [String] { [] }
}

#endif
