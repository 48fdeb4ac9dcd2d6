import Webble
import WebbleTesting

private struct Keyed: Sendable, Equatable {
  var key: Int
  var place: Int
}

func randomNumbers(_ count: Int, below bound: Int, seed: UInt64) -> [Int] {
  var random = SplitMix64(state: seed)
  return (0..<count).map { _ in Int(truncatingIfNeeded: random.next() % UInt64(bound)) }
}

@MainActor func algorithmTests() {
  test("algorithms give what sequential loops give, for all sizes", timeLimit: limit) {
    await withPool(workers: 3) { pool in
      for count in [0, 1, 2, 3, 10, 100, 1000, 33_333, 200_000] {
        let numbers = randomNumbers(count, below: 1000, seed: UInt64(count))
        let calls = (0..<8).map { _ in Counter() }
        await pool.forEach(0..<count) { calls[$0 % 8].increment(by: $0 % 1000) }
        expectEqual(calls.reduce(0) { $0 + $1.value }, (0..<count).reduce(0) { $0 + $1 % 1000 })
        let doubled = await pool.map(numbers) { $0 * 2 }
        expect(doubled == numbers.map { $0 * 2 }, "map of \(count)")
        let boxed = await pool.map(numbers) { [$0] }
        expect(boxed == numbers.map { [$0] }, "map of \(count)")
        expect(await pool.filter(numbers) { $0 % 3 == 0 } == numbers.filter { $0 % 3 == 0 })
        let some = await pool.compactMap(numbers) { $0 % 2 == 0 ? [$0] : nil }
        expect(some == numbers.compactMap { $0 % 2 == 0 ? [$0] : nil })
        expectEqual(await pool.reduce(numbers, 7) { $0 + $1 }, numbers.reduce(7, +))
        // Associative, not commutative.
        let pairs = numbers.map { Keyed(key: $0, place: $0) }
        let ends = await pool.reduce(pairs, Keyed(key: -1, place: -1)) {
          Keyed(key: $0.key, place: $1.place)
        }
        expect(ends == Keyed(key: -1, place: numbers.last ?? -1))
        expect(
          await pool.first(of: pairs) { $0.key > 990 } == pairs.first { $0.key > 990 })
        expectEqual(await pool.contains(numbers, 500), numbers.contains(500))
      }
    }
  }

  test("results do not depend on where a loop is split", timeLimit: limit) {
    await withPool(workers: 3) { pool in
      // Maps x -> a x + b, whose composition is associative and not commutative.
      let compose: @Sendable (Keyed, Keyed) -> Keyed = { first, second in
        Keyed(key: first.key &* second.key, place: first.place &* second.key &+ second.place)
      }
      for round in 0..<30 {
        let costs = randomNumbers(2000, below: 400, seed: UInt64(round))
        let maps = costs.map { Keyed(key: $0 &* 2 &+ 1, place: $0) }
        // Some elements take up to 100 µs, so that chunks of all lengths are split and stolen.
        let wait: @Sendable (Int) -> Void = { cost in
          guard (0..<10).contains(cost) else { return }
          spin(.microseconds(cost * 10))
        }
        let composed = await pool.reduce(maps, Keyed(key: 1, place: 0)) { left, right in
          wait(right.place)
          return compose(left, right)
        }
        expect(composed == maps.reduce(Keyed(key: 1, place: 0), compose), "reduce, \(round)")
        let odd = await pool.filter(costs) { cost in
          wait(cost)
          return cost % 2 == 1
        }
        expect(odd == costs.filter { $0 % 2 == 1 }, "filter, \(round)")
        let first = await pool.first(of: maps) { element in
          wait(element.place)
          return element.place == costs[1500]
        }
        expectEqual(first?.place ?? -1, costs[1500])
        let isFound = await pool.contains(costs) { cost in
          wait(cost)
          return cost == costs[1999]
        }
        expect(isFound)
        let mapped = await pool.map(costs) { (cost: Int) -> [Int] in
          wait(cost)
          return [cost]
        }
        expect(mapped == costs.map { [$0] }, "map, \(round)")
        let tripled = await pool.map(costs) { (cost: Int) async -> Int in
          if cost % 64 == 0 { await Task.yield() }
          wait(cost)
          return cost * 3
        }
        expect(tripled == costs.map { $0 * 3 }, "map with awaits, \(round)")
        let halves = await pool.compactMap(costs) { (cost: Int) -> Int? in
          wait(cost)
          return cost % 2 == 0 ? cost / 2 : nil
        }
        expect(halves == costs.compactMap { $0 % 2 == 0 ? $0 / 2 : nil }, "compactMap, \(round)")
        let awaitedHalves = await pool.compactMap(costs) { (cost: Int) async -> Int? in
          wait(cost)
          await Task.yield()
          return cost % 2 == 0 ? cost / 2 : nil
        }
        expect(awaitedHalves == halves, "compactMap with awaits, \(round)")
        let awaitedOdd = await pool.filter(costs) { (cost: Int) async -> Bool in
          await Task.yield()
          return cost % 2 == 1
        }
        expect(awaitedOdd == odd, "filter with awaits, \(round)")
        let calls = costs.map { _ in Counter() }
        await pool.forEach(costs.indices) { index in
          wait(costs[index])
          calls[index].increment()
        }
        await pool.forEach(costs.indices) { (index: Int) async in
          wait(costs[index])
          calls[index].increment()
        }
        await pool.forEach(Array(costs.indices)) { (index: Int) async in
          await Task.yield()
          calls[index].increment()
        }
        expect(calls.allSatisfy { $0.value == 3 }, "forEach, \(round)")
        var sorted = costs
        await pool.sort(&sorted) { left, right in
          wait(left - 395)
          return left < right
        }
        expect(sorted == costs.sorted(), "sort, \(round)")
        var doubled = costs
        await pool.forEachChunk(of: &doubled, size: round % 7 + 1) { _, chunk in
          for index in chunk.indices {
            wait(chunk[index])
            chunk[index] *= 2
          }
        }
        expect(doubled == costs.map { $0 * 2 }, "forEachChunk, \(round)")
      }
    }
  }

  test("a range may begin below zero", timeLimit: limit) {
    await withPool { pool in
      let sum = Counter()
      await pool.forEach(-1000..<1001) { sum.increment(by: $0 * $0) }
      expectEqual(sum.value, 333_833_500 * 2)
    }
  }

  test("nested calls run in tasks of the same pool, also on one worker", timeLimit: limit) {
    for workers in [1, 2] {
      await withPool(workers: workers) { pool in
        let sums = await pool.map(Array(0..<50)) { (number: Int) async -> Int in
          let inner = await pool.map(Array(0..<number)) { $0 + 1 }
          let (left, right) = await pool.join(
            { await pool.reduce(inner, 0) { $0 + $1 } }, { await pool.spawn { number }.value })
          return left + right
        }
        expect(sums == (0..<50).map { $0 * ($0 + 1) / 2 + $0 })
        let pinned = await pool.spawn(on: 0) {
          let sum = Counter()
          await pool.forEach(0..<1000) { sum.increment(by: $0) }
          var numbers = Array((0..<20_000).reversed())
          await pool.sort(&numbers)
          return sum.value + numbers[1]
        }.value
        expectEqual(pinned, 499_501)
      }
    }
  }

  test("all workers take part", timeLimit: limit) {
    guard hasThreads else { return }
    await withPool { pool in
      let seen = Mutex<Set<ThreadID>>([])
      await pool.forEach(0..<200) { _ in
        _ = seen.withLock { $0.insert(ThreadID.current!) }
        spin(.microseconds(500))
      }
      expectEqual(seen.withLock { $0.count }, 2)
    }
  }

  test("bodies run on the pool's workers, and the caller goes on where it was", timeLimit: limit) {
    await withPool(workers: 2) { pool in
      for _ in 0..<20 {
        let bodies = await pool.map(Array(0..<50)) { _ in ThreadID.current }
        expect(ThreadID.current == .main)
        expect(!hasThreads || bodies.allSatisfy { $0 != .main && $0 != nil })
        for worker in 0..<2 {
          // Code that is isolated to nothing, and may have on its stack what is not Sendable.
          expect(
            await pool.spawn(on: worker) {
              await pool.forEach(0..<50) { _ in
                spin(.microseconds(20))
              }
              return pool.worker(worker).isIsolatingCurrentContext() == true
            }.value)
        }
      }
    }
  }

  test("an error stops the rest and is thrown", timeLimit: limit) {
    await withPool { pool in
      let calls = Counter()
      do throws(TestError) {
        try await pool.forEach(0..<10_000_000) { (number) throws(TestError) in
          calls.increment()
          if number == 5 { throw .expected(number) }
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(5))
      }
      expect(calls.value < 10_000_000)
      do throws(TestError) {
        _ = try await pool.map(Array(0..<1000)) { (number) throws(TestError) -> [Int] in
          if number == 999 { throw .expected(number) }
          return [number]
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(999))
      }
      do throws(TestError) {
        try await pool.forEach(0..<1000) { (number: Int) async throws(TestError) in
          await Task.yield()
          if number == 7 { throw .expected(number) }
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(7))
      }
      let first = 100
      do throws(TestError) {
        _ = try await pool.map(Array(0..<1000)) {
          (number: Int) async throws(TestError) -> [Int] in
          await Task.yield()
          if number == first { throw .expected(number) }
          return [number]
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(100))
      }
      do throws(TestError) {
        _ = try await pool.reduce(Array(0..<1000), 0) { (left, right) throws(TestError) -> Int in
          if right == 500 { throw .expected(1) }
          return left
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(1))
      }
      do throws(TestError) {
        _ = try await pool.join(
          { () async throws(TestError) -> Int in throw .expected(2) },
          { () async throws(TestError) -> Int in
            while !Task.isCancelled { await Task.yield() }
            return 1
          })
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(2))
      }
    }
  }

  test("an error stops searches and filters", timeLimit: limit) {
    await withPool { pool in
      let numbers = Array(0..<1_000_000)
      let calls = Counter()
      let fail: @Sendable (Int) throws(TestError) -> Bool = { number throws(TestError) in
        calls.increment()
        if number % 1000 == 500 { throw .expected(1) }
        return false
      }
      for algorithm in 0..<4 {
        do throws(TestError) {
          switch algorithm {
          case 0: _ = try await pool.first(of: numbers, where: fail)
          case 1: _ = try await pool.contains(numbers, where: fail)
          case 2: _ = try await pool.filter(numbers, fail)
          default:
            _ = try await pool.compactMap(numbers) { (number) throws(TestError) -> [Int]? in
              try fail(number) ? [number] : nil
            }
          }
          expect(false, "\(algorithm) has thrown nothing")
        } catch {
          expect(error == .expected(1))
        }
      }
      expect(calls.value < 1_000_000, "\(calls.value) calls")
    }
  }

  test("a cancelled algorithm gives what it says", timeLimit: limit) {
    await withPool { pool in
      let numbers = Array(0..<100_000)
      let calls = Counter()
      let work = pool.spawn { () async -> Bool in
        while !Task.isCancelled { await Task.yield() }
        let isIncluded: @Sendable (Int) -> Bool = { number in
          calls.increment()
          return number >= 0
        }
        let filtered = await pool.filter(numbers, isIncluded)
        let some = await pool.compactMap(numbers) { isIncluded($0) ? $0 : nil }
        let sum = await pool.reduce(numbers, 7) { isIncluded($1) ? $0 &+ $1 : 0 }
        let first = await pool.first(of: numbers, where: isIncluded)
        var changed = numbers
        await pool.forEachChunk(of: &changed, size: 10) { _, chunk in chunk[0] = -1 }
        // Many, since another worker may take the second before the first has begun.
        var seen = true
        for _ in 0..<1000 {
          let (one, other) = await pool.join({ Task.isCancelled }, { Task.isCancelled })
          seen = seen && one && other
        }
        return filtered.isEmpty && some.isEmpty && sum == 7 && first == nil && changed == numbers
          && seen
      }
      work.cancel()
      expect(await work.value)
      expectEqual(calls.value, 0)
    }
  }

  test("a range may lie anywhere among all numbers", timeLimit: limit) {
    await withPool { pool in
      for range in [Int.max - 1000..<Int.max, Int.min..<Int.min + 1000, -500..<500] {
        let sum = Counter()
        await pool.forEach(range) { sum.increment(by: $0 - range.lowerBound) }
        expectEqual(sum.value, 499_500)
      }
    }
  }

  test("cancellation stops the rest", timeLimit: limit) {
    await withPool { pool in
      let begun = Counter()
      let work = pool.spawn {
        await pool.forEach(0..<Int.max) { _ in begun.increment() }
        return Task.isCancelled
      }
      expect(await eventually { begun.value > 1000 })
      work.cancel()
      expect(await work.value)
      let numbers = Array(0..<100_000)
      let empty = pool.spawn {
        while !Task.isCancelled { await Task.yield() }
        let mapped = await pool.map(numbers) { [$0] }
        var sorted = Array(numbers.reversed())
        await pool.sort(&sorted)
        return mapped.isEmpty && sorted.count == numbers.count
      }
      empty.cancel()
      expect(await empty.value)
    }
  }

  test("bodies that still run when another throws, or the caller is cancelled, see it",
    timeLimit: limit
  ) {
    guard hasThreads else { return }
    await withPool { pool in
      let running = Counter()
      // Called on both workers at once: the other is in its body when this one throws.
      do throws(TestError) {
        try await pool.forEach(0..<2) { (number) throws(TestError) in
          running.increment()
          while running.value < 2 {}
          if number == 1 { throw .expected(1) }
          while !Task.isCancelled {}
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(1))
      }
      expect(!Task.isCancelled)
      let outer = pool.spawn {
        await pool.forEach(0..<2) { (_: Int) async in
          running.increment()
          while !Task.isCancelled { await Task.yield() }
        }
        return Task.isCancelled
      }
      expect(await eventually { running.value > 2 })
      outer.cancel()
      expect(await outer.value)
    }
  }

  test("a long loop leaves its workers' other tasks on time", timeLimit: limit) {
    await withPool { pool in
      let isOver = Counter()
      let calls = Counter()
      let loop = pool.spawnStealable {
        await pool.forEach(0..<Int.max) { _ in calls.increment() }
        isOver.increment()
      }
      for number in 0..<20 { await pool.spawn(on: number % 2) {}.value }
      expectEqual(isOver.value, 0)
      loop.cancel()
      await loop.value
    }
  }

  test("algorithms give their memory back", timeLimit: limit) {
    await withPool { pool in
      let numbers = Array(0..<2000)
      await expectMemoryBack(after: 60, within: 2 << 20) {
        let lists = await pool.map(numbers) { [$0, $0] }
        _ = await pool.filter(lists) { $0[0] % 2 == 0 }
        _ = try? await pool.map(lists) { (list) throws(TestError) -> [Int] in
          if list[0] == 1500 { throw .expected(1) }
          return list + list
        }
        var sorted = lists
        await pool.sort(&sorted) { $0[0] > $1[0] }
      }
    }
  }
}
