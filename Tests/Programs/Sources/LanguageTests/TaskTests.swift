import TestSupport
import Webble
import WebbleTesting

@MainActor func taskTests() {
  test("Task and Task.detached deliver their values", timeLimit: testLimit) {
    expectEqual(await Task { 1 }.value, 1)
    expectEqual(await Task.detached { 2 }.value, 2)
    let text = Task.detached {
      await Task.yield()
      return "three"
    }
    expectEqual(await text.value, "three")
    expectEqual(await text.value, "three", "again")
  }

  test("typed errors come out of value and result", timeLimit: testLimit) {
    let failing = Task { () async throws(Thrown) -> Int in throw TestError.expected(1) }
    do throws(Thrown) {
      _ = try await failing.value
      expect(false, "nothing was thrown")
    } catch { expect(isExpected(error, 1)) }
    if case .failure(let error) = await failing.result {
      expect(isExpected(error, 1))
    } else {
      expect(false, "result")
    }
    let detached = Task.detached { () async throws(Thrown) -> Int in
      await Task.yield()
      throw TestError.expected(2)
    }
    if case .failure(let error) = await detached.result {
      expect(isExpected(error, 2))
    } else {
      expect(false, "result")
    }
    let fine = Task { () async throws(Thrown) -> Int in 3 }
    expect((try? await fine.value) == 3)
    let plain = Task { 4 }
    if case .success(4) = await plain.result {} else { expect(false, "result") }
  }

  test("a task inherits its creator's actor and not its thread of execution", timeLimit: testLimit) {
    var order: [Int] = []
    let task = Task {
      MainActor.preconditionIsolated()
      order.append(2)
    }
    order.append(1)
    await task.value
    expect(order == [1, 2])
  }

  test("a task's result and captures die with it", timeLimit: testLimit) {
    let alive = Counter()
    do {
      let captured = Tracked(in: alive)
      let task = Task { Tracked(captured.number, in: alive) }
      _ = await task.value
      expect(alive.value >= 2)
    }
    for _ in 0..<50 { Task { Tracked(in: alive) } }
    for _ in 0..<50 { Task.detached { Tracked(in: alive) } }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
  }

  test("ten thousand tasks that await each other in a chain", timeLimit: testLimit) {
    var last = Task { 0 }
    for _ in 0..<10_000 {
      let previous = last
      last = Task { await previous.value + 1 }
    }
    expectEqual(await last.value, 10_000)
  }

  test("yield lets the others run that are ready", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    await pool.spawn {
      var order: [Int] = []
      let tasks = (0..<3).map { number in
        spawnLocal {
          for round in 0..<3 {
            order.append(round * 3 + number)
            await Task.yield()
          }
        }
      }
      for task in tasks { await task.value }
      expect(order == Array(0..<9), "\(order)")
    }.value
    await pool.shutdown()
  }

  #if arch(wasm32)
  // Natively the main actor's jobs are Dispatch's, which promises no such order.
  test("yield lets the others of the main thread run that are ready", timeLimit: testLimit) {
    var order: [Int] = []
    let tasks = (0..<3).map { number in
      Task {
        for round in 0..<3 {
          order.append(round * 3 + number)
          await Task.yield()
        }
      }
    }
    for task in tasks { await task.value }
    expect(order == Array(0..<9), "\(order)")
  }
  #endif

  test("the frames of a deep recursion of awaits come and go", timeLimit: testLimit) {
    @Sendable func sum(_ depth: Int) async -> Int {
      let padding = (depth, depth, depth, depth)
      if depth == 0 { return 0 }
      let rest = await sum(depth - 1)
      return rest + padding.3
    }
    for _ in 0..<5 { expectEqual(await Task.detached { await sum(500) }.value, 125_250) }
    let pool = try! ThreadPool(workerCount: 1)
    expectEqual(await pool.spawn { await sum(500) }.value, 125_250)
    await pool.shutdown()
  }

  test("a task's name and priority are its own", timeLimit: testLimit) {
    let named = Task(name: "frame loop") { Task.name == "frame loop" }
    expect(await named.value)
    expect(await Task { Task.name == nil }.value)
    let priority = await Task(priority: .high) { Task.currentPriority }.value
    expect(priority == .high)
    // Not awaited from here: that would escalate it.
    let inherited = await withCheckedContinuation { continuation in
      Task(priority: .low) {
        continuation.resume(returning: await Task { Task.currentPriority }.value)
      }
    }
    expect(inherited == .low)
  }
}
