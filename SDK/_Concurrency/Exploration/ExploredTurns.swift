import CRuntime
import Swift
import WebbleScheduler

#if WEBBLE_EXPLORES

/// Work that could run next: a worker's pinned jobs, or a pool's stealable ones.
struct ExploredSource {
  var worker: WorkerPointer?
  var pool: PoolPointer?
  /// Oldest first.
  var jobs: [Job] = []
}

struct ExploredState {
  var sources: [ExploredSource] = []
  var workers: [WorkerPointer] = []
  /// Workers of closing pools whose last turn the event loop has been asked for.
  var leaving: [WorkerPointer] = []
  /// Nanoseconds of the program's clocks.
  var now: Int64 = 1_000_000
  var lastSource = 0
  var isScheduled = false
  var isDriving = false
  /// Workers in the middle of whose jobs another runs, the outermost first.
  var preempted: [WorkerPointer] = []
  /// Locks that the innermost job holds, see `NestedLock`.
  var held: [UInt] = []
  var nestedLocks: [NestedLock] = []
  /// Which of these were taken in the middle of the job that has just been about to take a lock.
  var rivals = 0..<0
  var lockOrder: Exploration.LockOrder?
  /// What the innermost job has done with what threads share since it, or another, has begun.
  var accessesInRow = 0
  /// Nothing could run at the last look, and JavaScript has had a while since.
  var hasWaited = false
  /// In the order in which the waits began.
  var answers: [LateAnswer] = []
  /// Milliseconds of the real clock: how long the event loop may have to settle promises, and since when it has.
  var longestPause = 2000.0
  var pausedSince: Double?
  var uncontrolled: [String] = []

  var isChoosing = false
  var strategy = Exploration.Strategy.plain
  /// Of the generators for choices, and for what the program draws.
  var random: UInt64 = 1
  var entropy: UInt64 = 1
  /// The identifier that the first task of this schedule has.
  var firstTask: UInt32 = 0
  var script: [UInt16] = []
  var record = Exploration.Record()
  var stepLimit = Int.max
  var stallLimit = Int.max
  /// Since a task has begun, ended, or had what it waited for, or time has passed.
  var stepsInVain = 0
  var whenStuck: ((Exploration.Obstacle) -> Void)?
  var whenTrapped: ((Exploration.Record) -> Void)?
  /// See `Exploration.settle`.
  var whenSettled: ((Bool) -> Void)?
  var stepsToSettle = 0
  /// `pct`: of each job that has been seen; the higher comes first.
  var priorities: [(job: Job, priority: UInt64)] = []
  var changes: [Int] = []
  /// Of all priorities.
  var lowest: UInt64 = 1 << 40
}

// Only ever touched between calls of the program's code, field by field.
nonisolated(unsafe) var explored = ExploredState()

/// Marsaglia's xorshift ("Xorshift RNGs", 2003).
func draw(_ number: inout UInt64) -> UInt64 {
  number ^= number << 13
  number ^= number >> 7
  number ^= number << 17
  return number >> 11
}

func draw() -> UInt64 { draw(&explored.random) }

/// Chooses one of `count`, and remembers it.
///
/// - Parameter suggest: what the strategy says.
func choose(_ count: Int, _ suggest: () -> Int) -> Int {
  guard explored.isChoosing, count > 1 else { return 0 }
  let place = explored.record.choices.count
  let choice =
    if place < explored.script.count {
      min(Int(explored.script[place]), count - 1)
    } else {
      explored.strategy == .plain ? 0 : suggest()
    }
  explored.record.choices.append(UInt16(choice))
  explored.record.counts.append(UInt16(count))
  return choice
}

func remember(_ kind: Exploration.Moment.Kind, _ worker: WorkerPointer?, _ task: TaskPointer?) {
  explored.record.moments.append(
    Exploration.Moment(
      step: explored.record.stepCount, kind: kind, worker: worker?.pointee.index ?? -1, task: label(of: task)))
}

