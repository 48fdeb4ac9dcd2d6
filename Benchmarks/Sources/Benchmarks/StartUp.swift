import Measuring

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

/// From the pool's making until each worker has run a task.
func startUp(_ workerCount: Int) async -> Int64 {
  let start = ContinuousClock.now
  let pool = try! ThreadPool(workerCount: workerCount)
  let tasks = (0..<workerCount).map { pool.spawn(on: $0) { 1 } }
  for task in tasks { _ = await task.value }
  let time = elapsed(since: start)
  await pool.shutdown()
  return time
}

func measureStartUp(_ workerCount: Int) async -> Measurement {
  await measureMedian { await startUp(workerCount) }
}
