import Synchronization
import Testing
import Threads

@testable import NativeScheduler

@Suite struct DequeTests {
  @Test func behavesLikeAnArray() {
    let jobs = Jobs(100)
    let deque = Deque(capacity: 4)
    let thief = Deque(capacity: 1)
    var model: [Int] = []
    var free = Array(0..<100)
    var generator = SplitMix64(seed: 2)
    for _ in 0..<30_000 {
      switch Int.random(in: 0..<8, using: &generator) {
      case 0...2:
        guard let number = free.popLast() else { continue }
        deque.push(jobs[number])
        model.append(number)
      case 3:
        var chain = JobList()
        let batch = free.prefix(Int.random(in: 0...5, using: &generator))
        free.removeFirst(batch.count)
        for number in batch { chain.append(jobs[number]) }
        #expect(deque.push(chain: chain.first) == batch.count)
        model += batch
      case 4:
        let taken = deque.takeOldest().map(number(of:))
        #expect(taken == model.first)
        if let taken {
          model.removeFirst()
          free.append(taken)
        }
      case 5 where Int.random(in: 0..<5, using: &generator) == 0:
        let limit = Int.random(in: 1...10, using: &generator)
        let half = Array(model.prefix(min(limit, (model.count + 1) / 2)))
        let first = deque.stealHalf(into: thief, limit: limit)
        #expect(first.map(number(of:)) == half.first)
        #expect(thief.count == max(0, half.count - 1))
        for number in half.dropFirst() { #expect(thief.takeOldest() == jobs[number]) }
        #expect(thief.isEmpty == true)
        thief._checkInvariants()
        model.removeFirst(half.count)
        free += half
      default:
        let popped = deque.pop().map(number(of:))
        #expect(popped == model.last)
        if let popped {
          model.removeLast()
          free.append(popped)
        }
      }
      deque._checkInvariants()
      #expect(deque.count == model.count)
      #expect(deque.isEmpty == model.isEmpty)
    }
  }

  @Test func stealTellsEmptyFromTaken() {
    let jobs = Jobs(1)
    let deque = Deque()
    guard case .empty = deque.steal() else { Issue.record("an empty deque gave a job"); return }
    deque.push(jobs[0])
    guard case .job(jobs[0]) = deque.steal() else { Issue.record("the job is not there"); return }
    guard case .empty = deque.steal() else { Issue.record("the job was given twice"); return }
  }

  /// The owner pushes in bursts, so that the ring grows while it is robbed, and pops in between, so
  /// that owner and thieves meet at the last job.
  @Test(arguments: [1, 3], [1, 16])
  func eachJobIsTakenOnceUnderTheft(thieves: Int, burst: Int) {
    let jobs = Jobs(60_000)
    let deque = Shared(Deque(capacity: 1))
    let taken = Tally(jobs.count)
    let done = Shared(Atomic(false))
    onThreads(thieves + 1) { thread in
      if thread == thieves {
        var generator = SplitMix64(seed: UInt64(burst))
        var next = 0
        while next < jobs.count {
          for _ in 0..<min(Int.random(in: 1...burst, using: &generator), jobs.count - next) {
            deque.value.push(jobs[next])
            next += 1
          }
          for _ in 0..<Int.random(in: 0...burst, using: &generator) {
            let job = next.isMultiple(of: 7) ? deque.value.takeOldest() : deque.value.pop()
            guard let job else { break }
            taken.add(number(of: job))
          }
        }
        while let job = deque.value.pop() { taken.add(number(of: job)) }
        done.value.store(true, ordering: .releasing)
      } else {
        while true {
          // Read before the look: whoever sees `done` and then an empty deque has seen it all.
          let finished = done.value.load(ordering: .acquiring)
          switch deque.value.steal() {
          case .job(let job): taken.add(number(of: job))
          case .empty: if finished { return }
          case .lost: continue
          }
        }
      }
    }
    deque.value._checkInvariants()
    #expect(taken.all.allSatisfy { $0 == 1 })
  }

  @Test func growsUnderTheftAndThievesSeeTheJobsOldestFirst() {
    let jobs = Jobs(50_000)
    let deque = Shared(Deque(capacity: 1))
    let stolen = Locked<[[Int]]>([])
    onThreads(3) { thread in
      if thread == 0 {
        for number in 0..<jobs.count { deque.value.push(jobs[number]) }
        return
      }
      var own: [Int] = []
      while own.last != jobs.count - 1 {
        if case .job(let job) = deque.value.steal() { own.append(number(of: job)) }
        // The other thief may have had the last job.
        if own.count + stolen.withLock({ $0.first?.count ?? 0 }) == jobs.count { break }
      }
      stolen.withLock { $0.append(own) }
    }
    let lists = stolen.withLock { $0 }
    #expect(lists.flatMap { $0 }.sorted() == Array(0..<jobs.count))
    for list in lists { #expect(list == list.sorted()) }
  }

  @Test func halvesStolenToAndFroAreNeitherLostNorDoubled() {
    let jobs = Jobs(4_000)
    let deques = (0..<3).map { _ in Shared(Deque(capacity: 2)) }
    for number in 0..<jobs.count { deques[0].value.push(jobs[number]) }
    let taken = Tally(jobs.count)
    let left = Shared(Atomic(jobs.count))
    onThreads(3) { thread in
      var generator = SplitMix64(seed: UInt64(thread))
      let own = deques[thread]
      while left.value.load(ordering: .relaxed) > 0 {
        let victim = deques[(thread + Int.random(in: 1...2, using: &generator)) % 3]
        if let job = victim.value.stealHalf(into: own.value, limit: 32) {
          taken.add(number(of: job))
          left.value.subtract(1, ordering: .relaxed)
        }
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
          guard let job = own.value.pop() else { break }
          taken.add(number(of: job))
          left.value.subtract(1, ordering: .relaxed)
        }
      }
    }
    #expect(taken.all.allSatisfy { $0 == 1 })
    for deque in deques {
      deque.value._checkInvariants()
      #expect(deque.value.isEmpty == true)
    }
  }
}
