import Webble

/// Not Sendable: it must stay on the worker that made it.
final class Greeting {
  let text: String
  init(_ text: String) { self.text = text }
}

/// Counts primes the slow way.
func expensive(_ part: Int) async -> Int {
  (part * 2_000..<(part + 1) * 2_000).count { number in
    var divisor = 2
    while divisor * divisor <= number, number % divisor != 0 { divisor += 1 }
    return number > 1 && divisor * divisor > number
  }
}

@main
struct Hello {
  static func main() async {
    let pool = try! ThreadPool()

    // Pinned: goes to the least-loaded worker, which owns it forever.
    let sum = pool.spawn { (0..<1_000_000).reduce(0) { $0 &+ $1 } }
    let greeting = pool.spawn {
      let local = Greeting("hello")
      await Task.yield()
      return "\(local.text) from \(ThreadID.current!)"
    }
    // Stealable: enters a work-stealing deque, may move between workers at every wake.
    let parts = (0..<64).map { part in pool.spawnStealable { await expensive(part) } }

    print("sum = \(await sum.value)")
    print(await greeting.value)
    var primes = 0
    for part in parts { primes += await part.value }
    print("\(primes) primes below 128000, counted by \(pool.workerCount) workers")
    await pool.shutdown()
  }
}
