import CRuntime
import Swift

/// Nanoseconds since the program started, on a clock that all its threads share.
func monotonicNanoseconds() -> Int64 { Int64(webble_js_now() * 1_000_000) }

/// A clock that goes on while the device sleeps, as far as the browser's does.
public struct ContinuousClock: Clock, Sendable {
  /// A point in time, relative to the start of the program.
  public struct Instant: InstantProtocol, Sendable {
    let nanoseconds: Int64

    public static var now: Instant { Instant(nanoseconds: monotonicNanoseconds()) }

    public func advanced(by duration: Duration) -> Instant {
      Instant(nanoseconds: nanoseconds.addingWithinRange(duration.nanoseconds))
    }
    public func duration(to other: Instant) -> Duration {
      .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds)
    }
    public static func < (left: Instant, right: Instant) -> Bool {
      left.nanoseconds < right.nanoseconds
    }
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
  public var systemEpoch: Instant { Instant(nanoseconds: 0) }

  /// Suspends the current task until `deadline`, blocking no thread. Throws as soon as the task is
  /// cancelled.
  public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    try await _Concurrency.sleep(until: deadline.nanoseconds)
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
    let nanoseconds: Int64

    public static var now: Instant { Instant(nanoseconds: monotonicNanoseconds()) }

    public func advanced(by duration: Duration) -> Instant {
      Instant(nanoseconds: nanoseconds.addingWithinRange(duration.nanoseconds))
    }
    public func duration(to other: Instant) -> Duration {
      .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds)
    }
    public static func < (left: Instant, right: Instant) -> Bool {
      left.nanoseconds < right.nanoseconds
    }
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
  public var systemEpoch: Instant { Instant(nanoseconds: 0) }

  /// Suspends the current task until `deadline`, blocking no thread. Throws as soon as the task is
  /// cancelled.
  public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    try await _Concurrency.sleep(until: deadline.nanoseconds)
  }
}

extension Clock where Self == SuspendingClock {
  public static var suspending: SuspendingClock { SuspendingClock() }
}

extension Int64 {
  /// The sum, or the end of the range that it lies beyond: instants of 292 years hence are as good.
  fileprivate func addingWithinRange(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
