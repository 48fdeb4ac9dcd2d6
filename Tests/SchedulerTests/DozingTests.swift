import Interleavings
import Testing

@testable import NativeScheduler

/// How the main thread collects, on a clock that only the test and the jobs move.
@Suite struct DozingTests {
  // MARK: Every interleaving

  @Test(arguments: [
    DozingModel(senders: 1, dozes: 4), DozingModel(senders: 2, dozes: 3), DozingModel(senders: 3, dozes: 2),
  ])
  func noResultWaitsForLongerThanADoze(model: DozingModel) {
    let result = explore(from: model)
    #expect(result.fault?.description == nil, "after \(result.fault?.path ?? [])")
    #expect(result.stateCount > 100)
  }

  @Test(arguments: DozingModel.Variant.allCases.filter { $0 != .asWritten })
  func theModelFindsTheResultThatABrokenProtocolForgets(variant: DozingModel.Variant) {
    #expect(explore(from: DozingModel(variant, senders: 1, dozes: 2)).fault != nil)
  }

  // MARK: The real workers

  final class World: TurnEnvironment {
    let pool = Pool.make(workerCount: 1, isVirtual: false)
    let main = Worker.make(index: -1, pool: nil, isVirtual: false)
    var worker: WorkerPointer { pool.pointee.worker(0) }
    let jobs = Jobs(100)
    var time: Int64 = 1_000_000_000
    /// What the jobs do, by number.
    var bodies: [Int: () -> Void] = [:]
    var runs: [Int] = []
    private var sent = 0
    /// How much time a look at the clock takes: a worker without work looks until its spin is over.
    private var step: Int64 = 0
    /// Looks at the clock in this turn of main's, and what happens at each.
    private var looks = 0
    var onLook: (Int) -> Void = { _ in }

    init() {
      main.countThreads(2, processors: 2)
      mainTurn()
    }

    func mainTurn(woken: Bool = true) {
      looks = 0
      _ = main.turn(woken: woken, self)
    }

    /// A result comes for the main thread, from nowhere, and is taken.
    func result(after interval: Int64, _ body: @escaping () -> Void = {}) {
      time += interval
      main.enqueue(job(body), from: nil)
      mainTurn()
    }

    /// A result for which main gives the worker a job. It lingers, then sleeps.
    func handOver() {
      result(after: 30_000) { [self] in worker.enqueue(job(), from: main) }
      while main.pointee.isTurnRequested {
        time += lingerTime
        mainTurn(woken: false)
      }
    }

    func job(_ body: @escaping () -> Void = {}) -> Job {
      sent += 1
      jobs[sent].pointee.info = 0
      bodies[sent] = body
      return jobs[sent]
    }

    /// Enqueues jobs on the worker, each of which does as told, and takes a turn.
    @discardableResult
    func workerTurn(_ bodies: [() -> Void]) -> TurnEnd {
      for body in bodies { worker.enqueue(job(body), from: worker) }
      step = 1_000
      defer { step = 0 }
      return worker.turn(woken: true, self)
    }

    /// What a job of the worker's does.
    func sendResult() { main.enqueue(job(), from: worker) }
    var isWoken: Bool { main.pointee.parking.state == .notified }
    var dozes: Bool { main.pointee.doze.end != nil }

    func now() -> Int64 {
      time += step
      looks += 1
      onLook(looks)
      return time
    }
    func run(_ job: Job) {
      let number = job - jobs[0]
      runs.append(number)
      bodies[number]?()
    }
    func fire(_ token: UInt) {}
    func orphan(_ token: UInt, of pool: PoolPointer) {}
    func abandon(_ job: Job) { run(job) }
    func leave() {}
  }

  private func dozing() -> World {
    let world = World()
    for _ in 0..<3 { world.result(after: 30_000) }
    #expect(world.dozes)
    return world
  }

  @Test func mainDozesWhileResultsComeFast() {
    let world = World()
    world.result(after: 30_000)
    #expect(!world.dozes && world.main.nextDeadline == nil)
    for _ in 0..<8 {
      world.result(after: 30_000)
      #expect(world.main.nextDeadline == world.time + dozeTime)
    }
    // No longer than they do.
    for _ in 0..<3 { world.result(after: 2_000_000) }
    #expect(!world.dozes && world.main.nextDeadline == nil)
  }

  @Test func mainDoesNotDozeForResultsThatComeSlowly() {
    let world = World()
    for _ in 0..<20 {
      world.result(after: 1_500_000)
      #expect(!world.dozes)
    }
  }

