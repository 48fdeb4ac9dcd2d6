#if canImport(CNative)
  import CNative
#else
  import CPlatform
#endif
#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

// The wake-up protocol of one worker.
//
//                 prepareToPark (owner)
//     ┌─────────┐ ─────────────────────▶ ┌────────┐
//     │ running │                        │ parked │
//     └─────────┘ ◀───────────────────── └────────┘
//          ▲      cancelPark, wake (owner)    │
//          │                                  │  unparkIfParked (any thread: the one whose
//          │                                  ▼  exchange succeeds notifies the futex)
//          │                             ┌──────────┐
//          └──────────────────────────── │ notified │
//             cancelPark, wake (owner)   └──────────┘
//
// Why no wake-up is lost. Dekker's pairing of two threads that each store and then load:
//
//     producer: push the job (store queue)   then   load the word     (unparkIfParked)
//     worker:   store `parked` to the word   then   load the queue    (the second look)
//
// All four are sequentially consistent, so they have one total order and the two loads cannot both
// come before the other side's store: either the producer sees `parked` and wakes the worker, or
// the worker's second look sees the job. A producer that sees `notified` relies on the earlier
// winner: the worker has yet to pass through `wake`, and looks at its queues after that. One that
// sees `running` relies on the second look that precedes the next sleep.
//
// The winner may be delayed between its exchange and its notification. Then the futex wait returns
// at once because the word is no longer `parked`; the late notification finds nobody, or ends a
// later wait early. So every wait may end without cause, and `wake` accepts any state.

/// The states of a worker's futex word and who may move it where. Pure, so that the interleaving
/// test explores the very transitions that run.
public enum ParkState: UInt32, Sendable {
  /// The worker looks at its queues by itself: nobody needs to notify it. What it becomes after
  /// every wake-up, before it looks.
  case running = 0
  /// The worker waits for the word to change, or is about to, or, on an event loop, is inside some
  /// other callback while `Atomics.waitAsync` waits for it. The owner alone moves it here.
  case parked = 1
  /// A producer has claimed the wake-up. It, and nobody else, notifies the futex.
  case notified = 2

  /// What the owner has to do once its wish to park is in the word.
  public enum NextStep: Equatable, Sendable {
    /// Look at the queues again; if they are empty, wait (or start an asynchronous wait).
    case lookAgainThenWait
    /// An asynchronous wait that was started earlier is still under way: return to the event loop.
    /// The word was `parked` all the time, so every producer that pushed what this thread has not
    /// seen has found it so, except one that has put off waking the main thread: that looks at its
    /// queues all the same (Dozing.swift).
    case alreadyWaiting
    /// The asynchronous wait has been notified: its callback is on the way. Return to the event
    /// loop.
    case wakeUnderWay
  }

  /// The owner wants to park. It stores the new state, if it differs, with nothing in between: no
  /// other thread moves the word out of `running`, and from the other states this changes nothing.
  public func preparingToPark() -> (state: ParkState, next: NextStep) {
    switch self {
    case .running: (.parked, .lookAgainThenWait)
    case .parked: (.parked, .alreadyWaiting)
    case .notified: (.notified, .wakeUnderWay)
    }
  }

  /// A producer has pushed and has seen this state: the state to exchange it for, or nil when the
  /// worker needs no notification.
  public func unparking() -> ParkState? {
    self == .parked ? .notified : nil
  }
}

/// The futex word of a worker: how it goes to sleep and how others wake it.
///
/// The word has a cache line, and an address, of its own for as long as this value lives.
/// JavaScript waits on it with `Atomics.waitAsync(memory, address / 4, 1)`.
public struct Parking: ~Copyable, @unchecked Sendable {
  /// Written by the owner (`prepareToPark`, `cancelPark`, `wake`) and by one producer a sleep.
  private let word: UnsafeMutablePointer<Atomic<UInt32>>

  public init() {
    word = .allocateOnOwnCacheLines()
    word.initialize(to: Atomic(ParkState.running.rawValue))
  }

  deinit {
    word.deinitialize(count: 1)
    UnsafeMutableRawPointer(word).deallocate()
  }

  /// The address of the 32-bit word, aligned to a cache line.
  public var address: UnsafeRawPointer { UnsafeRawPointer(word) }

  /// The state at this moment. Any thread.
  public var state: ParkState {
    ParkState(rawValue: word.pointee.load(ordering: .sequentiallyConsistent)).unsafelyUnwrapped
  }

  /// Announces that the owner is going to sleep. Owner only; afterwards it does what the result
  /// says. Pairs with the load in `unparkIfParked`.
  public func prepareToPark() -> ParkState.NextStep {
    let state = self.state
    let (prepared, next) = state.preparingToPark()
    if prepared != state {
      word.pointee.store(prepared.rawValue, ordering: .sequentiallyConsistent)
    }
    return next
  }

  /// Takes the announcement back: the second look has found work. Owner only, and only after
  /// `lookAgainThenWait`, before an asynchronous wait has been started: that would stay behind.
  public func cancelPark() {
    word.pointee.store(ParkState.running.rawValue, ordering: .sequentiallyConsistent)
  }

  /// How a blocking wait ended.
  public enum WaitResult: Equatable, Sendable {
    /// A notification, or no cause at all.
    case woken
    /// The time ran out.
    case timedOut
  }

  /// Blocks the owner's thread while the word is `parked`, at most `nanoseconds` (negative: for
  /// ever). Not on the main thread of a page. `wake` comes next, whatever the result.
  public func wait(nanoseconds: Int64) -> WaitResult {
    webble_futex_wait(word, ParkState.parked.rawValue, nanoseconds) == 2 ? .timedOut : .woken
  }

  /// Marks the owner running after a wait of either kind has ended, for whatever reason. Owner
  /// only, and before it looks at its queues: a producer that saw `notified` relies on that look.
  public func wake() {
    word.pointee.store(ParkState.running.rawValue, ordering: .sequentiallyConsistent)
  }

  /// Wakes the worker if it is parked. Any thread, after it has published the work.
  ///
  /// - Returns: whether this call is the one that notified. A running worker is never notified.
  @discardableResult
  public func unparkIfParked() -> Bool {
    // Pairs with the store in `prepareToPark`.
    let seen = state
    guard let desired = seen.unparking() else { return false }
    let (exchanged, _) = word.pointee.compareExchange(
      expected: seen.rawValue, desired: desired.rawValue, ordering: .sequentiallyConsistent)
    // Losing is enough: another producer has claimed the wake-up, or the owner has woken by itself
    // and looks at its queues after that.
    if exchanged { _ = webble_futex_notify(word, .max) }
    return exchanged
  }
}
