import Swift

/// A source of instants, and a way to wait for one.
public protocol Clock<Duration>: Sendable {
  associatedtype Duration where Duration == Instant.Duration
  associatedtype Instant: InstantProtocol
  var now: Instant { get }
  /// The smallest difference between two instants that the clock tells apart.
  var minimumResolution: Instant.Duration { get }
  /// Suspends the current task until `deadline`; throws if the task is cancelled before.
  func sleep(until deadline: Instant, tolerance: Instant.Duration?) async throws(CancellationError)
}

extension Clock {
  /// How long `work` takes.
  public func measure<Failure: Error>(
    _ work: () throws(Failure) -> Void
  ) throws(Failure) -> Instant.Duration {
    let start = now
    try work()
    return start.duration(to: now)
  }

  /// How long `work` takes, its suspensions included.
  public func measure<Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    // Of any isolation for the reason told in AsyncSequenceOperatorsReduce.swift.
    _ work: @isolated(any) () async throws(Failure) -> Void
  ) async throws(Failure) -> Instant.Duration {
    let start = now
    try await work()
    return start.duration(to: now)
  }

  /// Suspends the current task for at least `duration`; throws as soon as it is cancelled.
  public func sleep(
    for duration: Instant.Duration, tolerance: Instant.Duration? = nil
  ) async throws(CancellationError) {
    try await sleep(until: now.advanced(by: duration), tolerance: tolerance)
  }
}

extension Task where Success == Never, Failure == Never {
  /// Suspends the current task until `deadline` on `clock`; throws as soon as it is cancelled. The
  /// clocks of this library are exact and do not use `tolerance`.
  public static func sleep<C: Clock>(
    until deadline: C.Instant, tolerance: C.Instant.Duration? = nil, clock: C = .continuous
  ) async throws(CancellationError) {
    try await clock.sleep(until: deadline, tolerance: tolerance)
  }

  /// Suspends the current task for at least `duration` on `clock`; throws once it is cancelled.
  public static func sleep<C: Clock>(
    for duration: C.Instant.Duration, tolerance: C.Instant.Duration? = nil, clock: C
  ) async throws(CancellationError) {
    try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: tolerance)
  }
}

extension InstantProtocol {
  public static func + (instant: Self, duration: Duration) -> Self {
    instant.advanced(by: duration)
  }

  public static func += (instant: inout Self, duration: Duration) { instant = instant + duration }

  public static func - (instant: Self, duration: Duration) -> Self {
    instant.advanced(by: .zero - duration)
  }

  public static func -= (instant: inout Self, duration: Duration) { instant = instant - duration }

  public static func - (left: Self, right: Self) -> Duration { right.duration(to: left) }
}
