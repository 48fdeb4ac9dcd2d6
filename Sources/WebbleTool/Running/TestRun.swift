import Foundation
import Rainbow
import Synchronization

/// A test program on its way, in one place.
struct TestRun {
  /// Reads what it prints.
  typealias Print = @Sendable (ProgramRun.OutputStream, String) -> Void

  var program: String
  /// In front of each line.
  var label: String
  /// Where schedules are kept; nil in real time.
  var schedules: URL?
  var limits: ExplorationOptions.Limits
  /// How often a schedule is replayed, 1 if none is.
  var times: Int
  var run: (_ arguments: [String], _ print: @escaping Print) async throws -> ProgramRun.Outcome

  /// Runs the program, and tells what its tests do.
  ///
  /// - Parameter replaying: the arguments under which the program goes through a schedule.
  func test(
    _ arguments: [String], replaying: (Schedule) -> [String]
  ) async throws -> (report: TestReport, hasTrapped: Bool) {
    let reading = Reading()
    let outcome = try await read(arguments, reading, isShown: true)
    var report = reading.report.withLock { $0 }
    let hasTrapped = outcome == .exited(134) && report.running != nil
    // A trap has ended the program, which does this itself otherwise.
    if hasTrapped, let schedule = reading.schedule.withLock({ $0 }) {
      if times > 1 { try await repeatTrap(arguments, reading) } else { try await shorten(schedule, reading, replaying) }
    }
    if let problem = report.finish(program: program, outcome: outcome) { show(problem, as: .failed) }
    return (report, hasTrapped)
  }

  private func read(_ arguments: [String], _ reading: Reading, isShown: Bool) async throws -> ProgramRun.Outcome {
    let (label, schedules, program, limits) = (label, schedules, program, limits)
    return try await run(arguments) { stream, line in
      guard stream == .output else {
        // One thread is what was asked for.
        if schedules != nil, line.hasPrefix("webble: everything runs on one thread") { return }
        reading.notes.withLock { $0.append(line) }
        return isShown ? Terminal.note(label + line) : ()
      }
      if schedules != nil, let answer = Schedule.answer(line: line) {
        return reading.answers.withLock { $0.append(answer) }
      }
      if let schedules,
        let schedule = Schedule(
          line: line, program: program, test: reading.report.withLock({ $0.running }), limits: limits,
          answers: reading.answers.withLock { $0 })
      {
        reading.schedule.withLock { $0 = schedule }
        return isShown ? Self.show(schedule.keep(in: schedules), as: .other, label: label) : ()
      }
      let kind = reading.report.withLock { $0.read(line) }
      reading.lines.withLock { $0.append(line) }
      if isShown { Self.show(line, as: kind, label: label) }
    }
  }

  // MARK: Traps under a schedule

  /// Replays a schedule that ends in a trap as often as is asked for.
  private func repeatTrap(_ arguments: [String], _ first: Reading) async throws {
    for time in 2...times {
      let reading = Reading()
      _ = try await read(arguments, reading, isShown: false)
      guard reading.text == first.text else {
        show("the schedule does not determine the test, which went another way in run \(time):", as: .other)
        return reading.text.forEach { show($0, as: .other) }
      }
    }
    show("the same \(times) times", as: .other)
  }

  /// Sets choices back to the plain one as long as the program ends in the same trap, as WebbleTesting does for tests that
  /// fail otherwise (`shorten` of Exploring.swift), with a process for each run.
  private func shorten(
    _ schedule: Schedule, _ first: Reading, _ replaying: (Schedule) -> [String]
  ) async throws {
    guard let schedules, var choices = schedule.numbers else { return }
    let message = first.notes.withLock { $0.first }
    var places = choices.indices.filter { choices[$0] != 0 }
    var size = places.count
    var runs = 0
    var story: [String] = []
    while size > 0, !places.isEmpty, runs < Self.maximumRuns {
      var place = 0
      var hasShortened = false
      while place < places.count, runs < Self.maximumRuns {
        var script = choices
        for index in places[place..<min(place + size, places.count)] where index < script.count { script[index] = 0 }
        var trial = schedule
        trial.numbers = script
        let reading = Reading()
        let outcome = try await read(replaying(trial), reading, isShown: false)
        runs += 1
        if outcome == .exited(134), reading.notes.withLock({ $0.first }) == message,
          let numbers = reading.schedule.withLock({ $0?.numbers })
        {
          choices = numbers
          places = choices.indices.filter { choices[$0] != 0 }
          story = reading.story
          hasShortened = true
        } else {
          place += size
        }
      }
      if !hasShortened || size > places.count { size = min(size / 2, places.count) }
    }
    var shortest = schedule
    shortest.numbers = choices
    if story.isEmpty {
      let reading = Reading()
      _ = try await read(replaying(shortest), reading, isShown: false)
      story = reading.story
    }
    _ = shortest.keep(in: schedules)
    show("shortened in \(runs) runs:", as: .other)
    for line in story { show(line, as: .other) }
  }

  /// Each takes a process.
  private static let maximumRuns = 40

  // MARK: Printing

  private func show(_ line: String, as kind: TestReport.Line) { Self.show(line, as: kind, label: label) }

  private static func show(_ line: String, as kind: TestReport.Line, label: String) {
    let text =
      switch kind {
      case .hidden: String?.none
      case .other: "  " + line
      case .passed: isatty(STDOUT_FILENO) != 0 ? line.green : line
      case .failed: isatty(STDOUT_FILENO) != 0 ? line.red : line
      }
    if let text { Terminal.write(line: label + text, to: STDOUT_FILENO) }
  }

  private final class Reading: Sendable {
    let report = Mutex(TestReport())
    let answers = Mutex<[String]>([])
    /// The last that the program has told.
    let schedule = Mutex<Schedule?>(nil)
    let lines = Mutex<[String]>([])
    /// In a stream of their own, which comes before or after the other.
    let notes = Mutex<[String]>([])

    var story: [String] { lines.withLock { $0.filter { $0.hasPrefix("  step ") } } }
    var text: [String] { lines.withLock { $0 } + notes.withLock { $0 } }
  }
}
