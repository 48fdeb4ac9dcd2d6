import Synchronization
import TestSupport
import Webble
import WebbleTesting

// A worker's time slice is 4 ms. A worker full of tasks that never stop yielding may hold a timer up for
// one slice, beside what the browser itself does to timers: a bare one is measured in the same run.
// Above that the bounds leave room for a machine whose cores are busy with other programs, which a
// starved timer (never, or seconds late) exceeds by far.
private let slice = 4.0
private let otherPrograms = 250.0

/// The latest, in milliseconds, of ten timers on the calling thread.
private func worstDelay() async -> Double {
  var worst = 0.0
  for length in 1...10 {
    let start = ContinuousClock.now
    try? await Task.sleep(for: .milliseconds(length))
    worst = max(worst, milliseconds(since: start) - Double(length))
  }
  return worst
}

/// Both workers of a pool run tasks that yield without end, on the tracks that are asked for.
@MainActor private func withYielders(
  pinned: Bool, stealable: Bool, _ body: (ThreadPool, _ rounds: Counter) async -> Void
) async {
  let pool = try! ThreadPool(workerCount: 2)
  try! await pool.ready()
  let mayEnd = Flag()
  let rounds = Counter()
  let work: @Sendable () async -> Void = {
    while !mayEnd.isSet {
      rounds.increment()
      await Task.yield()
    }
  }
  var handles: [WorkerHandle<Void, Never>] = []
  for number in 0..<6 {
    if pinned { handles.append(pool.spawn(on: number % 2, work)) }
    if stealable { handles.append(pool.spawnStealable(work)) }
  }
  expect(await eventually { rounds.value > 1000 })
  await body(pool, rounds)
  mayEnd.set()
  for handle in handles { await handle.value }
  await pool.shutdown()
}

private actor Bumper {
  var count = 0
  func bump() { count += 1 }
}

/// Who had the thread last, where all workers have one.
private let holder = Atomic(-1)

