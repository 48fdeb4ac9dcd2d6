import Webble

/// Waits on the main thread for what a pool does that is shut down meanwhile.
@MainActor func waitAcrossShutdown(_ what: String, _ pool: ThreadPool) async {
  Task {
    await sleep(milliseconds: 50)
    await pool.shutdown()
  }
  var numbers = [0, 0]
  switch what {
  case "value": await pool.spawn { await sleep(milliseconds: 60_000) }.value
  case "value of a continuation":
    await pool.spawn { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }.value
  case "task": await Task(executorPreference: pool) { await sleep(milliseconds: 60_000) }.value
  case "scope":
    await pool.scope(borrowing: &numbers) { scope, numbers in
      scope.spawn { await sleep(milliseconds: 60_000); numbers[0] = 1 }
      scope.spawn { numbers[1] = 1 }
    }
  case "scope of continuations":
    await pool.scope { scope in
      scope.spawn { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
    }
  case "discarding group":
    await withDiscardingTaskGroup { group in
      group.addTask(executorPreference: pool) { await sleep(milliseconds: 60_000) }
    }
  case "group":
    await withTaskGroup(of: Int.self) { group in
      group.addTask(executorPreference: pool) { await sleep(milliseconds: 60_000); return 1 }
      group.addTask { 2 }
      for await _ in group {}
    }
  case "map": _ = await pool.map([1, 2, 3]) { await sleep(milliseconds: 60_000); return $0 }
  case "loop": await pool.forEach(0..<1_000_000) { _ in for _ in 0..<100_000 { idle() } }
  case "join": _ = await pool.join({ await sleep(milliseconds: 60_000) }, { 1 })
  case "preference":
    await withTaskExecutorPreference(pool) { await sleep(milliseconds: 60_000) }
  case "preference for what is closed":
    await pool.shutdown()
    await withTaskExecutorPreference(pool) { await Task.yield() }
  default: fatalError("no such wait: \(what)")
  }
  print("has gone on")
}

@inline(never) @_optimize(none) private func idle() {}
