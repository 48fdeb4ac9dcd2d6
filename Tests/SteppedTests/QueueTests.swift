import Fibers
import Testing

/// Jobs by number, and who has taken which.
final class Jobs {
  private let jobs: [Job]
  /// Each thread's, in the order in which it took them.
  var taken: [[Int]]

  init(_ count: Int, threads: Int) {
    jobs = (0..<count).map { number in
      let job = Job.allocate(capacity: 1)
      job.initialize(to: JobHeader(info: UInt(number)))
      return job
    }
    taken = Array(repeating: [], count: threads)
  }

  deinit { for job in jobs { job.deallocate() } }

  subscript(_ number: Int) -> Job { jobs[number] }

  func take(_ job: Job?, _ thread: Int) {
    if let job { taken[thread].append(Int(job.pointee.info)) }
  }

  /// Nil if each job has been taken once; `left` are still in a queue.
  func fault(left: [Int] = []) -> String? {
    let all = taken.flatMap { $0 } + left
    return all.sorted() == Array(jobs.indices) ? nil : "taken \(taken), left \(left)"
  }
}

/// Queues of the scheduler, as they are shipped, under all orders of their accesses.
@Suite(.disabled(if: fibers_are_sanitized())) struct QueueTests {
  private final class Queue {
    let deque: Deque
    init(capacity: Int) { deque = Deque(capacity: capacity) }

    func rest() -> [Int] {
      var rest: [Int] = []
      while rest.count < 10, let job = deque.pop() { rest.append(Int(job.pointee.info)) }
      return rest
    }
  }

  private func expectNoFault(_ outcome: Interleaver.Outcome, atLeast count: Int) {
    #expect(outcome.fault == nil)
    #expect(outcome.runCount >= count, "\(outcome)")
  }

  private func shareTheJobsOfADeque(torn: Bool = false) -> Interleaver.Outcome {
    Interleaver.explore {
      let queue = Queue(capacity: 4), jobs = Jobs(2, threads: 3)
      let thief = { thread in
        if case .job(let job) = queue.deque.steal() { jobs.take(job, thread) }
      }
      return .init(
        threads: [
          {
            queue.deque.push(jobs[0])
            queue.deque.push(jobs[1])
            jobs.take(queue.deque.pop(), 0)
            jobs.take(queue.deque.pop(), 0)
          }, { thief(1) }, { thief(2) },
        ],
        fault: { jobs.fault(left: queue.rest()) }, tears: { _ in torn })
    }
  }

  @Test func ownerAndThievesShareTheJobsOfADeque() { expectNoFault(shareTheJobsOfADeque(), atLeast: 100) }

  @Test func exchangesOfADequeThatAreTornAreFound() { #expect(shareTheJobsOfADeque(torn: true).fault != nil) }

  @Test func aDequeGrowsUnderThieves() {
    expectNoFault(
      Interleaver.explore {
        let queue = Queue(capacity: 1), jobs = Jobs(4, threads: 2)
        return .init(
          threads: [
            {
              for job in 0..<3 { queue.deque.push(jobs[job]) }
              jobs.take(queue.deque.pop(), 0)
              queue.deque.push(jobs[3])
            },
            { for _ in 0..<2 { jobs.take(queue.deque.takeOldest(), 1) } },
          ],
          fault: {
            // Thieves take the oldest first.
            jobs.taken[1] == jobs.taken[1].sorted() ? jobs.fault(left: queue.rest()) : "\(jobs.taken)"
          })
      }, atLeast: 100)
  }

  /// A slot is used again as soon as the owner knows that it may be.
  @Test func aSlotIsUsedAgainWhileAThiefReadsIt() {
    expectNoFault(
      Interleaver.explore {
        let queue = Queue(capacity: 2), jobs = Jobs(4, threads: 2)
        return .init(
          threads: [
            {
              for job in 0..<4 {
                queue.deque.push(jobs[job])
                if job > 0 { jobs.take(queue.deque.takeOldest(), 0) }
              }
            },
            { jobs.take(queue.deque.takeOldest(), 1) },
          ],
          fault: { jobs.fault(left: queue.rest()) })
      }, atLeast: 100)
  }

  @Test func halfOfADequeGoesToAnother() {
    expectNoFault(
      Interleaver.explore {
        let victim = Queue(capacity: 4), own = Queue(capacity: 4), jobs = Jobs(3, threads: 3)
        for job in 0..<3 { victim.deque.push(jobs[job]) }
        return .init(
          threads: [
            {
              jobs.take(victim.deque.pop(), 0)
              jobs.take(victim.deque.pop(), 0)
            },
            { jobs.take(victim.deque.stealHalf(into: own.deque, limit: 2), 1) },
            { jobs.take(own.deque.takeOldest(), 2) },
          ],
          fault: { jobs.fault(left: victim.rest() + own.rest()) })
      }, atLeast: 50)
  }

  private final class Box {
    let mailbox = Mailbox()
  }

  private func handOnThroughAMailbox(torn: Bool = false) -> Interleaver.Outcome {
    Interleaver.explore {
      let box = Box(), jobs = Jobs(3, threads: 3)
      let take = {
        var list = box.mailbox.takeAll()
        while let job = list.popFirst() { jobs.take(job, 2) }
      }
      return .init(
        threads: [
          { for job in [0, 1] { box.mailbox.push(jobs[job]) } },
          { box.mailbox.push(jobs[2]) },
          {
            take()
            take()
          },
        ],
        fault: {
          let count = box.mailbox.count
          if count != 3 - jobs.taken[2].count { return "it counts \(count), taken \(jobs.taken)" }
          take()
          if jobs.taken[2].filter({ $0 < 2 }) != [0, 1] { return "out of order: \(jobs.taken)" }
          return jobs.fault()
        }, tears: { _ in torn })
    }
  }

  @Test func aMailboxHandsOnEachProducersJobsInOrder() { expectNoFault(handOnThroughAMailbox(), atLeast: 100) }

  @Test func exchangesOfAMailboxThatAreTornAreFound() { #expect(handOnThroughAMailbox(torn: true).fault != nil) }

  /// A job is pushed again as soon as it has been taken: the head has the old address, and another link.
  @Test func aJobComesBackToAMailbox() {
    expectNoFault(
      Interleaver.explore {
        let box = Box(), jobs = Jobs(3, threads: 2)
        box.mailbox.push(jobs[0])
        return .init(
          threads: [
            {
              var list = box.mailbox.takeAll()
              while let job = list.popFirst() {
                if job.pointee.info == 0 { box.mailbox.push(job) } else { jobs.take(job, 0) }
              }
            },
            { box.mailbox.push(jobs[1]) }, { box.mailbox.push(jobs[2]) },
          ],
          fault: {
            var list = box.mailbox.takeAll(), left: [Int] = []
            while let job = list.popFirst() { left.append(Int(job.pointee.info)) }
            return jobs.fault(left: left)
          })
      }, atLeast: 20)
  }

  /// Two workers take the injector's jobs to their deques, from which a third steals.
  @Test func anInjectorsJobsGoToOneWorkerEach() {
    expectNoFault(
      Interleaver.explore {
        let box = Box(), jobs = Jobs(3, threads: 3), queues = [Queue(capacity: 4), Queue(capacity: 4)]
        box.mailbox.push(jobs[0])
        let worker = { thread in
          queues[thread].deque.push(chain: box.mailbox.takeAllNewestFirst())
          jobs.take(queues[thread].deque.pop(), thread)
        }
        return .init(
          threads: [
            { worker(0) }, { worker(1) },
            {
              box.mailbox.push(jobs[1])
              box.mailbox.push(jobs[2])
              jobs.take(queues[0].deque.takeOldest(), 2)
            },
          ],
          fault: {
            var list = box.mailbox.takeAll(), left = queues[0].rest() + queues[1].rest()
            while let job = list.popFirst() { left.append(Int(job.pointee.info)) }
            return jobs.fault(left: left)
          })
      }, atLeast: 100)
  }
}
