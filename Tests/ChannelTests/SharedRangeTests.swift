import Testing
import Threads

@testable import Webble

/// How a parallel loop's numbers are dealt out.
@Suite(.timeLimit(.minutes(2))) struct SharedRangeTests {
  @Test func everyNumberIsTakenOnceForRandomChunks() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<2000 {
      let start = Int.random(in: -1000...1000, using: &random)
      let whole = start..<(start + Int.random(in: 0...200, using: &random))
      let range = SharedRange(whole)
      var front = whole.lowerBound
      var back = whole.upperBound
      while front < back {
        #expect(range.count == back - front)
        if Bool.random(using: &random) {
          let count = Int.random(in: 1...50, using: &random)
          guard let taken = range.take(count) else { break }
          #expect(taken.lowerBound == front && (1...count).contains(taken.count))
          front = taken.upperBound
        } else {
          guard let taken = range.takeHalf() else { break }
          #expect(taken.upperBound == back && taken.count == (back - front) - (back - front) / 2)
          back = taken.lowerBound
        }
      }
      #expect(front == back && range.take(1) == nil && range.takeHalf() == nil)
    }
  }

  @Test func everyNumberIsTakenOnceByThreadsThatMeet() {
    for round in 0..<200 {
      let ranges = (0..<3).map { SharedRange($0 == 0 ? 0..<3000 : 0..<0) }
      let taken = Locked<[Range<Int>]>([])
      onThreads(3) { thread in
        var random = SplitMix64(seed: UInt64(round * 3 + thread))
        var own: [Range<Int>] = []
        for _ in 0..<100 {
          if let chunk = ranges[thread].take(.random(in: 1...40, using: &random)) {
            own.append(chunk)
          } else if let piece = ranges[(thread + 1) % 3].takeHalf() {
            let (chunk, rest) = SharedRange.split(piece, .random(in: 1...40, using: &random))
            own.append(chunk)
            ranges[thread].refill(rest)
          }
        }
        while let chunk = ranges[thread].take(50) { own.append(chunk) }
        taken.withLock { $0 += own }
      }
      let all = taken.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
      #expect(all.first?.lowerBound == 0 && all.last?.upperBound == 3000)
      #expect(zip(all, all.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    }
  }
}
