import Foundation
import Interleavings
import Synchronization
import Testing
import Threads

@testable import NativeScheduler

@Suite struct IdleWorkersTests {
  // MARK: Every interleaving

  @Test(arguments: [
    IdleWorkersModel(workers: 2, spawned: 2),
    IdleWorkersModel(workers: 2, pushed: [2]),
    IdleWorkersModel(workers: 2, spawned: 1, pushed: [1]),
    IdleWorkersModel(workers: 2, pushed: [1, 1]),
    IdleWorkersModel(workers: 2, callbacks: 2),
    IdleWorkersModel(workers: 2, pushed: [1], callbacks: 1),
    IdleWorkersModel(workers: 3, callbacks: 1),
    IdleWorkersModel(workers: 3, spawned: 2),
  ])
  func noInterleavingLeavesAJobToSleepingWorkers(model: IdleWorkersModel) {
    let result = explore(from: model)
    #expect(result.fault?.description == nil, "after \(result.fault?.path ?? [])")
    #expect(result.stateCount > 500)
  }

  /// The model is worth something only if it notices a broken protocol.
  @Test(arguments: IdleWorkersModel.Variant.allCases.filter { $0 != .asWritten })
  func theModelFindsTheFaultOfABrokenProtocol(variant: IdleWorkersModel.Variant) {
    let model =
      variant == .runsCallbackAsSleeper
      ? IdleWorkersModel(variant, workers: 2, callbacks: 1)
      : IdleWorkersModel(variant, workers: 2, pushed: [2])
    let result = explore(from: model)
    #expect(result.fault != nil)
  }

  // MARK: The real words

  @Test(arguments: [(1, 1), (2, 1), (3, 2), (64, 2)])
  func atMostTwoWorkersSearch(workers: Int, searchers: Int) {
    let idle = IdleWorkers(workerCount: workers)
    for _ in 0..<searchers { #expect(idle.beginSearching() == true) }
    #expect(idle.beginSearching() == false)
    #expect(idle.beginSearching(unthrottled: true) == true)
    idle._checkInvariants()
    for _ in 0..<searchers { #expect(idle.endSearching() == false) }
    #expect(idle.endSearching() == true)
    #expect(idle.searchingSnapshot == 0)
  }

  @Test func oneSleeperIsClaimedAndNoneWhileSomeoneSearches() {
    let idle = IdleWorkers(workerCount: 64)
    #expect(idle.claimSleeperToWake() == nil)
    #expect(idle.searchingSnapshot == 0)
    idle.workerWillPark(63)
    idle.workerWillPark(5)
    #expect(idle.sleepersSnapshot == UInt64(1) << 63 | 1 << 5)
    #expect(idle.claimSleeperToWake() == 5)
    #expect(idle.claimSleeperToWake() == nil)
    #expect(idle.workerWoke(5) == true)
    #expect(idle.endSearching() == true)
    #expect(idle.workerWoke(63) == false)
    #expect(idle.claimSleeperToWake() == nil)
    idle._checkInvariants()
    #expect((idle.sleepersSnapshot, idle.searchingSnapshot) == (0, 0))
  }

  @Test func aSecondSleeperIsClaimedForASecondJobWhileOneSearches() {
    let idle = IdleWorkers(workerCount: 3)
    for index in 0..<3 { idle.workerWillPark(index) }
    #expect(idle.claimSleeperToWake() == 0)
    #expect(idle.claimSleeperToWake() == nil)
    #expect(idle.claimSleeperToWake(besides: 1) == 1)
    #expect(idle.claimSleeperToWake(besides: 1) == nil)
    #expect(idle.searchingSnapshot == 2)
    idle._checkInvariants()
  }

  /// A worker that is woken needs tens of microseconds to come; the second is not to wait for it.
  @Test func aSecondJobFromOutsideWakesASecondWorkerAtOnce() {
    let jobs = Jobs(3)
    let pool = Pool.make(workerCount: 3, isVirtual: false)
    let workers = (0..<3).map { pool.pointee.worker($0) }
    for worker in workers {
      _ = worker.pointee.parking.prepareToPark()
      pool.pointee.idle.workerWillPark(worker.pointee.index)
    }
    var states: [[ParkState]] = []
    for number in 0..<3 {
      pool.enqueue(jobs[number], from: nil, yielding: false)
      states.append(workers.map { $0.pointee.parking.state })
    }
    #expect(
      states == [
        [.notified, .parked, .parked], [.notified, .notified, .parked],
        [.notified, .notified, .parked],
      ])
  }

  // MARK: Threads

  /// Outsiders push jobs, each of which pushes two more, and so on: the pool runs dry and fills
  /// again and again, and ends with every job run once.
  @Test func everyJobIsRunOnce() {
    let depth = 4
    let rounds = 120
    let tree = 1 << (depth + 1) - 1
    let jobs = Jobs(rounds * tree)
    let ran = Tally(jobs.count)
    let pool = MiniPool(workers: 4, jobs: jobs.count)
    let finished = (0..<rounds).map { _ in Shared(Atomic(0)) }
    onThreads(5) { thread in
      if thread < 4 {
        pool.run(thread) { job in
          // The jobs of a round are numbered like a binary heap.
          let (round, place) = number(of: job).quotientAndRemainder(dividingBy: tree)
          for child in [2 * place + 1, 2 * place + 2] where child < tree {
            pool.push(jobs[round * tree + child], from: thread)
          }
          ran.add(number(of: job))
          finished[round].value.add(1, ordering: .relaxed)
        }
      } else {
        for round in 0..<rounds {
          pool.inject(jobs[round * tree])
          // Every third round has the pool to itself, so that all workers go to sleep after it.
          while round % 3 == 0, finished[round].value.load(ordering: .relaxed) < tree {
            sched_yield()
          }
        }
      }
    }
    #expect(ran.all.allSatisfy { $0 == 1 })
    pool.checkAtRest()
  }

  /// Jobs that end only when as many run at once as there are workers: each push, and each searcher
  /// that finds one, has to wake the next worker.
  @Test func asManyJobsRunAtOnceAsThereAreWorkers() {
    let rounds = 300
    let jobs = Jobs(rounds * 4)
    let pool = MiniPool(workers: 4, jobs: jobs.count)
    let running = (0..<rounds).map { _ in Shared(Atomic(0)) }
    onThreads(5) { thread in
      if thread < 4 {
        pool.run(thread) { job in
          let (round, place) = number(of: job).quotientAndRemainder(dividingBy: 4)
          if place == 0 {
            for child in 1..<4 { pool.push(jobs[round * 4 + child], from: thread) }
          }
          running[round].value.add(1, ordering: .relaxed)
          while running[round].value.load(ordering: .relaxed) < 4 { sched_yield() }
        }
      } else {
        for round in 0..<rounds {
          pool.inject(jobs[round * 4])
          while running[round].value.load(ordering: .relaxed) < 4 { sched_yield() }
        }
      }
    }
    pool.checkAtRest()
  }
}
