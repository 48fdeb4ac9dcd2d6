import Measuring

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

/// How long `body` takes on `workerCount` workers, and on one.
func measureSpeedUp(
  _ workerCount: Int, _ body: @Sendable (ThreadPool) async -> Void
) async -> Measurement {
  var measurement = await measure(workerCount, body)
  measurement.nanosecondsAlone = await measure(1, body).nanoseconds
  return measurement
}

private func measure(
  _ workerCount: Int, _ body: @Sendable (ThreadPool) async -> Void
) async -> Measurement {
  let pool = try! ThreadPool(workerCount: workerCount)
  try! await pool.ready()
  let measurement = await measureMedian {
    let start = ContinuousClock.now
    await body(pool)
    return elapsed(since: start)
  }
  await pool.shutdown()
  return measurement
}

/// The Mandelbrot set in 1024 by 1024 points and 500 iterations, or 5, as 256 stealable tasks of
/// four rows.
func mandelbrot(_ pool: ThreadPool) async {
  let iterations = amount(500, tiny: 5)
  let tasks = (0..<256).map { task in
    pool.spawnStealable {
      var inside = 0
      for row in task * 4..<task * 4 + 4 { inside += mandelbrotRow(row, iterations) }
      return inside
    }
  }
  var inside = 0
  for task in tasks { inside += await task.value }
  guard request.isTiny || (150_000..<200_000).contains(inside) else {
    fatalError("The set has the wrong area.")
  }
}

/// How many points of a row have not escaped.
private func mandelbrotRow(_ row: Int, _ iterations: Int) -> Int {
  let imaginary = Double(row) / 1024 * 3 - 1.5
  var inside = 0
  for column in 0..<1024 {
    let real = Double(column) / 1024 * 3 - 2
    var (x, y) = (0.0, 0.0)
    var iteration = 0
    while iteration < iterations, x * x + y * y <= 4 {
      (x, y) = (x * x - y * y + real, 2 * x * y + imaginary)
      iteration += 1
    }
    if iteration == iterations { inside += 1 }
  }
  return inside
}

/// The costs of 256 tasks, of which 16 cost a hundred times as much as the others.
func imbalancedCosts(clustered: Bool) -> [Int] {
  var costs = [Int](repeating: 1, count: 256)
  var seed: UInt32 = 1
  for heavy in 0..<16 {
    var place = heavy
    if !clustered {
      repeat {
        seed = seed &* 1_664_525 &+ 1_013_904_223
        place = Int(seed >> 24)
      } while costs[place] != 1
    }
    costs[place] = 100
  }
  return costs
}

/// Stealable tasks of the given costs, in units of some 50 µs.
func imbalanced(_ pool: ThreadPool, _ costs: [Int]) async {
  let unit = amount(20_000, tiny: 20)
  let tasks = costs.map { cost in
    pool.spawnStealable {
      var x: UInt32 = 1
      for _ in 0..<cost * unit {
        // Marsaglia's xorshift: nothing that a compiler can shorten.
        x ^= x << 13
        x ^= x >> 17
        x ^= x << 5
      }
      return x
    }
  }
  for task in tasks {
    guard await task.value != 0 else { fatalError("A generator that reaches 0 stays there.") }
  }
}
