import Testing

@testable import NativeScheduler

/// The turns of one worker of a pool, on a clock that only its jobs move: how long a turn holds the event
/// loop, and who has to wait for whom.
@Suite struct TurnTests {
  /// Jobs that yield for ever. Each takes its own time on one of the tracks.
  final class World: TurnEnvironment {
    enum Track {
      case pinned, stealable
      /// Pinned, or stealable, from another thread, when the test says so; runs once.
      case mail, injected
    }

    let pool = Pool.make(workerCount: 2, isVirtual: false)
    var worker: WorkerPointer { pool.pointee.worker(0) }
    let jobs: Jobs
    let tracks: [Track]
    let classes: [PriorityClass]
    var durations: [Int64]
    /// Whether a job yields; one that does not is over when it has run.
    var yields: Bool
    var time: Int64 = 1_000_000_000
    var runs: [Int]
    /// When each job ran last, and its longest wait since the one before.
    var lastRun: [Int64]
    var longestWait: [Int64]
    var fired: [(token: UInt, at: Int64)] = []
    var orphaned: [UInt] = []
    var abandoned: [Int] = []
    var beforeRun: (Int) -> Void = { _ in }

    init(
      _ tracks: [Track], duration: Int64, priority: (Int) -> PriorityClass = { _ in .normal },
      yields: Bool = true
    ) {
      self.tracks = tracks
      self.yields = yields
      jobs = Jobs(tracks.count)
      durations = .init(repeating: duration, count: tracks.count)
      runs = .init(repeating: 0, count: tracks.count)
      lastRun = .init(repeating: time, count: tracks.count)
      longestWait = .init(repeating: 0, count: tracks.count)
      classes = (0..<tracks.count).map(priority)
      for number in 0..<tracks.count where !comesFromOutside(number) { push(number, yielding: false) }
    }

    func push(_ number: Int, yielding: Bool) {
      let job = jobs[number]
      job.pointee.info = classes[number].rawValue
      switch tracks[number] {
      case .pinned: worker.enqueue(job, from: worker)
      case .stealable: worker.enqueueStealable(job, yielding: yielding)
      case .mail: worker.enqueue(job, from: nil)
      case .injected: pool.enqueue(job, from: nil, yielding: false)
      }
    }

    func comesFromOutside(_ number: Int) -> Bool { tracks[number] == .mail || tracks[number] == .injected }

    /// One turn. Returns how long it held the event loop.
    func turn() -> (end: TurnEnd, duration: Int64) {
      let start = time
      let end = worker.turn(woken: false, self)
      return (end, time - start)
    }

    func now() -> Int64 { time }

    func run(_ job: Job) {
      let number = job - jobs[0]
      beforeRun(number)
      longestWait[number] = max(longestWait[number], time - lastRun[number])
      time += durations[number]
      lastRun[number] = time
      runs[number] += 1
      if yields, !comesFromOutside(number) { push(number, yielding: true) }
    }

    func fire(_ token: UInt) { fired.append((token, time)) }
    func orphan(_ token: UInt, of pool: PoolPointer) { orphaned.append(token) }
    func abandon(_ job: Job) { abandoned.append(job - jobs[0]) }
    func leave() {}
  }

  /// The clock is looked at between batches, and a batch takes at most this part of the slice.
  static let batch = timeSlice / 16

  @Test(arguments: [Int64(500), 10_000, 60_000, 300_000])
  func aTurnOfYieldersEndsWithItsSlice(duration: Int64) {
    let mixtures: [[World.Track]] = [[.pinned, .pinned], [.stealable, .stealable], [.pinned, .stealable]]
    for tracks in mixtures {
      let world = World(tracks, duration: duration)
      for _ in 0..<10 {
        let (end, held) = world.turn()
        #expect(end == .more)
        #expect(held >= timeSlice && held <= timeSlice + max(Self.batch, duration))
      }
    }
  }

  @Test(arguments: [Int64(500), 10_000, 60_000, 300_000])
  func timersAreLateByABatchOfYielders(duration: Int64) {
    let world = World([.pinned, .stealable, .pinned], duration: duration)
    _ = world.turn()
    let deadlines = (0..<200).map { world.time + Int64($0) * 137_000 }
    for (token, deadline) in deadlines.enumerated() {
      _ = world.worker.pointee.timers.insert(deadline: deadline, token: UInt(token))
    }
    while world.fired.count < deadlines.count { _ = world.turn() }
    for (token, time) in world.fired {
      let lateness = time - deadlines[Int(token)]
      #expect(lateness >= 0 && lateness <= max(Self.batch, duration))
    }
  }

