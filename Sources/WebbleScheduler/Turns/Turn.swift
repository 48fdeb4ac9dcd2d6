#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// How a worker's turn on its event loop ended.
public enum TurnEnd: UInt32 {
  /// Nothing to do. The event loop waits for the worker's futex word to leave `parked`.
  case parked = 0
  /// The time slice is over, or may leave work behind: another turn, after one round of the event loop.
  case more = 1
  /// The pool has closed and the worker has left it. No further turn.
  case left = 2
  /// Nothing to do, and a wait started by an earlier turn is still under way.
  case stillParked = 3
}

/// What a worker needs to know of the world to take a turn.
public protocol TurnEnvironment {
  /// Nanoseconds on the clock of the timers.
  func now() -> Int64
  /// Runs a job until it suspends, completes or moves on. The job may be gone afterwards.
  func run(_ job: Job)
  /// A timer with this token has expired.
  func fire(_ token: UInt)
  /// The worker leaves its pool before this timer has expired.
  func orphan(_ token: UInt, of pool: PoolPointer)
  /// The job will never run.
  func abandon(_ job: Job)
  /// The worker leaves its pool and has run its last job. May make others runnable, to be abandoned.
  func leave()
}

extension WorkerPointer {
  /// Runs jobs for at most about a time slice. On the worker's own thread, from its event loop.
  ///
  /// Jobs are run in batches between looks at the clock (`BatchPacer`).
  ///
  /// - Parameter woken: the wait on the futex word has ended; otherwise the event loop has other
  ///   reasons (a timer, a request of a callback on this thread).
  public func turn(woken: Bool, _ environment: borrowing some TurnEnvironment) -> TurnEnd {
    pointee.isTurnRequested = false
    pointee.isInTurn = true
    defer { pointee.isInTurn = false }

    var time = environment.now()
    if woken {
      if pointee.isAsleep { pointee.counts.wakes &+= 1 }
      wakeUp()
    } else {
      leaveSleepers()
    }
    pointee.doze.isOver(at: time)
    let end = time + timeSlice
    pointee.sliceEnd = end
    while true {
      while let token = pointee.timers.popExpired(now: time) { environment.fire(token) }
      if let pool = pointee.pool, pool.pointee.isClosing { return leave(pool, environment) }

      var ran = 0
      while ran < pointee.batch.size, let job = nextJob() {
        if let times { run(job, times, environment) } else { environment.run(job) }
        ran += 1
      }
      #if !arch(wasm32)
        ran += pointee.ranInPlace
        pointee.ranInPlace = 0
      #endif
      pointee.jobsRun &+= ran
      let earlier = time
      time = environment.now()
      if ran == 0 {
        wakePutOff()
        switch fallAsleep(until: end, time, environment) {
        case nil: time = environment.now()
        case let result?: return result
        }
      } else {
        pointee.batch.adapt(to: time - earlier)
        if time - earlier > timeSlice { pointee.counts.longPolls &+= 1 }
        if pointee.pool == nil {
          hasBeenBusy(time)
        } else {
          countBatch(time - earlier)
        }
      }
      if time >= end {
        publishYielded()
        wakePutOff()
        pointee.isTurnRequested = true
        return .more
      }
    }
  }

  #if !arch(wasm32)
    /// The next job of the batch, for a caller that has just run one and may run another in the same place; nil if the
    /// turn is to continue. The caller runs it, or makes sure that it runs next. Owner only.
    public func nextJobInPlace() -> Job? {
      guard pointee.isInTurn, pointee.ranInPlace < pointee.batch.size - 1,
        let pool = pointee.pool, !pool.pointee.isClosing, let job = nextJob()
      else { return nil }
      pointee.ranInPlace += 1
      return job
    }
  #endif

  /// Runs a job, and notes what it took.
  @inline(never)
  private func run(_ job: Job, _ times: UnsafeMutablePointer<WorkerTimes>, _ environment: borrowing some TurnEnvironment) {
    let begun = environment.now()
    environment.run(job)
    times.pointee.polls.add(environment.now() - begun)
  }

  /// The next job, of either track in turn, or nil if there is none anywhere.
  private func nextJob() -> Job? {
    pointee.order.advance()
    guard let pool = pointee.pool else { return nextPinned() }
    if pointee.order.isPinnedFirst {
      return nextPinned(leaving: pool) ?? nextStealable(pool) ?? search(pool)
    }
    return nextStealable(pool) ?? nextPinned(leaving: pool) ?? search(pool)
  }

  /// A pinned job may take long. Before it begins somebody else is to see to the stealable ones: those
  /// that pushes have left to this worker's search, and the one that has yielded last, which woke nobody.
  private func nextPinned(leaving pool: PoolPointer) -> Job? {
    guard let job = nextPinned() else { return nil }
    publishYielded()
    if pointee.isSearching {
      endSearch(pool, hasFound: true)
    } else if pointee.prefersOldest {
      pool.wakeOne(besides: 0)
    }
    return job
  }

