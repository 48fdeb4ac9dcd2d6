import Webble
import WebbleTesting

// Each program twice: "faulty" has a fault that shows under some schedules only, "mended" has none. Who runs them
// is Tests/EndToEndTests/ExplorationTests.swift.

@main struct ExplorationTests {
  @MainActor static func main() async {
    await runTests {
      for isMended in [false, true] {
        atomicityTests(isMended)
        orderTests(isMended)
        waitingTests(isMended)
        timeTests(isMended)
        preemptionTests(isMended)
        atomicTests(isMended)
        memoryTests(isMended)
      }
      primitiveTests()
    }
  }
}

/// Declares a program that passes under all schedules only if it is mended.
@MainActor func program(_ name: String, _ isMended: Bool, _ body: @escaping @MainActor () async -> Void) {
  test("\(isMended ? "mended" : "faulty"): \(name)", body)
}

/// A pool for a program.
@MainActor func withPool(of workerCount: Int = 2, _ body: (ThreadPool) async -> Void) async {
  guard let pool = try? ThreadPool(workerCount: workerCount) else { fatalError("there is no pool") }
  await body(pool)
  await pool.shutdown()
}
