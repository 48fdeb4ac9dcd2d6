import JavaScript
import Synchronization
import WebbleTesting
@_spi(Webble) import _Concurrency

@MainActor func keeperTests() {
  test("what a callback spawns keeps its pool open, and nobody else need", keptByCallback)
  test("callbacks spawn while the last reference to their pool goes", callbacksWhileThePoolGoes)
}

private final class Count: Sendable {
  let value = Atomic(0)
}

/// Counts when the worker that JavaScript holds it for has ended.
private final class Witness: Sendable {
  let ends: Count
  init(_ ends: Count) { self.ends = ends }
  deinit { ends.value.add(1, ordering: .relaxed) }
}

private func seven() async -> Int {
  await Task.yield()
  return 7
}

private func waitFor(_ count: Count, toReach goal: Int) async {
  while count.value.load(ordering: .relaxed) < goal { try? await Task.sleep(for: .milliseconds(1)) }
}

@MainActor private func keptByCallback() async {
  guard isIsolated() else { return }
  let ends = Count()
  let handles = Channel<WorkerHandle<Int, Never>>(capacity: nil)
  let gate = AsyncSemaphore(permits: 0)
  var pool: ThreadPool? = try! ThreadPool(workerCount: 1)
  await pool!.spawn {
    let witness = Witness(ends)
    JSObject.global.callback = .object(
      JSClosure { _ in
        withExtendedLifetime(witness) {}
        handles.trySend(
          spawnLocal {
            await gate.wait()
            // A task that such a task starts is no different.
            async let seven = seven()
            return await seven
          })
        return .undefined
      })
    _ = JSObject.global.setTimeout(JSObject.global.callback, 0)
  }.value
  let handle = await handles.receive()!
  pool = nil
  // Time for the pool to close if it would.
  for _ in 0..<20 { await Task.yield() }
  gate.signal()
  if case .success(7) = await handle.result {} else { expect(false, "the pool closed") }
  await waitFor(ends, toReach: 1)
}

@MainActor private func callbacksWhileThePoolGoes() async {
  guard isIsolated() else { return }
  let ends = Count()
  let rounds = 60
  for round in 0..<rounds {
    let runs = Count()
    var pool: ThreadPool? = try! ThreadPool(workerCount: 1)
    await pool!.spawn {
      let witness = Witness(ends)
      JSObject.global.callback = .object(
        JSClosure { _ in
          withExtendedLifetime(witness) {}
          for _ in 0..<20 { spawnLocal { _ = runs.value.add(1, ordering: .relaxed) } }
          _ = JSObject.global.setTimeout(JSObject.global.callback, 0)
          return .undefined
        })
      _ = JSObject.global.setTimeout(JSObject.global.callback, 0)
    }.value
    while runs.value.load(ordering: .relaxed) < round { await Task.yield() }
    pool = nil
  }
  await waitFor(ends, toReach: rounds)
}
