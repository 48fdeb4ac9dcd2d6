import Testing

@testable import NativeScheduler

@Suite struct LocalQueueTests {
  @Test func behavesLikeAnArray() {
    let jobs = Jobs(64)
    let queue = LocalQueue()
    var model: [Int] = []
    var free = Array(0..<64)
    var generator = SplitMix64(seed: 1)
    for _ in 0..<20_000 {
      switch Int.random(in: 0..<6, using: &generator) {
      case 0:
        guard let number = free.popLast() else { continue }
        queue.pushBack(jobs[number])
        model.append(number)
      case 1:
        guard let number = free.popLast() else { continue }
        queue.pushFront(jobs[number])
        model.insert(number, at: 0)
      case 2:
        var list = JobList()
        let batch = free.prefix(Int.random(in: 0...4, using: &generator))
        free.removeFirst(batch.count)
        for number in batch { list.append(jobs[number]) }
        list._checkInvariants()
        queue.append(list)
        model += batch
      case 3 where Int.random(in: 0..<20, using: &generator) == 0:
        let taken = numbers(of: queue.takeAll())
        #expect(taken == model)
        free += taken
        model = []
      default:
        let popped = queue.pop().map(number(of:))
        #expect(popped == model.first)
        if let popped {
          model.removeFirst()
          free.append(popped)
        }
      }
      queue._checkInvariants()
      #expect(queue.count == model.count)
      #expect(queue.isEmpty == model.isEmpty)
    }
  }
}
