import TestSupport
import Webble
import WebbleTesting

/// What a task of the language's knows of itself.
private struct Traits: Equatable {
  var isCancelled = false
  var name: String?
  var number = 0

  static var current: Traits {
    Traits(isCancelled: Task.isCancelled, name: Task.name, number: Local.number)
  }
}

private enum Local {
  @TaskLocal static var number = 0
}

// Natively work runs in tasks that have run other work before.
@MainActor func residueTests() {
  test("nothing of cancelled, named or urgent work is left to what runs after it", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    for _ in 0..<20 {
      let priorities = await pool.spawn { Task.currentPriority }.value
      pool.spawn { withUnsafeCurrentTask { $0?.cancel() } }
      expectEqual(await pool.spawn { Traits.current }.value, Traits())
      pool.spawn(name: "named", priority: .high) { await Task.yield() }
      expectEqual(await pool.spawn { Traits.current }.value, Traits())
      await pool.spawnStealable {
        await Local.$number.withValue(7) { await Task.yield() }
      }.value
      expectEqual(await pool.spawnStealable { Traits.current }.value, Traits())
      expect(await pool.spawn { Task.currentPriority }.value == priorities)
    }
    await pool.shutdown()
  }

  test("a cancellation that comes as its work ends reaches no other work", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let (cancelled, ended) = (Counter(), Counter())
    for _ in 0..<200 {
      let handles = (0..<20).map { number in
        let work: @Sendable () async -> Void = { if number % 3 == 0 { await Task.yield() } }
        return number % 2 == 0 ? pool.spawn(on: 0, work) : pool.spawnStealable(work)
      }
      let others = (0..<20).map { number in
        let work: @Sendable () async -> Void = {
          if Task.isCancelled { cancelled.increment() }
          await Task.yield()
          if Task.isCancelled { cancelled.increment() }
          ended.increment()
        }
        return number % 2 == 0 ? pool.spawn(on: 0, work) : pool.spawnStealable(work)
      }
      let canceller = pool.spawn(on: 1) { for handle in handles { handle.cancel() } }
      for handle in handles + others { await handle.value }
      await canceller.value
      for handle in handles { expect(handle.isCancelled || handle.isFinished) }
    }
    expectEqual(cancelled.value, 0)
    expectEqual(ended.value, 4000)
    await pool.shutdown()
  }
}
