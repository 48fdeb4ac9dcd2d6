import CRuntime
import Swift

/// Nanoseconds since the program started, on a clock that all its threads share.
func monotonicNanoseconds() -> Int64 { Int64(webble_js_now() * 1_000_000) }

/// A clock that goes on while the device sleeps, as far as the browser's does.
public struct ContinuousClock: Clock, Sendable {
  /// A point in time, relative to the start of the program.
  public struct Instant: InstantProtocol, Sendable {
    /// Of 128 bits, as all durations: what is beyond them is an overflow.
    let offset: Duration

    public static var now: Instant { Instant(offset: .nanoseconds(monotonicNanoseconds())) }

    public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    public func duration(to other: Instant) -> Duration { other.offset - offset }
    public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    // Beside those of all instants, so that the compiler finds the type of `.now + .seconds(1)`.
    public static func + (instant: Instant, duration: Duration) -> Instant {
      instant.advanced(by: duration)
    }
    public static func - (instant: Instant, duration: Duration) -> Instant {
      instant.advanced(by: .zero - duration)
    }
    public static func - (left: Instant, right: Instant) -> Duration { right.duration(to: left) }
  }

  public init() {}

  public static var now: Instant { .now }
  public var now: Instant { .now }
  /// What browsers grant isolated pages.
  public var minimumResolution: Duration { .microseconds(5) }
  /// The start of the program.
  public var systemEpoch: Instant { Instant(offset: .zero) }

  /// Suspends the current task until `deadline`, blocking no thread. Throws as soon as the task is
  /// cancelled.
  public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    try await _Concurrency.sleep(until: deadline.offset.nanoseconds)
  }
}

extension Clock where Self == ContinuousClock {
  public static var continuous: ContinuousClock { ContinuousClock() }
}

/// A clock that stops while the device sleeps, as far as the browser's does: it has but one, which
/// is that of `ContinuousClock`.
public struct SuspendingClock: Clock, Sendable {
  /// A point in time, relative to the start of the program.
  public struct Instant: InstantProtocol, Sendable {
    /// Of 128 bits, as all durations: what is beyond them is an overflow.
    let offset: Duration

    public static var now: Instant { Instant(offset: .nanoseconds(monotonicNanoseconds())) }

    public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    public func duration(to other: Instant) -> Duration { other.offset - offset }
    public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    // Beside those of all instants, so that the compiler finds the type of `.now + .seconds(1)`.
    public static func + (instant: Instant, duration: Duration) -> Instant {
      instant.advanced(by: duration)
    }
    public static func - (instant: Instant, duration: Duration) -> Instant {
      instant.advanced(by: .zero - duration)
    }
    public static func - (left: Instant, right: Instant) -> Duration { right.duration(to: left) }
  }

  public init() {}

  public static var now: Instant { .now }
  public var now: Instant { .now }
  /// What browsers grant isolated pages.
  public var minimumResolution: Duration { .microseconds(5) }
  /// The start of the program.
  public var systemEpoch: Instant { Instant(offset: .zero) }

  /// Suspends the current task until `deadline`, blocking no thread. Throws as soon as the task is
  /// cancelled.
  public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    try await _Concurrency.sleep(until: deadline.offset.nanoseconds)
  }
}

extension Clock where Self == SuspendingClock {
  public static var suspending: SuspendingClock { SuspendingClock() }
}
