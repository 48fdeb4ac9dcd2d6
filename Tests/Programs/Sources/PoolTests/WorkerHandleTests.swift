import Synchronization
import TestSupport
import Webble
import WebbleTesting

@MainActor func workerHandleTests() {
  test("tryRecv is nil until the work has finished, then has the result again and again",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 1)
    let start = Signal()
    let handle = pool.spawn {
      await start.wait()
      return "done"
    }
    expect(handle.tryRecv() == nil)
    expect(!handle.isFinished)
    start.fire()
    expectEqual(await handle.value, "done")
    expect(handle.tryRecv() == "done")
    expect(handle.tryRecv() == "done")
    expect(handle.isFinished)
    expect(!handle.isAbandoned)
    await pool.shutdown()
  }

  test("a handle can be polled from a frame loop", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let handle = pool.spawn { (0..<1000).reduce(0) { $0 &+ $1 } }
    expect(await eventually { handle.tryRecv() != nil })
    expect(handle.tryRecv() == 499_500)
    await pool.shutdown()
  }

  test("checkRelease takes the result out once; tryRecv is nil afterwards", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let start = Signal()
    let handle = pool.spawn {
      await start.wait()
      return 5
    }
    expect(handle.checkRelease() == nil, "not finished")
    start.fire()
    _ = await handle.value
    expect(handle.checkRelease() == 5)
    expect(handle.checkRelease() == nil)
    expect(handle.tryRecv() == nil)
    expect(handle.isFinished)
    await pool.shutdown()
  }

  test("of many threads that take a result out, one gets it", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    for _ in 0..<50 {
      let handle = pool.spawn(on: 0) { 1 }
      let takers = (0..<3).map { index in
        pool.spawn(on: index) {
          while !handle.isFinished { await Task.yield() }
          return handle.checkRelease() ?? 0
        }
      }
      var sum = 0
      for taker in takers { sum += await taker.value }
      expectEqual(sum, 1)
    }
    await pool.shutdown()
  }

  test("intoInner ends the handle and has the result, or nil", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let start = Signal()
    let unfinished = pool.spawn {
      await start.wait()
      return 1
    }
    expect(unfinished.intoInner() == nil)
    start.fire()
    let finished = pool.spawn { 2 }
    _ = await finished.value
    expect(finished.intoInner() == 2)
    await pool.shutdown()
  }

  test("value may be awaited by many tasks on many threads", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    let start = Signal()
    let handle = pool.spawn {
      await start.wait()
      return [1, 2, 3]
    }
    let waiters =
      (0..<3).map { pool.spawn(on: $0) { await handle.value.count } }
      + (0..<20).map { _ in pool.spawnStealable { await handle.value.count } }
    start.fire()
    for waiter in waiters { expectEqual(await waiter.value, 3) }
    expectEqual(await handle.value.count, 3)
    await pool.shutdown()
  }

  test("a typed error comes out of value, tryRecv, checkRelease and result", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    func check(_ handle: WorkerHandle<Int, TestError>) async {
      do throws(TestError) {
        _ = try await handle.value
        expect(false, "value throws")
      } catch { expect(error == .expected(9)) }
      do throws(TestError) {
        _ = try handle.tryRecv()
        expect(false, "tryRecv throws")
      } catch { expect(error == .expected(9)) }
      if case .failure(.expected(9)) = await handle.result {} else { expect(false, "result") }
      do throws(TestError) {
        _ = try handle.checkRelease()
        expect(false, "checkRelease throws")
      } catch { expect(error == .expected(9)) }
      expect((try? handle.checkRelease()) == Int?.none)
    }
    await check(pool.spawn { () async throws(TestError) -> Int in throw .expected(9) })
    await check(pool.spawn(on: 1) { () async throws(TestError) -> Int in throw .expected(9) })
    await check(
      pool.spawnStealable { () async throws(TestError) -> Int in
        await Task.yield()
        throw .expected(9)
      })
    await pool.shutdown()
  }

  test("throwing work that does not throw has its result", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let handle = pool.spawn { () async throws(TestError) -> String in "fine" }
    expect((try? await handle.value) == "fine")
    expect((try? handle.tryRecv()) == "fine")
    if case .success("fine") = await handle.result {} else { expect(false, "result") }
    await pool.shutdown()
  }

  test("a thousand tasks that throw leave their workers alive", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let handles = (0..<1000).map { number in
      pool.spawn { () async throws(TestError) -> Int in throw .expected(number) }
    }
    for (number, handle) in handles.enumerated() {
      if case .failure(.expected(number)) = await handle.result {} else { expect(false) }
    }
    for index in 0..<2 { expectEqual(await pool.spawn(on: index) { index }.value, index) }
    await pool.shutdown()
  }

  test("cancel is seen by Task.isCancelled in the work, and by handlers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let cancelled = Signal()
    let handle = pool.spawn {
      let before = Task.isCancelled
      await withTaskCancellationHandler {
        await cancelled.wait()
      } onCancel: {
        cancelled.fire()
      }
      return (before, Task.isCancelled)
    }
    expect(!handle.isCancelled)
    handle.cancel()
    handle.cancel()
    expect(handle.isCancelled)
    expect(await handle.value.1)
    let asleep = pool.spawnStealable {
      do throws(ThrownCancellation) {
        try await Task.sleep(for: .seconds(100))
        return false
      } catch {
        return true
      }
    }
    asleep.cancel()
    expect(await asleep.value, "the sleep ended")
    await pool.shutdown()
  }

  test("dropping a handle does not cancel the work", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let start = Signal()
    let end = Signal()
    let wasCancelled = Flag()
    do {
      _ = pool.spawn {
        await start.wait()
        if Task.isCancelled { wasCancelled.set() }
        end.fire()
      }
    }
    start.fire()
    await end.wait()
    expect(!wasCancelled.isSet)
    await pool.shutdown()
  }

  test("a result dies with its last handle, captures die when the work has finished",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 2)
    let alive = Counter()
    do {
      let captured = Tracked(1, in: alive)
      let handle = pool.spawn { Tracked(captured.number + 1, in: alive) }
      expectEqual(await handle.value.number, 2)
      expect(handle.tryRecv()?.number == 2)
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    do {
      let handle = pool.spawnStealable { Tracked(in: alive) }
      _ = await handle.value
      expect(handle.checkRelease() != nil)
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    // Nobody keeps the handle.
    for _ in 0..<100 { pool.spawn { Tracked(in: alive) } }
    await pool.spawn(on: 0) {}.value
    await pool.spawn(on: 1) {}.value
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    await pool.shutdown()
  }

  test("errors and results of work that throws die with its handle", timeLimit: testLimit) {
    struct Failure: Error { let held: Tracked }
    let pool = try! ThreadPool(workerCount: 2)
    let alive = Counter()
    @Sendable func work(_ number: Int) throws(Failure) -> [Tracked] {
      if number % 2 == 0 { return [Tracked(number, in: alive), Tracked(number, in: alive)] }
      throw Failure(held: Tracked(number, in: alive))
    }
    for number in 0..<40 {
      let handle =
        number < 20
        ? pool.spawn { () async throws(Failure) -> [Tracked] in try work(number) }
        : pool.spawnStealable { () async throws(Failure) -> [Tracked] in try work(number) }
      // A quarter is read, a quarter awaited and left there; the others nobody asks for.
      switch number % 8 {
      case 0, 1:
        switch await handle.result {
        case .success(let all): expect(all.count == 2 && all[1].number == number)
        case .failure(let failure): expectEqual(failure.held.number, number)
        case .abandoned: expect(false, "abandoned")
        }
      case 2, 3:
        _ = await handle.result
        expect(handle.isFinished)
      default: break
      }
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    await pool.shutdown()
  }

  test("many that await one result each get it, and it dies once", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let alive = Counter()
    let mayEnd = Signal()
    do {
      let handle = pool.spawn {
        await mayEnd.wait()
        return [Tracked(1, in: alive), Tracked(2, in: alive)]
      }
      let waiters = (0..<60).map { index in
        let wait: @Sendable () async -> Int = { await handle.value[1].number }
        return index % 3 == 0
          ? onMain { await wait() } : index % 3 == 1 ? pool.spawn(wait) : pool.spawnStealable(wait)
      }
      await pool.spawn(on: 0) {}.value
      await pool.spawn(on: 1) {}.value
      mayEnd.fire()
      for waiter in waiters { expectEqual(await waiter.value, 2) }
      withExtendedLifetime(handle) { expectEqual(alive.value, 2) }
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    await pool.shutdown()
  }

  test("results of every size arrive whole", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    struct Large: Sendable {
      var a = (1, 2.5, "three", [4], UInt8(5))
      var b: InlineArray<100, Int> = InlineArray(repeating: 7)
    }
    await pool.spawn {}.value
    expectEqual(await pool.spawn { UInt8(200) }.value, 200)
    expectEqual(await pool.spawnStealable { UInt64.max }.value, UInt64.max)
    let large = await pool.spawnStealable { Large() }.value
    expect(large.a.2 == "three" && large.a.4 == 5 && large.b[99] == 7)
    let optional: Int? = await pool.spawn { Int?.none }.value
    expect(optional == nil)
    await pool.shutdown()
  }
}
