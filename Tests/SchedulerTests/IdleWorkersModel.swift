import Interleavings

@testable import NativeScheduler

/// A pool of workers with a deque each, an injector, and threads outside that push to it. Every
/// access to `sleepers` and `searching` and every look at a queue is a step. Parking and unparking
/// are a step each: `ParkingModel` takes them apart.
///
/// A job that is run either ends or, in another branch, keeps its worker for ever. So at rest no
/// job may be left anywhere while a worker sleeps: it might wait for ever.
struct IdleWorkersModel: InterleavingModel, Sendable {
  /// The protocol as it is, or with one of its rules broken.
  enum Variant: CaseIterable, Sendable {
    case asWritten
    /// A worker sets its bit before its futex word says `parked`.
    case bitBeforeWord
    /// A worker sleeps without another look at the queues after it has set its bit.
    case sleepsWithoutLastLook
    /// The last searcher that finds work wakes nobody.
    case lastSearcherWakesNobody
    /// A claim that finds no sleeper does not look again after its searcher has gone.
    case failedClaimLeaves
    /// A worker that finds jobs ends its search before they have landed in its own deque.
    case endsSearchBeforeLanding
    /// A callback on a sleeping worker runs jobs while the worker's bit is still set.
    case runsCallbackAsSleeper
  }

  /// Who makes a claim, and what it does afterwards.
  enum Claim: Hashable, Sendable {
    case loadSearching(besides: UInt32)
    case loadSleepers(seen: UInt32, besides: UInt32)
    case raiseSearching(seen: UInt32, besides: UInt32)
    case takeSleeper(besides: UInt32)
    case lowerSearching(besides: UInt32)
    case unpark(Int)

    static var begin: Claim { .loadSearching(besides: 0) }
  }

  enum WorkerStep: Hashable, Sendable {
    case popOwn
    case beginSearching
    case raiseSearching
    case search(Int)
    case land(Int)
    case endSearchingWithWork
    case claimThenPop(Claim)
    case claimThenSpawn(Claim, left: Int)
    case claimBeforeLanding(Claim, jobs: Int)
    /// Runs a job that pushes `left` more and then keeps its worker for ever.
    case spawn(left: Int)
    case busy
    /// The end of a search in vain. The last searcher looks at all queues and, if it sees work, wakes
    /// another worker.
    case endSearchingWithout
    case lookAsLastSearcher(Int)
    case claimThenPark(Claim)
    case park
    case setBit
    case lastLook(Int)
    case cancel
    case waiting
    case wake
    case woke(sawWork: Bool)
    case beginUnthrottled
    /// A callback of the event loop's has found the worker asleep and runs a job there, which pushes
    /// `jobs` more. The futex word stays as it is.
    case beginCallback
    case endSearchForCallback
    case callback(jobs: Int)
    case claimInCallback(Claim, jobs: Int)
  }

  enum PusherStep: Hashable, Sendable {
    case push(left: Int)
    case claim(Claim, left: Int)
    case done
  }

  let variant: Variant
  /// The jobs in each worker's deque and, last, in the injector.
  var queues: [Int]
  var words: [ParkState]
  var workers: [WorkerStep]
  var pushers: [PusherStep]
  var sleepers: UInt64 = 0
  var searching: UInt32 = 0
  var callbacksLeft: Int

  /// - Parameters:
  ///   - workers: how many workers there are.
  ///   - spawned: how many jobs the first worker's first job pushes.
  ///   - pushed: for each outside thread, how many jobs it pushes.
  ///   - callbacks: how many callbacks may find a worker asleep and push a job there.
  init(
    _ variant: Variant = .asWritten, workers: Int, spawned: Int = 0, pushed: [Int] = [],
    callbacks: Int = 0
  ) {
    self.variant = variant
    callbacksLeft = callbacks
    queues = Array(repeating: 0, count: workers + 1)
    words = Array(repeating: .running, count: workers)
    self.workers = Array(repeating: .popOwn, count: workers)
    if spawned > 0 { self.workers[0] = .spawn(left: spawned) }
    pushers = pushed.map { .push(left: $0) }
  }

