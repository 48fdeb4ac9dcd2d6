import TestSupport
import Webble
import WebbleTesting

/// How many awaits each loop makes: a thousand times what a growing stack would survive.
let rounds = 1_000_000

/// Loops of awaits none of which suspends. Where a call returns to its caller by calling it, the stack
/// must not grow with each.
///
/// Shapes whose every round passes through the runtime need no tail calls: their depth is bounded there.
/// `webble test --no-tail-calls --filter "through the runtime"` runs those alone.
@main struct StackTests {
  @MainActor static func main() async {
    await runTests {
      for shape in callShapes + valueShapes + isolationShapes { declare(shape) }
    }
  }
}

struct Shape: Sendable {
  var name: String
  var passesThroughRuntime = false
  /// Fewer where a round suspends on a worker.
  var roundsOnWorker = rounds
  /// Makes that many awaits and returns their number.
  var run: @Sendable (_ rounds: Int) async -> Int
}

@MainActor private func declare(_ shape: Shape) {
  let way = shape.passesThroughRuntime ? ", through the runtime" : ""
  test("a million awaits in constant stack: \(shape.name)\(way), on main", timeLimit: testLimit) {
    expectEqual(await shape.run(rounds), rounds)
  }
  test("a million awaits in constant stack: \(shape.name)\(way), on a worker", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let rounds = shape.roundsOnWorker
    expectEqual(await pool.spawn { await shape.run(rounds) }.value, rounds)
    await pool.shutdown()
  }
}