func label(of task: TaskPointer?) -> Exploration.Label? {
  guard let task, task.pointee.identifier != 0 else { return nil }
  return Exploration.Label(
    // Negative for one that an earlier schedule has left.
    number: Int(Int32(bitPattern: task.pointee.identifier &- explored.firstTask)) + 1,
    name: task.pointee.name.map { String(cString: $0) })
}

/// Whether a task takes the longer way this once; see `isDisturbed`.
func choosesDetour() -> Bool {
  guard choose(2, { draw() % 4 == 0 ? 1 : 0 }) != 0 else { return false }
  let thread = currentThread()
  remember(.detour, thread.currentWorker, thread.pointee.task)
  return true
}

/// Which of the tasks that wait for an actor gets it next, the one that is due first.
func chooseForActor(_ count: Int, _ job: (Int) -> TaskPointer) -> Int {
  let chosen = choose(count) {
    if explored.strategy == .random { return draw() % 2 == 0 ? 0 : Int(draw() % UInt64(count)) }
    return (0..<count).max { priority(of: job($0).job) < priority(of: job($1).job) } ?? 0
  }
  if chosen != 0 {
    remember(.actor, currentThread().currentWorker, job(chosen))
    explored.record.moments[explored.record.moments.count - 1].preempted = label(of: job(0))
  }
  return chosen
}

// MARK: In place of the scheduler's turns

/// A worker has something to do.
@_cdecl("webble_schedule_turn")
func scheduleTurn(_ pointer: UnsafeMutableRawPointer) {
  let worker = pointer.assumingMemoryBound(to: Worker.self)
  if !explored.workers.contains(worker) {
    explored.workers.append(worker)
    explored.sources.append(ExploredSource(worker: worker))
    if let pool = worker.pointee.pool, !explored.sources.contains(where: { $0.pool == pool }) {
      explored.sources.append(ExploredSource(pool: pool))
    }
  }
  if explored.isDriving || explored.isScheduled { return }
  explored.isScheduled = true
  webble_js_schedule(mainWorker())
}

/// The clock of everything in the program.
@_cdecl("webble_js_now")
func exploredNow() -> Double { Double(explored.now) / 1_000_000 }

/// The same numbers under every schedule.
@_cdecl("webble_js_random")
func exploredRandom(_ bytes: UnsafeMutableRawPointer, _ count: UInt32) {
  for offset in 0..<Int(count) {
    bytes.storeBytes(of: UInt8(truncatingIfNeeded: draw(&explored.entropy)), toByteOffset: offset, as: UInt8.self)
  }
}

/// Takes a turn of `worker`: a pool's only to leave it, main's for all workers.
func exploredTurn(_ worker: WorkerPointer, _ environment: borrowing some TurnEnvironment) -> TurnEnd {
  guard worker == mainWorker() else {
    guard explored.leaving.contains(worker) else { return .stillParked }
    let end = worker.turn(woken: true, environment)
    if end == .left { forget(worker) }
    if explored.leaving.isEmpty, !explored.isScheduled {
      explored.isScheduled = true
      webble_js_schedule(mainWorker())
    }
    return end
  }
  explored.isScheduled = false
  explored.isDriving = true
  // What left the module by throwing has not come back to them.
  explored.preempted = []
  explored.held = []
  webble_forget_global_initializers()
  let start = webble_js_real_now()
  var end = TurnEnd.more
  while step(environment, &end) {
    if explored.record.stepCount & 63 == 0, webble_js_real_now() - start > 4 { break }
  }
  explored.isDriving = false
  explored.isScheduled = end == .more
  for worker in explored.workers { worker.pointee.isTurnRequested = end == .more }
  if end == .parked, explored.leaving.isEmpty, explored.pausedSince == nil { nothingCanRun() }
  return end
}

