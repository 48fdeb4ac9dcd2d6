import Measuring

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

/// fib(27), or fib(16), by a stealable task for every node of its tree down to n < 12: nanoseconds
/// a task.
func forkJoin(on pool: ThreadPool) async -> Int64 {
  let n = amount(27, tiny: 16)
  let start = ContinuousClock.now
  let result = await pool.spawnStealable { await parallelFibonacci(n, on: pool) }.value
  let time = elapsed(since: start)
  guard result == fibonacci(n) else { fatalError("A Fibonacci number is wrong.") }
  return time / Int64(taskCount(n))
}

private func parallelFibonacci(_ n: Int, on pool: ThreadPool) async -> Int {
  if n < 12 { return fibonacci(n) }
  let left = pool.spawnStealable { await parallelFibonacci(n - 1, on: pool) }
  let right = pool.spawnStealable { await parallelFibonacci(n - 2, on: pool) }
  return await left.value + right.value
}

/// How many tasks take part: the tree's nodes, where a leaf is one.
private func taskCount(_ n: Int) -> Int {
  n < 12 ? 1 : 1 + taskCount(n - 1) + taskCount(n - 2)
}

/// Without checks for overflow, as in the programs that it is compared with: with them the compiler cannot
/// make a loop of one of the two calls.
private func fibonacci(_ n: Int) -> Int {
  n < 2 ? n : fibonacci(n &- 1) &+ fibonacci(n &- 2)
}
