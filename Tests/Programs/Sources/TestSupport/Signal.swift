import Synchronization
import Webble

/// Fires once, on any thread, and lets the one task go on that waits for it, before or after.
public final class Signal: @unchecked Sendable {
  private let state = Atomic(State.initial)
  /// Written before `waiting`, read after it.
  private var continuation: UnsafeContinuation<Void, Never>?

  private enum State {
    static let initial = 0
    static let waiting = 1
    static let fired = 2
  }

  public init() {}

  public var hasFired: Bool { state.load(ordering: .acquiring) == State.fired }

  public func fire() {
    if state.exchange(State.fired, ordering: .acquiringAndReleasing) == State.waiting {
      continuation.unsafelyUnwrapped.resume()
    }
  }

  public func wait(isolation: isolated (any Actor)? = #isolation) async {
    await withUnsafeContinuation { continuation in
      self.continuation = continuation
      let (isWaiting, _) = state.compareExchange(
        expected: State.initial, desired: State.waiting, ordering: .acquiringAndReleasing)
      if !isWaiting { continuation.resume() }
    }
  }
}

/// A number that any thread may change.
public final class Counter: Sendable {
  private let count = Atomic(0)

  public init() {}

  public var value: Int { count.load(ordering: .sequentiallyConsistent) }

  @discardableResult
  public func increment(by amount: Int = 1) -> Int {
    count.add(amount, ordering: .sequentiallyConsistent).newValue
  }
}

/// Something that is set once, on any thread.
public final class Flag: Sendable {
  private let flag = Atomic(false)

  public init() {}

  public var isSet: Bool { flag.load(ordering: .sequentiallyConsistent) }
  public func set() { flag.store(true, ordering: .sequentiallyConsistent) }
}

/// Counts how many of its objects are alive.
public final class Tracked: Sendable {
  private let alive: Counter
  public let number: Int

  public init(_ number: Int = 0, in alive: Counter) {
    self.number = number
    self.alive = alive
    alive.increment()
  }

  deinit { alive.increment(by: -1) }
}

/// An error with a value, to tell one from another.
public enum TestError: Error, Equatable, Sendable {
  case expected(Int)
}
