import CRuntime
import Swift
import WebbleScheduler

// Schedules tried on purpose: `webble test --explore` and `--virtual-time` build an SDK with WEBBLE_EXPLORES. In it
// every worker is a virtual one, `exploredTurn` takes the place of their turns, and time is what it says. In all
// others nothing of this exists.

/// What tests need in order to choose schedules. Main thread only.
@_spi(Webble)
public enum Exploration {
  /// How a schedule is chosen once the given choices are used up.
  public enum Strategy: UInt8, Sendable {
    /// Each source of work in turn, its oldest job first: the choice 0 everywhere.
    case plain
    case random
    /// Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of
    /// Finding Bugs" (ASPLOS 2010): each task has a priority, which falls at a few chosen steps.
    case pct
  }

  /// A choice that was not the plain one, told to people.
  public struct Moment: Sendable {
    public enum Kind: UInt8, Sendable { case job, timer, detour, preemption, actor, answer }
    public var step: Int
    public var kind: Kind
    /// The worker's index, -1 for main.
    public var worker: Int
    public var task: Label?
    /// The task that has to wait, and of a preemption what it was about to do.
    public var preempted: Label?
    public var access = SharedAccess.lock
  }

  /// What people call a task.
  public struct Label: Sendable {
    /// In the order in which the tasks of the schedule were made, from 1.
    public var number: Int
    public var name: String?
  }

  /// One schedule.
  public struct Record: Sendable {
    public var choices: [UInt16] = []
    /// Between how many there was each choice.
    public var counts: [UInt16] = []
    public var moments: [Moment] = []
    public var stepCount = 0
  }

  /// Two tasks each of which may hold a lock that the other waits for.
  public struct LockOrder: Sendable {
    public var first: Label?
    public var second: Label?
    /// Where their code begins, for `functionName`.
    public var firstEntry: UInt
    public var secondEntry: UInt
  }

  /// What keeps a schedule from its end.
  public enum Obstacle: Sendable {
    /// Nothing can run, and no timer is set.
    case nothingRuns
    /// A task spins for what one has to do in whose middle it runs.
    case needsInterrupted
    /// Steps without progress: no task has begun, ended, or had what it waited for, and no time has passed.
    case stalled
    /// Too many steps.
    case neverEnds
  }

  /// Choices as text: numbers with spaces between, `0*N` for N times 0.
  public static func text(_ choices: [UInt16]) -> String {
    var text = ""
    var zeros = 0
    for (index, choice) in choices.enumerated() {
      if choice == 0 { zeros += 1 }
      if zeros != 0, choice != 0 || index == choices.count - 1 {
        // What follows the last choice is plain without saying so.
        if choice != 0 { text += "0*\(zeros) " }
        zeros = 0
      }
      if choice != 0 { text += "\(choice) " }
    }
    return text
  }

  /// The choices that a text of `text(_:)`'s names; nil if it is none.
  public static func choices(_ text: Substring.UTF8View) -> [UInt16]? {
    var choices: [UInt16] = []
    for part in text.split(separator: 0x20) {
      if part.starts(with: "0*".utf8) {
        guard let count = number(part.dropFirst(2)), count <= 1 << 20 else { return nil }
        choices += Array(repeating: 0, count: count)
      } else {
        guard let choice = number(part), choice <= UInt16.max else { return nil }
        choices.append(UInt16(choice))
      }
    }
    return choices
  }

  private static func number(_ digits: some Sequence<UInt8>) -> Int? {
    var value: Int?
    for digit in digits {
      guard (0x30...0x39).contains(digit), value ?? 0 < 1 << 24 else { return nil }
      value = (value ?? 0) * 10 + Int(digit - 0x30)
    }
    return value
  }
}

#if WEBBLE_EXPLORES

extension Exploration {
  public static var isAvailable: Bool { true }

  /// Begins a schedule.
  ///
  /// - Parameters:
  ///   - script: the first choices.
  ///   - expectedSteps: about how many there will be, for `pct`.
  ///   - depth: `pct`'s: how many steps have to come in a certain order for the fault that is looked for.
  ///   - stepLimit: how many it may have.
  ///   - stallLimit: the same without progress.
  ///   - whenStuck: called once if it cannot come to its end.
  ///   - whenTrapped: called if the program traps.
  public static func begin(
    _ strategy: Strategy, seed: UInt64, script: [UInt16], expectedSteps: Int, depth: Int, stepLimit: Int,
    stallLimit: Int, whenStuck: @escaping (Obstacle) -> Void,
    whenTrapped: @escaping (Record) -> Void
  ) {
    explored.strategy = strategy
    explored.random = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    for _ in 0..<4 { _ = draw(&explored.random) }
    explored.entropy = 0x9E37_79B9_7F4A_7C15
    explored.firstTask = currentThread().pointee.next_identifier
    explored.script = script
    explored.record = Record()
    explored.nestedLocks = []
    explored.lockOrder = nil
    explored.rivals = 0..<0
    explored.stepLimit = stepLimit
    explored.stallLimit = stallLimit
    explored.stepsInVain = 0
    explored.whenStuck = whenStuck
    explored.whenTrapped = whenTrapped
    explored.priorities = []
    explored.lowest = 1 << 40
    explored.changes = (1..<max(depth, 1)).map { _ in Int(draw() % UInt64(max(expectedSteps, 1))) }
    explored.isChoosing = true
    webble_js_begin_schedule()
  }

  /// The identifier of the first task that the schedule has made.
  public static var firstTask: UInt32 { explored.firstTask }

  /// What has been seen since the schedule began.
  public static var lockOrder: LockOrder? { explored.lockOrder }

  /// Lets what is left go on in the plain order.
  ///
  /// - Parameters:
  ///   - steps: after that many it is no longer waited for.
  ///   - then: called once, with whether nothing can run and no timer is set.
  public static func settle(within steps: Int, then: @escaping (Bool) -> Void) {
    explored.stepsToSettle = steps
    explored.whenSettled = then
  }

  /// Ends it: from here on every choice is the plain one.
  public static func end() -> Record {
    explored.isChoosing = false
    explored.whenStuck = nil
    explored.whenTrapped = nil
    return explored.record
  }

  /// Milliseconds of the real clock.
  public static var realMilliseconds: Double { webble_js_real_now() }
}

/// Prints the schedule of a program that traps: what `webble test --replay` takes.
func printSchedule() {
  guard explored.isChoosing else { return }
  explored.isChoosing = false
  explored.whenTrapped?(explored.record)
  print("schedule: " + Exploration.text(explored.record.choices))
  flushPrintedLines()
}

#else

extension Exploration {
  public static var isAvailable: Bool { false }
  public static func begin(
    _ strategy: Strategy, seed: UInt64, script: [UInt16], expectedSteps: Int, depth: Int, stepLimit: Int,
    stallLimit: Int, whenStuck: @escaping (Obstacle) -> Void,
    whenTrapped: @escaping (Record) -> Void
  ) {}
  public static func end() -> Record { Record() }
  public static var firstTask: UInt32 { 0 }
  public static var lockOrder: LockOrder? { nil }
  public static func settle(within steps: Int, then: @escaping (Bool) -> Void) { then(false) }
  public static var realMilliseconds: Double { webble_js_now() }
}

#endif
