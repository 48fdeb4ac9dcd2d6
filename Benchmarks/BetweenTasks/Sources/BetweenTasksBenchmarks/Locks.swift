import Webble

private let lockCount = 1_000_000

/// Nanoseconds that one of many critical sections takes each worker, on all workers at once.
private func perSection(
  _ pool: ThreadPool, _ body: @escaping @Sendable (_ count: Int) async -> Void
) async -> Int64 {
  await best {
    await time {
      let workers = (0..<pool.workerCount).map { worker in
        pool.spawn(on: worker) { await body(lockCount) }
      }
      for worker in workers { await worker.value }
    }
  } * 1000 / Int64(lockCount)
}

func measureLocks() async {
  let mutex = Mutex(0)
  let asyncMutex = AsyncMutex(0)
  let rwLock = RwLock(0)
  let asyncRwLock = AsyncRwLock(0)
  let semaphore = AsyncSemaphore(permits: 1)
  let sections: [(name: String, body: @Sendable (Int) async -> Void)] = [
    ("Mutex", { count in for _ in 0..<count { mutex.withLock { $0 &+= 1 } } }),
    ("AsyncMutex", { count in for _ in 0..<count { await asyncMutex.withLock { $0 &+= 1 } } }),
    ("RwLock, reading", { count in for _ in 0..<count { use(rwLock.withReadLock { $0 }) } }),
    ("RwLock, writing", { count in for _ in 0..<count { rwLock.withWriteLock { $0 &+= 1 } } }),
    ("AsyncRwLock, reading", { count in
      for _ in 0..<count { use(await asyncRwLock.withReadLock { $0 }) }
    }),
    ("AsyncSemaphore", { count in for _ in 0..<count { await semaphore.withPermit {} } }),
  ]
  for workers in 1...2 {
    await withPool(workers) { pool in
      for (name, body) in sections {
        let row = "lock \(name), workers: \(workers)"
        if isWanted(row) { report(row, await perSection(pool, body)) }
      }
    }
  }
}
