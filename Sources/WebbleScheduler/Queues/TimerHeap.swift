/// Names a timer in the `TimerHeap` that issued it. Stays invalid once the timer has gone.
public struct TimerID: Equatable {
  fileprivate let slot: Int
  fileprivate let sequence: UInt64
}

/// The timers of one worker by deadline; those with equal deadlines in the order of insertion.
///
/// Only its owner's thread touches it. A binary heap; each timer's place in it is kept in a table,
/// so that a cancelled sleep is removed in O(log n) instead of lingering. State in a block of its
/// own for the reason told at `LocalQueue`.
public struct TimerHeap: ~Copyable {
  private struct Entry {
    var deadline: Int64
    /// Counts insertions: the order among equal deadlines, and what tells a `TimerID` from a later
    /// one with the same slot.
    var sequence: UInt64
    var token: UInt
    /// Where this entry's place is kept in `places`.
    var slot: Int

    func precedes(_ other: Entry) -> Bool {
      deadline != other.deadline ? deadline < other.deadline : sequence < other.sequence
    }
  }

  private struct State {
    /// The heap. `entries[0 ..< count]` are initialized; there is room for `capacity`.
    var entries: UnsafeMutablePointer<Entry>
    /// By slot: for a slot in use the index of its entry, for a free one `~next`, the complement of
    /// the next free slot. `places[0 ..< slotCount]` are initialized.
    var places: UnsafeMutablePointer<Int>
    var capacity: Int
    var count = 0
    var slotCount = 0
    /// The first free slot; `slotCount` when none below it is free.
    var freeSlot = 0
    var nextSequence: UInt64 = 0
  }

  /// Owner's thread only.
  private let state: UnsafeMutablePointer<State>

  /// - Parameter capacity: the number of timers to have room for at first, at least 1.
  public init(capacity: Int = 16) {
    precondition(capacity > 0, "a heap has room for at least one timer")
    state = .allocateOnOwnCacheLines()
    state.initialize(
      to: State(
        entries: .allocate(capacity: capacity), places: .allocate(capacity: capacity),
        capacity: capacity))
  }

  deinit {
    state.pointee.entries.deallocate()
    state.pointee.places.deallocate()
    state.deallocate()
  }

  public var count: Int { state.pointee.count }
  public var isEmpty: Bool { count == 0 }

  /// The earliest deadline in nanoseconds of the caller's clock, nil when there are no timers.
  public var nextDeadline: Int64? {
    isEmpty ? nil : state.pointee.entries[0].deadline
  }

  /// Adds a timer. O(log n).
  ///
  /// - Parameters:
  ///   - deadline: in nanoseconds of the caller's clock.
  ///   - token: what `popExpired` returns for it.
  public func insert(deadline: Int64, token: UInt) -> TimerID {
    if count == state.pointee.capacity { grow() }
    let slot = takeSlot()
    let sequence = state.pointee.nextSequence
    state.pointee.nextSequence += 1
    state.pointee.count += 1
    siftUp(
      Entry(deadline: deadline, sequence: sequence, token: token, slot: slot), from: count - 1)
    return TimerID(slot: slot, sequence: sequence)
  }

  /// Removes a timer before it has expired. O(log n).
  ///
  /// - Returns: its token; nil if it has been popped or removed already.
  @discardableResult
  public func remove(_ timer: TimerID) -> UInt? {
    guard timer.slot < state.pointee.slotCount else { return nil }
    let index = state.pointee.places[timer.slot]
    guard index >= 0, state.pointee.entries[index].sequence == timer.sequence else { return nil }
    return removeEntry(at: index)
  }

  /// Removes the earliest timer if its deadline is `now` or before, and returns its token.
  public func popExpired(now: Int64) -> UInt? {
    guard let nextDeadline, nextDeadline <= now else { return nil }
    return removeEntry(at: 0)
  }

