/// The first four words of every job: the object that the compiler calls a task or an executor job.
///
/// Words 0 and 1 are the header of the Swift object; the scheduler never touches them. Words 2 and
/// 3 belong to the scheduler alone from the moment a job is enqueued to the moment it is run: a job
/// is in at most one queue at a time, so a single link serves every intrusive queue.
public struct JobHeader {
  /// Word 0: the metadata pointer of the Swift object.
  public var object0: UInt
  /// Word 1: the reference count of the Swift object.
  public var object1: UInt
  /// Word 2: the following job in the queue that holds this one. Meaningless while in a `Deque`.
  public var next: UnsafeMutablePointer<JobHeader>?
  /// Word 3: free for the scheduler's use while the job is enqueued (priority, flags).
  public var info: UInt

  public init(object0: UInt = 0, object1: UInt = 0, info: UInt = 0) {
    self.object0 = object0
    self.object1 = object1
    self.next = nil
    self.info = info
  }
}

/// A job, named by the address of its header. The queue that holds it holds it alone.
public typealias Job = UnsafeMutablePointer<JobHeader>

/// A chain of jobs that are in no queue, linked through `next`, oldest first.
///
/// A plain value that belongs to one thread. Copying it does not copy the jobs.
public struct JobList {
  public private(set) var first: Job?
  public private(set) var last: Job?
  public private(set) var count: Int

  public init() {
    first = nil
    last = nil
    count = 0
  }

  /// The jobs of a chain that is linked newest first and ends in nil, turned round in place.
  init(reversing newest: Job?) {
    self.init()
    last = newest
    var rest = newest
    while let job = rest {
      rest = job.pointee.next
      job.pointee.next = first
      first = job
      count += 1
    }
  }

  public var isEmpty: Bool { first == nil }

  /// Adds a job behind the last one.
  public mutating func append(_ job: Job) {
    job.pointee.next = nil
    if let last { last.pointee.next = job } else { first = job }
    last = job
    count += 1
  }

  /// Adds a job before the first one.
  public mutating func prepend(_ job: Job) {
    job.pointee.next = first
    first = job
    if last == nil { last = job }
    count += 1
  }

  /// Adds jobs behind the last one, in their order.
  public mutating func append(_ jobs: JobList) {
    guard let head = jobs.first else { return }
    if let last { last.pointee.next = head } else { first = head }
    last = jobs.last
    count += jobs.count
  }

  /// Removes the oldest job.
  public mutating func popFirst() -> Job? {
    guard let job = first else { return nil }
    first = job.pointee.next
    if first == nil { last = nil }
    count -= 1
    return job
  }

  func _checkInvariants() {
    var seen = 0
    var previous: Job?
    var rest = first
    while let job = rest {
      seen += 1
      previous = job
      rest = job.pointee.next
    }
    precondition(seen == count, "JobList: count differs from the chain")
    precondition(previous == last, "JobList: last is not the end of the chain")
  }
}
