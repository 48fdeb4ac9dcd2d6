import Measuring

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

/// Measures the benchmarks that its arguments name and prints one line of JSON for each.
@main
struct Benchmarks {
  @MainActor static func main() async {
    for name in request.names {
      switch name {
      case "1": await report(name, measureStartUp(request.workerCount))
      case "1-first": await report(name, .init(nanoseconds: startUp(request.workerCount)))
      case "7a": await report(name, measureSpeedUp(request.workerCount, mandelbrot))
      case "7b":
        let costs = imbalancedCosts(clustered: false)
        await report(name, measureSpeedUp(request.workerCount) { await imbalanced($0, costs) })
      case "7c":
        let costs = imbalancedCosts(clustered: true)
        await report(name, measureSpeedUp(request.workerCount) { await imbalanced($0, costs) })
      default:
        let pool = try! ThreadPool(workerCount: request.workerCount)
        try! await pool.ready()
        await report(name, measure(name, on: pool))
        await pool.shutdown()
      }
    }
  }

  private static func measure(_ name: String, on pool: ThreadPool) async -> Measurement {
    switch name {
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
    case "skynet": await measureMedian { await skynet(on: pool) }
    case "spawn_many": await measureMedian { await spawnMany(on: pool) }
    case "yield_many": await measureMedian { await yieldMany(on: pool) }
    case "ping_pong": await measureMedian { await pingPong(on: pool) }
    case "chained_spawn": await measureMedian { await chainedSpawn(on: pool) }
    case "wake-5ms": await measureWakes(on: pool, after: 5, count: 200)
    case "wake-50ms": await measureWakes(on: pool, after: 50, count: 40)
    case "wake-1s": await measureWakes(on: pool, after: 1_000, count: 5)
    case "load-short":
      await measureLatency(on: pool, under: .init(repeating: 10_000, count: 8), count: 2_000)
    case "load-long":
      await measureLatency(on: pool, under: .init(repeating: 5_000_000, count: 2), count: 500)
    case "load-mixed":
      await measureLatency(on: pool, under: [5_000_000] + .init(repeating: 10_000, count: 8), count: 1_000)
    #if arch(wasm32)
    case "bytes-pool": await poolBytes()
    case "bytes-task": await suspendedTaskBytes(on: pool)
    case "bytes-channel": channelBytes()
    case "memory": await memoryGrowth(on: pool)
    #endif
    default: fatalError("There is no such benchmark.")
    }
  }
}
