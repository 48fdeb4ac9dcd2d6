import Synchronization
import TestSupport
import Webble
import WebbleTesting

/// Lives on one worker.
private actor Resident {
  nonisolated let worker: PoolWorker
  nonisolated var unownedExecutor: UnownedSerialExecutor { worker.unownedExecutor }
  var threads: [ThreadID?] = []

  init(_ worker: PoolWorker) { self.worker = worker }

  func note() async {
    threads.append(.current)
    await Task.yield()
    threads.append(.current)
    try? await Task.sleep(for: .milliseconds(1))
    preconditionIsolated()
    threads.append(.current)
  }
}

/// Runs its jobs where they are enqueued, on the main thread one after another, and counts them.
private final class CountingSerialExecutor: SerialExecutor {
  let jobs = Counter()
  func enqueue(_ job: UnownedJob) {
    jobs.increment()
    onMain { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

private actor Guest {
  nonisolated let executor: CountingSerialExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  var count = 0
  init(_ executor: CountingSerialExecutor) { self.executor = executor }
  func add() async -> ThreadID? {
    count += 1
    await Task.yield()
    count += 1
    return .current
  }
}

/// Runs its jobs on one worker of a pool, and counts them.
private final class CountingTaskExecutor: TaskExecutor {
  let jobs = Counter()
  let pool: ThreadPool
  init(_ pool: ThreadPool) { self.pool = pool }
  func enqueue(_ job: UnownedJob) {
    jobs.increment()
    pool.spawn(on: 0) { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Task and serial executor in one. Its jobs run one after the other on the main thread.
private final class CombinedExecutor: TaskExecutor, SerialExecutor {
  let runs = Counter()
  func enqueue(_ job: UnownedJob) {
    onMain {
      job.runSynchronously(
        isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
      self.runs.increment()
    }
  }
  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
  func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}

private actor Plain {
  var count = 0
  func add() async -> Int {
    count += 1
    await Task.yield()
    return count
  }
}

private actor OnCombined {
  nonisolated let executor: CombinedExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  init(_ executor: CombinedExecutor) { self.executor = executor }
  func check() -> Bool {
    preconditionIsolated()
    return true
  }
}

/// Keeps its jobs until they are run by hand, on the main thread.
private final class ManualTaskExecutor: TaskExecutor {
  let jobs = Webble.Mutex<[UnownedJob]>([])
  func enqueue(_ job: UnownedJob) { jobs.withLock { $0.append(job) } }
  /// Runs what is there; returns how many.
  func run() -> Int {
    let waiting = jobs.withLock { jobs in
      defer { jobs = [] }
      return jobs
    }
    for job in waiting { job.runSynchronously(on: asUnownedTaskExecutor()) }
    return waiting.count
  }
}

@MainActor func executorTests() {
  test("an executor that is task and serial executor in one", timeLimit: testLimit) {
    let executor = CombinedExecutor()
    let plain = Plain()
    let own = OnCombined(executor)
    let task = Task(executorPreference: executor) {
      var sum = 0
      for _ in 0..<10 { sum += await plain.add() }
      let isIsolated = await own.check()
      return isIsolated ? sum + (await plain.add()) : -1
    }
    expectEqual(await task.value, 66)
    expectEqual(await plain.add(), 12)
    expect(executor.runs.value > 0)
  }

  test("who leaves a task executor leaves its run", timeLimit: testLimit) {
    let executor = ManualTaskExecutor()
    let ended = Signal()
    let isOnMain = Flag()
    let task = Task.detached(executorPreference: executor) {
      await MainActor.run { isOnMain.set() }
      ended.fire()
    }
    expectEqual(executor.run(), 1)
    expect(!isOnMain.isSet, "the main actor's part ran within the executor's")
    // The main actor's part, then the rest, which comes back to the executor.
    while !ended.hasFired {
      await Task.yield()
      _ = executor.run()
    }
    expect(isOnMain.isSet)
    await task.value
  }

  test("Task(executorPreference: pool) runs on the pool's workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let tasks = (0..<20).map { number in
      Task(executorPreference: pool) {
        await Task.yield()
        return (number, ThreadID.current)
      }
    }
    for (number, task) in tasks.enumerated() {
      let (answer, thread) = await task.value
      expect(answer == number && thread != .main)
    }
    let number = Counter().increment()
    let failing = Task.detached(executorPreference: pool) {
      () async throws(Thrown) -> Int in throw TestError.expected(number)
    }
    if case .failure(let error) = await failing.result {
      expect(isExpected(error, 1))
    } else {
      expect(false, "result")
    }
    await pool.shutdown()
  }

  test("Task(executorPreference: pool.worker(i)) stays on that worker", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    for index in 0..<3 {
      let stays = await Task(executorPreference: pool.worker(index)) {
        for _ in 0..<50 {
          await Task.yield()
          if ThreadID.current != .worker(index) { return false }
        }
        return true
      }.value
      expect(stays)
      expectEqual(pool.worker(index).index, index)
    }
    await pool.shutdown()
  }

  test("withTaskExecutorPreference moves generic code to the pool and back", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    @concurrent nonisolated func thread() async -> ThreadID? { .current }
    let inside = await withTaskExecutorPreference(pool) { await thread() }
    expect(inside != .main && inside != nil)
    let worker = await withTaskExecutorPreference(pool.worker(1)) {
      await withTaskExecutorPreference(pool.worker(0)) { await thread() }
    }
    expect(worker == .worker(0))
    expect(ThreadID.current == .main)
    let after = await thread()
    expect(after == threadOfNoPool)
    let nothing: ThreadPool? = nil
    expect(await withTaskExecutorPreference(nothing) { await thread() } == threadOfNoPool)
    await pool.shutdown()
  }

  test("an actor on pool.worker(i) lives on that worker, whoever calls", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let resident = Resident(pool.worker(1))
    let callers =
      [pool.spawn(on: 0) { await resident.note() }, pool.spawn(on: 1) { await resident.note() }]
      + (0..<5).map { _ in pool.spawnStealable { await resident.note() } }
    await resident.note()
    expect(ThreadID.current == .main)
    for caller in callers { await caller.value }
    let threads = await resident.threads
    expectEqual(threads.count, 24)
    expect(threads.allSatisfy { $0 == .worker(1) })
    await pool.shutdown()
  }

  test("an actor with a serial executor of one's own runs there", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let executor = CountingSerialExecutor()
    let guest = Guest(executor)
    let callers = (0..<2).map { index in
      pool.spawn(on: index) {
        var isRight = true
        for _ in 0..<20 {
          let there = await guest.add()
          isRight = isRight && there == .main && ThreadID.current == .worker(index)
        }
        return isRight
      }
    }
    for caller in callers { expect(await caller.value) }
    expectEqual(await guest.count, 80)
    expect(executor.jobs.value >= 80, "\(executor.jobs.value) jobs")
    await pool.shutdown()
  }

  test("a task executor of one's own is asked for every part of the task", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let executor = CountingTaskExecutor(pool)
    let task = Task(executorPreference: executor) {
      for _ in 0..<20 {
        await Task.yield()
        if ThreadID.current != .worker(0) { return false }
      }
      return true
    }
    expect(await task.value)
    expect(executor.jobs.value >= 21, "\(executor.jobs.value) jobs")
    await pool.shutdown()
  }

  test("a task keeps its preferred executor alive", timeLimit: testLimit) {
    func start(_ end: Signal) -> Task<ThreadID?, Never> {
      let pool = try! ThreadPool(workerCount: 1)
      return Task(executorPreference: CountingTaskExecutor(pool)) {
        await end.wait()
        return ThreadID.current
      }
    }
    let end = Signal()
    let task = start(end)
    await Task.yield()
    end.fire()
    expect(await task.value == .worker(0))
  }
}
