import Webble

/// fib(27) by a stealable task for every node of its tree down to n < 12: nanoseconds a task.
func forkJoin(on pool: ThreadPool) async -> Int64 {
  let start = ContinuousClock.now
  let result = await pool.spawnStealable { await parallelFibonacci(27, on: pool) }.value
  let time = elapsed(since: start)
  guard result == 196_418 else { fatalError("fib(27) is wrong.") }
  // 1 + nodes(n - 1) + nodes(n - 2), where a leaf is one.
  return time / 5_167
}

private func parallelFibonacci(_ n: Int, on pool: ThreadPool) async -> Int {
  if n < 12 { return fibonacci(n) }
  let left = pool.spawnStealable { await parallelFibonacci(n - 1, on: pool) }
  let right = pool.spawnStealable { await parallelFibonacci(n - 2, on: pool) }
  return await left.value + right.value
}

private func fibonacci(_ n: Int) -> Int {
  n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2)
}
