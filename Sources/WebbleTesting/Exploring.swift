#if arch(wasm32)
@_spi(Webble) import _Concurrency
import Webble
#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

// `webble test --explore`: a test under many schedules, one after the other, in the same program.

/// What the tool asks for.
struct ExplorationPlan {
  enum Strategy {
    case random, pct, exhaustive
    /// `first`: where two schedules end in different answers.
    case replay([UInt16], first: [UInt16]?)
  }

  var strategy = Strategy.random
  var scheduleCount = 1
  var seed: UInt64 = 1
  /// Of real time, for each test.
  var milliseconds = 10_000.0
  var stepLimit = 1_000_000
  /// Of steps without progress.
  var stallLimit = 100_000
  /// How often a schedule is replayed.
  var times = 1
  /// Whether a test has failed that leaves tasks behind which wait forever.
  var findsLeaks = true
  /// The same for locks that are taken in two orders.
  var findsLockOrders = true

  /// - Returns: nil unless the arguments ask for schedules.
  init?(_ arguments: [String]) {
    guard Exploration.isAvailable else { return nil }
    if let text = argument("--schedule") {
      let schedules = text.utf8.split(separator: Self.separator, omittingEmptySubsequences: false)
        .compactMap { Exploration.choices($0) }
      guard schedules.count == 1 || schedules.count == 2 else { fatalError("this is no schedule: \(text)") }
      strategy = .replay(schedules[schedules.count - 1], first: schedules.count == 2 ? schedules[0] : nil)
      if let times = argument("--times").flatMap({ Int($0) }) { self.times = times }
    } else {
      guard let count = argument("--explore").flatMap({ Int($0) }) else { return nil }
      scheduleCount = count
      switch argument("--strategy") {
      case "pct": strategy = .pct
      case "exhaustive": strategy = .exhaustive
      default: strategy = .random
      }
    }
    if let seed = argument("--seed").flatMap({ UInt64($0) }) { self.seed = seed }
    if let budget = argument("--budget").flatMap({ Double($0) }) { milliseconds = budget * 1000 }
    if programArguments.contains("--allow-leaks") { findsLeaks = false }
    if programArguments.contains("--allow-lock-orders") { findsLockOrders = false }
    if let limit = argument("--steps").flatMap({ Int($0) }) { stepLimit = limit }
    if let limit = argument("--stall").flatMap({ Int($0) }) { stallLimit = limit }
  }

  /// `|`: between two schedules that end in different answers.
  private static let separator: UInt8 = 0x7C
}

/// How a test went under one schedule.
private final class Attempt {
  enum Ending {
    case passed, failed, deadlocked, stalled, endless, leaking, lockOrder
    /// In other answers than another schedule.
    case different
    /// It cannot be gone through with on one stack.
    case unfinished
  }
  var ending: Ending
  let record: Exploration.Record
  /// Of a deadlock, a livelock or a leak: what waits, and for what; of locks in two orders, who takes which.
  var waiting: [String]
  let answers: [Answer]
  /// What expectations have said.
  let failures = failureTexts

  /// Whether nothing that can be told of the two differs.
  func isSame(as other: Attempt) -> Bool {
    ending == other.ending && record.choices == other.record.choices && record.counts == other.record.counts
      && record.stepCount == other.record.stepCount && waiting == other.waiting && failures == other.failures
      && difference(answers, other.answers) == nil
  }

  init(_ ending: Ending, _ record: Exploration.Record, waiting: [String] = [], answers: [Answer] = []) {
    (self.ending, self.record, self.waiting, self.answers) = (ending, record, waiting, answers)
  }
}

/// While a failure is made shorter, or replayed again, what expectations say is not repeated.
nonisolated(unsafe) var isQuiet = false

/// What expectations have said under the schedule that is explored.
nonisolated(unsafe) var failureTexts: [String] = []

