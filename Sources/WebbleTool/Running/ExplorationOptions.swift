import ArgumentParser
import Foundation

/// How `webble test` chooses schedules.
struct ExplorationOptions: ParsableArguments {
  enum Strategy: String, ExpressibleByArgument, CaseIterable { case random, pct, exhaustive }

  @Option(
    help: ArgumentHelp(
      """
      Run each test under that many schedules (300 if no number follows), on one thread and without real time, \
      and show the one under which it fails.
      """, valueName: "schedules"))
  var explore: Int?

  @Option(help: "The first schedule's seed; each further one has the next.")
  var seed: UInt64 = 1

  @Option(help: "How schedules are chosen: random, pct (random priorities of tasks), or exhaustive (two delays).")
  var strategy = Strategy.random

  @Option(help: "The most seconds that each test is explored for.")
  var budget = 10.0

  @Option(help: "The most steps of one schedule: more are taken for a livelock.")
  var steps = Limits().steps

  @Option(
    help: """
      The most steps in a row without progress (a task that begins, ends, or has what it waited for; time that \
      passes): more are taken for a livelock.
      """)
  var stall = Limits().stall

  /// Of one schedule.
  struct Limits {
    var steps = 1_000_000
    var stall = 100_000
    /// Not a limit of steps, but of where there are any: see `--preempt`.
    var preempts = false

    var arguments: [String] { ["--steps", "\(steps)", "--stall", "\(stall)"] }
  }

  @Flag(help: "Let tests pass that leave tasks behind which wait for ever.")
  var allowLeaks = false

  @Flag(help: "Let tests pass whose tasks take two locks in two orders.")
  var allowLockOrders = false

  @Option(help: "Run the test and the schedule that this file names, which an exploration has written.")
  var replay: String?

  @Flag(help: "Let others run before each access to memory in the code of the package, and of those that it depends on.")
  var preempt = false

  @Option(help: "How often --replay runs the schedule; the test fails if it does not go the same way each time.")
  var times = 1

  @Flag(help: "Let time pass only when nothing can run, and then at once: on one thread, in a fixed order.")
  var virtualTime = false

  func validate() throws {
    if let explore, !(1...1_000_000_000).contains(explore) {
      throw ValidationError("--explore takes a number of schedules above 0")
    }
    if !(budget > 0) { throw ValidationError("--budget takes seconds above 0") }
    if steps < 1 { throw ValidationError("--steps takes a number above 0") }
    if stall < 1 { throw ValidationError("--stall takes a number above 0") }
    if !(1...1_000_000).contains(times) { throw ValidationError("--times takes a number above 0") }
    if preempt, explore == nil { throw ValidationError("--preempt is for --explore; a schedule's file says it itself") }
    if times > 1, replay == nil { throw ValidationError("--times is for --replay") }
    if [explore != nil, replay != nil, virtualTime].count(where: { $0 }) > 1 {
      throw ValidationError("choose one of --explore, --replay and --virtual-time")
    }
  }

  var isAskedFor: Bool { explore != nil || replay != nil || virtualTime }

  /// What the program is told.
  struct Plan {
    var arguments: [String]
    var replay: Schedule?
    var preempts = false
  }

  /// - Returns: nil for tests in real time.
  func plan() throws -> Plan? {
    if let replay {
      return plan(replaying: try Schedule(contentsOf: URL(filePath: replay)))
    }
    if virtualTime { return Plan(arguments: []) }
    guard let explore else { return nil }
    return Plan(arguments: [
      "--explore", "\(explore)", "--seed", "\(seed)", "--strategy", strategy.rawValue, "--budget", "\(budget)",
    ] + limits.arguments + leniency, preempts: preempt)
  }

  func plan(replaying schedule: Schedule) -> Plan {
    Plan(
      arguments: ["--schedule", schedule.choices, "--times", "\(times)"] + schedule.limits.arguments
        + schedule.answersAsArguments + leniency,
      replay: schedule, preempts: schedule.limits.preempts)
  }

  var limits: Limits { Limits(steps: steps, stall: stall, preempts: preempt) }

  private var leniency: [String] {
    (allowLeaks ? ["--allow-leaks"] : []) + (allowLockOrders ? ["--allow-lock-orders"] : [])
  }

