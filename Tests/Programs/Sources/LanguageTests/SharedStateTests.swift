import Synchronization
import TestSupport
import Webble
import WebbleTesting

private let initializations = Counter()

private func makeTable(_ size: Int) -> [Int] {
  initializations.increment()
  spin(for: .milliseconds(2))
  return Array(0..<size)
}

private let firstTable = makeTable(100)
private enum Tables {
  static let second = makeTable(200)
  static let third = makeTable(firstTable.count + 200)
}

@MainActor func sharedStateTests() {
  test("a static is initialized once, however many workers ask for it at once", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 4)
    try! await pool.ready()
    let go = Flag()
    let handles = (0..<4).map { index in
      pool.spawn(on: index) {
        if hasThreads { spin { go.isSet } }
        return firstTable.count + Tables.second.count + Tables.third.count
      }
    }
    go.set()
    // Main asks, too, and must not block.
    expectEqual(firstTable.count, 100)
    for handle in handles { expectEqual(await handle.value, 600) }
    expectEqual(initializations.value, 3)
    await pool.shutdown()
  }

  test("memory allocated on one worker is freed on others, by many at once", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    @Sendable func round() async {
      let makers = (0..<3).map { index in
        pool.spawn(on: index) {
          (0..<300).map { number in [Int](repeating: number, count: 1 + number * 7 % 400) }
        }
      }
      let users = (0..<3).map { index in
        pool.spawn(on: (index + 1) % 3) {
          var arrays = await makers[index].value
          for position in arrays.indices { arrays[position].append(position) }
          return arrays.allSatisfy { $0.count > 1 && $0[0] == $0.last! }
        }
      }
      for user in users { expect(await user.value) }
    }
    for _ in 0..<3 { await round() }
    let before = usedByteCount
    for _ in 0..<15 { await round() }
    expect(usedByteCount - before < 2 << 20, "\((usedByteCount - before) >> 10) KiB more")
    await pool.shutdown()
  }

  test("large blocks come and go on all workers at once", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    let handles = (0..<3).map { index in
      pool.spawn(on: index) {
        for round in 1..<20 {
          let large = [UInt8](repeating: UInt8(round), count: round * 50_000)
          if large.last! != UInt8(round) { return false }
        }
        return true
      }
    }
    for handle in handles { expect(await handle.value) }
    await pool.shutdown()
  }

  test("reference counts hold under retains and releases of all workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    let alive = Counter()
    do {
      let shared = Tracked(in: alive)
      let handles = (0..<3).map { index in
        pool.spawn(on: index) {
          for _ in 0..<20_000 {
            var copies = [shared]
            copies.append(shared)
          }
        }
      }
      for handle in handles { await handle.value }
      expectEqual(alive.value, 1)
      expectEqual(shared.number, 0)
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    await pool.shutdown()
  }

  test("workers print whole lines, and before their result is seen", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    let handles = (0..<3).map { index in
      pool.spawn(on: index) {
        for number in 0..<5 { print("# line \(number) of worker \(index), ä€😀") }
      }
    }
    for handle in handles { await handle.value }
    await pool.shutdown()
  }

  test("atomics of all widths count right from all workers", timeLimit: testLimit) {
    final class Atomics: Sendable {
      let byte = Atomic<UInt8>(0)
      let half = Atomic<UInt16>(0)
      let word = Atomic<UInt32>(0)
      let double = Atomic<UInt64>(0)
    }
    let pool = try! ThreadPool(workerCount: 3)
    let atomics = Atomics()
    let handles = (0..<3).map { index in
      pool.spawn(on: index) {
        for _ in 0..<10_000 {
          atomics.byte.wrappingAdd(1, ordering: .relaxed)
          atomics.half.wrappingAdd(1, ordering: .relaxed)
          atomics.word.wrappingAdd(1, ordering: .relaxed)
          atomics.double.wrappingAdd(1 << 32, ordering: .relaxed)
        }
      }
    }
    for handle in handles { await handle.value }
    expectEqual(atomics.byte.load(ordering: .relaxed), UInt8(truncatingIfNeeded: 30_000))
    expectEqual(atomics.half.load(ordering: .relaxed), 30_000)
    expectEqual(atomics.word.load(ordering: .relaxed), 30_000)
    expectEqual(atomics.double.load(ordering: .relaxed), 30_000 << 32)
    await pool.shutdown()
  }
}
