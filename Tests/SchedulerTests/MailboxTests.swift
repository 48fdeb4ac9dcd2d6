import Testing
import Threads

@testable import NativeScheduler

@Suite struct MailboxTests {
  @Test func isEmptiedOldestFirst() {
    let jobs = Jobs(3)
    let mailbox = Mailbox()
    #expect(mailbox.isEmpty == true)
    #expect(mailbox.takeAll().isEmpty)
    #expect(mailbox.push(jobs[0]) == true)
    #expect(mailbox.push(jobs[1]) == false)
    #expect(mailbox.push(jobs[2]) == false)
    mailbox._checkInvariants()
    #expect(mailbox.isEmpty == false)
    #expect(mailbox.count == 3)
    let list = mailbox.takeAll()
    list._checkInvariants()
    #expect(list.count == 3)
    #expect(numbers(of: list) == [0, 1, 2])
    #expect(mailbox.isEmpty == true)
    #expect(mailbox.count == 0)
    #expect(mailbox.push(jobs[1]) == true)
    #expect(numbers(of: mailbox.takeAll()) == [1])
  }

  @Test func newestFirstIsTheOrderThatADequePopsOldestFirst() {
    let jobs = Jobs(4)
    let mailbox = Mailbox()
    #expect(mailbox.takeAllNewestFirst() == nil)
    for number in 0..<4 { mailbox.push(jobs[number]) }
    let chain = mailbox.takeAllNewestFirst()
    #expect(numbers(ofChain: chain) == [3, 2, 1, 0])
    let deque = Deque(capacity: 2)
    #expect(deque.push(chain: chain) == 4)
    deque._checkInvariants()
    for number in 0..<4 { #expect(deque.pop() == jobs[number]) }
    #expect(deque.pop() == nil)
  }

  @Test(arguments: [1, 3])
  func eachJobArrivesOnceAndInItsProducersOrder(producers: Int) {
    let each = 20_000
    let jobs = Jobs(producers * each)
    let mailbox = Shared(Mailbox())
    let received = Locked<[Int]>([])
    let emptyPushes = Tally(1)
    onThreads(producers + 1) { thread in
      if thread < producers {
        for number in thread * each..<(thread + 1) * each where mailbox.value.push(jobs[number]) {
          emptyPushes.add(0)
        }
      } else {
        var all: [Int] = []
        var batches = 0
        while all.count < jobs.count {
          let list = mailbox.value.takeAll()
          list._checkInvariants()
          if !list.isEmpty { batches += 1 }
          all += numbers(of: list)
        }
        received.withLock { $0 = all }
        // A batch begins with the one push that found the mailbox empty.
        #expect(emptyPushes.all == [batches])
      }
    }
    #expect(mailbox.value.isEmpty == true)
    let all = received.withLock { $0 }
    #expect(all.sorted() == Array(0..<jobs.count))
    for producer in 0..<producers {
      let own = all.filter { $0 / each == producer }
      #expect(own == own.sorted())
    }
  }

  /// Jobs that go round through the mailbox: what breaks a stack whose removal is open to ABA.
  @Test func jobsMayBePushedAgainAtOnceByAnyTaker() {
    let rounds = 100_000
    let jobs = Jobs(8)
    let mailbox = Shared(Mailbox())
    for number in 0..<jobs.count { mailbox.value.push(jobs[number]) }
    onThreads(3) { thread in
      for round in 0..<rounds {
        var list =
          (round + thread).isMultiple(of: 2)
          ? mailbox.value.takeAll() : JobList(reversing: mailbox.value.takeAllNewestFirst())
        while let job = list.popFirst() { mailbox.value.push(job) }
      }
    }
    mailbox.value._checkInvariants()
    #expect(numbers(of: mailbox.value.takeAll()).sorted() == Array(0..<jobs.count))
  }
}
