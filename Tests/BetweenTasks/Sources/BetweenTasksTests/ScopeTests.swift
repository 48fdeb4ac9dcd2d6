import Webble
import WebbleTesting

@MainActor func scopeTests() {
  test("chunks are changed in place, for all sizes", timeLimit: limit) {
    await withPool(workers: 3) { pool in
      for count in [0, 1, 5, 1000, 33_333] {
        for size in [1, 2, 7, 1000, 50_000] {
          var numbers = Array(0..<count)
          let other = numbers
          await pool.forEachChunk(of: &numbers, size: size) { start, chunk in
            for index in chunk.indices { chunk[index] += start + index }
          }
          expect(numbers == (0..<count).map { $0 * 2 }, "\(count) by \(size)")
          expect(other == Array(0..<count), "a copy was changed")
        }
      }
      var lists = (0..<500).map { [$0] }
      let address = lists.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      await pool.forEachChunk(of: &lists, size: 3) { _, chunk in
        for index in chunk.indices { chunk[index].append(1) }
      }
      expect(lists == (0..<500).map { [$0, 1] })
      expect(address == lists.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) })
    }
  }

  test("an error in a chunk stops the rest", timeLimit: limit) {
    await withPool { pool in
      var numbers = Array(repeating: 0, count: 100_000)
      do throws(TestError) {
        try await pool.forEachChunk(of: &numbers, size: 1) { (start, chunk) throws(TestError) in
          if start == 10 { throw .expected(start) }
          chunk[0] = 1
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(10))
      }
      expect(numbers[10] == 0 && numbers.contains(1))
    }
  }

  test("a scope waits for its children, which use the caller's memory", timeLimit: limit) {
    await withPool { pool in
      var numbers = Array(repeating: 1, count: 10_000)
      let count = await pool.scope(borrowing: &numbers) { scope, numbers in
        var rest = numbers
        while rest.count > 0 {
          let (part, others) = rest.split(at: min(rest.count, 333))
          rest = others
          scope.spawn {
            for index in part.indices { part[index] += index }
            await Task.yield()
            part[0] = -1
          }
        }
        return numbers.count
      }
      expectEqual(count, 10_000)
      expect(numbers.enumerated().allSatisfy { index, number in
        number == (index % 333 == 0 ? -1 : 1 + index % 333)
      })
    }
  }

  test("a scope's children are cancelled with it: 10,000 tasks", timeLimit: limit) {
    await withPool { pool in
      let ended = Counter()
      let work = pool.spawn {
        await pool.scope { scope in
          for _ in 0..<10_000 {
            scope.spawn {
              while !Task.isCancelled { await Task.yield() }
              ended.increment()
            }
          }
        }
        return ended.value
      }
      await Task.yield()
      work.cancel()
      expectEqual(await work.value, 10_000)
      let isCancelled = await pool.scope { scope in
        scope.cancelAll()
        scope.spawn { if Task.isCancelled { ended.increment() } }
        return Task.isCancelled
      }
      expect(!isCancelled)
      expectEqual(ended.value, 10_001)
    }
  }

  test("a scope's child that throws cancels the others", timeLimit: limit) {
    await withPool { pool in
      let ended = Counter()
      var numbers = Array(repeating: 0, count: 100)
      do throws(TestError) {
        try await pool.scope(borrowing: &numbers, throwing: TestError.self) {
          (scope, numbers) async throws(TestError) in
          for _ in 0..<100 {
            scope.spawn {
              while !Task.isCancelled { await Task.yield() }
              ended.increment()
            }
          }
          scope.spawn { () async throws(TestError) in
            numbers[3] = 4
            throw .expected(4)
          }
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(4))
      }
      expect(ended.value == 100 && numbers[3] == 4)
      do throws(TestError) {
        try await pool.scope(throwing: TestError.self) { (scope) async throws(TestError) in
          scope.spawn {
            while !Task.isCancelled { await Task.yield() }
            ended.increment()
          }
          throw .expected(5)
        }
        expect(false, "nothing was thrown")
      } catch {
        expect(error == .expected(5) && ended.value == 101)
      }
    }
  }
}
