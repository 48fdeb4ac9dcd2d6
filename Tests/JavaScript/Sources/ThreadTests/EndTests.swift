import JavaScript
import Synchronization
import WebbleAllocator
import WebbleTesting
@_spi(Webble) import _Concurrency

@MainActor func endTests() {
  test("the end of a worker frees what its closures capture", closuresOfEndedWorker)
  test("the end of a worker abandons what waits for JavaScript there", waitingOnEndedWorker)
  test("workers that end leave no memory behind", memoryOfEndedWorkers)
}

private final class Counter: Sendable {
  let count = Atomic(0)
}

private final class Witness: Sendable {
  let counter: Counter
  init(_ counter: Counter) { self.counter = counter }
  deinit { counter.count.add(1, ordering: .relaxed) }
}

/// Leaves closures behind: one that JavaScript alone holds, a timer's, and one that holds itself.
private func leaveClosures(_ counter: Counter) {
  let global = JSObject.global
  global.callback = .object(closure(Witness(counter)))
  global.setTimeout(closure(Witness(counter)), 3_600_000)
  let witness = Witness(counter)
  var itself: JSClosure?
  itself = JSClosure { _ in
    withExtendedLifetime((itself, witness)) {}
    return .undefined
  }
}

private func closure(_ witness: Witness) -> JSClosure {
  JSClosure { _ in
    withExtendedLifetime(witness) {}
    return .undefined
  }
}

@MainActor private func closuresOfEndedWorker() async {
  guard isIsolated() else { return }
  let counter = Counter()
  let pool = try! ThreadPool(workerCount: 2)
  for index in 0..<2 { await pool.spawn(on: index) { leaveClosures(counter) }.value }
  expectEqual(counter.count.load(ordering: .relaxed), 0)
  await pool.shutdown()
  expectEqual(counter.count.load(ordering: .relaxed), 6)
}

@MainActor private func waitingOnEndedWorker() async {
  guard isIsolated() else { return }
  let pool = try! ThreadPool(workerCount: 1)
  let sender = try! ThreadPool(workerCount: 1)
  let started = CountdownLatch(count: 4)
  let never = await sender.spawn { JSSending.clone(JSObject()) }.value
  // The sender is busy until the receiver has ended, so that what it sends comes too late.
  let hasEnded = Counter()
  let busy = sender.spawn {
    started.countDown()
    while hasEnded.count.load(ordering: .relaxed) == 0 {}
  }
  let handles = [
    pool.spawn { () async in
      started.countDown()
      _ = await JSPromise { _ in }.result
    },
    pool.spawn { () async in
      let target = JSObject.global.EventTarget.function!.new()
      let sequence = events(of: "never", on: target)
      started.countDown()
      for await _ in sequence {}
    },
    pool.spawn { () async in
      started.countDown()
      _ = try? await never.receive()
    },
  ]
  await started.wait()
  await pool.shutdown()
  for handle in handles {
    if case .abandoned = await handle.result {} else { expect(false, "a task went on") }
  }
  hasEnded.count.store(1, ordering: .relaxed)
  await busy.value
  await sender.shutdown()
}

@MainActor private func memoryOfEndedWorkers() async {
  guard isIsolated() else { return }
  let counter = Counter()
  var used = 0
  for round in 0..<40 {
    if round == 8 { used = Int(bitPattern: Allocator.statistics.usedByteCount) }
    let pool = try! ThreadPool(workerCount: 2)
    var escaped: [Escape<[JSObject]>] = []
    for index in 0..<2 {
      let objects = await pool.spawn(on: index) { () -> Escape<[JSObject]> in
        leaveClosures(counter)
        return Escape((0..<1000).map { _ in JSObject() })
      }.value
      escaped.append(objects)
    }
    await pool.shutdown()
    // Their last references go away when their threads are no more.
    escaped = []
  }
  expectEqual(counter.count.load(ordering: .relaxed), 240)
  // Pools, workers and the records of threads are never freed, and take some pages of 64 KiB; the
  // scratch memory of 64 threads would take five more.
  let growth = Int(bitPattern: Allocator.statistics.usedByteCount) - used
  expect(growth <= 5 * 65536, "\(growth) bytes in 32 rounds")
}
