import Testing
import Webble

/// Tasks that only prefer a pool, and have no handle: somebody waits for them who cannot be told that they are no more.
/// They go on when the pool is shut down.
struct ShutdownTests {
  /// Some that have not begun, since the only worker is busy, and some that wait.
  @Test(.timeLimit(.minutes(1))) func childrenOfAScopeEndAfterTheirPool() async throws {
    let pool = try ThreadPool(workerCount: 1)
    let begun = CountdownLatch(count: 10)
    let (open, count) = (CountdownLatch(count: 1), Mutex(0))
    await pool.scope { scope in
      for _ in 0..<10 {
        scope.spawn {
          begun.countDown()
          await open.wait()
          // Where it goes on it may suspend again, and call what prefers the pool.
          await Task.yield()
          await raise(count)
        }
      }
      await begun.wait()
      let isBusy = Mutex(true)
      pool.spawn { while isBusy.withLock({ $0 }) {} }
      for _ in 0..<10 { scope.spawn { await raise(count) } }
      async let end: Void = pool.shutdown()
      isBusy.withLock { $0 = false }
      await end
      open.countDown()
    }
    #expect(count.withLock { $0 } == 20)
  }

  @Test(.timeLimit(.minutes(1))) func groupsAndPreferencesOutliveTheirPool() async throws {
    let pool = try ThreadPool(workerCount: 2)
    let (began, open) = (CountdownLatch(count: 4), CountdownLatch(count: 1))
    let wait: @Sendable () async -> Int = {
      began.countDown()
      await open.wait()
      return 1
    }
    let pinned = Task(executorPreference: pool.worker(1), operation: wait)
    let stealable = Task(executorPreference: pool, operation: wait)
    async let inside = withTaskExecutorPreference(pool, operation: wait)
    let sum = await withTaskGroup(of: Int.self) { group in
      group.addTask(executorPreference: pool, operation: wait)
      await began.wait()
      await pool.shutdown()
      open.countDown()
      return await group.reduce(0, +)
    }
    #expect(sum == 1)
    #expect(await pinned.value + stealable.value + inside == 3)
  }

  /// Work with a handle does not, nor what it has made as its children.
  @Test(.timeLimit(.minutes(1))) func workWithAHandleIsAbandoned() async throws {
    let pool = try ThreadPool(workerCount: 2)
    let (began, open, wentOn) = (CountdownLatch(count: 8), CountdownLatch(count: 1), Mutex(0))
    let wait: @Sendable () async -> Void = {
      began.countDown()
      await open.wait()
      await raise(wentOn)
    }
    let handles = [false, true].map { isPinned in
      let work: @Sendable () async -> Void = {
        async let child: Void = wait()
        await withDiscardingTaskGroup { group in
          group.addTask { await pool.scope { $0.spawn { await wait() } } }
          group.addTask(executorPreference: pool) { await wait() }
          await wait()
        }
        await child
      }
      return isPinned ? pool.spawn(work) : pool.spawnStealable(work)
    }
    await began.wait()
    await pool.shutdown()
    open.countDown()
    for handle in handles {
      guard case .abandoned = await handle.result else {
        Issue.record("it has gone on")
        continue
      }
    }
    // What goes on does so on threads of its own, after this at the earliest.
    for _ in 0..<100 { await Task.yield() }
    #expect(wentOn.withLock { $0 } == 0)
  }
}

private func raise(_ count: borrowing Mutex<Int>) async { count.withLock { $0 += 1 } }
