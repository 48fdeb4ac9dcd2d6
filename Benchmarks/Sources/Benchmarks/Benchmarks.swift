import Webble

/// Measures the rows that its arguments name, on pools of as many workers as the first argument says,
/// and prints one line of JSON for each.
@main
struct Benchmarks {
  static func main() async {
    let workerCount = programArguments.first.flatMap { Int($0) } ?? 2
    let rows = programArguments.dropFirst()

    for row in rows {
      switch row {
      case "1": await report(row, measureStartUp(workerCount))
      case "1-first": await report(row, .init(nanoseconds: startUp(workerCount)))
      case "7a": await report(row, measureSpeedUp(workerCount, mandelbrot))
      case "7b":
        let costs = imbalancedCosts(clustered: false)
        await report(row, measureSpeedUp(workerCount) { await imbalanced($0, costs) })
      case "7c":
        let costs = imbalancedCosts(clustered: true)
        await report(row, measureSpeedUp(workerCount) { await imbalanced($0, costs) })
      default:
        let pool = try! ThreadPool(workerCount: workerCount)
        try! await pool.ready()
        await report(row, measure(row, on: pool))
        await pool.shutdown()
      }
    }
  }

  private static func measure(_ row: String, on pool: ThreadPool) async -> Measurement {
    switch row {
    case "2a": await measureRoundTrips { await spawnAndAwait(on: pool, count: $0) }
    case "2c": await measureRoundTrips { await spawnAndAwait(fromWorkerOf: pool, count: $0) }
    case "2d": await measureRoundTrips { await visitMain(fromWorkerOf: pool, count: $0) }
    case "3a": await measureMedian { await pinnedSpawns(on: pool, fromWorker: false) }
    case "3b": await measureMedian { await pinnedSpawns(on: pool, fromWorker: true) }
    case "4a": await measureMedian { await stealableSpawns(on: pool, fromWorker: false) }
    case "4b": await measureMedian { await stealableSpawns(on: pool, fromWorker: true) }
    case "5a":
      await measureMedian { await yields(on: pool, .stealable) }
        .with(timerLateness: timerLateness(on: pool, .stealable))
    case "5b":
      await measureMedian { await yields(on: pool, .pinned) }
        .with(timerLateness: timerLateness(on: pool, .pinned))
    case "6": await measureMedian { await channelRoundTrips(on: pool) }
    case "8": await measureMedian { await forkJoin(on: pool) }
    default: fatalError("There is no such row.")
    }
  }
}