/// - Returns: whether the test has passed under all schedules, and what to say of it.
@MainActor func explore(_ test: Test, _ plan: ExplorationPlan) async -> (hasPassed: Bool, remark: String) {
  let outcome = await exploreSchedules(test, plan)
  for what in Exploration.takeUncontrolled() { print("not the schedule's: \(what)") }
  return outcome
}

@MainActor private func exploreSchedules(
  _ test: Test, _ plan: ExplorationPlan
) async -> (hasPassed: Bool, remark: String) {
  let start = Exploration.realMilliseconds
  func time() -> String { "\(Int(Exploration.realMilliseconds - start)) ms" }
  if case .replay(let choices, let first) = plan.strategy {
    var other: Attempt?
    if let first { other = await run(test, .plain, seed: plan.seed, script: first, plan) }
    let attempt = await run(test, .plain, seed: plan.seed, script: choices, plan, unlike: other)
    if let other, attempt.ending == .different { tell(other, plan, endsUnlike: attempt) }
    tell(attempt, plan, endsUnlike: attempt.ending == .different ? other : nil)
    // The same text each time.
    let remark = "\(attempt.record.stepCount) steps"
    if plan.times == 1 { return (attempt.ending == .passed, remark) }
    isQuiet = true
    defer { isQuiet = false }
    for time in 2...plan.times {
      let again = await run(test, .plain, seed: plan.seed, script: choices, plan, unlike: other)
      guard again.isSame(as: attempt) else {
        print("the schedule does not determine the test, which went another way in run \(time):")
        for line in again.failures { print(line) }
        tell(again, plan, endsUnlike: again.ending == .different ? other : nil)
        return (false, remark)
      }
    }
    return (attempt.ending == .passed, remark + ", the same \(plan.times) times")
  }
  var script: [UInt16] = []
  var steps = 100
  var tried = 0
  var unfinished = 0
  var isWhole = false
  var first: (attempt: Attempt, name: String)?
  while tried < plan.scheduleCount, Exploration.realMilliseconds - start < plan.milliseconds || tried == 0 {
    let seed = plan.seed &+ UInt64(tried)
    let strategy: Exploration.Strategy =
      switch plan.strategy {
      case .pct: .pct
      case .random: .random
      case .exhaustive, .replay: .plain
      }
    let attempt = await run(
      test, strategy, seed: seed, script: script, plan, expectedSteps: steps, unlike: first?.attempt)
    tried += 1
    let name = "schedule \(tried) (--seed \(seed))"
    if attempt.ending == .unfinished {
      unfinished += 1
    } else if attempt.ending == .passed {
      if first == nil { first = (attempt, name) }
    } else {
      var shortest = attempt
      var shortened = await shorten(attempt, test, plan, &shortest, unlike: first?.attempt)
      var text = Exploration.text(shortest.record.choices)
      if let first, attempt.ending == .different {
        var other = first.attempt
        other.ending = .different
        shortened += await shorten(first.attempt, test, plan, &other, unlike: shortest)
        print("\(first.name) and \(name) end in different answers, shortened in \(shortened) runs:")
        tell(other, plan, endsUnlike: shortest)
        tell(shortest, plan, endsUnlike: other)
        text = Exploration.text(other.record.choices) + "| " + text
      } else {
        print("found by \(name), shortened in \(shortened) runs:")
        tell(shortest, plan)
      }
      print("schedule: " + text)
      return (false, "\(tried) schedules, \(time())")
    }
    steps = attempt.record.stepCount
    if case .exhaustive = plan.strategy {
      guard let next = following(attempt.record) else {
        isWhole = true
        break
      }
      script = next
    }
  }
  let share = isWhole ? "all \(tried) schedules" : "\(tried) schedules"
  let budget = !isWhole && tried < plan.scheduleCount ? " of \(plan.scheduleCount), then the time was up" : ""
  let rest = unfinished > 0 ? ", \(unfinished) of them not to their end" : ""
  return (unfinished < tried, "\(share)\(rest)\(budget), \(time())")
}