  @Test func jobsThatBecomeLongHoldTheLoopForOneBatchOfThem() {
    let world = World([.pinned, .stealable], duration: 100)
    _ = world.turn()
    world.durations = [1_000_000, 1_000_000]
    #expect(world.turn().duration <= 64 * 1_000_000 + timeSlice)
    for _ in 0..<20 {
      // From the second batch on they are looked at one by one.
      #expect(world.turn().duration <= timeSlice + 1_000_000)
    }
  }

  @Test func yieldersOfBothTracksShareTheWorker() {
    let world = World([.pinned, .pinned, .stealable, .stealable], duration: 10_000)
    for _ in 0..<100 { _ = world.turn() }
    #expect(world.runs.min()! * 10 >= world.runs.max()! * 9, "\(world.runs)")
    // Four jobs in turn, with the odd one out of turn.
    #expect(world.longestWait.max()! <= 16 * 10_000, "\(world.longestWait)")
  }

  @Test func othersSeeAJobThatHasYieldedWheneverItWaits() {
    let world = World([.pinned, .stealable], duration: 10_000)
    world.beforeRun = { number in
      #expect(world.worker.pointee.stealable.count == (number == 0 ? 1 : 0))
    }
    for _ in 0..<10 {
      _ = world.turn()
      #expect(world.worker.pointee.stealable.count == 1)
    }
  }

  @Test func aPinnedJobAtTheStartOfATurnWakesAnotherForTheOneThatHasYielded() {
    let world = World([.stealable, .mail], duration: 10_000)
    _ = world.turn()
    world.pool.pointee.idle.workerWillPark(1)
    world.push(1, yielding: false)
    var hasRun = false
    world.beforeRun = { number in
      guard number == 1 else { return }
      hasRun = true
      #expect(world.pool.pointee.idle.sleepersSnapshot == 0)
    }
    _ = world.turn()
    #expect(hasRun)
  }

  @Test(arguments: [World.Track.pinned, .stealable])
  func theLowestClassIsNotStarved(track: World.Track) {
    let world = World([track, track, track], duration: 10_000) { $0 == 0 ? .low : .high }
    for _ in 0..<100 { _ = world.turn() }
    #expect(world.runs[0] > 0)
    #expect(world.longestWait[0] <= 2 * Int64(TrackOrder.interval) * 10_000, "\(world.longestWait)")
    #expect(world.runs[1] > 10 * world.runs[0])
  }

  @Test(arguments: [(10_000, 8), (500, 64)])
  func mailIsReadWithinABatch(duration: Int64, batch: Int64) throws {
    let world = World([.pinned, .stealable, .mail], duration: duration)
    _ = world.turn()
    var (sent, read): (Int64?, Int64?)
    world.beforeRun = { number in
      if number == 2, read == nil { read = world.time }
      guard sent == nil else { return }
      sent = world.time
      world.push(2, yielding: false)
    }
    _ = world.turn()
    // Up to a batch but one until the mailbox is looked at, a round of both tracks and of those that
    // were there before, itself, and the odd one out of turn.
    #expect(try #require(read) - sent! <= (batch + 4) * duration)
  }

  @Test func aClosingPoolIsLeftBetweenTwoJobs() {
    let world = World([.pinned, .stealable, .stealable], duration: 1_000)
    _ = world.worker.pointee.timers.insert(deadline: .max, token: 7)
    var ran = 0
    world.beforeRun = { _ in
      ran += 1
      if ran == 100 { _ = world.pool.pointee.beginClosing() }
    }
    #expect(world.turn().end == .left)
    #expect(ran < 100 + 64)
    #expect(world.orphaned == [7])
    #expect(world.abandoned.sorted() == [0, 1, 2])
  }

  /// A worker that has pinned work without end, and no stealable one, takes what comes from outside at its next look
  /// at that track.
  @Test(arguments: [Int64(10_000), 5_000_000])
  func aStealableJobFromOutsideWaitsForTwoPinnedOnes(duration: Int64) {
    let world = World([.pinned, .pinned, .pinned, .injected], duration: duration)
    var runs = 0
    var begin: Int?
    var waits: [Int] = []
    world.beforeRun = { number in
      runs += 1
      if number == 3 {
        waits.append(runs - begin!)
        begin = nil
      } else if runs % 10 == 0, begin == nil {
        begin = runs
        world.push(3, yielding: false)
      }
    }
    for _ in 0..<100 { _ = world.turn() }
    #expect(waits.count >= 5 && waits.allSatisfy { $0 <= 3 }, "\(waits)")
  }

  @Test func aWorkerWithoutWorkParksOnce() {
    let world = World([.pinned], duration: 1_000, yields: false)
    // The spin before it reads a clock that stands still unless jobs run.
    for _ in 0..<4 { world.worker.pointee.backoff.hasFailed() }
    #expect(world.turn().end == .parked)
    #expect(world.runs == [1])
    #expect(world.turn().end == .stillParked)
  }
}
