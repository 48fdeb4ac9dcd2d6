import TestSupport
import Webble
import WebbleTesting

// Who waits for what when a pool is shut down: ARCHITECTURE.md has the table.

/// One way to wait, and what ends the wait after the shutdown: a wake-up that comes late.
private struct Wait {
  var name: String
  var wait: @Sendable () async -> Void
  var end: @Sendable () -> Void = {}
}

/// An actor that is busy until it is told.
private actor Busy {
  let end = Signal()
  func work() async { await end.wait() }
  func useThread(until isOver: @Sendable () -> Bool) { while !isOver() {} }
}

private func never() async { try? await Task.sleep(for: .seconds(1000)) }

@MainActor private func makeWaits(on pool: ThreadPool) -> [Wait] {
  let channel = Channel<Int>()
  let full = Channel<Int>(capacity: 0)
  let empty = Channel<Int>(capacity: 0)
  let signal = Signal()
  let semaphore = AsyncSemaphore(permits: 0)
  let latch = CountdownLatch(count: 1)
  let barrier = Barrier(count: 2)
  let broadcast = Broadcast<Int>(capacity: 1)
  let (stream, continuation) = AsyncStream<Int>.makeStream()
  let actor = Busy()
  let onMainSignal = Signal()
  let taskSignal = Signal()
  return [
    Wait(name: "channel.receive", wait: { _ = await channel.receive() }, end: { channel.trySend(1) }),
    Wait(name: "channel.send", wait: { await full.send(1) }, end: { _ = full.tryReceive() }),
    Wait(name: "select", wait: { _ = await select([empty, empty]) }),
    Wait(name: "continuation", wait: { await signal.wait() }, end: { signal.fire() }),
    Wait(name: "semaphore", wait: { await semaphore.wait() }, end: { semaphore.signal() }),
    Wait(name: "latch", wait: { await latch.wait() }, end: { latch.countDown() }),
    Wait(name: "barrier", wait: { await barrier.wait() }, end: { Task { await barrier.wait() } }),
    Wait(
      name: "broadcast",
      wait: {
        var subscription = broadcast.subscribe()
        _ = await subscription.receive()
      }, end: { broadcast.send(1) }),
    Wait(name: "stream", wait: { for await _ in stream {} }, end: { continuation.finish() }),
    Wait(name: "sleep", wait: { await never() }),
    Wait(name: "actor", wait: { await actor.work() }, end: { actor.end.fire() }),
    Wait(
      name: "onMain", wait: { await onMain { await onMainSignal.wait() }.value },
      end: { onMainSignal.fire() }),
    Wait(name: "main actor", wait: { @MainActor in await never() }),
    Wait(name: "spawn", wait: { await pool.spawn { await never() }.value }),
    Wait(name: "spawnStealable", wait: { await pool.spawnStealable { await never() }.value }),
    Wait(name: "result", wait: { _ = await pool.spawn { await never() }.result }),
    Wait(
      name: "Task", wait: { await Task { await taskSignal.wait() }.value },
      end: { taskSignal.fire() }),
    Wait(
      name: "async let",
      wait: {
        async let child: Void = never()
        await child
      }),
    Wait(
      name: "async let on main",
      wait: {
        @MainActor @Sendable func onMain() async { await never() }
        async let first: Void = onMain()
        async let second: Void = never()
        _ = await (first, second)
      }),
    Wait(
      name: "group.next",
      wait: {
        await withTaskGroup(of: Int.self) { group in
          for number in 0..<3 {
            group.addTask {
              if number > 0 { await never() }
              return number
            }
          }
          while await group.next() != nil {}
        }
      }),
    Wait(
      name: "group's end",
      wait: {
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<3 { group.addTask { await never() } }
        }
      }),
    Wait(
      name: "discarding group",
      wait: {
        await withDiscardingTaskGroup { group in
          for _ in 0..<3 { group.addTask { await never() } }
        }
      }),
    Wait(
      name: "scope",
      wait: {
        await pool.scope { scope in
          scope.spawn { await never() }
          scope.spawn { await Task.yield() }
        }
      }),
    Wait(name: "map", wait: { _ = await pool.map([1, 2, 3]) { await never(); return $0 } }),
    Wait(name: "join", wait: { _ = await pool.join({ await never() }, { 1 }) }),
    Wait(name: "nested", wait: { await pool.scope { $0.spawn { await pool.spawn { await never() }.value } } }),
    Wait(name: "shutdown", wait: { await never(); await pool.shutdown() }),
  ]
}

