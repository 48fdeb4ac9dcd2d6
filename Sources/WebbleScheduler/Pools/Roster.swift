/// A job's place in a worker's roster. Its memory is the job's.
///
///     unlisted ── join ──▶ listed ── leave, by what ends the job ─────▶ left
///                             └──── take, by what ends the pool ──────▶ left
///
/// It is left once: the thread that does it, and no other, settles what becomes of the job.
public struct RosterEntry {
  /// Neighbours. An entry that has left names itself as its next. Guarded by the roster's lock.
  fileprivate var next: RosterEntryPointer?
  fileprivate var previous: RosterEntryPointer?
  /// Whose roster it is or was in; nil if none's. Written once, by the thread that runs the job.
  public fileprivate(set) var worker: WorkerPointer?
}

public typealias RosterEntryPointer = UnsafeMutablePointer<RosterEntry>

/// The jobs of a pool that a worker's queues may not hold, since they wait for something or run elsewhere:
/// those whom the pool's end has to find. Any thread.
///
/// The lock is held for a few instructions, so that the main thread may spin for it.
public struct Roster: ~Copyable, @unchecked Sendable {
  private struct State {
    var first: RosterEntryPointer?
    var isEnded = false
  }

  private let lock = SpinLock()
  private let padding = CacheLinePadding()
  /// Guarded by the lock.
  private let state: UnsafeMutablePointer<State>

  public init() {
    state = .allocateOnOwnCacheLines()
    state.initialize(to: State())
  }

  deinit { state.deallocate() }

  /// Lists an entry of the roster of `worker`, which this is.
  ///
  /// - Returns: false if the roster has ended: the entry is not listed.
  public func join(_ entry: RosterEntryPointer, of worker: WorkerPointer) -> Bool {
    lock.withLock {
      if state.pointee.isEnded { return false }
      entry.pointee.worker = worker
      entry.pointee.previous = nil
      entry.pointee.next = state.pointee.first
      state.pointee.first?.pointee.previous = entry
      state.pointee.first = entry
      return true
    }
  }

  /// Takes an entry that has joined off the roster.
  ///
  /// - Returns: false if it had left already.
  public func leave(_ entry: RosterEntryPointer) -> Bool {
    lock.withLock {
      if entry.pointee.next == entry { return false }
      unlink(entry)
      return true
    }
  }

  /// Ends the roster: nobody joins from now on. Takes one of its entries off, nil when there is none left.
  ///
  /// - Parameter keep: sees to it that the entry's memory outlives the call; under the lock.
  public func takeForGood(_ keep: (RosterEntryPointer) -> Void) -> RosterEntryPointer? {
    lock.withLock {
      state.pointee.isEnded = true
      guard let entry = state.pointee.first else { return nil }
      unlink(entry)
      keep(entry)
      return entry
    }
  }

  private func unlink(_ entry: RosterEntryPointer) {
    let next = entry.pointee.next
    let previous = entry.pointee.previous
    if let previous { previous.pointee.next = next } else { state.pointee.first = next }
    next?.pointee.previous = previous
    entry.pointee.next = entry
  }
}
