import CRuntime
import Swift

/// Nanoseconds since the program started, on a clock that all its threads share.
func monotonicNanoseconds() -> Int64 { Int64(webble_js_now() * 1_000_000) }

/// A source of instants, and a way to wait for one.
public protocol Clock<Duration>: Sendable {
  associatedtype Duration where Duration == Instant.Duration
  associatedtype Instant: InstantProtocol
  var now: Instant { get }
  var minimumResolution: Instant.Duration { get }
  func sleep(until deadline: Instant, tolerance: Instant.Duration?) async throws(CancellationError)
}

/// A clock that goes on while the device sleeps, as far as the browser's does.
public struct ContinuousClock: Clock, Sendable {
  /// A point in time, relative to the start of the program.
  public struct Instant: InstantProtocol, Sendable {
    let nanoseconds: Int64

    public static var now: Instant { Instant(nanoseconds: monotonicNanoseconds()) }

    public func advanced(by duration: Duration) -> Instant {
      Instant(nanoseconds: nanoseconds + duration.nanoseconds)
    }
    public func duration(to other: Instant) -> Duration {
      .nanoseconds(other.nanoseconds - nanoseconds)
    }
    public static func < (left: Instant, right: Instant) -> Bool {
      left.nanoseconds < right.nanoseconds
    }
    public static func + (instant: Instant, duration: Duration) -> Instant {
      instant.advanced(by: duration)
    }
    public static func - (instant: Instant, duration: Duration) -> Instant {
      Instant(nanoseconds: instant.nanoseconds - duration.nanoseconds)
    }
    public static func - (left: Instant, right: Instant) -> Duration { right.duration(to: left) }
  }

  public init() {}

  public static var now: Instant { .now }
  public var now: Instant { .now }
  /// What browsers grant isolated pages.
  public var minimumResolution: Duration { .microseconds(5) }

  public func sleep(
    until deadline: Instant, tolerance: Duration? = nil
  ) async throws(CancellationError) {
    try await _Concurrency.sleep(until: deadline.nanoseconds)
  }

  /// How long `work` takes.
  public func measure<Failure: Error>(_ work: () throws(Failure) -> Void) throws(Failure) -> Duration {
    let start = now
    try work()
    return start.duration(to: now)
  }

  /// How long `work` takes.
  public func measure<Failure: Error>(
    isolation: isolated (any Actor)? = #isolation, _ work: () async throws(Failure) -> Void
  ) async throws(Failure) -> Duration {
    let start = now
    try await work()
    return start.duration(to: now)
  }
}

extension Clock where Self == ContinuousClock {
  public static var continuous: ContinuousClock { ContinuousClock() }
}
