import Webble

/// Whether the program's arguments, beginnings of rows' names, choose the row; none choose all.
func isWanted(_ row: String) -> Bool {
  programArguments.isEmpty || programArguments.contains { row.utf8.starts(with: $0.utf8) }
}

/// How often a row is measured after its warm-up; the least time counts.
let repetitionCount = 5

/// Nanoseconds that `body` takes.
func time(_ body: () async -> Void) async -> Int64 {
  let start = ContinuousClock.now
  await body()
  let (seconds, attoseconds) = start.duration(to: .now).components
  return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
}

/// The least of some measurements of `body`: what it takes undisturbed.
func best(_ body: () async -> Int64) async -> Int64 {
  var least = await body()
  for _ in 0..<repetitionCount { least = min(least, await body()) }
  return least
}

/// One line of JSON, for run.mjs.
///
/// - Parameter value: in the unit that run.mjs knows of the row.
func report(_ row: String, _ value: Int64) { print("{\"row\":\"\(row)\",\"value\":\(value)}") }

/// Runs `body` with a pool whose workers all run.
func withPool(_ workerCount: Int, _ body: (ThreadPool) async -> Void) async {
  let pool = try! ThreadPool(workerCount: workerCount)
  try! await pool.ready()
  await body(pool)
  await pool.shutdown()
}

/// Keeps the optimizer from dropping what makes `value`.
@inline(never) func use<Value>(_ value: Value) {}
