import TestSupport
import Webble
import WebbleTesting

// Every public value that somebody may print describes itself. Natively those of the toolchain's library are printed
// by reflection, in other words.

private enum Fault: Error, CustomStringConvertible {
  case torn
  var description: String { "torn" }
}

@MainActor func descriptionTests() {
  test("values of the concurrency library describe themselves", timeLimit: testLimit) {
    expectEqual("\(CancellationError())", "CancellationError()")
    expectEqual("\(TaskPriority.high)", "TaskPriority.high")
    expect("\(ContinuousClock.now)".contains("seconds"))
    expect("\(SuspendingClock.now)".contains("seconds"))
    let now = ContinuousClock.now
    expectEqual("\((now + .seconds(2)) - now)", "2.0 seconds")
    expectEqual("\(JobPriority(TaskPriority.medium))", "JobPriority(rawValue: 21)")
    let (stream, continuation) = AsyncStream.makeStream(
      of: Int.self, bufferingPolicy: .bufferingOldest(1))
    expectEqual("\(continuation.yield(1))", "enqueued(remaining: 0)")
    expectEqual("\(continuation.yield(2))", "dropped(2)")
    continuation.finish()
    expectEqual("\(continuation.yield(3))", "terminated")
    withExtendedLifetime(stream) {}
    expectEqual("\(AsyncStream<Int>.Continuation.Termination.cancelled)", "cancelled")
    expectEqual("\(AsyncStream<Int>.Continuation.BufferingPolicy.bufferingNewest(2))", "bufferingNewest(2)")
    #if arch(wasm32)
      expectEqual("\(CancellationError(reason: .deadlineExpired))", "CancellationError(reason: deadlineExpired)")
      expectEqual("\(AsyncThrowingStream<Int, Fault>.Continuation.Termination.finished(.torn))", "finished(Optional(torn))")
      expectEqual("\(AsyncThrowingStream<Int, Fault>.Continuation.BufferingPolicy.unbounded)", "unbounded")
      expectEqual("\(ContinuousClock().id)", "continuous")
    #endif
  }

  test("results, keys and values describe themselves", timeLimit: testLimit) {
    expectEqual("\(Result<String, Fault>.success("a"))", #"success("a")"#)
    expectEqual("\(Result<String, Fault>.failure(.torn))", "failure(torn)")
    let sure: Result<Int, Never> = .success(1)
    expectEqual("\(sure)", "success(1)")
    expectEqual("\(["a": 1].keys) \(["a": 1].values)", #"["a"] [1]"#)
  }

  test("pointers and identifiers describe themselves", timeLimit: testLimit) {
    final class Thing {}
    let thing = Thing(), address = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    defer { address.deallocate() }
    expect("\(address)".hasPrefix("0x0") && "\(address)" == "\(UnsafeRawPointer(address))")
    expectEqual("\(UnsafePointer(address)) \(OpaquePointer(address))", "\(address) \(UnsafeMutableRawPointer(address))")
    expect("\(ObjectIdentifier(thing))".hasPrefix("ObjectIdentifier(0x0"))
    withExtendedLifetime(thing) {}
    let literal: StringLiteralType = "a"
    expectEqual(literal, "a" as ExtendedGraphemeClusterType)
  }

  test("pools, handles and channels describe what they give", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 1)
    let handle = pool.spawn { ThreadID.current! }
    expectEqual("\(await handle.result)", "success(worker 0)")
    expectEqual("\([ThreadID.main])", "[main]")
    expect("\(ThreadPoolError.invalidWorkerCount(0))".contains("a pool of 0 workers"))
    let (numbers, texts) = (Channel<Int>(capacity: 1), Channel<String>(capacity: 1))
    await texts.send("a")
    if let selected = await select(numbers, texts) { expectEqual("\(selected)", "second(a)") }
    let news = Broadcast<Int>(capacity: 1)
    var subscription = news.subscribe()
    for number in 1...3 { news.send(number) }
    if let event = await subscription.receive() { expectEqual("\(event)", "lagged(2)") }
    if let event = await subscription.receive() { expectEqual("\(event)", "element(3)") }
    await pool.shutdown()
    expectEqual("\(WorkerResult<Int, Fault>.failure(.torn)) \(WorkerResult<Int, Never>.abandoned)", "failure(torn) abandoned")
  }

  test("metrics and dumps describe themselves in whole and in parts", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    await pool.spawn {}.value
    let sleeper = pool.spawn { try? await Task.sleep(for: .seconds(60)) }
    let metrics = "\(pool.metrics)"
    expectEqual(metrics.split(separator: "\n").count, 3)
    expect("\(pool.metrics.workers[0])".hasPrefix("worker 0: "))
    let dump = pool.dump()
    for worker in dump.workers { expect("\(worker)".hasPrefix("worker \(worker.metrics.index) of pool 0")) }
    for task in dump.tasks {
      expect("\(task)".hasPrefix("task \(task.identifier)"))
      expect(["ready", "running", "waiting"].contains("\(task.state)"))
      expect(["pinned", "stealable", "main", "custom"].contains("\(task.track)"))
      if let wait = task.waitsFor { expect("\(wait)".hasPrefix("\(wait.kind)")) }
    }
    expectEqual("\(Awaited.timer)", "a timer")
    sleeper.cancel()
    await sleeper.value
    await pool.shutdown()
  }

  test("a test's clock describes its times", timeLimit: testLimit) {
    let clock = TestClock()
    await clock.advance(by: .milliseconds(500))
    expectEqual("\(clock.now)", "Instant(0.5 seconds)")
  }
}