  private var workerCount: Int { workers.count }

  func fault(isAtRest: Bool) -> String? {
    // Two more than the workers: claims that find no sleeper count in a searcher for a moment.
    if searching > UInt32(workerCount) + 2 { return "more searchers than there can be" }
    guard isAtRest else { return nil }
    if queues.contains(where: { $0 > 0 }), workers.contains(.waiting) {
      return "jobs left while a worker sleeps"
    }
    if searching != 0 { return "a searcher is counted that does not search" }
    for (index, step) in workers.enumerated()
    where step == .waiting && sleepers & (1 << UInt64(index)) == 0 {
      return "a worker sleeps where nobody can find it"
    }
    return nil
  }

  func steps() -> (certain: [IdleWorkersModel], possible: [IdleWorkersModel]) {
    var certain: [IdleWorkersModel] = []
    var possible: [IdleWorkersModel] = []
    for index in pushers.indices where pushers[index] != .done {
      var next = self
      next.stepPusher(index)
      certain.append(next)
    }
    for index in workers.indices where workers[index] != .busy {
      if workers[index] == .waiting, callbacksLeft > 0 {
        var next = self
        next.callbacksLeft -= 1
        next.workers[index] = .beginCallback
        possible.append(next)
      }
      if workers[index] == .waiting, words[index] == .parked { continue }
      var next = self
      if next.stepWorker(index) {
        // The branch in which the job never ends.
        var other = next
        other.workers[index] = .busy
        certain.append(other)
      }
      certain.append(next)
    }
    return (certain, possible)
  }

  private mutating func stepPusher(_ index: Int) {
    switch pushers[index] {
    case .push(let left):
      queues[workerCount] += 1
      let limit: UInt32 = queues[workerCount] == 1 ? 0 : 1
      pushers[index] = .claim(.loadSearching(besides: limit), left: left - 1)
    case .claim(let claim, let left):
      if let next = step(claim) {
        pushers[index] = .claim(next, left: left)
      } else {
        pushers[index] = left > 0 ? .push(left: left) : .done
      }
    case .done:
      break
    }
  }

  /// Takes one step of a claim; nil when that was the last.
  private mutating func step(_ claim: Claim) -> Claim? {
    switch claim {
    case .loadSearching(let limit):
      return searching <= limit ? .loadSleepers(seen: searching, besides: limit) : nil
    case .loadSleepers(let seen, let limit):
      return sleepers != 0 ? .raiseSearching(seen: seen, besides: limit) : nil
    case .raiseSearching(let seen, let limit):
      guard searching == seen else { return nil }
      searching += 1
      return .takeSleeper(besides: limit)
    case .takeSleeper(let limit):
      guard sleepers != 0 else { return .lowerSearching(besides: limit) }
      let index = sleepers.trailingZeroBitCount
      sleepers &= sleepers - 1
      return .unpark(index)
    case .lowerSearching(let limit):
      searching -= 1
      return searching == 0 && variant != .failedClaimLeaves ? .loadSearching(besides: limit) : nil
    case .unpark(let index):
      words[index] = words[index].unparking() ?? words[index]
      return nil
    }
  }

