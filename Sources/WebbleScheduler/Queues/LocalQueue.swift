/// An intrusive queue of jobs that only its owner's thread touches, first in first out.
///
/// Its fields live in a block of their own rather than in the struct: the struct is part of a
/// worker that other threads read, and Swift's exclusivity would forbid a `mutating` method on it.
/// Being owner-only, they need no atomic operations, which in WebAssembly are all full barriers.
public struct LocalQueue: ~Copyable {
  /// Owner's thread only.
  private let list: UnsafeMutablePointer<JobList>

  public init() {
    list = .allocateOnOwnCacheLines()
    list.initialize(to: JobList())
  }

  deinit {
    list.deallocate()
  }

  public var isEmpty: Bool { list.pointee.isEmpty }
  public var count: Int { list.pointee.count }

  /// Adds a job behind all others.
  public func pushBack(_ job: Job) { list.pointee.append(job) }

  /// Adds a job before all others.
  public func pushFront(_ job: Job) { list.pointee.prepend(job) }

  /// Adds jobs behind all others, in their order.
  public func append(_ jobs: JobList) { list.pointee.append(jobs) }

  /// Removes the job in front.
  public func pop() -> Job? { list.pointee.popFirst() }

  /// Removes every job.
  public func takeAll() -> JobList {
    let jobs = list.pointee
    list.pointee = JobList()
    return jobs
  }

  func _checkInvariants() { list.pointee._checkInvariants() }
}
