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
          let end = ContinuousClock.now + .microseconds(cost * 10)
          while ContinuousClock.now < end {}
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
      }
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
        let end = ContinuousClock.now + .microseconds(500)
        while ContinuousClock.now < end {}
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
                let end = ContinuousClock.now + .microseconds(20)
                while ContinuousClock.now < end {}
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
      @MainActor func round() async {
        let lists = await pool.map(numbers) { [$0, $0] }
        _ = await pool.filter(lists) { $0[0] % 2 == 0 }
        _ = try? await pool.map(lists) { (list) throws(TestError) -> [Int] in
          if list[0] == 1500 { throw .expected(1) }
          return list + list
        }
        var sorted = lists
        await pool.sort(&sorted) { $0[0] > $1[0] }
      }
      for _ in 0..<5 { await round() }
      let before = usedByteCount
      for _ in 0..<60 { await round() }
      expect(usedByteCount - before < 2 << 20, "\(usedByteCount - before) bytes more")
    }
  }
}
