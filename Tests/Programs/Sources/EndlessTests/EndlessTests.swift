import Synchronization
import TestSupport
import Webble
import WebbleTesting

/// Loops without an exit around each call that suspends.
///
/// The compiler has been seen to lose the address at which a task goes on where such a loop has the call in
/// line. The loops here differ in what surrounds the call: nothing, a check that may trap, and `defer`.
@main struct EndlessTests {
  @MainActor static func main() async {
    await runTests {
      for loop in bareLoops {
        declare(loop) { run in
          let pool = try! ThreadPool(workerCount: 2)
          await run(pool)
          await pool.shutdown()
        }
      }
      // Their tasks rest here until the program ends.
      let pool = try! ThreadPool(workerCount: 2)
      for loop in taskLoops + sequenceLoops + webbleLoops {
        declare(loop) { run in await run(pool) }
      }
    }
  }
}

@MainActor private func declare(
  _ loop: EndlessLoop, _ withPool: @escaping @MainActor ((ThreadPool) async -> Void) async -> Void
) {
  test("in an endless loop: \(loop.name)", timeLimit: testLimit) {
    await withPool { pool in
      for isPinned in [true, false] {
        let rounds = Rounds()
        let handle = isPinned
          ? pool.spawn { await loop.run(rounds) } : pool.spawnStealable { await loop.run(rounds) }
        await rounds.reached.wait()
        expect(!handle.isFinished)
      }
    }
  }
}

struct EndlessLoop: Sendable {
  var name: String
  var run: @Sendable (Rounds) async -> Void

  init(_ name: String, _ run: @escaping @Sendable (Rounds) async -> Void) {
    self.name = name
    self.run = run
  }
}

/// Counts the rounds of a loop.
final class Rounds: Sendable {
  static let wanted = 100
  private let count = Atomic(0)
  let reached = Signal()

  /// Fires the signal once there have been enough rounds.
  func tick() {
    if count.add(1, ordering: .relaxed).newValue == Rounds.wanted { reached.fire() }
  }

  /// The same, and does not return after that.
  @inline(never) func tickOrRest() async {
    tick()
    if isDone { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
  }

  var isDone: Bool { count.load(ordering: .relaxed) >= Rounds.wanted }
}