@MainActor func shutdownWaitTests() {
  for isPinned in [true, false] {
    let kind = isPinned ? "pinned" : "stealable"
    test("when shutdown has returned, \(kind) work is settled, whatever it waits for",
      timeLimit: testLimit
    ) {
      let pool = try! ThreadPool(workerCount: 2)
      let waits = makeWaits(on: pool)
      let begun = Counter()
      let goneOn = Counter()
      let handles = waits.map { wait in
        let work: @Sendable () async -> Void = {
          begun.increment()
          await wait.wait()
          goneOn.increment()
        }
        return isPinned ? pool.spawn(work) : pool.spawnStealable(work)
      }
      // A pool's tasks that nobody waits for have handles, too, and so have those that wait for others.
      let results = handles.map { handle in
        onMain { if case .abandoned = await handle.result { true } else { false } }
      }
      expect(await eventually { begun.value == waits.count })
      for _ in 0..<20 { await Task.yield() }
      expectEqual(goneOn.value, 0)
      await pool.shutdown()
      for (wait, handle) in zip(waits, handles) {
        expect(handle.isAbandoned && handle.isFinished && handle.tryRecv() == nil, wait.name)
      }
      expect(pool.loads == [0, 0], "\(pool.loads)")
      for (wait, result) in zip(waits, results) { expect(await result.value, wait.name) }
      for wait in waits { wait.end() }
      for _ in 0..<20 { await Task.yield() }
      expectEqual(goneOn.value, 0)
    }
  }

  test("what waited when its pool was shut down is freed", timeLimit: testLimit) {
    var before = 0
    for round in 0..<12 {
      let pool = try! ThreadPool(workerCount: 1)
      let begun = Counter()
      let goneOn = Counter()
      let waits = (0..<8).flatMap { _ in makeWaits(on: pool) }
      for wait in waits {
        pool.spawn {
          // Frames of some size, in chunks of the task's own.
          let numbers: InlineArray<256, Int> = .init(repeating: begun.increment())
          await wait.wait()
          goneOn.increment(by: numbers[0])
        }
      }
      expect(await eventually { begun.value == waits.count })
      await pool.shutdown()
      for wait in waits { wait.end() }
      expectEqual(goneOn.value, 0)
      for _ in 0..<20 { await Task.yield() }
      if round == 3 { before = usedByteCount }
    }
    let growth = (usedByteCount - before) / 8
    // What a pool leaves for late notifications is some 30 KiB; without this it would be 400 more.
    expect(growth < 200 << 10, "\(growth >> 10) KiB more a pool")
  }

  test("a task that runs on main when its pool has gone goes no further than its next suspension",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 1)
    let goOn = Signal()
    let isOnMain = Signal()
    let steps = Counter()
    let handle = pool.spawn {
      await MainActor.run { steps.increment() }
      await onMainActor()
      steps.increment(by: 100)
    }
    @MainActor func onMainActor() async {
      steps.increment()
      isOnMain.fire()
      await goOn.wait()
      steps.increment()
    }
    await isOnMain.wait()
    await pool.shutdown()
    expect(handle.isAbandoned)
    goOn.fire()
    for _ in 0..<20 { await Task.yield() }
    expectEqual(steps.value, 2)
  }

  test("a task that completes elsewhere while its pool is shut down is done or abandoned",
    timeLimit: testLimit
  ) {
    let other = try! ThreadPool(workerCount: 1)
    try! await other.ready()
    let alive = Counter()
    for _ in 0..<40 {
      let pool = try! ThreadPool(workerCount: 1)
      let handles = (0..<20).map { number in
        pool.spawn { () -> Tracked in
          let visit = Resident(other)
          return await visit.make(number, alive)
        }
      }
      if hasThreads { spin(for: .microseconds(200)) }
      await pool.shutdown()
      for (number, handle) in handles.enumerated() {
        switch await handle.result {
        case .success(let tracked): expect(tracked.number == number && !handle.isAbandoned)
        case .abandoned: expect(handle.isAbandoned && handle.tryRecv() == nil)
        }
      }
    }
    await other.shutdown()
  }

  test("elements and permits do not get lost in tasks that went down with their pool",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 1)
    let channel = Channel<Int>()
    let mutex = AsyncMutex(0)
    let rwLock = AsyncRwLock(0)
    let begun = Counter()
    let isHeld = Signal()
    let mayEnd = Signal()
    let holder = onMain {
      await mutex.withLock { _ in
        await rwLock.withWriteLock { _ in
          isHeld.fire()
          await mayEnd.wait()
        }
      }
    }
    await isHeld.wait()
    for _ in 0..<3 {
      pool.spawn { begun.increment(); _ = await channel.receive() }
      pool.spawn { begun.increment(); await mutex.withLock { $0 += 1 } }
      pool.spawn { begun.increment(); await rwLock.withWriteLock { $0 += 1 } }
      pool.spawn { begun.increment(); _ = await rwLock.withReadLock { $0 } }
    }
    expect(await eventually { begun.value == 12 })
    // Behind them all: by then they wait.
    await pool.spawn {}.value
    await pool.shutdown()
    mayEnd.fire()
    await holder.value
    expectEqual(await mutex.withLock { $0 }, 0)
    expectEqual(await rwLock.withReadLock { $0 }, 0)
    channel.trySend(7)
    expect(channel.tryReceive() == 7)
  }

  test("a chain of ten thousand that wait for each other goes down with its pool",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 1)
    let begun = Counter()
    var last = pool.spawn { begun.increment(); await never() }
    for _ in 0..<10_000 {
      let awaited = last
      last = pool.spawn { begun.increment(); await awaited.value }
    }
    expect(await eventually { begun.value == 10_001 })
    await pool.shutdown()
    expect(last.isAbandoned)
  }

  test("a worker that leaves ends its thread-local values, others keep theirs", timeLimit: testLimit) {
    let alive = Counter()
    let local = ThreadLocal { Tracked(in: alive) }
    local.withValue { _ in }
    let ends = Counter()
    for round in 1...5 {
      let pool = try! ThreadPool(workerCount: 2)
      // One whose end makes, and so uses, another's value.
      let chain = ThreadLocal { AtEnd { if hasThreads { local.withValue { _ in ends.increment() } } } }
      for worker in 0..<2 {
        await pool.spawn(on: worker) {
          local.withValue { _ in }
          chain.withValue { _ in }
        }.value
      }
      expectEqual(alive.value, 3)
      await pool.shutdown()
      expectEqual(alive.value, 1)
      if hasThreads { expectEqual(ends.value, 2 * round) }
    }
    let pool = try! ThreadPool(workerCount: 1)
    do {
      let short = ThreadLocal { Tracked(in: alive) }
      await pool.spawn { short.withValue { _ in } }.value
    }
    expect(await eventually { alive.value == 1 })
    await pool.shutdown()
  }

  test("an actor of a worker whose pool is gone goes on, on the main thread", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let resident = Resident(pool)
    expect(await resident.thread() == .worker(0))
    await pool.shutdown()
    expect(await resident.thread() == .main)
    let other = try! ThreadPool(workerCount: 1)
    expect(await other.spawn { await resident.thread() }.value == .main)
    await other.shutdown()
  }

  test("a worker's waits end with its pool, those of its callers elsewhere do not",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 1)
    let other = try! ThreadPool(workerCount: 1)
    let begun = Signal()
    let goOn = Signal()
    let visitor = other.spawn { () -> Int in
      // Work of `other`, in a part that an actor on `pool` isolates.
      let resident = Resident(pool)
      begun.fire()
      await goOn.wait()
      return await resident.thread() == .main ? 1 : 0
    }
    await begun.wait()
    await pool.shutdown()
    goOn.fire()
    expectEqual(await visitor.value, 1)
    await other.shutdown()
  }
}

