#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// What a thief brings home.
public enum StealResult {
  /// The victim's oldest job, now the thief's.
  case job(Job)
  /// The deque was empty.
  case empty
  /// Another thread took the job that this one was after. There may be more.
  case lost
}

/// A work-stealing deque: its owner pushes and pops at the bottom, other threads steal at the top.
///
/// The dynamic circular deque of Chase and Lev ("Dynamic Circular Work-Stealing Deque", SPAA 2005).
/// Lê, Pop, Cohen and Zappa Nardelli ("Correct and Efficient Work-Stealing for Weak Memory Models",
/// PPoPP 2013) put fences between the accesses to `top` and `bottom`; here the accesses themselves
/// are sequentially consistent instead, which is at least as strong, costs the same in WebAssembly
/// (whose atomics are all so), and is understood by the thread sanitizer.
///
/// The pairs:
/// - `pop` stores `bottom`, then loads `top`; `steal` loads `top`, then `bottom`, then moves `top`
///   by compare-and-exchange. In the one total order, an owner that sees more than one job left has
///   lowered `bottom` before any thief could see that job as the last; the last job itself both
///   sides take by compare-and-exchange of `top`.
/// - `push` stores the slot, then `bottom`; `steal` loads `bottom`, then the slot, so it sees the
///   job and what it holds. That store is also the producer's side of the pair in `IdleWorkers`.
/// - A slot is overwritten only after the owner has loaded a `top` beyond it: a thief that reads
///   what came later fails its exchange and forgets it.
/// - Growth stores the new ring, then (in `push`) `bottom`; `steal` loads `bottom`, then the ring.
///
/// Positions are 64 bits wide and never wrap in practice, so `top` cannot come round to an old
/// value.
///
/// Rings that growth has retired stay readable for late thieves until the deque goes. As each is
/// half the size of the next, all of them together are smaller than the one in use: at most twice
/// the memory that the greatest number of jobs at once needs.
public struct Deque: ~Copyable, @unchecked Sendable {
  /// Where the next push goes. Written by the owner.
  private let bottom = Atomic<Int64>(0)
  /// The slots in use. Written by the owner.
  private let ring: Atomic<UnsafeMutablePointer<Atomic<UInt>>>
  /// A position that `top` had: room for sure. The owner's, which so does not look at `top`, which thieves
  /// keep moving, at each push.
  private let seenTop = Atomic<Int64>(0)
  private let padding0 = CacheLinePadding()
  /// The oldest job. Moved up by the thread that takes it.
  private let top = Atomic<Int64>(0)
  private let padding1 = CacheLinePadding()

