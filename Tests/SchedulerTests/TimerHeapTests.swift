import Testing

@testable import NativeScheduler

@Suite struct TimerHeapTests {
  @Test func equalDeadlinesExpireInTheOrderOfInsertion() {
    let heap = TimerHeap(capacity: 1)
    for token in UInt(0)..<50 { _ = heap.insert(deadline: Int64(token) % 2, token: token) }
    #expect(heap.nextDeadline == 0)
    #expect(heap.popExpired(now: -1) == nil)
    var popped: [UInt] = []
    while let token = heap.popExpired(now: 0) { popped.append(token) }
    #expect(popped == (0..<50).filter { $0.isMultiple(of: 2) })
    #expect(heap.nextDeadline == 1)
    while let token = heap.popExpired(now: .max) { popped.append(token) }
    #expect(popped.suffix(25) == (0..<50).filter { !$0.isMultiple(of: 2) })
    #expect(heap.nextDeadline == nil)
  }

  @Test func anOldIDDoesNotNameALaterTimer() {
    let heap = TimerHeap()
    let first = heap.insert(deadline: 1, token: 10)
    #expect(heap.remove(first) == 10)
    #expect(heap.remove(first) == nil)
    let second = heap.insert(deadline: 1, token: 20)
    #expect(heap.remove(first) == nil)
    #expect(heap.popExpired(now: 1) == 20)
    #expect(heap.remove(second) == nil)
    #expect(TimerHeap().remove(second) == nil)
  }

  @Test func behavesLikeASortedArray() {
    let heap = TimerHeap(capacity: 2)
    var model: [(deadline: Int64, token: UInt, id: TimerID)] = []
    var gone: [TimerID] = []
    var nextToken: UInt = 0
    var generator = SplitMix64(seed: 3)
    for _ in 0..<20_000 {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<4 where model.count < 60:
        let deadline = Int64.random(in: 0..<40, using: &generator)
        let id = heap.insert(deadline: deadline, token: nextToken)
        let index = model.firstIndex { $0.deadline > deadline } ?? model.count
        model.insert((deadline, nextToken, id), at: index)
        nextToken += 1
      case 4..<7:
        guard let index = model.indices.randomElement(using: &generator) else { continue }
        let timer = model.remove(at: index)
        #expect(heap.remove(timer.id) == timer.token)
        gone.append(timer.id)
      case 7 where model.count > 50:
        #expect(heap.removeAll { $0 % 3 == 0 } == model.count { $0.token % 3 == 0 })
        gone += model.filter { $0.token % 3 == 0 }.map(\.id)
        model.removeAll { $0.token % 3 == 0 }
      case 7:
        if let id = gone.randomElement(using: &generator) { #expect(heap.remove(id) == nil) }
      default:
        let now = Int64.random(in: 0..<40, using: &generator)
        let expected = model.first.flatMap { $0.deadline <= now ? $0.token : nil }
        #expect(heap.popExpired(now: now) == expected)
        if expected != nil { gone.append(model.removeFirst().id) }
      }
      heap._checkInvariants()
      #expect(heap.count == model.count)
      #expect(heap.nextDeadline == model.first?.deadline)
    }
  }
}