  /// Removes the timers whose tokens meet the condition. O(n).
  ///
  /// - Returns: how many there were.
  public func removeAll(where isUnwanted: (UInt) -> Bool) -> Int {
    let before = count
    var kept = 0
    for index in 0..<before {
      let entry = state.pointee.entries[index]
      if isUnwanted(entry.token) {
        free(entry.slot)
      } else {
        place(entry, at: kept)
        kept += 1
      }
    }
    state.pointee.count = kept
    for index in (0..<kept / 2).reversed() { siftDown(state.pointee.entries[index], from: index) }
    return before - kept
  }

  // MARK: Heap

  @inline(never)
  private func removeEntry(at index: Int) -> UInt {
    let removed = state.pointee.entries[index]
    state.pointee.count -= 1
    if index < count {
      let moved = state.pointee.entries[count]
      if index > 0, moved.precedes(state.pointee.entries[(index - 1) / 2]) {
        siftUp(moved, from: index)
      } else {
        siftDown(moved, from: index)
      }
    }
    free(removed.slot)
    return removed.token
  }

  private func free(_ slot: Int) {
    state.pointee.places[slot] = ~state.pointee.freeSlot
    state.pointee.freeSlot = slot
  }

  @inline(never)
  private func siftUp(_ entry: Entry, from start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard entry.precedes(state.pointee.entries[parent]) else { break }
      place(state.pointee.entries[parent], at: index)
      index = parent
    }
    place(entry, at: index)
  }

  @inline(never)
  private func siftDown(_ entry: Entry, from start: Int) {
    let count = self.count
    var index = start
    while true {
      var child = 2 * index + 1
      guard child < count else { break }
      let entries = state.pointee.entries
      if child + 1 < count, entries[child + 1].precedes(entries[child]) { child += 1 }
      guard entries[child].precedes(entry) else { break }
      place(entries[child], at: index)
      index = child
    }
    place(entry, at: index)
  }

  private func place(_ entry: Entry, at index: Int) {
    (state.pointee.entries + index).initialize(to: entry)
    state.pointee.places[entry.slot] = index
  }

  private func takeSlot() -> Int {
    let slot = state.pointee.freeSlot
    if slot == state.pointee.slotCount {
      state.pointee.slotCount += 1
      state.pointee.freeSlot = state.pointee.slotCount
    } else {
      state.pointee.freeSlot = ~state.pointee.places[slot]
    }
    (state.pointee.places + slot).initialize(to: 0)
    return slot
  }

  private func grow() {
    state.pointee.entries = withTwiceTheRoom(state.pointee.entries)
    state.pointee.places = withTwiceTheRoom(state.pointee.places)
    state.pointee.capacity *= 2
  }

  /// Moves `capacity` elements of a type without references: by their bytes, since `moveInitialize` becomes
  /// four loops.
  private func withTwiceTheRoom<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>
  ) -> UnsafeMutablePointer<Element> {
    let capacity = state.pointee.capacity
    let copy = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    UnsafeMutableRawPointer(copy).copyMemory(
      from: elements, byteCount: capacity * MemoryLayout<Element>.stride)
    elements.deallocate()
    return copy
  }

  func _checkInvariants() {
    let state = self.state.pointee
    precondition(state.count <= state.slotCount && state.slotCount <= state.capacity)
    for index in 0..<state.count {
      let entry = state.entries[index]
      precondition(state.places[entry.slot] == index, "TimerHeap: a place is out of date")
      precondition(
        index == 0 || !entry.precedes(state.entries[(index - 1) / 2]), "TimerHeap: out of order")
    }
    var free = 0
    var slot = state.freeSlot
    while slot < state.slotCount {
      precondition(state.places[slot] < 0, "TimerHeap: a free slot is in use")
      slot = ~state.places[slot]
      free += 1
    }
    precondition(free + state.count == state.slotCount, "TimerHeap: a slot is lost")
  }
}