  /// - Parameter capacity: the number of jobs to have room for at first; a power of two.
  public init(capacity: Int = 256) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0, "capacity is no power of two")
    ring = Atomic(JobRing(capacity: capacity, previous: nil).base)
  }

  deinit {
    currentRing.deallocateAll()
  }

  // MARK: Owner's thread

  /// Adds a job at the bottom. Owner only.
  public func push(_ job: Job) {
    let bottom = self.bottom.load(ordering: .relaxed)
    roomyRing(bottom: bottom).store(UInt(bitPattern: job), at: bottom)
    self.bottom.store(bottom + 1, ordering: .sequentiallyConsistent)
  }

  /// Adds the jobs of a chain linked by `next`, the first of it deepest: the owner pops the last
  /// one first. Publishes them all at once. Owner only.
  ///
  /// - Returns: how many there were.
  @discardableResult
  public func push(chain: Job?) -> Int {
    let start = bottom.load(ordering: .relaxed)
    var end = start
    var rest = chain
    while let job = rest {
      rest = job.pointee.next
      roomyRing(bottom: end).store(UInt(bitPattern: job), at: end)
      end += 1
    }
    if end != start { bottom.store(end, ordering: .sequentiallyConsistent) }
    return Int(end - start)
  }

  /// Removes the newest job. Owner only.
  public func pop() -> Job? {
    let last = bottom.load(ordering: .relaxed) - 1
    // `top` only grows, so an empty deque is known without the two stores below.
    if top.load(ordering: .relaxed) > last { return nil }
    let ring = currentRing
    bottom.store(last, ordering: .sequentiallyConsistent)
    let oldest = top.load(ordering: .sequentiallyConsistent)
    if oldest < last { return JobRing.job(ring.load(at: last)) }
    // One job at most is left, and thieves may be after it.
    let job = oldest == last && advanceTop(from: oldest) ? JobRing.job(ring.load(at: last)) : nil
    bottom.store(last + 1, ordering: .sequentiallyConsistent)
    return job
  }

  // MARK: Any thread

  /// Removes the oldest job, or finds that there is none. Any thread; the owner uses it in place of
  /// `pop` now and then, for fairness to old jobs.
  public func takeOldest() -> Job? {
    while true {
      switch steal() {
      case .job(let job): return job
      case .empty: return nil
      case .lost: continue
      }
    }
  }

  /// Tries once to remove the oldest job. Any thread.
  public func steal() -> StealResult {
    let oldest = top.load(ordering: .sequentiallyConsistent)
    let bottom = self.bottom.load(ordering: .sequentiallyConsistent)
    if oldest >= bottom { return .empty }
    // Read before the exchange: after it the owner may reuse the slot.
    let word = currentRing.load(at: oldest)
    return advanceTop(from: oldest) ? .job(JobRing.job(word)) : .lost
  }

  /// Moves up to half of the jobs, oldest first, to the caller's own deque, all but the oldest,
  /// which it returns for running at once. Any thread; `thief` is the caller's deque and not this
  /// one.
  ///
  /// One exchange a job: claiming several by one exchange of `top` is wrong here, since the owner
  /// pops without an exchange down to the last job and may have taken some of them in between.
  ///
  /// - Parameter limit: the most jobs to take, at least 1.
  /// - Returns: nil when the deque was empty.
  public func stealHalf(into thief: borrowing Deque, limit: Int) -> Job? {
    guard let first = takeOldest() else { return nil }
    // `first` is one of the half, rounded up, of what there was.
    var wanted = min(limit, (count + 2) / 2) - 1
    while wanted > 0, case .job(let job) = steal() {
      thief.push(job)
      wanted -= 1
    }
    return first
  }

  /// How many jobs there are at about this moment. Any thread. Sequentially consistent loads, so it
  /// serves as the second look of a worker that has announced that it is going to sleep.
  public var count: Int {
    let oldest = top.load(ordering: .sequentiallyConsistent)
    let bottom = self.bottom.load(ordering: .sequentiallyConsistent)
    // `pop` lowers `bottom` below `top` for a moment.
    return Int(max(0, bottom - oldest))
  }

  /// Whether there is nothing to take at about this moment. Any thread, ordered as `count` is.
  public var isEmpty: Bool { count == 0 }

  // MARK: Parts

  private var currentRing: JobRing {
    // Pairs with the release in `roomyRing`. A dependent load: the header is read through it.
    JobRing(base: ring.load(ordering: .acquiring))
  }

  private func advanceTop(from position: Int64) -> Bool {
    top.compareExchange(
      expected: position, desired: position + 1, ordering: .sequentiallyConsistent
    ).exchanged
  }

  /// The ring in use, replaced by one of twice the size if it has no slot left for `bottom`.
  private func roomyRing(bottom: Int64) -> JobRing {
    let ring = JobRing(base: self.ring.load(ordering: .relaxed))
    if bottom - seenTop.load(ordering: .relaxed) < Int64(ring.capacity) { return ring }
    // Acquire pairs with the exchange of a thief: it has read the slots below `top` by then.
    let oldest = top.load(ordering: .acquiring)
    seenTop.store(oldest, ordering: .relaxed)
    if bottom - oldest < Int64(ring.capacity) { return ring }
    let larger = JobRing(capacity: ring.capacity * 2, previous: ring.base)
    for position in oldest..<bottom { larger.store(ring.load(at: position), at: position) }
    self.ring.store(larger.base, ordering: .releasing)
    return larger
  }

  /// Only while no other thread steals.
  func _checkInvariants() {
    let oldest = top.load(ordering: .relaxed)
    let bottom = self.bottom.load(ordering: .relaxed)
    precondition(oldest >= 0 && oldest <= bottom, "Deque: top is beyond bottom")
    precondition(bottom - oldest <= Int64(currentRing.capacity), "Deque: more jobs than slots")
    var ring = currentRing
    while let previous = ring.previous {
      precondition(previous.capacity * 2 == ring.capacity, "Deque: retired ring of a wrong size")
      ring = previous
    }
  }
}

/// A circular array of jobs, one block of memory: its capacity, the ring it replaced, the slots.
private struct JobRing {
  let base: UnsafeMutablePointer<Atomic<UInt>>

  private static var headerWords: Int { 2 }

  init(base: UnsafeMutablePointer<Atomic<UInt>>) {
    self.base = base
  }

  init(capacity: Int, previous: UnsafeMutablePointer<Atomic<UInt>>?) {
    base = .allocate(capacity: Self.headerWords + capacity)
    for word in 0..<Self.headerWords + capacity { (base + word).initialize(to: Atomic(0)) }
    base[0].store(UInt(capacity), ordering: .relaxed)
    base[1].store(UInt(bitPattern: previous), ordering: .relaxed)
  }

  var capacity: Int { Int(load(word: 0)) }

  var previous: JobRing? {
    UnsafeMutablePointer(bitPattern: load(word: 1)).map(JobRing.init(base:))
  }

  /// Frees this ring and those that it replaced.
  func deallocateAll() {
    previous?.deallocateAll()
    base.deallocate()
  }

  /// The job of a slot. Not before the caller knows that the job is its own: what a late thief
  /// finds in a slot may be 0.
  static func job(_ word: UInt) -> Job {
    Job(bitPattern: word).unsafelyUnwrapped
  }

  func load(at position: Int64) -> UInt { load(word: slot(position)) }

  func store(_ job: UInt, at position: Int64) { store(job, word: slot(position)) }

  private func slot(_ position: Int64) -> Int {
    Self.headerWords + Int(truncatingIfNeeded: position) & (capacity - 1)
  }

  // A slot may be read while it is overwritten; the reader then discards what it read. That asks
  // for relaxed atomics. WebAssembly has none, only full barriers, but there an aligned plain
  // access of 32 bits never tears and races are defined, so plain accesses are what relaxed ones
  // stand for.
  #if arch(wasm32)
    private func load(word: Int) -> UInt {
      UnsafeMutableRawPointer(base + word).load(as: UInt.self)
    }

    private func store(_ value: UInt, word: Int) {
      UnsafeMutableRawPointer(base + word).storeBytes(of: value, as: UInt.self)
    }
  #else
    private func load(word: Int) -> UInt { base[word].load(ordering: .relaxed) }

    private func store(_ value: UInt, word: Int) { base[word].store(value, ordering: .relaxed) }
  #endif
}
