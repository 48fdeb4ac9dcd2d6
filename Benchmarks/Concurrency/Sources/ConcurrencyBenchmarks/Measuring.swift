#if arch(wasm32)
import Webble
#else
import Glibc
#endif

/// How often a row is repeated after its warm-up.
private let repetitionCount = 5

/// Prints the median of some repetitions, in nanoseconds of one operation.
///
/// - Parameter body: performs as many operations as it is told.
func measure(
  _ row: String, count: Int, isolation: isolated (any Actor)? = #isolation,
  _ body: (_ count: Int) async -> Void
) async {
  await body(count)
  var times: [Double] = []
  for _ in 0..<repetitionCount {
    let start = ContinuousClock.now
    await body(count)
    times.append(nanoseconds(since: start) / Double(count))
  }
  times.sort()
  report(row, times[repetitionCount / 2])
}

func nanoseconds(since start: ContinuousClock.Instant) -> Double {
  let (seconds, attoseconds) = start.duration(to: .now).components
  return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
}

func report(_ row: String, _ value: Double) {
  // To one decimal: numbers are not formatted otherwise without Foundation.
  let tenths = Int64((value * 10).rounded())
  print("\(row)\t\(tenths / 10).\(tenths % 10)")
}

/// What must not be optimised away.
@inline(never) func keep(_ number: Int) { kept = number }
nonisolated(unsafe) private var kept = 0

/// Makes two workers the global executor. Natively it has the machine's cores from the start.
func useTwoWorkers() async {
  #if arch(wasm32)
  let pool = try! ThreadPool(workerCount: 2)
  pool.becomeGlobalExecutor()
  try! await pool.ready()
  twoWorkers = pool
  #endif
}

/// Ends the program.
func finish() -> Never {
  #if !arch(wasm32)
  fflush(nil)
  #endif
  exit(0)
}

#if arch(wasm32)
/// Until the end of the program.
nonisolated(unsafe) private var twoWorkers: ThreadPool?
#endif