  @Test func mainDoesNotDozeWhereItHasAProcessorOfItsOwn() {
    let world = World()
    world.main.countThreads(-1, processors: 2)
    for _ in 0..<5 { world.result(after: 30_000) }
    #expect(!world.dozes)
  }

  @Test func aTimerBeforeTheEndOfADozeIsKept() {
    let world = dozing()
    let deadline = world.time + 1_000_000
    _ = world.main.pointee.timers.insert(deadline: deadline, token: 1)
    #expect(world.main.nextDeadline == deadline)
  }

  @Test func mainDoesNotDozeWhereItHandsWorkOver() {
    let world = dozing()
    for _ in 0..<6 { world.handOver() }
    #expect(!world.dozes)
  }

  @Test func aWorkerWithMoreToRunLeavesADozingMainAsleepUntilItHasNone() {
    let world = dozing()
    var wasWoken: [Bool] = []
    world.workerTurn([
      world.sendResult, { wasWoken.append(world.isWoken) }, { wasWoken.append(world.isWoken) },
    ])
    #expect(wasWoken == [false, false])
    #expect(world.isWoken)
  }

  @Test func aWorkerWithNothingElseWakesADozingMainAtOnce() {
    let world = dozing()
    var wasWoken = false
    world.workerTurn([
      {
        world.sendResult()
        wasWoken = world.isWoken
      }
    ])
    #expect(wasWoken)
  }

  /// In a callback of the event loop's nothing is sure to come after it.
  @Test func aWorkerOutsideOfATurnWakesADozingMainAtOnce() {
    let world = dozing()
    world.worker.enqueue(world.job(), from: world.worker)
    world.sendResult()
    #expect(world.isWoken)
  }

  @Test func aMainThatSleepsForGoodIsWokenAtOnce() {
    let world = World()
    var wasWoken = false
    world.workerTurn([world.sendResult, { wasWoken = world.isWoken }])
    #expect(wasWoken)
  }

  @Test func mainIsWokenAtTheEndOfTheSenderSTurn() {
    let world = dozing()
    let end = world.workerTurn([
      world.sendResult, { world.time += timeSlice }, {},
    ])
    #expect(end == .more)
    #expect(world.isWoken)
  }

  @Test func mainIsWokenBeforeTheSenderBlocks() {
    let world = dozing()
    var wasWoken = false
    world.workerTurn([
      {
        world.sendResult()
        world.worker.beginBlocking()
        wasWoken = world.isWoken
        world.worker.endBlocking()
      }, {},
    ])
    #expect(wasWoken)
  }

  @Test func mainIsWokenByAWorkerThatLeaves() {
    let world = dozing()
    _ = world.pool.pointee.beginClosing()
    #expect(world.workerTurn([world.sendResult, {}]) == .left)
    #expect(world.isWoken)
  }

  @Test func mainComesBackByItselfAndIsNotWokenThen() {
    let world = dozing()
    let count = world.runs.count
    world.workerTurn([
      world.sendResult,
      {
        // The job takes longer than the doze.
        world.time += dozeTime
        world.mainTurn(woken: false)
        #expect(world.runs.count == count + 3)
      },
    ])
    #expect(!world.isWoken)
  }

  @Test func mainStopsWhereTimersAreHeldBack() {
    let world = dozing()
    world.time += 20 * dozeTime
    world.mainTurn(woken: false)
    for _ in 0..<20 {
      world.result(after: 30_000)
      #expect(!world.dozes)
    }
    // Until it hands work over.
    world.handOver()
    for _ in 0..<3 { world.result(after: 30_000) }
    #expect(world.dozes)
  }

  /// Jobs of main's own make it none: to ask for a turn each time would slow them down.
  @Test func mainDoesNotDozeForWhatItsOwnThreadMakesReady() {
    let world = World()
    for _ in 0..<20 {
      world.time += 30_000
      world.main.enqueue(world.job(), from: world.main)
      world.mainTurn(woken: false)
      #expect(!world.dozes)
    }
  }

  @Test func aDozeThatMainDoesNotBeginAfterAllHasNoEnd() {
    let world = dozing()
    // Before the turn, after its one job, and after none was left: mail that only the last look sees.
    world.onLook = { look in
      if look == 3 { world.main.enqueue(world.job { world.time += 20 * dozeTime }, from: nil) }
    }
    world.result(after: 30_000)
    world.onLook = { _ in }
    #expect(world.main.pointee.isTurnRequested && world.main.nextDeadline == nil)
    world.mainTurn(woken: false)
    for _ in 0..<3 { world.result(after: 30_000) }
    #expect(world.dozes)
  }
}