/// The first choices of the schedule after this one, depth first. At most two choices differ from the plain one:
/// so the number of schedules grows with the square of their length only (delay-bounded scheduling: Emmi, Qadeer
/// and Rakamarić, POPL 2011).
private func following(_ record: Exploration.Record) -> [UInt16]? {
  var delays = record.choices.count { $0 != 0 }
  for place in record.choices.indices.reversed() {
    let choice = record.choices[place]
    if choice != 0 { delays -= 1 }
    if delays < 2, choice + 1 < record.counts[place] { return record.choices[..<place] + [choice + 1] }
  }
  return nil
}

/// Sets choices back to the plain one, as long as the test goes on to fail in the same way: halves first, then
/// quarters, and so on (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
///
/// - Returns: how many runs that took.
@MainActor private func shorten(
  _ attempt: Attempt, _ test: Test, _ plan: ExplorationPlan, _ shortest: inout Attempt, unlike other: Attempt?
) async -> Int {
  var runs = 0
  let start = Exploration.realMilliseconds
  isQuiet = true
  defer { isQuiet = false }
  var places = attempt.record.choices.indices.filter { attempt.record.choices[$0] != 0 }
  var size = places.count
  while size > 0, !places.isEmpty {
    var first = 0
    var hasShortened = false
    while first < places.count, Exploration.realMilliseconds - start < plan.milliseconds {
      var script = shortest.record.choices
      for place in places[first..<min(first + size, places.count)] where place < script.count { script[place] = 0 }
      let trial = await run(test, .plain, seed: plan.seed, script: script, plan, unlike: other)
      runs += 1
      if trial.ending == attempt.ending {
        shortest = trial
        places = trial.record.choices.indices.filter { trial.record.choices[$0] != 0 }
        hasShortened = true
      } else {
        first += size
      }
    }
    if !hasShortened || size > places.count { size = min(size / 2, places.count) }
  }
  return runs
}

/// Says how a test failed, and by which choices.
///
/// - Parameter other: what it has ended unlike, if that is the failure.
@MainActor private func tell(_ attempt: Attempt, _ plan: ExplorationPlan, endsUnlike other: Attempt? = nil) {
  switch attempt.ending {
  case .stalled:
    print("livelock: \(plan.stallLimit) steps without progress (the bound of --stall): no task has begun, ended, or had")
    print("  what it waited for, and no time has passed")
  case .endless: print("livelock: the test has not ended after \(plan.stepLimit) steps (the bound of --steps)")
  case .lockOrder: print("two locks are taken in two orders: two tasks, each with one, may wait for each other for ever")
  case .different: break
  case .deadlocked: print("deadlock: after \(attempt.record.stepCount) steps nothing could run, and no timer was set")
  case .leaking: print("the test has ended, and what it has begun waits for what cannot come:")
  case .unfinished: print("the schedule cannot be gone through with: a task spins for another that it has interrupted")
  case .passed, .failed: break
  }
  for line in attempt.waiting { print("  " + line) }
  if let other, let difference = difference(attempt.answers, other.answers) {
    let isPlain = attempt.record.moments.isEmpty
    print("\(difference.place): \(difference.answer)\(isPlain ? ", in the plain order" : ", if")")
  }
  tellMoments(attempt.record)
}

private func tellMoments(_ record: Exploration.Record) {
  for moment in record.moments {
    let place = moment.worker < 0 ? "the main thread" : "worker \(moment.worker)"
    let task = text(moment.task)
    switch moment.kind {
    case .job: print("  step \(moment.step): \(task) runs first, on \(place)")
    case .timer: print("  step \(moment.step): a timer of \(place) fires before what could run")
    case .preemption:
      print(
        "  step \(moment.step): \(task) runs on \(place) before \(text(moment.preempted)) \(access(moment.access))")
    case .actor: print("  step \(moment.step): \(task) gets the actor before \(text(moment.preempted)), which waits, too")
    case .answer: print("  step \(moment.step): \(task) has what its promise is settled with, before what could come first")
    case .detour: print("  step \(moment.step): \(task) gives way on \(place), where it could have gone on")
    }
  }
}

