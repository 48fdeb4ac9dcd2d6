import TestSupport
import Webble
import WebbleTesting

@MainActor func badInputTests() {
  test("a worker count of 0, below, or above the maximum throws and names the limits") {
    for count in [0, -1, Int.min, ThreadPool.maximumWorkerCount + 1, Int.max] {
      do throws(ThreadPoolError) {
        _ = try ThreadPool(workerCount: count)
        expect(false, "\(count) workers")
      } catch {
        expect(error == .invalidWorkerCount(count))
        expect(error.description.has("\(ThreadPool.maximumWorkerCount)"), error.description)
        expect(error.description.has("\(count)"), error.description)
      }
      do throws(ThreadPoolError) {
        _ = try ThreadPool("webble.js", workerCount: count)
        expect(false, "\(count) workers")
      } catch { expect(error == .invalidWorkerCount(count)) }
      do throws(ThreadPoolError) {
        _ = try ThreadPool(workerScript: "webble.js", workerCount: count)
        expect(false, "\(count) workers")
      } catch { expect(error == .invalidWorkerCount(count)) }
    }
  }

  test("a glue path that is not there: ready names it, earlier work is abandoned",
    timeLimit: testLimit
  ) {
    await expectFailure(of: try! ThreadPool("/missing.js", workerCount: 2), naming: "missing.js")
  }

  test("a worker script that is not there: ready names it, earlier work is abandoned",
    timeLimit: testLimit
  ) {
    await expectFailure(
      of: try! ThreadPool(workerScript: "/missing.js", workerCount: 2), naming: "missing.js")
  }

  test("a script of the wrong MIME type: ready names it, earlier work is abandoned",
    timeLimit: testLimit
  ) {
    await expectFailure(of: try! ThreadPool("/app.wasm", workerCount: 2), naming: "app.wasm")
    await expectFailure(
      of: try! ThreadPool(workerScript: "/app.wasm", workerCount: 1), naming: "app.wasm")
  }

  test("after a pool that failed, others work", timeLimit: testLimit) {
    let failing = try! ThreadPool("/missing.js", workerCount: 1)
    let pool = try! ThreadPool(workerCount: 1)
    expectEqual(await pool.spawn { 1 }.value, 1)
    _ = try? await failing.ready()
    await failing.shutdown()
    expectEqual(await pool.spawn { 2 }.value, 2)
    await pool.shutdown()
  }

  test("a pool that failed may be dropped before it is known", timeLimit: testLimit) {
    func drop() { _ = try! ThreadPool("/missing.js", workerCount: 2) }
    for _ in 0..<3 { drop() }
    let pool = try! ThreadPool(workerCount: 1)
    expectEqual(await pool.spawn { 3 }.value, 3)
    await pool.shutdown()
  }
}

/// The pool's workers cannot start. Without threads it has none to start, and
/// natively they need no script: there it works.
@MainActor private func expectFailure(of pool: ThreadPool, naming script: String) async {
  let needsScript = hasThreads && isOnWeb
  let handles = [pool.spawn { 1 }, pool.spawn(on: 0) { 1 }, pool.spawnStealable { 1 }]
  var failure: ThreadPoolError?
  do throws(ThreadPoolError) {
    try await pool.ready()
    expect(!needsScript, "ready throws")
  } catch {
    failure = error
    if case .workerFailed(_, let reason) = error {
      expect(reason.has(script), reason)
    } else {
      expect(false, error.description)
    }
  }
  for handle in handles {
    switch await handle.result {
    case .abandoned: expect(needsScript && handle.isAbandoned && handle.tryRecv() == nil)
    case .success(1): expect(!needsScript)
    default: expect(false)
    }
    expectEqual(handle.startFailure, failure)
  }
  if needsScript {
    let late = pool.spawn { 1 }
    expect(late.isAbandoned)
    expectEqual(late.startFailure, failure)
  }
  await pool.shutdown()
  expect(pool.loads.allSatisfy { $0 == 0 }, "\(pool.loads)")
}

extension String {
  /// `contains(_:)` for text comes with a library that Embedded Swift lacks.
  fileprivate func has(_ part: String) -> Bool {
    let text = Array(utf8)
    let part = Array(part.utf8)
    guard part.count <= text.count else { return false }
    return (0...text.count - part.count).contains {
      text[$0..<$0 + part.count].elementsEqual(part)
    }
  }
}
