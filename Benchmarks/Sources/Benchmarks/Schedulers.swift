import Measuring

#if BARE_TASKS
import BareTasks
#else
import Webble
#endif

// What other schedulers are measured by. Skynet: github.com/atemerev/skynet. The others are those
// of tokio's benches/rt_multi_threaded.rs, with its numbers of tasks. All report nanoseconds of one
// task, or of one yield.

/// A tree of tasks with ten children each. Its leaves, a million or a thousand, return their
/// numbers, the others the sums of their children's. All leaves are tasks.
func skynet(on pool: ThreadPool) async -> Int64 {
  let size = amount(1_000_000, tiny: 1_000)
  let start = ContinuousClock.now
  let sum = await pool.spawnStealable { await skynetNode(0, size, pool) }.value
  let time = elapsed(since: start)
  guard sum == Int64(size) * Int64(size - 1) / 2 else { fatalError("Skynet's sum is wrong.") }
  return time / Int64(size)
}

private func skynetNode(_ number: Int, _ size: Int, _ pool: ThreadPool) async -> Int64 {
  if size == 1 { return Int64(number) }
  let part = size / 10
  let children = (0..<10).map { child in
    pool.spawnStealable { await skynetNode(number + child * part, part, pool) }
  }
  var sum: Int64 = 0
  for child in children { sum += await child.value }
  return sum
}

/// Tasks that do nothing, all spawned by one task: until the last has ended.
func spawnMany(on pool: ThreadPool) async -> Int64 {
  let count = amount(10_000, tiny: 100)
  return await time(count, on: pool) { countdown in
    for _ in 0..<count { pool.spawnStealable { countdown.taskEnded() } }
  }
}

/// 200 tasks that yield a thousand times each.
func yieldMany(on pool: ThreadPool) async -> Int64 {
  let (tasks, yields) = (200, amount(1_000, tiny: 10))
  return await time(tasks, on: pool) { countdown in
    for _ in 0..<tasks {
      pool.spawnStealable {
        for _ in 0..<yields { await Task.yield() }
        countdown.taskEnded()
      }
    }
  } / Int64(yields)
}

/// Tasks that spawn a partner each, send to it and wait for its answer.
func pingPong(on pool: ThreadPool) async -> Int64 {
  let count = amount(1_000, tiny: 20)
  return await time(count, on: pool) { countdown in
    for _ in 0..<count {
      pool.spawnStealable {
        let (ping, pong) = (Slot(), Slot())
        pool.spawnStealable { pong.send(await ping.receive() + 1) }
        ping.send(1)
        guard await pong.receive() == 2 else { fatalError("The pong is wrong.") }
        countdown.taskEnded()
      }
    }
  }
}

/// Tasks that spawn each other, one after the other.
func chainedSpawn(on pool: ThreadPool) async -> Int64 {
  let count = amount(1_000, tiny: 20)
  return await time(count, on: pool) { spawnChain(count, pool, $0) }
}

private func spawnChain(_ count: Int, _ pool: ThreadPool, _ countdown: Countdown) {
  pool.spawnStealable {
    countdown.taskEnded()
    if count > 1 { spawnChain(count - 1, pool, countdown) }
  }
}

/// Nanoseconds a task, from `spawn`, which a task on a worker calls, until `count` have ended.
private func time(
  _ count: Int, on pool: ThreadPool, _ spawn: @escaping @Sendable (Countdown) -> Void
) async -> Int64 {
  let countdown = Countdown(count)
  return await pool.spawnStealable {
    let start = ContinuousClock.now
    spawn(countdown)
    await countdown.wait()
    return elapsed(since: start) / Int64(count)
  }.value
}
