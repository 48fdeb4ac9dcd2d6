#if canImport(CNative)
  import CNative
#else
  import CPlatform
#endif

/// What a worker counts of its own doings, from its start. Plain fields of its own thread's: they cost a few
/// instructions in a batch of jobs, or in a sleep.
public struct WorkerCounts {
  /// Nanoseconds in jobs, with what lies between the jobs of a batch.
  public var busyTime: Int64 = 0
  /// Jobs, or batches of short ones, that took longer than a time slice.
  public var longPolls: UInt32 = 0
  /// Visits to another worker's deque that brought jobs home.
  public var steals: UInt32 = 0
  /// The jobs that these brought. Where `countsAll`.
  public var stolen: UInt32 = 0
  /// Sleeps that it began and that ended.
  public var parks: UInt32 = 0
  public var wakes: UInt32 = 0
  /// Times that it kept looking for work before a sleep.
  public var spins: UInt32 = 0
  /// The most jobs that its mailbox held when it emptied it, and its deques at the end of a batch. Where `countsAll`.
  public var mailboxPeak: UInt32 = 0
  public var dequePeak: UInt32 = 0

  public init() {}

  /// Whether to count what takes a look at the queues: natively, and in an SDK for inspection.
  @inline(__always)
  public static var countsAll: Bool { WEBBLE_COUNTS_ALL != 0 }

  @inline(__always)
  static func raise(_ peak: inout UInt32, to count: Int) { peak = max(peak, UInt32(truncatingIfNeeded: count)) }
}

extension WorkerPointer {
  /// A batch has run.
  @inline(__always)
  func countBatch(_ elapsed: Int64) {
    pointee.counts.busyTime &+= elapsed
    if WorkerCounts.countsAll { WorkerCounts.raise(&pointee.counts.dequePeak, to: pointee.stealable.count) }
  }
}
