#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// An unbounded intrusive queue that any thread pushes to and that is emptied whole.
///
/// The mailbox of a worker (one consumer, oldest first) and the pool's injector (any worker may
/// take the batch, newest first). It is a Treiber stack whose only removal is "take everything",
/// and so has no ABA problem: `push` links the new job before whatever head it finds and never
/// follows that head's link, so its compare-and-exchange is right even when the head was meanwhile
/// taken, run and pushed again; the removal is an exchange, which compares nothing. No job is read
/// by a thread that does not own it, so nothing has to be kept alive for late readers.
public struct Mailbox: ~Copyable, @unchecked Sendable {
  /// Written by every thread.
  private let head = Atomic<UInt64>(0)
  private let padding = CacheLinePadding()

  /// The newest job's address and, above it, how many jobs there are: in one word, since a counter
  /// beside it would have to be fetched from another core a second time. Where addresses have 64
  /// bits they use 48 of them, and the number is modulo 65,536.
  private static var countShift: UInt64 { UInt.bitWidth == 32 ? 32 : 48 }

  private static func newest(_ word: UInt64) -> Job? {
    Job(bitPattern: UInt(truncatingIfNeeded: word & (1 << countShift - 1)))
  }

  public init() {}

  /// Adds a job. Any thread.
  ///
  /// Sequentially consistent, because it is the store of the Dekker pairs described in `Parking`
  /// and `IdleWorkers`: the caller next looks whether the consumer sleeps. As a release it also
  /// pairs with the exchange in `takeAll` and publishes the job's contents.
  ///
  /// - Returns: whether the mailbox was empty, so that the first of several pushes can be told.
  @discardableResult
  public func push(_ job: Job) -> Bool {
    var expected = head.load(ordering: .relaxed)
    while true {
      job.pointee.next = Self.newest(expected)
      let count = expected >> Self.countShift &+ 1
      let (exchanged, original) = head.weakCompareExchange(
        expected: expected, desired: count << Self.countShift | UInt64(UInt(bitPattern: job)),
        ordering: .sequentiallyConsistent)
      if exchanged { return original == 0 }
      expected = original
    }
  }

  /// Removes every job and returns them oldest first; each producer's jobs are in the order in
  /// which it pushed them. Any thread, though a worker's mailbox is emptied by that worker alone.
  @inline(never)
  public func takeAll() -> JobList {
    JobList(reversing: takeAllNewestFirst())
  }

  /// Removes every job and returns the newest, which `next` links to the older ones.
  ///
  /// In this order the batch goes to `Deque.push(chain:)`, whose owner then pops the oldest first.
  public func takeAllNewestFirst() -> Job? {
    // An exchange dirties the cache line and so is worth avoiding when there is nothing to take.
    if isEmpty { return nil }
    return Self.newest(head.exchange(0, ordering: .sequentiallyConsistent))
  }

  /// Whether nothing is waiting at this moment. Any thread. Sequentially consistent: it is the
  /// second look of a consumer that has just announced that it is going to sleep.
  public var isEmpty: Bool {
    head.load(ordering: .sequentiallyConsistent) == 0
  }

  /// How many jobs are waiting at this moment, for statistics. Any thread.
  public var count: Int { Int(head.load(ordering: .relaxed) >> Self.countShift) }

  /// Only while no other thread pushes or takes.
  func _checkInvariants() {
    var slow = Self.newest(head.load(ordering: .relaxed))
    var fast = slow?.pointee.next
    while let ahead = fast {
      precondition(ahead != slow, "Mailbox: the chain is a ring")
      slow = slow?.pointee.next
      fast = ahead.pointee.next?.pointee.next
    }
  }
}
