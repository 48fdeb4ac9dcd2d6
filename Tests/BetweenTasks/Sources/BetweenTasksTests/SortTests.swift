import Synchronization
import Webble
import WebbleTesting

private struct Keyed: Sendable, Comparable {
  var key: Int
  var place: Int

  static func < (left: Keyed, right: Keyed) -> Bool {
    (left.key, left.place) < (right.key, right.place)
  }
}

/// Inputs that have been hard for one sort or another.
private func inputs(_ count: Int) -> [[Int]] {
  let random = randomNumbers(count, below: .max, seed: 1)
  let sorted = random.sorted()
  var almostSorted = sorted
  for position in stride(from: 0, to: count, by: 97) { almostSorted[position] = random[position] }
  return [
    random, sorted, sorted.reversed(), almostSorted,
    Array(repeating: 1, count: count), randomNumbers(count, below: 2, seed: 2),
    randomNumbers(count, below: 30, seed: 3),
    (0..<count).map { $0 % 2 == 0 ? $0 : -$0 },
    // Up and down; a saw; two runs, one in the other.
    (0..<count).map { min($0, count - $0) }, (0..<count).map { $0 % 1000 },
    (0..<count).map { $0 % 2 * count + $0 },
    Array(sorted.dropFirst(count / 2) + sorted.prefix(count / 2)), [0] + sorted, sorted + [0],
  ]
}

/// What McIlroy, "A Killer Adversary for Quicksort" (1999), answers to a sort that compares
/// positions: it decides what is less as late and as badly as it can.
private final class Adversary: Sendable {
  private struct State {
    var values: [Int]
    var solidCount = 0
    var candidate = 0
    var comparisonCount = 0
  }

  private let state: Webble.Mutex<State>

  init(count: Int) { state = Webble.Mutex(State(values: Array(repeating: count, count: count))) }

  var comparisonCount: Int { state.withLock { $0.comparisonCount } }

  func isLess(_ left: Int, _ right: Int) -> Bool {
    state.withLock { state in
      let gas = state.values.count
      state.comparisonCount += 1
      if state.values[left] == gas, state.values[right] == gas {
        state.values[left == state.candidate ? left : right] = state.solidCount
        state.solidCount += 1
      }
      if state.values[left] == gas {
        state.candidate = left
      } else if state.values[right] == gas {
        state.candidate = right
      }
      return state.values[left] < state.values[right]
    }
  }
}

@MainActor func sortTests() {
  test("both sorts give what the standard library gives, for hard inputs", timeLimit: limit) {
    await withPool(workers: 3) { pool in
      for count in [0, 1, 2, 3, 20, 21, 150, 5000, 60_000] {
        for (kind, numbers) in inputs(count).enumerated() {
          let expected = numbers.sorted()
          var stable = numbers
          await pool.sort(&stable)
          expect(stable == expected, "input \(kind), \(count) numbers")
          var unstable = numbers
          await pool.sortUnstable(&unstable)
          expect(unstable == expected, "input \(kind), \(count) numbers, unstable")
        }
      }
    }
  }

  test("sort keeps the order of equals", timeLimit: limit) {
    await withPool(workers: 3) { pool in
      for input in inputs(40_000) {
        let keyed = input.enumerated().map { Keyed(key: $0.element / 1000, place: $0.offset) }
        var sorted = keyed
        await pool.sort(&sorted) { $0.key < $1.key }
        expect(sorted == keyed.sorted(), "not stable")
      }
    }
  }

  test("sorts move what is counted, and leave other copies of the array alone", timeLimit: limit) {
    await withPool { pool in
      let lists = randomNumbers(30_000, below: 500, seed: 4).map { [$0] }
      let expected = lists.sorted { $0[0] < $1[0] }
      var stable = lists
      await pool.sort(&stable) { $0[0] < $1[0] }
      expect(stable == expected)
      var unstable = lists
      await pool.sortUnstable(&unstable) { $0[0] < $1[0] }
      expect(unstable == expected)
      expect(lists != expected)
    }
  }

  test("an adversary does not make a sort quadratic", timeLimit: limit) {
    let count = 20_000
    await withPool { pool in
      for isStable in [true, false] {
        let adversary = Adversary(count: count)
        var positions = Array(0..<count)
        if isStable {
          await pool.sort(&positions) { adversary.isLess($0, $1) }
        } else {
          await pool.sortUnstable(&positions) { adversary.isLess($0, $1) }
        }
        // Some 3 n log n; a quadratic sort takes 200,000,000.
        expect(adversary.comparisonCount < 2_000_000, "\(adversary.comparisonCount) comparisons")
        expectEqual(Set(positions).count, count)
      }
    }
  }

  test("sorts keep every element under a comparison that is no order", timeLimit: limit) {
    await withPool { pool in
      let elements = randomNumbers(20_000, below: .max, seed: 6).map { [$0] }
      let comparisons: [@Sendable ([Int], [Int]) -> Bool] = [
        { _, _ in true }, { _, _ in false }, { ($0[0] ^ $1[0]) % 3 == 0 },
      ]
      for isLess in comparisons {
        var stable = elements
        await pool.sort(&stable, by: isLess)
        var unstable = elements
        await pool.sortUnstable(&unstable, by: isLess)
        expect(Set(stable) == Set(elements) && stable.count == elements.count)
        expect(Set(unstable) == Set(elements) && unstable.count == elements.count)
      }
    }
  }

  test("a sort that is cancelled keeps every element", timeLimit: limit) {
    await withPool { pool in
      for isStable in [true, false] {
        let comparisons = Counter()
        let work = pool.spawn {
          var numbers = randomNumbers(200_000, below: .max, seed: 5)
          let isLess: @Sendable (Int, Int) -> Bool = {
            comparisons.increment()
            return $0 < $1
          }
          let expected = numbers.sorted()
          if isStable {
            await pool.sort(&numbers, by: isLess)
          } else {
            await pool.sortUnstable(&numbers, by: isLess)
          }
          return numbers.sorted() == expected
        }
        expect(await eventually { comparisons.value > 10_000 || work.isFinished })
        work.cancel()
        expect(await work.value)
      }
    }
  }
}
