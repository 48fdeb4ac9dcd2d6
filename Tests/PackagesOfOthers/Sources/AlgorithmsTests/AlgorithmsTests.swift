import Algorithms
import Webble
import WebbleTesting

@main struct AlgorithmsTests {
  @MainActor static func main() async {
    await runTests {
      test("chunks are summed by workers") {
        let pool = try! ThreadPool(workerCount: 2)
        let handles = (1...10).chunks(ofCount: 3).map { chunk in
          pool.spawnStealable { chunk.reduce(0, +) }
        }
        var sums: [Int] = []
        for handle in handles { sums.append(await handle.value) }
        expectEqual(sums, [6, 15, 24, 10])
        await pool.shutdown()
      }

      test("orders, combinations, windows") {
        expectEqual(Array([1, 2, 2, 3, 1].uniqued()), [1, 2, 3])
        expectEqual([1, 2, 3].permutations().count, 6)
        expectEqual((1...5).combinations(ofCount: 2).count, 10)
        expectEqual([1, 2, 3, 4].windows(ofCount: 2).map { $0.reduce(0, +) }, [3, 5, 7])
        expectEqual(Array(chain([1, 2], 3...4)), [1, 2, 3, 4])
        expectEqual([5, 1, 4, 2].min(count: 2), [1, 2])
        expectEqual((1...3).reductions(+).map { $0 }, [1, 3, 6])
      }
    }
  }
}