@MainActor func fairnessTests() {
  for (name, pinned, stealable) in [
    ("pinned", true, false), ("stealable", false, true), ("both kinds of", true, true),
  ] {
    test("\(name) tasks that yield without end leave timers on time", timeLimit: testLimit) {
      let idle = try! ThreadPool(workerCount: 1)
      let bare = await idle.spawn { await worstDelay() }.value
      await idle.shutdown()
      await withYielders(pinned: pinned, stealable: stealable) { pool, _ in
        for worker in 0..<2 {
          let delay = await pool.spawn(on: worker) { await worstDelay() }.value
          expect(
            delay <= bare + slice + otherPrograms, "\(delay) ms late, \(bare) ms on an idle worker")
        }
        let delay = await pool.spawnStealable { await worstDelay() }.value
        expect(delay <= bare + slice + otherPrograms, "stealable: \(delay) ms late, idle \(bare)")
      }
    }

    test("\(name) tasks that yield without end let spawns from main be answered",
      timeLimit: testLimit
    ) {
      await withYielders(pinned: pinned, stealable: stealable) { pool, _ in
        var worst = (pinned: 0.0, stealable: 0.0)
        for number in 0..<20 {
          var start = ContinuousClock.now
          await pool.spawn(on: number % 2) {}.value
          worst.pinned = max(worst.pinned, milliseconds(since: start))
          start = ContinuousClock.now
          await pool.spawnStealable {}.value
          worst.stealable = max(worst.stealable, milliseconds(since: start))
        }
        expect(worst.pinned <= 2 * slice + otherPrograms, "pinned: \(worst.pinned) ms")
        expect(worst.stealable <= 2 * slice + otherPrograms, "stealable: \(worst.stealable) ms")
      }
    }
  }

  test("endless pinned yielders do not starve stealable tasks, nor the other way round",
    timeLimit: testLimit
  ) {
    await withYielders(pinned: true, stealable: false) { pool, _ in
      let work = (0..<10).map { _ in pool.spawnStealable { for _ in 0..<100 { await Task.yield() } } }
      for handle in work { await handle.value }
    }
    await withYielders(pinned: false, stealable: true) { pool, _ in
      let work = (0..<10).map { _ in pool.spawn { for _ in 0..<100 { await Task.yield() } } }
      for handle in work { await handle.value }
    }
  }

  test("pinned and stealable work without end have as many turns each", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    let turns = (pinned: Counter(), stealable: Counter())
    let isOver = Flag()
    let count: @Sendable (Counter) async -> Void = { turns in
      while !isOver.isSet {
        turns.increment()
        await Task.yield()
      }
    }
    for worker in 0..<2 { for _ in 0..<4 { pool.spawn(on: worker) { await count(turns.pinned) } } }
    // All stealable work begins on one worker: the other, never out of work, is to fetch its part.
    await pool.spawn(on: 0) { for _ in 0..<8 { pool.spawnStealable { await count(turns.stealable) } } }.value
    await sleep(milliseconds: 500)
    isOver.set()
    let share = Double(turns.stealable.value) / Double(turns.stealable.value + turns.pinned.value)
    expect(share > 0.4 && share < 0.6, "stealable: \(Int(share * 100)) % of the turns")
    await pool.shutdown()
  }

  test("main's share does not depend on the number of busy workers", timeLimit: testLimit) {
    // Where there are threads, two processors for 32 workers would be the system's to share.
    if hasThreads { return }
    let pool = try! ThreadPool(workerCount: 32)
    let isOver = Flag()
    // How often the thread went to a worker.
    let slices = Counter()
    for worker in 0..<32 {
      pool.spawn(on: worker) {
        while !isOver.isSet {
          if holder.exchange(worker, ordering: .relaxed) != worker { slices.increment() }
          await Task.yield()
        }
      }
    }
    // The first turns are all asked for at once.
    spin(for: .milliseconds(5))
    await Task.yield()
    let before = slices.value
    let turns = 30
    for _ in 0..<turns {
      holder.store(-1, ordering: .relaxed)
      spin(for: .milliseconds(5))
      await Task.yield()
    }
    let others = slices.value - before
    expect(others <= turns + 40, "\(others) turns of workers to \(turns) of main's")
    isOver.set()
    await pool.shutdown()
  }

  test("workers that wake each other without end leave the page its turns", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let isOver = Flag()
    let ends = (Channel<Int>(capacity: 1), Channel<Int>(capacity: 1))
    let rounds = Counter()
    let players = (0..<2).map { index in
      pool.spawn(on: index) {
        let (from, to) = index == 0 ? ends : (ends.1, ends.0)
        while !isOver.isSet {
          await to.send(0)
          _ = await from.receive()
          rounds.increment()
        }
        to.trySend(0)
      }
    }
    expect(await eventually { rounds.value > 1000 })
    await sleep(milliseconds: 5)
    isOver.set()
    for player in players { await player.value }
    await pool.shutdown()
  }

  test("a loop of calls of a free actor gives way", timeLimit: testLimit) {
    let actor = Bumper()
    let isOver = Flag()
    let loop = Task.detached { while !isOver.isSet { await actor.bump() } }
    await sleep(milliseconds: 10)
    isOver.set()
    await loop.value
    #if arch(wasm32)
    // Natively the actor runs elsewhere.
    let pool = try! ThreadPool(workerCount: 1)
    let workerIsOver = Flag()
    let other = pool.spawn { while !workerIsOver.isSet { await actor.bump() } }
    await pool.spawn { workerIsOver.set() }.value
    await other.value
    await pool.shutdown()
    #endif
    expect(await actor.count > 0)
  }

  test("tasks of one worker that yield share it evenly", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let mayEnd = Flag()
    let rounds = (0..<8).map { _ in Counter() }
    let handles = (0..<8).map { number in
      let work: @Sendable () async -> Void = {
        while !mayEnd.isSet {
          rounds[number].increment()
          await Task.yield()
        }
      }
      return number < 4 ? pool.spawn(work) : pool.spawnStealable(work)
    }
    expect(await eventually { rounds.allSatisfy { $0.value > 2000 } })
    mayEnd.set()
    for handle in handles { await handle.value }
    let counts = rounds.map { $0.value }
    expect(counts.max()! < 10 * counts.min()!, "\(counts)")
    await pool.shutdown()
  }

  test("yielders on main leave its timers and its workers' answers on time", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    try! await pool.ready()
    let bare = await worstDelay()
    let mayEnd = Flag()
    let yielders = (0..<4).map { _ in Task { while !mayEnd.isSet { await Task.yield() } } }
    let delay = await worstDelay()
    expect(delay <= bare + slice + otherPrograms, "\(delay) ms late, \(bare) ms on an idle page")
    let start = ContinuousClock.now
    for number in 0..<20 { expectEqual(await pool.spawn { number }.value, number) }
    expect(milliseconds(since: start) < 20 * (2 * slice) + otherPrograms)
    mayEnd.set()
    for yielder in yielders { await yielder.value }
    await pool.shutdown()
  }

  test("an onMain task that yields does not stop the page", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let handles = (0..<2).map { worker in
      pool.spawn(on: worker) {
        for _ in 0..<50 {
          await onMain { for _ in 0..<5 { await Task.yield() } }.value
        }
      }
    }
    try? await Task.sleep(for: .milliseconds(1))
    for handle in handles { await handle.value }
    await pool.shutdown()
  }
}
