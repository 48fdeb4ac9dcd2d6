/// The longest the main thread dozes, in nanoseconds: as long as a turn may hold an event loop.
let dozeTime = timeSlice

/// Whether the main thread dozes when it goes to sleep: comes back by itself after `dozeTime`, and is not woken
/// for each result meanwhile. What a doze is, and why nothing is late by more, says Dozing.swift.
///
/// It does if it shares a processor with a worker, if mail has come fast after two sleeps more than it has not,
/// and if its timers are on time. Row 7b on two workers took 35.0 ms without, 32.5 with it. A sleep of a millisecond
/// whether the workers have more to run or not was no better (1.88 times as fast as one worker, 1.90 without).
struct Doze {
  /// Mail comes fast if it makes for one job in this time, in the mean, in nanoseconds.
  private static let fastInterval: Int64 = 1_000_000

  /// Workers with threads of their own.
  private var threadCount = 0
  private var sharesProcessor = false
  private var fellAsleepAt: Int64 = 0
  private var jobsRunBefore = 0
  private var hasHadMail = false
  /// Up to 4: rises with each sleep that mail has ended fast, falls with each other.
  private var fastSleeps = 0
  /// A doze has ended long after its time, and no work has been handed over since.
  private var areTimersLate = false
  /// When the doze under way ends; nil if main does not doze.
  private(set) var end: Int64?

  /// Workers have begun or, if `change` is negative, ended.
  mutating func countThreads(_ change: Int, processors: Int) {
    threadCount += change
    sharesProcessor = threadCount >= processors
  }

  mutating func hasMail() { hasHadMail = true }

  /// Main has given work to other threads: it does not only collect.
  mutating func hasHandedOver() {
    fastSleeps = 0
    areTimersLate = false
  }

  /// Main is about to sleep, at `time`, after `jobsRun` jobs in all.
  ///
  /// - Returns: whether it dozes, until `end`.
  mutating func decide(at time: Int64, jobsRun: Int) -> Bool {
    if hasHadMail, time - fellAsleepAt < Int64(jobsRun &- jobsRunBefore) * Self.fastInterval {
      fastSleeps = Swift.min(4, fastSleeps + 1)
    } else if fastSleeps > 0 {
      fastSleeps -= 1
    }
    hasHadMail = false
    jobsRunBefore = jobsRun
    fellAsleepAt = time

    let dozes = sharesProcessor && fastSleeps >= 2 && !areTimersLate
    end = dozes ? time + dozeTime : nil
    return dozes
  }

  /// The doze is over at `time`, if there is one: a turn has begun.
  mutating func isOver(at time: Int64) {
    guard let end else { return }
    self.end = nil
    if time > end + 10 * dozeTime { areTimersLate = true }
  }

  /// There is work after all.
  mutating func cancel() { end = nil }
}