  private func nextPinned() -> Job? {
    let looks = pointee.pinned.isEmpty || pointee.order.looksAtMailbox(batch: pointee.batch.size)
    if looks, !pointee.mailbox.isEmpty { takeMail() }
    return pointee.pinned.pop(lowestFirst: pointee.order.isLowestPinnedFirst)
  }

  /// The first job runs at once. Neither a write to all new tasks' lines beforehand (3b 262 to 271 ns) nor a pause
  /// for more, where mail comes by ones and twos (267 to 271), made up for its time.
  @inline(never)
  private func takeMail() {
    let mail = pointee.mailbox.takeAll()
    if WorkerCounts.countsAll { WorkerCounts.raise(&pointee.counts.mailboxPeak, to: mail.count) }
    pointee.pinned.append(mail)
    pointee.doze.hasMail()
  }

  /// A job of the worker's own stealable ones.
  private func nextStealable(_ pool: PoolPointer) -> Job? {
    if pointee.order.isInjectorFirst {
      if let job = takeInjected(pool) { return found(job, pool) }
      // A worker with pinned work without end would never come to steal, and the other workers' stealable
      // work would have to do with those workers' half turns.
      if pointee.yielded == nil, pointee.stealable.isEmpty { return search(pool) }
    } else if pointee.order.isLowestStealableFirst {
      if let job = pointee.stealable.takeLowest() { return found(job, pool) }
    }
    if let job = pointee.yielded {
      pointee.yielded = nil
      return found(job, pool)
    }
    if pointee.prefersOldest {
      pointee.prefersOldest = false
      if let job = pointee.stealable.takeOldest() { return found(job, pool) }
      return nil
    }
    if let job = pointee.stealable.pop() { return found(job, pool) }
    // Not left to the search, which comes only where there is no pinned work.
    if !pool.pointee.injector.isEmpty, let job = takeInjected(pool) { return found(job, pool) }
    return nil
  }

  /// Ends the worker's search if it was on one: there is work, and perhaps for one more.
  @inline(__always)
  private func found(_ job: Job, _ pool: PoolPointer) -> Job {
    if pointee.isSearching { endSearch(pool, hasFound: true) }
    return job
  }

  /// The last searcher's duty: pushes made meanwhile have relied on it.
  private func endSearch(_ pool: PoolPointer, hasFound: Bool = false) {
    pointee.isSearching = false
    guard pool.pointee.idle.endSearching() else { return }
    if hasFound || pool.hasSharedWork { pool.wakeOne(besides: 0) }
  }

  /// Looks for work in the injector and in other workers' deques.
  @inline(never)
  private func search(_ pool: PoolPointer) -> Job? {
    guard pool.hasSharedWork else { return nil }
    if !pointee.isSearching {
      guard pool.pointee.idle.beginSearching() else { return nil }
      pointee.isSearching = true
    }
    let job = takeInjected(pool) ?? steal(pool)
    endSearch(pool, hasFound: job != nil)
    return job
  }

  /// Moves what lies in the injector to the deque, but for the oldest, which it returns. Called while
  /// counted as a searcher, or with the mover's own announcement to follow.
  @inline(never)
  private func takeInjected(_ pool: PoolPointer) -> Job? {
    guard !pool.pointee.injector.isEmpty else { return nil }
    let wasSearching = pointee.isSearching
    if !wasSearching {
      guard pool.pointee.idle.beginSearching(unthrottled: true) else { return nil }
      pointee.isSearching = true
    }
    publishYielded()
    pointee.stealable.push(chain: pool.pointee.injector.takeAllNewestFirst())
    let job = pointee.stealable.pop()
    if !wasSearching { endSearch(pool, hasFound: true) }
    return job
  }

  private func steal(_ pool: PoolPointer) -> Job? {
    let count = pool.pointee.workerCount
    let start = pointee.stealing.firstVictim(of: count)
    for offset in 0..<count {
      let victim = pool.pointee.worker((start + offset) % count)
      if victim == self { continue }
      if let job = victim.pointee.stealable.stealHalf(into: pointee.stealable, limit: StealPolicy.limit) {
        pointee.counts.steals &+= 1
        if WorkerCounts.countsAll {
          // A thief has none of its own.
          pointee.counts.stolen &+= UInt32(truncatingIfNeeded: 1 + pointee.stealable.count)
        }
        return job
      }
    }
    return nil
  }

  // Sleeping

