import Webble

/// Passes an argument that makes no sense.
@MainActor func passNonsense(_ what: String, _ pool: ThreadPool) async {
  var numbers = [1, 2, 3]
  switch what {
  case "latch": _ = CountdownLatch(count: -1)
  case "countDown": CountdownLatch(count: 1).countDown(by: -5)
  case "barrier": _ = Barrier(count: 0)
  case "semaphore": _ = AsyncSemaphore(permits: -1)
  case "channel": _ = Channel<Int>(capacity: -1)
  case "broadcast": _ = Broadcast<Int>(capacity: 0)
  case "chunk": await pool.forEachChunk(of: &numbers, size: 0) { _, _ in }
  case "split": await pool.scope(borrowing: &numbers) { _, numbers in _ = numbers.split(at: 4) }
  case "element": await pool.scope(borrowing: &numbers) { _, numbers in numbers[-1] = 0 }
  case "spawn": pool.spawn(on: 2) {}
  case "worker": _ = pool.worker(-1)
  default: fatalError("no such nonsense: \(what)")
  }
  print("has gone on")
}
