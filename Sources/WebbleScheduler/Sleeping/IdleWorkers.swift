#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

// Which workers sleep and how many look for work: the idea of tokio's `idle.rs`.
//
// Rule: a push of stealable work wakes one sleeper, unless some worker is already searching; a push
// to the injector where another job waits does so beside one that searches, which may take long to
// wake. A searcher that finds work and was the last to search wakes the next. So workers wake one
// after another for as long as there is work for them, instead of all at once for one job.
//
// Why no stealable job is left behind with every worker asleep. All accesses below are sequentially
// consistent; two Dekker pairs carry the argument:
//
//     pusher:  push the job                then   load `searching`, `sleepers`
//     sleeper: set its bit in `sleepers`   then   look at all queues again
//
// The pusher sees the bit, or the sleeper sees the job, or the pusher relies on a searcher:
//
//     pusher:   push the job               then   load `searching` (above 0)
//     searcher: lower `searching`          then   look at all queues, or wake one more
//
// Hence the duty of a caller that gets `true` from `endSearching`, and hence too the second look that
// `claimSleeperToWake` itself takes at `sleepers` after it has announced a searcher and found none.
//
// Three more rules keep that complete:
// - Only a worker that is counted as searching moves several jobs from another deque or the
//   injector to its own. While they are on the way nobody can see them, and a sleeper's last look
//   may miss them; the mover's own `endSearching` comes after they have landed.
// - Any other thread that pushes to a deque or the injector calls `claimSleeperToWake` afterwards.
// - A worker whose bit is set runs no jobs, not even in a callback that finds it asleep on its event
//   loop: a push could claim the very worker that is busy and leave the sleepers asleep. The callback
//   begins with `workerWoke` and ends, before it returns to the wait under way, with `workerWillPark`
//   and a look at all queues. If it was claimed, the search that it owes may end at once.
//
// The order for a worker that goes to sleep:
//     1. endSearching, if it was searching; as the last: look at all queues, wake one if there is work
//     2. Parking.prepareToPark   3. workerWillPark
//     4. look at all queues      5. wait, or Parking.cancelPark
//     6. Parking.wake            7. workerWoke
// The word comes before the bit: a thread that takes the bit notifies the word, which does nothing to a
// worker whose word is still `running`. The look of 4 comes after the end of the search, too: it sees
// what pushes have left to that search, also if 1 has found nobody to wake.

/// The sleeping and the searching workers of a pool. Any thread, unless said otherwise.
public struct IdleWorkers: ~Copyable, Sendable {
  /// One bit a worker: set by the worker itself before it sleeps; cleared by the thread that wakes it for
  /// stealable work or, when it wakes for another reason, by itself.
  private let sleepers: SleeperSet
  /// How many workers look for work to steal. A thread that wakes a worker adds it here before it
  /// clears that worker's bit.
  private let searching = Atomic<UInt32>(0)
  private let padding = CacheLinePadding()
  private let workerCount: UInt32

  /// - Parameter workerCount: the workers of the pool, at least 1.
  public init(workerCount: Int) {
    precondition(workerCount >= 1, "a pool has a worker")
    self.workerCount = UInt32(workerCount)
    sleepers = SleeperSet(workerCount: workerCount)
  }

  /// Announces that the worker `index` is about to sleep. Its own thread only, after
  /// `Parking.prepareToPark` and before its last look at all queues.
  public func workerWillPark(_ index: Int) {
    sleepers.insert(index)
  }

  /// Takes the announcement back: the worker is awake. Its own thread only, once for each
  /// `workerWillPark`.
  ///
  /// - Returns: whether it was woken to search for work: it is counted as searching and owes an
  ///   `endSearching`. Otherwise it woke for its mailbox, a timer, or no cause.
  public func workerWoke(_ index: Int) -> Bool {
    !sleepers.remove(index)
  }

  /// Asks to look for work in other workers' deques and the injector, of which few may at once
  /// (`StealPolicy`). Those that ask at the same moment may all be admitted, and those that are woken
  /// search in any case.
  ///
  /// - Parameter unthrottled: count the caller in however many there are: it has seen work in the
  ///   last look before sleeping.
  /// - Returns: whether the caller may search; if so it owes an `endSearching`.
  public func beginSearching(unthrottled: Bool = false) -> Bool {
    guard
      unthrottled
        || StealPolicy.admitsSearcher(besides: searching.load(ordering: .relaxed), of: workerCount)
    else { return false }
    // No exchange that compares: of many workers that run dry at once all but one would repeat it.
    searching.add(1, ordering: .sequentiallyConsistent)
    return true
  }

  /// Ends the caller's search.
  ///
  /// - Returns: whether it was the last searcher. If so it next either calls `claimSleeperToWake`
  ///   (always when it has found work) or, about to sleep, looks at all queues again: pushes made
  ///   while it searched have relied on it.
  public func endSearching() -> Bool {
    searching.subtract(1, ordering: .sequentiallyConsistent).oldValue == 1
  }

  /// Picks a sleeper to wake, after stealable work has been pushed or as the last searcher's duty.
  /// The caller passes it to `Parking.unparkIfParked`; it is counted as searching already.
  ///
  /// - Parameter limit: how many may search already when one is woken: none, or, where several jobs
  ///   wait, one.
  /// - Returns: nil when more than that are searching already, or none sleeps.
  public func claimSleeperToWake(besides limit: UInt32 = 0) -> Int? {
    // Loads first: with all workers busy, which is when pushes are many, nothing is written.
    while case let seen = searching.load(ordering: .sequentiallyConsistent), seen <= limit,
      !sleepers.isEmpty
    {
      // The count changed after our push. If it rose, the new searcher will see our job. If it fell to
      // none, the last searcher looks at the queues after that, or wakes one more. If it fell to one, that
      // one still searches.
      guard
        searching.compareExchange(
          expected: seen, desired: seen + 1, ordering: .sequentiallyConsistent
        ).exchanged
      else { return nil }
      if let index = sleepers.takeFirst() { return index }
      // All have woken meanwhile. A push in between may have relied on the searcher announced here
      // while its sleeper set its bit: hence round again, if this was the last.
      if !endSearching() { return nil }
    }
    return nil
  }

  /// The first 64 workers that sleep or are about to, one bit each. A snapshot, for statistics.
  public var sleepersSnapshot: UInt64 { sleepers.firstWord }

  /// How many workers search. A snapshot, for statistics.
  public var searchingSnapshot: Int { Int(searching.load(ordering: .relaxed)) }

  func _checkInvariants() {
    sleepers._checkInvariants(workerCount: Int(workerCount))
    // Two more than the workers: claims that find no sleeper count in a searcher for a moment.
    precondition(
      searching.load(ordering: .relaxed) <= workerCount + 2, "IdleWorkers: too many searchers")
  }
}