  /// Nothing to run: keeps looking for a while, where that has lately paid, then parks.
  ///
  /// - Returns: how the turn ends, or nil if there is work after all.
  private func fallAsleep(
    until end: Int64, _ time: Int64, _ environment: borrowing some TurnEnvironment
  ) -> TurnEnd? {
    let pool = pointee.pool
    var time = time
    if !pointee.isVirtual, !pointee.isAsleep {
      if let pool {
        if spin(pool, &time, until: end, environment) { return nil }
      } else if pointee.linger.comesBack(at: time) {
        pointee.isTurnRequested = true
        return .more
      }
    }
    if let pool {
      if pointee.isSearching { endSearch(pool) }
    } else if !pointee.isVirtual {
      decideToDoze(time)
    }
    let next = pointee.parking.prepareToPark()
    pointee.isAsleep = true
    joinSleepers()
    if seesWork {
      pointee.doze.cancel()
      // The wait that an earlier turn started stays under way, and the word says so.
      if next == .lookAgainThenWait { wakeUp() } else { leaveSleepers() }
      if let pool, !pointee.isSearching {
        pointee.isSearching = pool.pointee.idle.beginSearching(unthrottled: true)
      }
      return nil
    }
    if next != .lookAgainThenWait { return .stillParked }
    pointee.counts.parks &+= 1
    // No blocking wait with a time-out first: round trips on a busy machine were shorter without it.
    return .parked
  }

  /// Keeps looking for work for a while. A push meanwhile has nobody to notify, which saves most of
  /// the cost of handing work over.
  ///
  /// - Parameter time: now; updated.
  /// - Returns: whether the turn goes on: there is work, or the time slice is over.
  private func spin(
    _ pool: PoolPointer, _ time: inout Int64, until end: Int64,
    _ environment: borrowing some TurnEnvironment
  ) -> Bool {
    guard pointee.backoff.mayTry() else { return false }
    pointee.counts.spins &+= 1
    // As a searcher it spares pushers of stealable work a notification too.
    if !pointee.isSearching { pointee.isSearching = pool.pointee.idle.beginSearching() }
    var limit = time + spinTime
    if let deadline = pointee.timers.nextDeadline { limit = Swift.min(limit, deadline) }
    // Without a pause between two looks, which would leave the mailbox's line to those that push: 0.4 µs gave
    // nothing in 3b, 4a and 4b, and made 3a slower (434–517 to 487–692 ns).
    repeat {
      for _ in 0..<100 {
        let hasMail = !pointee.mailbox.isEmpty || pool.pointee.isClosing
        guard hasMail || pointee.isSearching && pool.hasSharedWork else { continue }
        pointee.backoff.hasPaid()
        if hasMail, pointee.isSearching { endSearch(pool) }
        return true
      }
      time = environment.now()
      if time >= end {
        if pointee.isSearching { endSearch(pool) }
        return true
      }
    } while time < limit
    pointee.backoff.hasFailed()
    return false
  }

  /// The main thread has run jobs.
  private func hasBeenBusy(_ time: Int64) {
    if pointee.hasHandedOver { pointee.doze.hasHandedOver() }
    pointee.linger.hasBeenBusy(at: time, hasHandedOver: pointee.hasHandedOver)
    pointee.hasHandedOver = false
  }

  /// The look that follows the announcement: every queue that somebody else may have pushed to.
  private var seesWork: Bool {
    if !pointee.mailbox.isEmpty || !pointee.pinned.isEmpty { return true }
    guard let pool = pointee.pool else { return false }
    return pool.pointee.isClosing || pool.hasSharedWork
  }

  /// The wait on the futex word has ended, or never began.
  private func wakeUp() {
    guard pointee.isAsleep else { return }
    pointee.isAsleep = false
    pointee.parking.wake()
    leaveSleepers()
  }

  /// Announces to the pool that the worker is about to sleep.
  private func joinSleepers() {
    guard let pool = pointee.pool, !pointee.isSleeper else { return }
    pointee.isSleeper = true
    pool.pointee.idle.workerWillPark(pointee.index)
  }

  /// Takes that back. Also at the start of a turn that a callback on this thread has asked for, while the
  /// wait on the word goes on: a pusher must not pick a worker that is busy.
  private func leaveSleepers() {
    guard let pool = pointee.pool, pointee.isSleeper else { return }
    pointee.isSleeper = false
    if pool.pointee.idle.workerWoke(pointee.index) { pointee.isSearching = true }
  }

  // Leaving

  /// Between two jobs of a closing pool: gives up everything that is left and leaves.
  @inline(never)
  private func leave(_ pool: PoolPointer, _ environment: borrowing some TurnEnvironment) -> TurnEnd {
    if pointee.isAsleep { wakeUp() }
    if pointee.isSearching { endSearch(pool) }
    publishYielded()
    while let token = pointee.timers.popExpired(now: .max) { environment.orphan(token, of: pool) }
    abandonJobs(pool, environment)
    environment.leave()
    abandonJobs(pool, environment)
    wakePutOff()
    return .left
  }

  private func abandonJobs(_ pool: PoolPointer, _ environment: borrowing some TurnEnvironment) {
    pool.takeRefused(from: self, environment.abandon)
    pool.takeRefused(from: nil, environment.abandon)
    while let job = pointee.stealable.pop() ?? pointee.pinned.pop() { environment.abandon(job) }
  }
}

extension PoolPointer {
  /// Whether the injector or some worker's deque holds a job. Any thread.
  @inline(never)
  var hasSharedWork: Bool {
    if !pointee.injector.isEmpty { return true }
    for index in 0..<pointee.workerCount where !pointee.worker(index).pointee.stealable.isEmpty {
      return true
    }
    return false
  }
}