  /// `--explore` may stand alone, which the parser does not know.
  static func withCount(_ arguments: [String]) -> [String] {
    guard let place = arguments.firstIndex(of: "--explore"),
      !(arguments.firstIndex(of: "--").map { $0 < place } ?? false)
    else { return arguments }
    let following = arguments.indices.contains(place + 1) ? arguments[place + 1] : "-"
    // A package's path may follow as well.
    if Int(following) != nil { return arguments }
    return arguments[...place] + ["300"] + arguments[(place + 1)...]
  }
}

/// A schedule under which a test failed, as a file.
struct Schedule {
  var program: String
  var test: String
  /// As WebbleTesting writes them.
  var choices: String
  /// Under which it was found.
  var limits = ExplorationOptions.Limits()
  /// What JavaScript has answered, as JSON of the glue's (answers.js).
  var answers: [String] = []

  /// The choices as numbers, of a schedule that does not compare two: `Exploration.text` of the SDK has the format.
  var numbers: [Int]? {
    get {
      var numbers: [Int] = []
      for word in choices.split(separator: " ") {
        if word.hasPrefix("0*"), let count = Int(word.dropFirst(2)), count <= 1 << 20 {
          numbers += Array(repeating: 0, count: count)
        } else if let number = Int(word) {
          numbers.append(number)
        } else {
          return nil
        }
      }
      return numbers
    }
    set { choices = (newValue ?? []).map { $0 == 0 ? "0*1" : "\($0)" }.joined(separator: " ") }
  }

  private static let title = "webble schedule 1"

  /// The schedule that a line of a test program tells, or nil.
  init?(line: String, program: String, test: String?, limits: ExplorationOptions.Limits, answers: [String]) {
    guard line.hasPrefix("schedule: "), let test else { return nil }
    self.program = program
    self.test = test
    choices = line.dropFirst("schedule: ".count).trimmingCharacters(in: .whitespaces)
    self.limits = limits
    self.answers = answers
  }

  init(contentsOf file: URL) throws {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw Failure("there is no schedule at \(file.path)")
    }
    var values: [Substring: String] = [:]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      values[line[..<colon]] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    guard lines.first == Substring(Self.title), let program = values["program"], let test = values["test"],
      let choices = values["choices"]
    else {
      throw Failure("\(file.path) is no schedule: `webble test --explore` writes them, and says where")
    }
    (self.program, self.test, self.choices) = (program, test, choices)
    answers = lines.compactMap { Self.answer(line: String($0)) }
    if let steps = values["steps"].flatMap({ Int($0) }) { limits.steps = steps }
    if let stall = values["stall"].flatMap({ Int($0) }) { limits.stall = stall }
    limits.preempts = values["preempts"] == "memory"
  }

  /// What a line of a test program, or of the file, tells that JavaScript has answered.
  static func answer(line: String) -> String? {
    line.hasPrefix("answer: ") ? String(line.dropFirst("answer: ".count)) : nil
  }

  /// Systems allow arguments of 128 KiB.
  private var areAnswersTooLong: Bool { answers.reduce(0) { $0 + $1.utf8.count + 1 } > 100_000 }

  var answersAsArguments: [String] { answers.isEmpty ? [] : ["--answers", "[\(answers.joined(separator: ","))]"] }

  /// Writes the file, and says how to use it.
  func keep(in folder: URL) -> String {
    let name = String(test.map { $0.isLetter || $0.isNumber ? $0 : "-" }.prefix(80))
    let file = folder.appending(path: "\(name).schedule")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try """
        \(Self.title)
        program: \(program)
        test: \(test)
        steps: \(limits.steps)
        stall: \(limits.stall)
        \(limits.preempts ? "preempts: memory\n" : "")choices: \(choices)
        \(areAnswersTooLong ? "" : answers.map { "answer: \($0)\n" }.joined())
        """
        .write(to: file, atomically: true, encoding: .utf8)
      return "again: webble test --replay \(file.path)"
        + (areAnswersTooLong ? " (which asks JavaScript again: what it answered is too long for the file)" : "")
    } catch {
      return "the schedule cannot be kept: \(error.localizedDescription)"
    }
  }
}
