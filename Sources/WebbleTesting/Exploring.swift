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
  enum Strategy { case random, pct, exhaustive, replay([UInt16]) }

  var strategy = Strategy.random
  var scheduleCount = 1
  var seed: UInt64 = 1
  /// Of real time, for each test.
  var milliseconds = 10_000.0
  var stepLimit = 1_000_000
  /// Whether a test has failed that leaves tasks behind which wait for ever.
  var findsLeaks = true

  /// - Returns: nil unless the arguments ask for schedules.
  init?(_ arguments: [String]) {
    guard Exploration.isAvailable else { return nil }
    if let text = argument("--schedule") {
      guard let choices = Exploration.choices(text) else { fatalError("this is no schedule: \(text)") }
      strategy = .replay(choices)
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
    if let limit = argument("--steps").flatMap({ Int($0) }) { stepLimit = limit }
  }
}

/// How a test went under one schedule.
private struct Attempt {
  /// `unfinished`: it cannot be gone through with on one stack.
  enum Ending { case passed, failed, deadlocked, leaking, unfinished }
  var ending: Ending
  var record: Exploration.Record
  /// Of a deadlock or a leak: what waits, and for what.
  var waiting: [String] = []
}

/// While a failure is made shorter, what expectations say is not repeated.
nonisolated(unsafe) var isQuiet = false

/// - Returns: whether the test has passed under all schedules, and what to say of it.
@MainActor func explore(_ test: Test, _ plan: ExplorationPlan) async -> (hasPassed: Bool, remark: String) {
  let start = Exploration.realMilliseconds
  func time() -> String { "\(Int(Exploration.realMilliseconds - start)) ms" }
  if case .replay(let choices) = plan.strategy {
    let attempt = await run(test, .plain, seed: plan.seed, script: choices, plan)
    tell(attempt)
    // The same text each time.
    return (attempt.ending == .passed, "\(attempt.record.stepCount) steps")
  }
  var script: [UInt16] = []
  var steps = 100
  var tried = 0
  var unfinished = 0
  var isWhole = false
  while tried < plan.scheduleCount, Exploration.realMilliseconds - start < plan.milliseconds || tried == 0 {
    let seed = plan.seed &+ UInt64(tried)
    let strategy: Exploration.Strategy =
      switch plan.strategy {
      case .pct: .pct
      case .random: .random
      case .exhaustive, .replay: .plain
      }
    let attempt = await run(test, strategy, seed: seed, script: script, plan, expectedSteps: steps)
    tried += 1
    if attempt.ending == .unfinished {
      unfinished += 1
    } else if attempt.ending != .passed {
      var shortest = attempt
      let shortened = await shorten(attempt, test, plan, &shortest)
      print("found by schedule \(tried) (--seed \(seed)), shortened in \(shortened) runs:")
      tell(shortest)
      print("schedule: " + Exploration.text(shortest.record.choices))
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
  _ attempt: Attempt, _ test: Test, _ plan: ExplorationPlan, _ shortest: inout Attempt
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
      let trial = await run(test, .plain, seed: plan.seed, script: script, plan)
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
@MainActor private func tell(_ attempt: Attempt) {
  switch attempt.ending {
  case .deadlocked: print("deadlock: after \(attempt.record.stepCount) steps nothing could run, and no timer was set")
  case .leaking: print("the test has ended, and what it has begun waits for what cannot come:")
  case .unfinished: print("the schedule cannot be gone through with: a task spins for another that it has interrupted")
  case .passed, .failed: break
  }
  for line in attempt.waiting { print("  " + line) }
  for moment in attempt.record.moments {
    let place = moment.worker < 0 ? "the main thread" : "worker \(moment.worker)"
    let task = text(moment.task)
    switch moment.kind {
    case .job: print("  step \(moment.step): \(task) runs first, on \(place)")
    case .timer: print("  step \(moment.step): a timer of \(place) fires before what could run")
    case .preemption:
      print(
        "  step \(moment.step): \(task) runs on \(place) before \(text(moment.preempted)) \(access(moment.access))")
    case .actor: print("  step \(moment.step): \(task) gets the actor before \(text(moment.preempted)), which waits, too")
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
  }
}

/// One schedule.
@MainActor private func run(
  _ test: Test, _ strategy: Exploration.Strategy, seed: UInt64, script: [UInt16], _ plan: ExplorationPlan,
  expectedSteps: Int = 100
) async -> Attempt {
  let failuresBefore = failures.load(ordering: .relaxed)
  let body = test.body
  var waiting: [String] = []
  let (ending, record) = await withUnsafeContinuation { (continuation: Ending.Continuation) in
    let race = Ending(continuation)
    Exploration.begin(
      strategy, seed: seed, script: script, expectedSteps: expectedSteps, depth: 3, stepLimit: plan.stepLimit
    ) { isSpinning in
      if isSpinning { return race.end(.unfinished) }
      waiting = waits(since: Exploration.firstTask)
      race.end(.deadlocked)
    }
    Task {
      await body()
      race.end(.passed)
    }
  }
  if failures.load(ordering: .relaxed) != failuresBefore, ending == .passed || ending == .unfinished {
    return Attempt(ending: .failed, record: record)
  }
  if ending == .passed, plan.findsLeaks, lives(since: Exploration.firstTask) {
    let isStill = await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
      Exploration.settle(within: 1000) { continuation.resume(returning: $0) }
    }
    if isStill { waiting = waits(since: Exploration.firstTask) }
    if !waiting.isEmpty { return Attempt(ending: .leaking, record: record, waiting: waiting) }
  }
  return Attempt(ending: ending, record: record, waiting: waiting)
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