private func text(_ label: Exploration.Label?) -> String {
  guard let label else { return "a job" }
  if label.number < 1 { return "an older task" }
  return "task \(label.number)" + (label.name.map { " \"\($0)\"" } ?? "")
}

private func access(_ access: SharedAccess) -> StaticString {
  switch access {
  case .lock: "takes a lock"
  case .primitive: "uses a channel or the like"
  case .stream: "uses a stream"
  case .resumption: "resumes a continuation"
  case .cancellation: "cancels, or looks whether it is cancelled"
  case .atomic: "accesses an atomic value"
  case .memory: "accesses memory"
  }
}

/// One schedule.
///
/// - Parameter other: one that may have ended in other answers.
@MainActor private func run(
  _ test: Test, _ strategy: Exploration.Strategy, seed: UInt64, script: [UInt16], _ plan: ExplorationPlan,
  expectedSteps: Int = 100, unlike other: Attempt? = nil
) async -> Attempt {
  answers = []
  failureTexts = []
  defer { answers = nil }
  let failuresBefore = failures.load(ordering: .relaxed)
  let body = test.body
  var waiting: [String] = []
  let (ending, record) = await withUnsafeContinuation { (continuation: Ending.Continuation) in
    let race = Ending(continuation)
    Exploration.begin(
      strategy, seed: seed, script: script, expectedSteps: expectedSteps, depth: 3, stepLimit: plan.stepLimit,
      stallLimit: plan.stallLimit,
      whenStuck: { obstacle in
        if obstacle == .needsInterrupted { return race.end(.unfinished) }
        waiting = waits(since: Exploration.firstTask, includesRunning: obstacle != .nothingRuns)
        race.end(obstacle == .nothingRuns ? .deadlocked : obstacle == .stalled ? .stalled : .endless)
      },
      whenTrapped: { record in
        if case .replay = plan.strategy { return tellMoments(record) }
        // The tool makes it shorter.
        if !isQuiet { print("found by schedule \(seed &- plan.seed + 1) (--seed \(seed))") }
      })
    Task {
      await body()
      race.end(.passed)
    }
  }
  if failures.load(ordering: .relaxed) != failuresBefore, ending == .passed || ending == .unfinished {
    return Attempt(.failed, record)
  }
  if ending == .passed, plan.findsLeaks, lives(since: Exploration.firstTask) {
    let isStill = await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
      Exploration.settle(within: 1000) { continuation.resume(returning: $0) }
    }
    if isStill { waiting = waits(since: Exploration.firstTask) }
    if !waiting.isEmpty { return Attempt(.leaking, record, waiting: waiting) }
  }
  let attempt = Attempt(ending, record, waiting: waiting, answers: answers ?? [])
  if ending == .passed {
    if plan.findsLockOrders, let order = Exploration.lockOrder {
      attempt.ending = .lockOrder
      attempt.waiting = [
        "\(text(order.first)) takes lock A and under it lock B, begun at \(place(ofFunction: order.firstEntry))",
        "\(text(order.second)) takes lock B and under it lock A, begun at \(place(ofFunction: order.secondEntry))",
      ]
    } else if let other, difference(attempt.answers, other.answers) != nil {
      attempt.ending = .different
    }
  }
  return attempt
}

/// The first ending counts.
private final class Ending: @unchecked Sendable {
  typealias Continuation = UnsafeContinuation<(Attempt.Ending, Exploration.Record), Never>
  private var continuation: Continuation?

  init(_ continuation: Continuation) { self.continuation = continuation }

  /// Ends the schedule.
  func end(_ ending: Attempt.Ending) {
    guard let continuation else { return }
    self.continuation = nil
    continuation.resume(returning: (ending, Exploration.end()))
  }
}
#endif