private func forget(_ worker: WorkerPointer) {
  explored.workers.removeAll { $0 == worker }
  explored.leaving.removeAll { $0 == worker }
  explored.sources.removeAll { $0.worker == worker }
  guard let pool = worker.pointee.pool, !explored.workers.contains(where: { $0.pointee.pool == pool }) else { return }
  explored.sources.removeAll { $0.pool == pool }
}

private func nothingCanRun() {
  guard explored.whenStuck != nil || explored.whenSettled != nil else { return }
  // What JavaScript promised may come yet.
  if currentThread().pointee.javascript != nil, !explored.hasWaited {
    explored.hasWaited = true
    webble_js_set_timer(mainWorker(), 200)
    return
  }
  endSchedule(.nothingRuns)
  endSettling(isStill: true)
}

func endSchedule(_ obstacle: Exploration.Obstacle) {
  let stuck = explored.whenStuck
  explored.whenStuck = nil
  // Which thread tells of it is no part of the schedule.
  explored.isChoosing = false
  stuck?(obstacle)
}

private func endSettling(isStill: Bool) {
  let settled = explored.whenSettled
  explored.whenSettled = nil
  settled?(isStill)
}

/// - Parameter end: how the turn ends if this returns false.
private func step(_ environment: borrowing some TurnEnvironment, _ end: inout TurnEnd) -> Bool {
  for worker in explored.workers { worker.pointee.isTurnRequested = true }
  letWorkersLeave()
  // Nothing else happens meanwhile: which of them leaves when is the event loop's choice.
  if !explored.leaving.isEmpty {
    end = .parked
    return false
  }
  if leavesToEventLoop() {
    end = .parked
    return false
  }
  collect()
  var timers: WorkerPointer?
  for worker in explored.workers {
    guard let deadline = worker.pointee.timers.nextDeadline else { continue }
    if deadline < timers?.pointee.timers.nextDeadline ?? .max { timers = worker }
  }
  var ready = 0
  for source in explored.sources { ready += source.jobs.count }
  let answers = settledAnswers()
  if ready == 0, timers == nil, answers.isEmpty {
    end = .parked
    return false
  }
  explored.hasWaited = false
  if let obstacle = countStep() {
    abandonSchedule(obstacle)
    return true
  }
  let isIdle = ready == 0 && answers.isEmpty
  if let timers, isIdle || choose(2, { draw() % 8 == 0 ? 1 : 0 }) != 0 {
    explored.now = max(explored.now, timers.pointee.timers.nextDeadline ?? 0)
    explored.stepsInVain = 0
    if !isIdle { remember(.timer, timers, nil) }
    currentThread().pointee.worker = UnsafeMutableRawPointer(timers)
    if let token = timers.pointee.timers.popExpired(now: explored.now) { environment.fire(token) }
  } else if !answers.isEmpty, ready == 0 || choose(2, { draw() % 2 == 0 ? 1 : 0 }) != 0 {
    let chosen = choose(answers.count) { Int(draw() % UInt64(answers.count)) }
    deliver(answers[chosen], isFirst: ready != 0 || chosen != 0)
  } else {
    runOne(of: ready, environment)
  }
  currentThread().pointee.worker = UnsafeMutableRawPointer(mainWorker())
  adoptTimers()
  return true
}

/// - Returns: what keeps the schedule from an end, if that is so.
func countStep() -> Exploration.Obstacle? {
  if explored.whenSettled != nil {
    explored.stepsToSettle -= 1
    if explored.stepsToSettle < 0 { endSettling(isStill: false) }
  }
  guard explored.isChoosing else { return nil }
  explored.record.stepCount += 1
  explored.stepsInVain += 1
  if explored.stepsInVain > explored.stallLimit { return .stalled }
  return explored.record.stepCount > explored.stepLimit ? .neverEnds : nil
}

