import Glibc
import Synchronization

/// The words that threads share, as the tables name them.
enum Word: Int, CaseIterable {
  case other
  case taskBlock, bottom, ring, top, slots, mailbox, load, futexWord
  case injector, searching, sleepers, poolState, poolReferences
  case workerOwn, workerConstants, spanHeader, spanRemote, heapNotified, pages, workload

  /// The word that is meant by an access from this file to an address that nobody has named.
  init(accessedFrom file: StaticString) {
    let name = String(describing: file)
    let words: [(String, Word)] = [
      ("Deque.swift", .slots), ("Span.swift", .spanRemote),
      ("Heap.swift", .heapNotified), ("PageAllocator.swift", .pages), ("PageSource.swift", .pages),
      ("SharedState.swift", .pages), ("Tasks.swift", .taskBlock), ("Pool.swift", .poolState),
      ("Workloads.swift", .workload),
    ]
    self = words.first { name.hasSuffix($0.0) }?.1 ?? .other
  }
}

/// What happens to a word.
enum Operation: Int, CaseIterable {
  case load, store, exchange
  /// A compare-and-exchange, counted as an exchange as well, that found another value.
  case failure
  /// The cache line was in another core's cache, or had to be taken away from another's.
  case transfer
  /// As above, although no other core had used this word in between: another on the same line.
  case falseTransfer
}

/// Which cores hold which cache line: a directory such as machines have, of caches that hold
/// everything and lines of `lineSize` bytes. Exact for the order of accesses that took place.
struct Directory {
  /// What is known of a line, in 64-bit words. The size of a table entry.
  private enum Field {
    /// Its address. 0: the entry is free.
    static let key = 0
    /// One bit a core that holds it, and whether a single one may write.
    static let holders = 1
    static let isModified = 2
    /// Until when it is on its way between caches, in simulated nanoseconds.
    static let busyUntil = 3
    /// For each of its words: one bit a core that has used it since another wrote it; which word it
    /// is; which core's it is, plus one.
    static let words = 4
    static let count = 4 + 3 * 16
  }

  private typealias Entry = UnsafeMutablePointer<Synchronization.Atomic<UInt64>>

  let lineSize: UInt
  private let entries: Entry
  private let mask: UInt

  /// - Parameter capacity: a power of two, more than there will be lines.
  init(lineSize: UInt, capacity: Int) {
    self.lineSize = lineSize
    mask = UInt(capacity - 1)
    // Zeroed memory of which only what is touched becomes real.
    let bytes = calloc(capacity * Field.count, 8)!
    entries = bytes.bindMemory(
      to: Synchronization.Atomic<UInt64>.self, capacity: capacity * Field.count)
  }

  func free() { entries.deallocate() }

  private func entry(of address: UInt) -> Entry {
    let key = UInt64(address / lineSize)
    var slot = UInt(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while true {
      let entry = entries + Int(slot) * Field.count
      let found = entry[Field.key].load(ordering: .relaxed)
      if found == key { return entry }
      if found == 0 {
        let (exchanged, original) = entry[Field.key].compareExchange(
          expected: 0, desired: key, ordering: .relaxed)
        if exchanged || original == key { return entry }
      }
      slot = (slot &+ 1) & mask
    }
  }

  /// Names a word.
  ///
  /// - Parameter owner: the core whose thread mostly uses it.
  func name(_ address: UInt, _ word: Word, owner: Int? = nil) {
    let fields = entry(of: address) + Field.words + Int(address % lineSize / 8) * 3
    fields[1].store(UInt64(word.rawValue), ordering: .relaxed)
    fields[2].store(UInt64((owner ?? -1) + 1), ordering: .relaxed)
  }

  struct Access {
    var word: Word
    var isOwners: Bool
    var isTransfer: Bool
    var isFalse: Bool
    /// When the line has come, in simulated nanoseconds.
    var end: Int64
  }

  /// One access of a core. It takes part in the directory's order of accesses.
  func access(
    _ address: UInt, isWrite: Bool, core: Int, time: Int64, _ costs: Costs,
    _ fallback: @autoclosure () -> Word
  ) -> Access {
    let entry = entry(of: address)
    let fields = entry + Field.words + Int(address % lineSize / 8) * 3
    var label = Int(fields[1].load(ordering: .relaxed))
    if label == 0 {
      label = fallback().rawValue
      fields[1].store(UInt64(label), ordering: .relaxed)
    }
    let owner = Int(fields[2].load(ordering: .relaxed)) - 1
    let bit: UInt64 = 1 << UInt64(core)
    let lineBefore: UInt64
    let wordBefore: UInt64
    if isWrite {
      lineBefore = entry[Field.holders].exchange(bit, ordering: .relaxed)
      wordBefore = fields[0].exchange(bit, ordering: .relaxed)
    } else {
      lineBefore = entry[Field.holders].bitwiseOr(bit, ordering: .relaxed).oldValue
      wordBefore = fields[0].bitwiseOr(bit, ordering: .relaxed).oldValue
    }
    let hits =
      isWrite ? lineBefore == bit || lineBefore == 0 : lineBefore & bit != 0 || lineBefore == 0
    let wordHits = isWrite ? wordBefore & ~bit == 0 : wordBefore & bit != 0 || wordBefore == 0
    var end = time + (isWrite ? costs.write : costs.read)
    if !hits {
      // Readers of a line that nobody may write are served side by side, all others in turn.
      if isWrite || entry[Field.isModified].load(ordering: .relaxed) != 0 {
        let start = max(time, Int64(entry[Field.busyUntil].load(ordering: .relaxed)))
        end = start + costs.transfer
        entry[Field.busyUntil].store(UInt64(end), ordering: .relaxed)
      } else {
        end = time + costs.transfer
      }
    }
    if isWrite || !hits {
      entry[Field.isModified].store(isWrite ? 1 : 0, ordering: .relaxed)
    }
    return Access(
      word: Word(rawValue: label).unsafelyUnwrapped, isOwners: owner == core, isTransfer: !hits,
      isFalse: !hits && wordHits, end: end)
  }
}

/// What things take on the simulated machine, in nanoseconds.
struct Costs {
  /// A word in the core's own cache.
  var read: Int64 = 1
  var write: Int64 = 6
  /// A line from another core's cache, or the right to write it.
  var transfer: Int64 = 70
  /// A line that comes while another is on its way already.
  var overlapped: Int64 = 10
  /// A look at the clock.
  var clock: Int64 = 40
  /// `Atomics.notify`, and from there to the end of the wait.
  var notify: Int64 = 1_000
  var wakeUp: Int64 = 10_000
  /// A round of the event loop.
  var round: Int64 = 5_000
}