  /// Takes one step of a worker.
  ///
  /// - Returns: whether the worker has just begun a job, or done the last thing that a job does.
  private mutating func stepWorker(_ index: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(index)
    switch workers[index] {
    case .popOwn:
      if queues[index] > 0 {
        queues[index] -= 1
        return true
      }
      workers[index] = .beginSearching
    case .beginSearching:
      let isAdmitted = StealPolicy.admitsSearcher(
        besides: searching, of: UInt32(workerCount))
      workers[index] = isAdmitted ? .raiseSearching : .park
    case .raiseSearching:
      searching += 1
      workers[index] = .search(0)
    case .search(let queue):
      if queues[queue] > 0, queue != index {
        let taken = queue == workerCount ? queues[queue] : (queues[queue] + 1) / 2
        queues[queue] -= taken
        workers[index] = .land(taken)
        if variant == .endsSearchBeforeLanding {
          searching -= 1
          if searching == 0 { workers[index] = .claimBeforeLanding(.begin, jobs: taken) }
        }
      } else {
        workers[index] = queue < workerCount ? .search(queue + 1) : .endSearchingWithout
      }
    case .claimBeforeLanding(let claim, let jobs):
      workers[index] = step(claim).map { .claimBeforeLanding($0, jobs: jobs) } ?? .land(jobs)
    case .land(let jobs):
      queues[index] += jobs
      workers[index] =
        variant == .endsSearchBeforeLanding ? .popOwn : .endSearchingWithWork
    case .endSearchingWithWork:
      searching -= 1
      workers[index] =
        searching == 0 && variant != .lastSearcherWakesNobody
        ? .claimThenPop(.begin) : .popOwn
    case .claimThenPop(let claim):
      workers[index] = step(claim).map { .claimThenPop($0) } ?? .popOwn
    case .spawn(let left):
      if left == 0 {
        workers[index] = .busy
      } else {
        queues[index] += 1
        workers[index] = .claimThenSpawn(.begin, left: left - 1)
      }
    case .claimThenSpawn(let claim, let left):
      workers[index] =
        step(claim).map { .claimThenSpawn($0, left: left) } ?? .spawn(left: left)
    case .endSearchingWithout:
      searching -= 1
      workers[index] = searching == 0 ? .lookAsLastSearcher(0) : .park
    case .lookAsLastSearcher(let queue):
      if queues[queue] > 0 {
        workers[index] = .claimThenPark(.begin)
      } else {
        workers[index] = queue < workerCount ? .lookAsLastSearcher(queue + 1) : .park
      }
    case .claimThenPark(let claim):
      workers[index] = step(claim).map { .claimThenPark($0) } ?? .park
    case .park:
      if variant == .bitBeforeWord { sleepers |= bit } else { words[index] = .parked }
      workers[index] = .setBit
    case .setBit:
      if variant == .bitBeforeWord { words[index] = .parked } else { sleepers |= bit }
      workers[index] = variant == .sleepsWithoutLastLook ? .waiting : .lastLook(0)
    case .lastLook(let queue):
      if queues[queue] > 0 {
        workers[index] = .cancel
      } else {
        workers[index] = queue < workerCount ? .lastLook(queue + 1) : .waiting
      }
    case .cancel:
      words[index] = .running
      workers[index] = .woke(sawWork: true)
    case .waiting:
      workers[index] = .wake
    case .wake:
      words[index] = .running
      workers[index] = .woke(sawWork: false)
    case .woke(let sawWork):
      let claimed = sleepers & bit == 0
      sleepers &= ~bit
      workers[index] = claimed ? .search(0) : sawWork ? .beginUnthrottled : .popOwn
    case .beginUnthrottled:
      searching += 1
      workers[index] = .search(0)
    case .beginCallback:
      let claimed = sleepers & bit == 0
      if variant != .runsCallbackAsSleeper { sleepers &= ~bit }
      workers[index] =
        claimed && variant != .runsCallbackAsSleeper ? .endSearchForCallback : .callback(jobs: 1)
    case .endSearchForCallback:
      searching -= 1
      workers[index] =
        searching == 0 ? .claimInCallback(.begin, jobs: 1) : .callback(jobs: 1)
    case .callback(let jobs):
      if jobs > 0 {
        queues[index] += 1
        workers[index] = .claimInCallback(.begin, jobs: jobs - 1)
      } else if queues[index] > 0 {
        queues[index] -= 1
        return true
      } else {
        workers[index] = .setBit
      }
    case .claimInCallback(let claim, let jobs):
      guard let next = step(claim) else {
        workers[index] = .callback(jobs: jobs)
        return jobs == 0
      }
      workers[index] = .claimInCallback(next, jobs: jobs)
    case .busy:
      break
    }
    return false
  }
}
