#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// How many times were of what length, in buckets that double: below 1.024 µs, from there to 2.048 µs, and so on.
public struct TimeHistogram {
  public static var bucketCount: Int { 24 }

  public private(set) var counts = InlineArray<24, UInt32>(repeating: 0)

  public init() {}

  @inline(__always)
  mutating func add(_ nanoseconds: Int64) {
    let units = nanoseconds > 0 ? nanoseconds >> 10 : 0
    counts[min(Self.bucketCount - 1, Int64.bitWidth - units.leadingZeroBitCount)] &+= 1
  }

  /// Where a bucket begins, in nanoseconds; the last has no end.
  public static func start(ofBucket index: Int) -> Int64 { index == 0 ? 0 : 1024 << Int64(index - 1) }
}

/// What a worker notes of times once it is asked to. Its own thread's; others read, and may find it a moment old.
public struct WorkerTimes {
  /// What jobs took, each time.
  public var polls = TimeHistogram()
  /// How long tasks were ready before they ran. Recorded where it is known when they became so.
  public var scheduled = TimeHistogram()

  public init() {}

  @inline(__always)
  public mutating func addScheduled(_ nanoseconds: Int64) { scheduled.add(nanoseconds) }
}

extension Worker {
  /// Memory for a worker, and behind it a word for the address of its times: where nobody can ask for them, the worker
  /// is no larger for it.
  @inline(never)
  static func allocateWithTimes() -> WorkerPointer {
    let size = MemoryLayout<Worker>.stride + MemoryLayout<UInt>.size
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: (size + cacheLineSize - 1) & ~(cacheLineSize - 1), alignment: cacheLineSize)
    let worker = memory.bindMemory(to: Worker.self, capacity: 1)
    worker.timesAddress.initialize(to: Atomic(0))
    return worker
  }
}

extension WorkerPointer {
  /// Of its `WorkerTimes`, or 0. Any thread. Where `countsAll`.
  fileprivate var timesAddress: UnsafeMutablePointer<Atomic<UInt>> {
    UnsafeMutableRawPointer(self + 1).assumingMemoryBound(to: Atomic<UInt>.self)
  }

  /// Where the worker notes times, if somebody has asked for them, and `WorkerCounts.countsAll`.
  @inline(__always)
  public var times: UnsafeMutablePointer<WorkerTimes>? {
    guard WorkerCounts.countsAll else { return nil }
    // Acquires what `recordTimes` released: the zeros.
    return UnsafeMutablePointer<WorkerTimes>(bitPattern: timesAddress.pointee.load(ordering: .acquiring))
  }

  /// Has the worker note times from its next job on, forever. Any thread.
  public func recordTimes() {
    guard WorkerCounts.countsAll, timesAddress.pointee.load(ordering: .relaxed) == 0 else { return }
    let times = UnsafeMutablePointer<WorkerTimes>.allocate(capacity: 1)
    times.initialize(to: WorkerTimes())
    // Releases to `times`.
    let isFirst = timesAddress.pointee.compareExchange(
      expected: 0, desired: UInt(bitPattern: times), successOrdering: .releasing, failureOrdering: .relaxed
    ).exchanged
    if !isFirst { times.deallocate() }
  }
}
