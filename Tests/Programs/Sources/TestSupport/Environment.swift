import Synchronization
import Webble

/// After that long a test hangs: far above what any takes on a busy machine.
public let testLimit: Duration = .seconds(20)

/// Milliseconds since `start`.
public func milliseconds(since start: ContinuousClock.Instant) -> Double {
  milliseconds(ContinuousClock.now - start)
}

public func milliseconds(_ duration: Duration) -> Double {
  let (seconds, attoseconds) = duration.components
  return Double(seconds) * 1000 + Double(attoseconds) / 1e15
}

/// Keeps the thread busy, without a suspension, until `isOver`. Only where there are threads.
public func spin(until isOver: () -> Bool) {
  while !isOver() {}
}

/// Keeps the thread busy for `duration`.
public func spin(for duration: Duration) {
  let end = ContinuousClock.now + duration
  while ContinuousClock.now < end {}
}

/// Lets the main thread's event loop, or the worker's, go round until `condition` holds.
///
/// - Returns: false if that took longer than `limit`.
public func eventually(
  within limit: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation,
  _ condition: () -> Bool
) async -> Bool {
  let end = ContinuousClock.now + limit
  while !condition() {
    if ContinuousClock.now > end { return false }
    await Task.yield()
  }
  return true
}
