import TestSupport
import Webble
import WebbleTesting

/// Its state is not atomic: two at once would lose counts and set `overlaps`.
private actor Account {
  private(set) var count = 0
  private(set) var overlaps = 0
  private var isInside = false

  func add(_ work: Int) {
    if isInside { overlaps += 1 }
    isInside = true
    for _ in 0..<work { count &+= 1 }
    isInside = false
  }
}

private actor Log {
  var entries: [Int] = []
  func append(_ entry: Int) { entries.append(entry) }

  /// Suspends in the middle.
  func twice(_ entry: Int, _ signal: Signal) async {
    entries.append(entry)
    await signal.wait()
    entries.append(entry)
  }
}

private actor Mortal {
  private let tracked: Tracked
  private let link: Mortal?
  init(in alive: Counter, link: Mortal? = nil) {
    tracked = Tracked(in: alive)
    self.link = link
  }
  func touch() -> Int { tracked.number }
}

@MainActor func actorTests() {
  test("an actor is entered by one at a time, from all threads and tracks", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    let account = Account()
    let adders =
      (0..<3).map { index in
        pool.spawn(on: index) { for _ in 0..<500 { await account.add(20) } }
      }
      + (0..<10).map { _ in
        pool.spawnStealable { for _ in 0..<100 { await account.add(20) } }
      }
    for _ in 0..<100 { await account.add(20) }
    for adder in adders { await adder.value }
    expectEqual(await account.count, 20 * (1500 + 1000 + 100))
    expectEqual(await account.overlaps, 0)
    await pool.shutdown()
  }

  test("an actor serves those who wait in the order in which they came", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let log = Log()
    // One thread makes them come in a known order.
    await pool.spawn {
      let handles = (0..<200).map { number in spawnLocal { await log.append(number) } }
      for handle in handles { await handle.value }
    }.value
    expect(await log.entries == Array(0..<200))
    await pool.shutdown()
  }

  test("an actor that suspends lets others in", timeLimit: testLimit) {
    let log = Log()
    let signal = Signal()
    let first = Task.detached { await log.twice(1, signal) }
    expect(await eventuallyHas(log, 1))
    await log.append(2)
    signal.fire()
    await first.value
    expect(await log.entries == [1, 2, 1])
  }

  test("who holds an actor all the time does not keep others out for ever", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let log = Log()
    let mayEnd = Flag()
    // Each enters again at once.
    let greedy = (0..<2).map { index in
      pool.spawn(on: index) {
        while !mayEnd.isSet {
          await log.append(0)
          await Task.yield()
        }
      }
    }
    for number in 1...50 { await log.append(number) }
    mayEnd.set()
    for handle in greedy { await handle.value }
    expect(await log.entries.filter { $0 > 0 } == Array(1...50))
    await pool.shutdown()
  }

  test("actors call each other to and fro across threads", timeLimit: testLimit) {
    actor Ping {
      var count = 0
      func ping(_ other: Ping, _ rest: Int) async -> Int {
        count += 1
        if rest == 0 { return count }
        return await other.ping(self, rest - 1)
      }
    }
    let pool = try! ThreadPool(workerCount: 2)
    let first = Ping(), second = Ping()
    let handles = (0..<4).map { _ in pool.spawnStealable { await first.ping(second, 100) } }
    for handle in handles { _ = await handle.value }
    expectEqual(await first.count, 4 * 51)
    expectEqual(await second.count, 4 * 50)
    await pool.shutdown()
  }

  test("the last release of an actor may come on another worker, or inside it", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let alive = Counter()
    for number in 0..<200 {
      let actor = Mortal(in: alive, link: Mortal(in: alive))
      pool.spawn(on: number % 2) { _ = await actor.touch() }
      pool.spawnStealable { _ = await actor.touch() }
      Task.detached { _ = await Mortal(in: alive).touch() }
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    await pool.shutdown()
  }

  test("isolation can be asserted and assumed inside an actor", timeLimit: testLimit) {
    actor Checked {
      var number = 1
      /// `assumeIsolated` is for synchronous code only.
      private nonisolated func read() -> Int { assumeIsolated { $0.number } }

      func check() async -> Int {
        preconditionIsolated()
        let before = read()
        await Task.yield()
        assertIsolated()
        return before + read()
      }
    }
    let pool = try! ThreadPool(workerCount: 1)
    let checked = Checked()
    expectEqual(await checked.check(), 2)
    expectEqual(await pool.spawn { await checked.check() }.value, 2)
    await pool.shutdown()
  }

  test("ten thousand actors, each used from two workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let before = usedByteCount
    let actors = (0..<10_000).map { _ in Account() }
    let handles = (0..<2).map { index in
      pool.spawn(on: index) { for actor in actors { await actor.add(1) } }
    }
    for handle in handles { await handle.value }
    var sum = 0
    for actor in actors { sum += await actor.count }
    expectEqual(sum, 20_000)
    expect(usedByteCount - before < 4 << 20, "\((usedByteCount - before) >> 10) KiB")
    await pool.shutdown()
  }

  test("isolated parameters and custom global actors are isolated", timeLimit: testLimit) {
    func add(to account: isolated Account) { account.add(3) }
    let account = Account()
    await add(to: account)
    expectEqual(await account.count, 3)
    let pool = try! ThreadPool(workerCount: 2)
    let handles = (0..<2).map { index in
      pool.spawn(on: index) { for _ in 0..<300 { await TestActor.increment() } }
    }
    for handle in handles { await handle.value }
    expectEqual(await TestActor.count, 600)
    await pool.shutdown()
  }
}

@globalActor private actor TestActor: GlobalActor {
  static let shared = TestActor()
  @TestActor static var count = 0
  @TestActor static func increment() { count += 1 }
}

private func eventuallyHas(_ log: Log, _ count: Int) async -> Bool {
  for _ in 0..<100_000 {
    if await log.entries.count == count { return true }
    await Task.yield()
  }
  return false
}
