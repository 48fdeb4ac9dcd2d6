import Synchronization
import TestSupport
import Webble
import WebbleTesting

private actor Place {
  func thread() -> ThreadID? { .current }
}

@concurrent private func currentThread() async -> ThreadID? { .current }

private func isOnWorker(_ thread: ThreadID?) -> Bool { thread != nil && thread != .main }

@MainActor func globalExecutorTests() {
  test("without a global executor, detached tasks and actors run on no pool", timeLimit: testLimit) {
    expect(await Task.detached { ThreadID.current }.value == threadOfNoPool)
    expect(await currentThread() == threadOfNoPool)
    expect(await Place().thread() == threadOfNoPool)
  }

  test("with a pool as the global executor they run on its workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    pool.becomeGlobalExecutor()
    expect(await isOnWorker(Task.detached { ThreadID.current }.value))
    expect(await isOnWorker(currentThread()))
    expect(await isOnWorker(Place().thread()))
    expect(ThreadID.current == .main, "main stays main")
    expect(await Task { ThreadID.current }.value == .main, "as do the main actor's tasks")
    await pool.shutdown()
  }

  test("detached tasks spread over the global executor's workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    pool.becomeGlobalExecutor()
    try! await pool.ready()
    let counts = (0..<2).map { _ in Counter() }
    let tasks = (0..<40).map { _ in
      Task.detached {
        if case .worker(let index) = ThreadID.current { counts[index].increment() }
        spin(for: .milliseconds(2))
      }
    }
    for task in tasks { await task.value }
    expectEqual(counts[0].value + counts[1].value, 40)
    if hasThreads { expect(counts.allSatisfy { $0.value > 0 }, "both took part") }
    await pool.shutdown()
  }

  test("after its shutdown the thread of before takes over again", timeLimit: testLimit) {
    for _ in 0..<3 {
      let pool = try! ThreadPool(workerCount: 1)
      pool.becomeGlobalExecutor()
      expect(await Task.detached { ThreadID.current }.value == .worker(0))
      await pool.shutdown()
      expect(await Task.detached { ThreadID.current }.value == threadOfNoPool)
      expect(await Place().thread() == threadOfNoPool)
    }
  }

  test("a pool that is the global executor stays open without a reference", timeLimit: testLimit) {
    func makeGlobal() {
      let pool = try! ThreadPool(workerCount: 1)
      pool.becomeGlobalExecutor()
    }
    makeGlobal()
    for _ in 0..<20 { expect(await Task.detached { ThreadID.current }.value == .worker(0)) }
    // The next global executor releases it.
    let pool = try! ThreadPool(workerCount: 2)
    pool.becomeGlobalExecutor()
    expect(await isOnWorker(Task.detached { ThreadID.current }.value))
    await pool.shutdown()
    expect(await Task.detached { ThreadID.current }.value == threadOfNoPool)
  }
}
