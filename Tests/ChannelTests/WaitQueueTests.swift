import Testing

@testable import Webble

private typealias Queue = WaitQueue<Int, String, Int>

@Suite struct WaitQueueTests {
  @Test func anyMayLeaveFromAnywhereAndTheRestIsServedInOrder() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      var queue = Queue()
      var waiting: [(number: Int, ticket: Queue.Ticket)] = []
      var next = 0
      for _ in 0..<300 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1:
          let ticket = queue.reserve(next)
          #expect(queue.arm(ticket, next) == nil)
          waiting.append((next, ticket))
          next += 1
          #expect(ticket.number == UInt64(next))
        case 2 where !waiting.isEmpty:
          let (number, ticket) = waiting.remove(at: .random(in: waiting.indices, using: &random))
          guard case .resume(number) = queue.end(ticket, with: "left") else {
            Issue.record("\(number) was not in line")
            return
          }
          #expect(queue.end(ticket, with: "left again") == nil)
        default:
          let served = queue.serveFirst { _ in "served" }
          #expect(served?.request == waiting.first?.number)
          if !waiting.isEmpty { waiting.removeFirst() }
        }
        #expect(queue.count == waiting.count)
        #expect(queue.leftCount == UInt64(next - waiting.count))
        #expect(queue.firstRequest == waiting.first?.number)
      }
    }
  }

  @Test func whoIsServedBeforeItSuspendsFindsItsOutcome() {
    var queue = Queue()
    let first = queue.reserve(1)
    let second = queue.reserve(2)
    guard case .notified = queue.serveFirst({ "served \($0)" })?.served,
      case .notified = queue.end(second, with: "cancelled")
    else {
      Issue.record("resumed a task that had not suspended")
      return
    }
    #expect(queue.isEmpty)
    #expect(queue.arm(second, 2) == "cancelled")
    #expect(queue.arm(first, 1) == "served 1")
  }

  @Test func aTicketIsGoodForOneWait() {
    var queue = Queue()
    let old = queue.reserve(1)
    _ = queue.serveFirst { _ in "" }
    _ = queue.arm(old, 1)
    let new = queue.reserve(2)
    #expect(queue.end(old, with: "") == nil)
    #expect(queue.count == 1)
    #expect(queue.end(new, with: "") != nil)
  }

  @Test func aCrowdThatHasGoneLeavesNoRoomBehind() {
    var queue = Queue()
    let tickets = (0..<1000).map { queue.reserve($0) }
    while queue.serveFirst({ _ in "" }) != nil {}
    for ticket in tickets { #expect(queue.arm(ticket, 0) == "") }
    #expect(queue.end(tickets[999], with: "") == nil)
    #expect(queue.reserve(0) != tickets[0])
  }
}

@Suite struct RingBufferTests {
  @Test func firstInFirstOutWhileItGrows() {
    var buffer = RingBuffer<Int>()
    var next = (in: 0, out: 0)
    for round in 0..<100 {
      for _ in 0..<round % 7 {
        buffer.append(next.in)
        next.in += 1
      }
      for _ in 0..<round % 5 {
        let element = buffer.popFirst()
        #expect(element == (next.out < next.in ? next.out : nil))
        if element != nil { next.out += 1 }
      }
      #expect(buffer.count == next.in - next.out)
      for position in 0..<buffer.count { #expect(buffer[position] == next.out + position) }
    }
  }
}
