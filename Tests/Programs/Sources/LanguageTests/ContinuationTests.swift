import Synchronization
import TestSupport
import Webble
import WebbleTesting

@MainActor func continuationTests() {
  test("a continuation resumed inside its body goes on at once", timeLimit: testLimit) {
    var sum = 0
    for number in 0..<1000 {
      sum += await withUnsafeContinuation { $0.resume(returning: number) }
      sum += await withCheckedContinuation { $0.resume(returning: number) }
    }
    expectEqual(sum, 999_000)
  }

  test("a continuation resumed on another worker goes on where its task was", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let answers = await pool.spawn(on: 0) {
      var answers = 0
      for number in 0..<500 {
        let answer = await withUnsafeContinuation { continuation in
          pool.spawn(on: 1) { continuation.resume(returning: number) }
        }
        if answer == number, ThreadID.current == .worker(0) { answers += 1 }
      }
      return answers
    }.value
    expectEqual(answers, 500)
    for number in 0..<500 {
      let answer = await withCheckedContinuation { continuation in
        pool.spawn { continuation.resume(returning: "\(number)") }
      }
      expect(answer == "\(number)" && ThreadID.current == .main)
    }
    await pool.shutdown()
  }

  test("a continuation resumed much later, by a task that found it waiting", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    for _ in 0..<100 {
      let signal = Signal()
      let waiter = pool.spawn(on: 0) {
        await signal.wait()
        return ThreadID.current
      }
      // The worker has nothing else to run: when this is over, the waiter waits.
      await pool.spawn(on: 0) {}.value
      signal.fire()
      expect(await waiter.value == .worker(0))
    }
    await pool.shutdown()
  }

  test("throwing continuations throw typed errors", timeLimit: testLimit) {
    let number = Counter().increment()
    do throws(Thrown) {
      let _: Int = try await withUnsafeThrowingContinuation {
        (continuation: UnsafeContinuation<Int, Thrown>) in
        Task { continuation.resume(throwing: TestError.expected(number)) }
      }
      expect(false, "nothing was thrown")
    } catch { expect(isExpected(error, 1)) }
    do throws(Thrown) {
      let _: Int = try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Int, Thrown>) in
        Task { continuation.resume(with: .failure(TestError.expected(number + 1))) }
      }
      expect(false, "nothing was thrown")
    } catch { expect(isExpected(error, 2)) }
    let value = try? await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Int, Thrown>) in
      continuation.resume(returning: 5)
    }
    expect(value == 5)
  }

  test("a value that a continuation carries is neither lost nor kept", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let alive = Counter()
    for number in 0..<100 {
      let tracked = await withCheckedContinuation { continuation in
        pool.spawn { continuation.resume(returning: Tracked(number, in: alive)) }
      }
      expectEqual(tracked.number, number)
    }
    expect(await eventually { alive.value == 0 }, "\(alive.value) alive")
    await pool.shutdown()
  }

  test("one task resumes thousands that wait on all workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 3)
    let signals = (0..<3000).map { _ in Signal() }
    let waiters = signals.enumerated().map { number, signal in
      number % 2 == 0
        ? pool.spawn { await signal.wait() } : pool.spawnStealable { await signal.wait() }
    }
    for signal in signals { signal.fire() }
    for waiter in waiters { await waiter.value }
    expect(pool.loads == [0, 0, 0])
    await pool.shutdown()
  }
}
