#if arch(wasm32)
import Webble
#endif
import Synchronization

/// Opens once, on any thread, and lets all go on that wait for it, before or after.
public final class Gate: Sendable {
  private let waiting = Locked<[UnsafeContinuation<Void, Never>]?>([])

  public init() {}

  public var isOpen: Bool { waiting.withLock { $0 == nil } }

  public func open() {
    let waiters = waiting.withLock { waiting in
      let waiters = waiting
      waiting = nil
      return waiters
    }
    for waiter in waiters ?? [] { waiter.resume() }
  }

  public func wait(isolation: isolated (any Actor)? = #isolation) async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let isOpen = waiting.withLock { waiting in
        waiting?.append(continuation)
        return waiting == nil
      }
      if isOpen { continuation.resume() }
    }
  }
}

/// A value under a lock that spins, which all platforms have. For sections of a few instructions.
public final class Locked<Value>: @unchecked Sendable {
  private let isLocked = Atomic(false)
  private var value: Value

  public init(_ value: Value) { self.value = value }

  public func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    while isLocked.exchange(true, ordering: .acquiring) {}
    defer { isLocked.store(false, ordering: .releasing) }
    return body(&value)
  }
}

/// What has happened, in order.
public final class Journal<Entry: Sendable>: Sendable {
  private let list = Locked<[Entry]>([])

  public init() {}

  public var entries: [Entry] { list.withLock { $0 } }
  public var count: Int { list.withLock { $0.count } }
  public func append(_ entry: Entry) { list.withLock { $0.append(entry) } }
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

/// Lets others run until `condition` holds. To wait for what nothing announces.
///
/// - Returns: false if that took longer than ten seconds.
public func eventually(
  isolation: isolated (any Actor)? = #isolation, _ condition: () -> Bool
) async -> Bool {
  let end = ContinuousClock.now + .seconds(10)
  while !condition() {
    if ContinuousClock.now > end { return false }
    await Task.yield()
  }
  return true
}

/// Keeps the processor busy for a moment that the optimizer cannot remove.
public func work(_ rounds: Int = 100) {
  let counter = Counter()
  for _ in 0..<rounds { counter.increment() }
}

/// The sum of the results of a group's children.
public func total(
  _ group: inout TaskGroup<Int>, isolation: isolated (any Actor)? = #isolation
) async -> Int {
  var sum = 0
  while let number = await group.next(isolation: isolation) { sum += number }
  return sum
}

/// Whether all of a group's children give true.
public func allTrue(
  _ group: inout TaskGroup<Bool>, isolation: isolated (any Actor)? = #isolation
) async -> Bool {
  var isTrue = true
  while let next = await group.next(isolation: isolation) { isTrue = isTrue && next }
  return isTrue
}

/// Numbers that only look random, the same in every run (SplitMix64).
public struct Randomness: Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Int(truncatingIfNeeded: mixed >> 33) % bound
  }
}

/// An error with a value, to tell one from another.
public enum TestError: Error, Equatable, Sendable {
  case expected(Int)
}
