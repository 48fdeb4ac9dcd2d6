/// How urgent a job is, in `JobHeader.info` while it is enqueued. The queues tell three classes apart;
/// within a class they keep their own order.
public enum PriorityClass: UInt {
  case normal = 0
  case high = 1
  case low = 2
}

extension JobHeader {
  #if arch(wasm32)
    @inline(__always)
    var priorityClass: PriorityClass { PriorityClass(rawValue: info).unsafelyUnwrapped }
  #else
    /// In the two lowest bits; above them a native pool notes what kind of job it is.
    @inline(__always)
    var priorityClass: PriorityClass { PriorityClass(rawValue: info & 3).unsafelyUnwrapped }
  #endif
}

/// The pinned jobs of a worker: higher classes first, first in first out within a class. Owner only.
public struct PinnedQueues: ~Copyable {
  private let normal = LocalQueue()
  private let high = LocalQueue()
  private let low = LocalQueue()

  public init() {}

  public func pushBack(_ job: Job) {
    switch job.pointee.priorityClass {
    case .normal: normal.pushBack(job)
    case .high: high.pushBack(job)
    case .low: low.pushBack(job)
    }
  }

  /// Adds jobs behind those of their classes, in their order.
  public func append(_ jobs: JobList) {
    var jobs = jobs
    while let job = jobs.popFirst() { pushBack(job) }
  }

  /// - Parameter lowestFirst: turns the order of the classes round.
  public func pop(lowestFirst: Bool = false) -> Job? {
    lowestFirst
      ? low.pop() ?? normal.pop() ?? high.pop()
      : high.pop() ?? normal.pop() ?? low.pop()
  }

  public var isEmpty: Bool { normal.isEmpty && high.isEmpty && low.isEmpty }
  public var count: Int { normal.count + high.count + low.count }
}

/// The stealable jobs of a worker: a deque for each class. The owner pushes and pops, others steal.
public struct StealableQueues: ~Copyable {
  private let normal: Deque
  private let high: Deque
  private let low: Deque

  public init(capacity: Int) {
    normal = Deque(capacity: capacity)
    high = Deque(capacity: 16)
    low = Deque(capacity: 16)
  }

  /// Owner only.
  public func push(_ job: Job) {
    switch job.pointee.priorityClass {
    case .normal: normal.push(job)
    case .high: high.push(job)
    case .low: low.push(job)
    }
  }

  /// Adds the jobs of a chain linked newest first, so that the oldest is popped first. Owner only.
  public func push(chain: Job?) {
    var next = chain
    while let job = next, job.pointee.priorityClass == .normal { next = job.pointee.next }
    // Nearly always there is one class.
    if next == nil {
      normal.push(chain: chain)
      return
    }
    next = chain
    while let job = next {
      next = job.pointee.next
      push(job)
    }
  }

  /// The newest job of the highest class. Owner only.
  public func pop() -> Job? { high.pop() ?? normal.pop() ?? low.pop() }

  /// The oldest job of the highest class. Owner only.
  public func takeOldest() -> Job? {
    high.takeOldest() ?? normal.takeOldest() ?? low.takeOldest()
  }

  /// The oldest job of the lowest class. Owner only.
  public func takeLowest() -> Job? {
    low.takeOldest() ?? normal.takeOldest() ?? high.takeOldest()
  }

  /// Moves up to half of the highest class's jobs to the caller's own, but for one, which it returns.
  /// Any thread.
  public func stealHalf(into thief: borrowing StealableQueues, limit: Int) -> Job? {
    high.stealHalf(into: thief.high, limit: limit)
      ?? normal.stealHalf(into: thief.normal, limit: limit)
      ?? low.stealHalf(into: thief.low, limit: limit)
  }

  /// Any thread; see `Deque.isEmpty`.
  public var isEmpty: Bool { normal.isEmpty && high.isEmpty && low.isEmpty }
  public var count: Int { normal.count + high.count + low.count }
}
