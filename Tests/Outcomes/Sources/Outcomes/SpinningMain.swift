import Synchronization
import WASILibc
import Webble

private let left = Atomic(0)

/// The main thread does not come back to its event loop until workers have run what takes several of their turns.
@MainActor func spinUntilWorkersHaveRun(_ pool: ThreadPool) async {
  try! await pool.ready()
  for round in 0..<20 {
    left.store(4, ordering: .sequentiallyConsistent)
    for index in 0..<4 {
      pool.spawn(on: index % 2) {
        let end = ContinuousClock.now + .milliseconds(6)
        while ContinuousClock.now < end { await Task.yield() }
        left.subtract(1, ordering: .sequentiallyConsistent)
      }
    }
    let end = ContinuousClock.now + .seconds(30)
    while left.load(ordering: .sequentiallyConsistent) > 0 {
      if ContinuousClock.now > end {
        print("round \(round): \(left.load(ordering: .relaxed)) wait for the main thread")
        exit(1)
      }
    }
    // In some rounds the workers are awake still, in some they sleep.
    await sleep(milliseconds: round % 3)
  }
}
