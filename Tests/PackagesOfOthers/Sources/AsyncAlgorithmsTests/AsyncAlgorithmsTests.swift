import AsyncAlgorithms
import Webble
import WebbleTesting

@main struct AsyncAlgorithmsTests {
  @MainActor static func main() async {
    await runTests {
      operatorTests()
      workerTests()
      failureTests()
    }
  }
}

/// What a sequence that never fails gives until its end.
func elements<Base: AsyncSequence>(_ base: Base) async -> [Base.Element] where Base.Failure == Never {
  var result: [Base.Element] = []
  for await element in base { result.append(element) }
  return result
}

@MainActor func operatorTests() {
  test("merge, zip, combineLatest") {
    expectEqual(await elements(merge([1, 2, 3].async, [4, 5].async)).sorted(), [1, 2, 3, 4, 5])
    expectEqual(await elements(merge([1].async, [2].async, [3].async)).sorted(), [1, 2, 3])
    expectEqual(await elements(zip([1, 2, 3].async, [4, 5].async)).map { $0 * $1 }, [4, 10])
    expectEqual(
      await elements(zip([1, 2].async, [3, 4].async, [5, 6].async)).map { $0 * $1 * $2 }, [15, 48])
    let latest = await elements(combineLatest([1, 2, 3].async, [4, 5].async)).last
    expectEqual(latest?.0, 3)
    expectEqual(latest?.1, 5)
  }

  test("chunks, duplicates, chains, pairs") {
    expectEqual(await elements([1, 2, 3].async.chunks(ofCount: 2)), [[1, 2], [3]])
    expectEqual(await elements([1, 1, 3].async.chunked(by: ==)), [[1, 1], [3]])
    expectEqual(await elements([1, 2, 2, 3, 3].async.removeDuplicates()), [1, 2, 3])
    expectEqual(await elements(chain([1].async, [2, 3].async)), [1, 2, 3])
    expectEqual(await elements([1, nil, 2].async.compacted()), [1, 2])
    expectEqual(await elements([1, 2].async.interspersed(with: 0)), [1, 0, 2])
    expectEqual(await elements([1, 2, 3].async.adjacentPairs()).map { $1 - $0 }, [1, 1])
    expectEqual(await elements([[1, 2].async, [3].async].async.joined()), [1, 2, 3])
    expectEqual(await Array([1, 2].async), [1, 2])
    expectEqual(await elements([1, 2, 3].async.reductions { $0 + $1 }), [1, 3, 6])
    expectEqual(await elements([1, 2].async.reductions(5, +)), [6, 8])
    var sums: [Int] = []
    for await sum in [1, 2, 3].async.reductions(into: 0, { $0 += $1 }) { sums.append(sum) }
    expectEqual(sums, [1, 3, 6])
  }

  test("buffer, debounce, throttle") {
    expectEqual(await elements([1, 2, 3].async.buffer(policy: .bounded(2))), [1, 2, 3])
    expectEqual(await elements([1, 2, 3].async.buffer(policy: .unbounded)), [1, 2, 3])
    expectEqual(await elements([1, 2, 3].async.debounce(for: .milliseconds(20))).last, 3)
    expectEqual(await elements([1, 2, 3].async._throttle(for: .milliseconds(20))).first, 1)
    var ticks = 0
    for await _ in AsyncTimerSequence(interval: .milliseconds(1), clock: .continuous) {
      ticks += 1
      if ticks == 3 { break }
    }
    expectEqual(ticks, 3)
  }
}

@MainActor func workerTests() {
  test("a channel from one worker to another") {
    let pool = try! ThreadPool(workerCount: 2)
    let channel = AsyncChannel<Int>()
    let sender = pool.spawn(on: 0) {
      for number in 1...100 { await channel.send(number) }
      channel.finish()
    }
    let sum = pool.spawn(on: 1) { await channel.reduce(0, +) }
    expectEqual(await sum.value, 5050)
    await sender.value
    await pool.shutdown()
  }

  test("operators on two workers, on what a third party sends") {
    let pool = try! ThreadPool(workerCount: 2)
    let (left, right) = (AsyncChannel<Int>(), AsyncChannel<Int>())
    let sum = pool.spawnStealable { await merge(left, right).chunks(ofCount: 7).reduce(0) { $0 + $1.reduce(0, +) } }
    let senders = [left, right].map { channel in
      pool.spawnStealable {
        for number in 1...50 { await channel.send(number) }
        channel.finish()
      }
    }
    expectEqual(await sum.value, 2 * 1275)
    for sender in senders { await sender.value }
    await pool.shutdown()
  }

  test("a shared sequence reaches all who read it") {
    let pool = try! ThreadPool(workerCount: 2)
    let channel = AsyncChannel<Int>()
    let shared = channel.share()
    let ready = CountdownLatch(count: 2)
    let readers = (0..<2).map { _ in
      pool.spawnStealable {
        var (sum, iterator) = (0, shared.makeAsyncIterator())
        ready.countDown()
        while let number = await iterator.next(isolation: #isolation) { sum += number }
        return sum
      }
    }
    await ready.wait()
    for number in 1...20 { await channel.send(number) }
    channel.finish()
    for reader in readers { expectEqual(await reader.value, 210) }
    await pool.shutdown()
  }
}

/// Its numbers, and then an error.
struct Spilling: AsyncSequence, AsyncIteratorProtocol, Sendable {
  struct Spilled: Error, Equatable {
    var after: Int
  }

  var numbers: [Int]
  var given = 0

  mutating func next() async throws(Spilled) -> Int? {
    guard given < numbers.count else { throw Spilled(after: given) }
    given += 1
    return numbers[given - 1]
  }

  func makeAsyncIterator() -> Spilling { self }
}

@MainActor func failureTests() {
  test("an error comes out of an operator with its type") {
    var seen: [Int] = []
    do throws(Spilling.Spilled) {
      for try await number in Spilling(numbers: [1, 1, 2]).removeDuplicates() { seen.append(number) }
    } catch {
      expectEqual(error, Spilling.Spilled(after: 3))
    }
    expectEqual(seen, [1, 2])
  }

  test("an error ends a merge, with what it merges still waiting") {
    let silent = AsyncChannel<Int>()
    var seen: [Int] = []
    do throws(Spilling.Spilled) {
      for try await number in merge(Spilling(numbers: [1, 2]), silent) { seen.append(number) }
    } catch {
      expectEqual(error, Spilling.Spilled(after: 2))
    }
    expectEqual(seen, [1, 2])
  }

  test("who waits for an operator is cancelled") {
    let silent = AsyncChannel<Int>()
    for kind in 0..<3 {
      let task = Task { () -> Bool in
        switch kind {
        case 0: for await _ in merge(silent, silent) { return false }
        case 1: for await _ in zip(silent, silent) { return false }
        default: for await _ in combineLatest(silent, silent) { return false }
        }
        return true
      }
      await Task.yield()
      task.cancel()
      expect(await task.value)
    }
  }
}
