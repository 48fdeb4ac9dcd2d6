import Webble
import WebbleTesting
import {{module}}Core

@main struct {{module}}Tests {
  @MainActor static func main() async {
    await runTests {
      test("parts cover the whole range once") {
        expectEqual(parts(of: 10, count: 4), [0..<3, 3..<6, 6..<9, 9..<10])
        expectEqual(parts(of: 0, count: 4), [])
      }
      test("primes are counted on workers") {
        let pool = try! ThreadPool(workerCount: 2)
        let handles = parts(of: 1000, count: 5).map { part in
          pool.spawnStealable { primeCount(in: part) }
        }
        var sum = 0
        for handle in handles { sum += await handle.value }
        expectEqual(sum, 168)
        await pool.shutdown()
      }
    }
  }
}
