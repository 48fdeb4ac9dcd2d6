import Webble

/// A clock that stands still until a test moves it on: for code that takes its clock as a parameter.
///
/// ```swift
/// let clock = TestClock()
/// let work = Task { try await retry(every: .seconds(30), clock: clock) }
/// await clock.waitForSleepers()
/// await clock.advance(by: .seconds(30))
/// ```
///
/// Any thread may use it. `webble test --virtual-time` is for code that sleeps on `ContinuousClock` itself.
public final class TestClock: Clock, Sendable {
  /// A time on a test's clock, which begins at zero.
  public struct Instant: InstantProtocol {
    /// Since the clock was made.
    public var offset: Swift.Duration

    public init(offset: Swift.Duration = .zero) { self.offset = offset }

    public func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
    public func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
    public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  public typealias Duration = Swift.Duration

  /// A wait, until its deadline or for others to begin theirs. Its continuation is resumed outside the lock.
  private struct Sleeper {
    var number: UInt64
    var deadline: Instant
    /// With whether the deadline has come.
    var continuation: UnsafeContinuation<Bool, Never>
  }

  private struct Watcher {
    var count: Int
    var continuation: UnsafeContinuation<Void, Never>
  }

  private struct State {
    var now = Instant()
    var sleepers: [Sleeper] = []
    var watchers: [Watcher] = []
    /// Sleeps that were cancelled before they had begun.
    var cancelled: [UInt64] = []
    var lastNumber: UInt64 = 0
  }

  private let state = Mutex(State())

  /// Makes a clock that shows zero.
  public init() {}

  public var now: Instant { state.withLock { $0.now } }
  public var minimumResolution: Swift.Duration { .nanoseconds(1) }

  /// How many tasks sleep on the clock at the moment.
  public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

  /// Suspends the current task until the test has moved the clock on to `deadline`.
  ///
  /// - Throws: as soon as the task is cancelled.
  public func sleep(until deadline: Instant, tolerance: Swift.Duration? = nil) async throws(CancellationError) {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let hasCome = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in begin(number, deadline, continuation) }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        if let place = state.sleepers.firstIndex(where: { $0.number == number }) {
          return state.sleepers.remove(at: place)
        }
        state.cancelled.append(number)
        return nil
      }
      sleeper?.continuation.resume(returning: false)
    }
    state.withLock { state in state.cancelled.removeAll { $0 == number } }
    if !hasCome { throw CancellationError() }
  }

  private func begin(_ number: UInt64, _ deadline: Instant, _ continuation: UnsafeContinuation<Bool, Never>) {
    let (outcome, told) = state.withLock { state -> (Bool?, [Watcher]) in
      if state.cancelled.contains(number) { return (false, []) }
      if deadline <= state.now { return (true, []) }
      state.sleepers.append(Sleeper(number: number, deadline: deadline, continuation: continuation))
      let count = state.sleepers.count
      let told = state.watchers.filter { $0.count <= count }
      state.watchers.removeAll { $0.count <= count }
      return (nil, told)
    }
    if let outcome { continuation.resume(returning: outcome) }
    for watcher in told { watcher.continuation.resume() }
  }

  /// Waits until that many tasks sleep on the clock.
  public func waitForSleepers(_ count: Int = 1) async {
    await withUnsafeContinuation { continuation in
      let isSo = state.withLock { state in
        if state.sleepers.count >= count { return true }
        state.watchers.append(Watcher(count: count, continuation: continuation))
        return false
      }
      if isSo { continuation.resume() }
    }
  }

  /// Moves the clock on by `duration`, from deadline to deadline, and wakes the tasks that sleep until then.
  ///
  /// On the web tasks of the caller's thread see the clock show their own deadlines, and may sleep again in between, as
  /// `advance` gives way at each. Tasks of other threads may be later, and natively so may all, since who sleeps leaves
  /// its thread for that: such a task sees a later time, and does not sleep where that is over already. Where this
  /// matters, move on in steps, with `waitForSleepers` before each.
  public func advance(by duration: Swift.Duration) async { await advance(to: now.advanced(by: duration)) }

  /// The same up to an instant, which is not before `now`.
  public func advance(to end: Instant) async {
    while true {
      let due = state.withLock { state -> [Sleeper] in
        guard let first = state.sleepers.map({ $0.deadline }).min(), first <= end else {
          if state.now < end { state.now = end }
          return []
        }
        if state.now < first { state.now = first }
        let due = state.sleepers.filter { $0.deadline == first }
        state.sleepers.removeAll { $0.deadline == first }
        return due
      }
      if due.isEmpty { break }
      for sleeper in due { sleeper.continuation.resume(returning: true) }
      await Task.yield()
    }
    await Task.yield()
  }
}

extension TestClock.Instant: CustomStringConvertible {
  /// Since the clock was made.
  public var description: String { "Instant(\(offset))" }
}
