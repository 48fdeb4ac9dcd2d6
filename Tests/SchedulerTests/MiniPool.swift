import Synchronization
import Testing

@testable import NativeScheduler

/// The stealable track in its simplest form, for the tests: what a pool does with deques, an
/// injector, `Parking` and `IdleWorkers`, in the order that `IdleWorkers` prescribes, and nothing
/// else.
final class MiniPool: Sendable {
  private struct Worker: ~Copyable, Sendable {
    let deque = Deque(capacity: 2)
    let parking = Parking()
  }

  private let workers: [Shared<Worker>]
  private let injector = Mailbox()
  private let idle: IdleWorkers
  private let jobsLeft: Atomic<Int>

  /// - Parameter jobs: how many jobs there will be: after the last all workers return.
  init(workers count: Int, jobs: Int) {
    workers = (0..<count).map { _ in Shared(Worker()) }
    idle = IdleWorkers(workerCount: count)
    jobsLeft = Atomic(jobs)
  }

  /// Pushes a job from outside.
  func inject(_ job: Job) {
    injector.push(job)
    wakeOne()
  }

  /// Pushes a job from the worker `index`.
  func push(_ job: Job, from index: Int) {
    workers[index].value.deque.push(job)
    wakeOne()
  }

  private func wakeOne() {
    if let index = idle.claimSleeperToWake() { workers[index].value.parking.unparkIfParked() }
  }

  /// The loop of the worker `index`, until every job of the pool has been run.
  func run(_ index: Int, body: (Job) -> Void) {
    var isSearching = false
    while jobsLeft.load(ordering: .sequentiallyConsistent) > 0 {
      if !isSearching, let job = workers[index].value.deque.pop() {
        runJob(job, body)
        continue
      }
      isSearching = isSearching || idle.beginSearching()
      if isSearching, let job = search(index) {
        isSearching = false
        if idle.endSearching() { wakeOne() }
        runJob(job, body)
        continue
      }
      isSearching = sleep(index, isSearching: isSearching)
    }
    if isSearching { _ = idle.endSearching() }
  }

  private func runJob(_ job: Job, _ body: (Job) -> Void) {
    body(job)
    if jobsLeft.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 {
      for worker in workers { worker.value.parking.unparkIfParked() }
    }
  }

  private func search(_ index: Int) -> Job? {
    for offset in 1..<workers.count {
      let victim = workers[(index + offset) % workers.count]
      if let job = victim.value.deque.stealHalf(into: workers[index].value.deque, limit: 16) {
        return job
      }
    }
    workers[index].value.deque.push(chain: injector.takeAllNewestFirst())
    return workers[index].value.deque.pop()
  }

  private var hasWork: Bool {
    jobsLeft.load(ordering: .sequentiallyConsistent) == 0 || !injector.isEmpty
      || workers.contains { !$0.value.deque.isEmpty }
  }

  /// Sleeps, unless the last look finds work.
  ///
  /// - Returns: whether the worker is counted as searching afterwards.
  private func sleep(_ index: Int, isSearching: Bool) -> Bool {
    let worker = workers[index]
    if isSearching, idle.endSearching(), hasWork { wakeOne() }
    #expect(worker.value.parking.prepareToPark() == .lookAgainThenWait)
    idle.workerWillPark(index)
    guard hasWork else {
      let result = worker.value.parking.wait(nanoseconds: 20_000_000_000)
      #expect(result == .woken, "a wake-up was lost")
      worker.value.parking.wake()
      return idle.workerWoke(index)
    }
    worker.value.parking.cancelPark()
    return idle.workerWoke(index) || idle.beginSearching(unthrottled: true)
  }

  /// Checks, when all workers have returned, that nothing is left over.
  func checkAtRest() {
    idle._checkInvariants()
    #expect((idle.searchingSnapshot, idle.sleepersSnapshot) == (0, 0))
    #expect(injector.isEmpty == true)
    for worker in workers {
      worker.value.deque._checkInvariants()
      #expect(worker.value.deque.isEmpty == true)
    }
  }
}
