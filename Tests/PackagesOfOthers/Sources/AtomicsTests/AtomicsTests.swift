import Atomics
import Webble
import WebbleTesting

/// Its atomic form is the package's: `Synchronization` has a type of the same name, which nobody here
/// has imported.
enum Stage: UInt8, AtomicValue {
  case waiting, running, done
}

final class Node: AtomicReference, Sendable {
  let number: Int
  let next: Node?
  init(_ number: Int, _ next: Node?) {
    self.number = number
    self.next = next
  }
}

/// What `body` returns on each of two workers that run it at the same time.
private func onTwoWorkers<Result: Sendable>(_ body: @escaping @Sendable (Int) -> Result) async -> [Result] {
  let pool = try! ThreadPool(workerCount: 2)
  let handles = (0..<2).map { index in pool.spawn(on: index) { body(index) } }
  var results: [Result] = []
  for handle in handles { results.append(await handle.value) }
  await pool.shutdown()
  return results
}

@main struct AtomicsTests {
  @MainActor static func main() async {
    await runTests {
      test("two workers count with one word") {
        let count = ManagedAtomic<Int>(0)
        let wide = ManagedAtomic<UInt64>(0)
        _ = await onTwoWorkers { _ in
          for _ in 0..<20_000 {
            count.wrappingIncrement(ordering: .relaxed)
            wide.wrappingIncrement(by: 1 << 33, ordering: .relaxed)
          }
        }
        expectEqual(count.load(ordering: .relaxed), 40_000)
        expectEqual(wide.load(ordering: .relaxed), 40_000 << 33)
      }

      test("an enumeration of the program's own is exchanged by one worker only") {
        for _ in 0..<5 {
          let stage = ManagedAtomic<Stage>(.waiting)
          let won = await onTwoWorkers { _ in
            stage.compareExchange(
              expected: .waiting, desired: .running, ordering: .acquiringAndReleasing
            ).exchanged
          }
          expectEqual(won.filter { $0 }.count, 1)
          expect(stage.exchange(.done, ordering: .relaxed) == .running)
        }
      }

      test("two workers push to one stack of objects") {
        let top = ManagedAtomic<Node?>(nil)
        _ = await onTwoWorkers { worker in
          for number in 0..<2_000 {
            var seen = top.load(ordering: .relaxed)
            while true {
              let new = Node(worker * 2_000 + number, seen)
              let (exchanged, original) = top.weakCompareExchange(
                expected: seen, desired: new, ordering: .acquiringAndReleasing)
              if exchanged { break }
              seen = original
            }
          }
        }
        var seen = Set<Int>()
        while let node = top.exchange(top.load(ordering: .acquiring)?.next, ordering: .relaxed) {
          seen.insert(node.number)
        }
        expectEqual(seen.count, 4_000)
      }

      test("two workers share the Mutex of Synchronization, and main waits for them") {
        let numbers = Numbers()
        let pool = try! ThreadPool(workerCount: 2)
        let handles = (0..<2).map { worker in
          pool.spawn(on: worker) { for number in 0..<20_000 { numbers.add(number % 10) } }
        }
        for number in 0..<1_000 { numbers.add(number % 10) }
        for handle in handles { await handle.value }
        await pool.shutdown()
        expectEqual(numbers.sum.0, 4_500 + 2 * 90_000)
        expectEqual(numbers.sum.count, 41_000)
        expect(numbers.isRefusedWhileHeld)
      }

      test("a lazy reference is set once; flags and bits") {
        let lazy = ManagedAtomicLazyReference<Node>()
        let numbers = await onTwoWorkers { lazy.storeIfNilThenLoad(Node($0, nil)).number }
        expectEqual(numbers[0], numbers[1])

        let flag = UnsafeAtomic<Bool>.create(false)
        expect(!flag.loadThenLogicalOr(with: true, ordering: .relaxed))
        expect(flag.destroy())

        let bits = ManagedAtomic<UInt32>(0b1100)
        expectEqual(bits.loadThenBitwiseAnd(with: 0b0110, ordering: .relaxed), 0b1100)
        expectEqual(bits.bitwiseOrThenLoad(with: 0b0001, ordering: .relaxed), 0b0101)
        let double = ManagedAtomic<DoubleWord>(DoubleWord(first: 1, second: 2))
        expect(double.load(ordering: .relaxed).second == 2)
      }
    }
  }
}