/// Takes what can run out of the queues of the scheduler.
func collect() {
  for index in explored.sources.indices {
    if let worker = explored.sources[index].worker {
      worker.pointee.pinned.append(worker.pointee.mailbox.takeAll())
      while let job = worker.pointee.pinned.pop() { explored.sources[index].jobs.append(job) }
    } else if let pool = explored.sources[index].pool {
      var injected = JobList()
      var next = pool.pointee.injector.takeAllNewestFirst()
      while let job = next {
        next = job.pointee.next
        injected.prepend(job)
      }
      while let job = injected.popFirst() { explored.sources[index].jobs.append(job) }
      for index1 in 0..<pool.pointee.workerCount {
        while let job = pool.pointee.worker(index1).pointee.stealable.takeOldest() {
          explored.sources[index].jobs.append(job)
        }
      }
    }
  }
}

/// The workers of a pool that is closing take their last turns by way of the event loop, which hears of it.
private func letWorkersLeave() {
  for worker in explored.workers {
    guard let pool = worker.pointee.pool, !pool.pointee.isOpen, !explored.leaving.contains(worker) else { continue }
    explored.leaving.append(worker)
    for index in explored.sources.indices {
      let source = explored.sources[index]
      guard source.worker == worker || source.pool == pool else { continue }
      for job in source.jobs {
        if source.pool == nil { worker.pointee.pinned.pushBack(job) } else { worker.pointee.stealable.push(job) }
      }
      explored.sources[index].jobs = []
    }
    webble_js_schedule(worker)
  }
}

/// Runs one of the jobs that are ready. They are counted from the source behind the one that had the last turn,
/// the oldest of each first.
private func runOne(of ready: Int, _ environment: borrowing some TurnEnvironment) {
  let count = explored.sources.count
  let first = explored.lastSource + 1
  // The plain choice is the next source's oldest; the one numbered so has to be the first that is listed.
  var places: [(source: Int, job: Int)] = []
  for offset in 0..<count {
    let source = (first + offset) % count
    for job in explored.sources[source].jobs.indices.prefix(64) { places.append((source, job)) }
  }
  let chosen = choose(places.count) { suggested(places) }
  let place = places[chosen]
  explored.lastSource = place.source
  let source = explored.sources[place.source]
  let job = explored.sources[place.source].jobs.remove(at: place.job)
  let worker: WorkerPointer
  if let pinned = source.worker {
    worker = pinned
  } else {
    let pool = source.pool.unsafelyUnwrapped
    let workers = pool.pointee.workerCount
    let offset = choose(workers) { Int(draw() % UInt64(workers)) }
    worker = pool.pointee.worker((explored.record.stepCount + offset) % workers)
  }
  if chosen != 0 { remember(.job, worker, TaskPointer(job)) }
  currentThread().pointee.worker = UnsafeMutableRawPointer(worker)
  worker.pointee.jobsRun &+= 1
  explored.accessesInRow = 0
  environment.run(job)
}

private func suggested(_ places: [(source: Int, job: Int)]) -> Int {
  if explored.strategy == .random { return Int(draw() % UInt64(places.count)) }
  var best = 0
  var highest: UInt64 = 0
  for (index, place) in places.enumerated() {
    let priority = priority(of: explored.sources[place.source].jobs[place.job])
    if priority > highest { (best, highest) = (index, priority) }
  }
  // Where a task does nothing but yield, others would never come: now and then it goes behind all of them, too.
  if explored.changes.contains(explored.record.stepCount) || draw() % 32 == 0 {
    let job = explored.sources[places[best].source].jobs[places[best].job]
    explored.lowest -= 1
    for index in explored.priorities.indices where explored.priorities[index].job == job {
      explored.priorities[index].priority = explored.lowest
    }
  }
  return best
}

func priority(of job: Job) -> UInt64 {
  for entry in explored.priorities where entry.job == job { return entry.priority }
  let priority = draw() | 1 << 40
  explored.priorities.append((job, priority))
  return priority
}
#endif
