import Checks
import CxxChecks
import Webble
import WebbleTesting

/// Runs a check on the main thread, and many times on two workers at once. 0, or the line that was not met.
private func everywhere(_ check: @escaping @Sendable (Int32) -> Int32) async -> Int32 {
  let here = check(1)
  if here != 0 { return here }
  let pool = try! ThreadPool(workerCount: 2)
  let handles = (0..<2).map { worker in
    pool.spawn(on: worker) {
      for round in 0..<20 {
        let line = check(Int32(worker * 100 + round))
        if line != 0 { return line }
      }
      return 0
    }
  }
  var line: Int32 = 0
  for handle in handles { line = max(line, await handle.value) }
  await pool.shutdown()
  return line
}

@main struct DebianTests {
  @MainActor static func main() async {
    await runTests {
      test("zlib deflates and inflates") {
        expectEqual(await everywhere { check_zlib(2_000 + UInt32($0) * 17, UInt32($0)) }, 0)
        expectEqual(check_zlib(300_000, 7), 0)
      }
      test("cJSON reads, patches and writes") { expectEqual(await everywhere { check_cjson($0) }, 0) }
      test("libyaml reads and writes") { expectEqual(await everywhere { check_yaml($0) }, 0) }
      test("tinyxml2 reads, visits and writes") { expectEqual(await everywhere { check_tinyxml2($0) }, 0) }
    }
  }
}