@MainActor func residentWhilePoolClosesTests() {
  test("what lives on a worker is entered by nobody else before that has left") {
    guard hasThreads else { return }
    let pool = try! ThreadPool(workerCount: 2)
    let resident = Resident(pool)
    let isInside = Flag()
    let mayLeave = Flag()
    let stay = pool.spawn(on: 0) { await resident.stay(isInside, until: mayLeave) }
    expect(await eventually { isInside.isSet })
    let shutdown = Task.immediate { await pool.shutdown() }
    let calls = (0..<3).map { _ in Task { await resident.isOccupied } }
    for _ in 0..<100 { await Task.yield() }
    mayLeave.set()
    for call in calls { expectEqual(await call.value, false) }
    await shutdown.value
    expect(stay.isFinished)
    // From then on it lives on the main thread.
    expectEqual(await resident.thread(), ThreadID.current)
  }
}

/// Does something when it dies.
private final class AtEnd {
  private let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  deinit { body() }
}

/// Lives on a worker.
private actor Resident {
  private nonisolated let executor: PoolWorker
  init(_ pool: ThreadPool) { executor = pool.worker(0) }
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.unownedExecutor }
  private(set) var isOccupied = false
  func stay(_ isInside: Flag, until mayLeave: Flag) {
    isOccupied = true
    isInside.set()
    spin { mayLeave.isSet }
    isOccupied = false
  }
  func thread() -> ThreadID? { ThreadID.current }
  func make(_ number: Int, _ alive: Counter) -> Tracked { Tracked(number, in: alive) }
}
