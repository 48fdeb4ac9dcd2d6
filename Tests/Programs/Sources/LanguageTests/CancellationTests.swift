import TestSupport
import Webble
import WebbleTesting

@MainActor func cancellationTests() {
  test("cancel is seen by the task and by its handle alone", timeLimit: testLimit) {
    let mayLook = Signal()
    let task = Task {
      await mayLook.wait()
      return Task.isCancelled
    }
    expect(!task.isCancelled)
    task.cancel()
    task.cancel()
    mayLook.fire()
    expect(task.isCancelled)
    expect(await task.value)
    expect(!Task.isCancelled)
  }

  test("checkCancellation throws in a cancelled task", timeLimit: testLimit) {
    let mayLook = Signal()
    let task = Task {
      await mayLook.wait()
      do throws(ThrownCancellation) {
        try Task.checkCancellation()
        return false
      } catch { return true }
    }
    task.cancel()
    mayLook.fire()
    expect(await task.value)
    do throws(ThrownCancellation) { try Task.checkCancellation() } catch { expect(false, "here") }
  }

  test("a cancelled task's child task is not cancelled with it", timeLimit: testLimit) {
    let mayLook = Signal()
    let task = Task {
      await Task {
        await mayLook.wait()
        return Task.isCancelled
      }.value
    }
    task.cancel()
    mayLook.fire()
    expect(await !task.value)
  }

  test("a handler is called once, when the task is cancelled", timeLimit: testLimit) {
    let calls = Counter()
    let begun = Signal()
    let end = Signal()
    let task = Task {
      await withTaskCancellationHandler {
        begun.fire()
        await end.wait()
      } onCancel: {
        calls.increment()
        end.fire()
      }
    }
    await begun.wait()
    expectEqual(calls.value, 0)
    task.cancel()
    task.cancel()
    expectEqual(calls.value, 1, "before cancel returns")
    await task.value
    task.cancel()
    expectEqual(calls.value, 1)
  }

  test("a handler is called at once, and once, in a task that is cancelled already",
    timeLimit: testLimit
  ) {
    let mayGoOn = Signal()
    let task = Task {
      await mayGoOn.wait()
      let calls = Counter()
      let seen = await withTaskCancellationHandler {
        await Task.yield()
        return calls.value
      } onCancel: {
        calls.increment()
      }
      return seen == 1 && calls.value == 1
    }
    task.cancel()
    mayGoOn.fire()
    expect(await task.value)
  }

  test("a handler whose scope has ended is not called", timeLimit: testLimit) {
    let calls = Counter()
    let begun = Signal()
    let end = Signal()
    let task = Task {
      await withTaskCancellationHandler {} onCancel: { calls.increment() }
      begun.fire()
      await end.wait()
    }
    await begun.wait()
    task.cancel()
    end.fire()
    await task.value
    expectEqual(calls.value, 0)
  }

  test("nested handlers are all called, once", timeLimit: testLimit) {
    let calls = Counter()
    let begun = Signal()
    let end = Signal()
    let task = Task {
      await withTaskCancellationHandler {
        await withTaskCancellationHandler {
          await withTaskCancellationHandler {
            begun.fire()
            await end.wait()
          } onCancel: { calls.increment() }
        } onCancel: { calls.increment(by: 10) }
      } onCancel: { calls.increment(by: 100) }
    }
    await begun.wait()
    task.cancel()
    end.fire()
    await task.value
    expectEqual(calls.value, 111)
  }

  test("the operation's value and typed error pass through the scope of a handler",
    timeLimit: testLimit
  ) {
    let number = Counter().increment()
    expectEqual(await withTaskCancellationHandler { number } onCancel: {}, 1)
    do throws(Thrown) {
      _ = try await withTaskCancellationHandler { () async throws(TestError) -> Int in
        await Task.yield()
        throw .expected(number)
      } onCancel: {}
      expect(false, "nothing was thrown")
    } catch { expect(isExpected(error, 1)) }
  }

  test("cancels from another worker race with the end of a handler's scope", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    for _ in 0..<300 {
      let calls = Counter()
      let begun = Signal()
      let work = pool.spawn(on: 0) {
        begun.fire()
        for _ in 0..<20 {
          await withTaskCancellationHandler {
            await Task.yield()
          } onCancel: {
            calls.increment()
          }
        }
        return calls.value
      }
      let canceller = pool.spawn(on: 1) {
        await begun.wait()
        work.cancel()
      }
      await canceller.value
      let seen = await work.value
      expect(calls.value == seen, "no call after the scope")
      expect(seen <= 20, "at most once a scope")
    }
    await pool.shutdown()
  }

  test("many threads cancel one task: its handler is called once", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    for _ in 0..<100 {
      let calls = Counter()
      let begun = (0..<3).map { _ in Signal() }
      let end = Signal()
      let work = pool.spawnStealable {
        await withTaskCancellationHandler {
          begun.forEach { $0.fire() }
          await end.wait()
        } onCancel: {
          if calls.increment() == 1 { end.fire() }
        }
        return calls.value
      }
      let cancellers = (0..<3).map { index in
        pool.spawn(on: index) {
          await begun[index].wait()
          work.cancel()
        }
      }
      expectEqual(await work.value, 1)
      for canceller in cancellers { await canceller.value }
      expectEqual(calls.value, 1)
    }
    await pool.shutdown()
  }

  test("a handler may cancel other tasks, whose handlers run too", timeLimit: testLimit) {
    let begun = (0..<10).map { _ in Signal() }
    let ends = (0..<10).map { _ in Signal() }
    var tasks: [Task<Int, Never>] = []
    for number in 0..<10 {
      let previous = tasks.last
      tasks.append(
        Task {
          await withTaskCancellationHandler {
            begun[number].fire()
            await ends[number].wait()
          } onCancel: {
            previous?.cancel()
            ends[number].fire()
          }
          return 1
        })
    }
    for signal in begun { await signal.wait() }
    tasks.last!.cancel()
    var sum = 0
    for task in tasks { sum += await task.value }
    expectEqual(sum, 10)
  }
}
