import TestSupport
import Webble
import WebbleTesting

@MainActor private var visits = 0
@MainActor private func visit() -> ThreadID? {
  visits += 1
  return .current
}

@MainActor private final class Model {
  var value = 0
  func add() async -> Bool {
    value += 1
    await Task.yield()
    return ThreadID.current == .main
  }
}

@MainActor func mainActorTests() {
  test("a pinned task visits the main actor and comes back to its worker", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    for index in 0..<2 {
      let isRight = await pool.spawn(on: index) {
        for _ in 0..<200 {
          guard await visit() == .main, ThreadID.current == .worker(index) else { return false }
        }
        return true
      }.value
      expect(isRight)
    }
    expectEqual(visits, 400)
    visits = 0
    await pool.shutdown()
  }

  test("stealable tasks visit the main actor and come back to some worker", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let handles = (0..<10).map { _ in
      pool.spawnStealable {
        for _ in 0..<50 {
          guard await visit() == .main, ThreadID.current != .main else { return false }
        }
        return true
      }
    }
    for handle in handles { expect(await handle.value) }
    expectEqual(visits, 500)
    visits = 0
    await pool.shutdown()
  }

  test("MainActor.run returns values and throws typed errors", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let number = visits + 7
    let isRight = await pool.spawn {
      let thread = await MainActor.run { ThreadID.current }
      do throws(Thrown) {
        try await MainActor.run { () throws(Thrown) in throw TestError.expected(number) }
        return false
      } catch {
        return isExpected(error, 7) && thread == .main && ThreadID.current == .worker(0)
      }
    }.value
    expect(isRight)
    await pool.shutdown()
  }

  test("MainActor.assumeIsolated works on main, from code that is not isolated", timeLimit: testLimit) {
    nonisolated func read() -> Int { MainActor.assumeIsolated { visits } }
    expectEqual(read(), visits)
    MainActor.preconditionIsolated()
    await Task.yield()
    expectEqual(read(), visits)
  }

  test("objects of the main actor are shared with all workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let model = Model()
    let handles = (0..<20).map { _ in
      pool.spawnStealable {
        for _ in 0..<10 { guard await model.add() else { return false } }
        return true
      }
    }
    for handle in handles { expect(await handle.value) }
    expectEqual(model.value, 200)
    await pool.shutdown()
  }

  test("Task { @MainActor in } from a worker runs on main", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let thread = await pool.spawn {
      await Task { @MainActor in
        await Task.yield()
        return ThreadID.current
      }.value
    }.value
    expect(thread == .main)
    await pool.shutdown()
  }

  test("a task of main and one of a worker take turns on main", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let mayEnd = Flag()
    let busy = Task { while !mayEnd.isSet { await Task.yield() } }
    expect(await pool.spawn { await visit() }.value == .main)
    mayEnd.set()
    await busy.value
    await pool.shutdown()
  }
}
