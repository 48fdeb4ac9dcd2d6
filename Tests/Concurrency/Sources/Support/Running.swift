#if arch(wasm32)
@_exported import Webble
import WebbleAllocator
@_exported import WebbleTesting

/// Runs the tests that `declare` declares, with 0, 1, 2 and 4 workers as the global executor, and
/// ends the program. 0 stands for the main thread's event loop.
@MainActor public func runConformanceTests(_ declare: () -> Void) async -> Never {
  declare()
  await runTests {
    for workerCount in [0, 1, 2, 4] {
      for declared in declaredTests {
        WebbleTesting.test("\(declared.name) [\(workerCount) workers]", timeLimit: .seconds(30)) {
          await useWorkers(workerCount)
          await declared.body()
        }
      }
    }
  }
}

/// Whether the caller runs on the main thread.
public var isOnMainThread: Bool { ThreadID.current == .main }

/// Bytes that the program's allocator has in use.
public var usedByteCount: Int { Int(Allocator.statistics.usedByteCount) }

/// Whether no two tasks run at the same time, and their order in the queues is that of their running.
@MainActor public var runsOneTaskAtATime: Bool { pool == nil }

@MainActor private var pool: ThreadPool?

/// Makes a pool of that many workers the global executor, unless it is already.
@MainActor private func useWorkers(_ count: Int) async {
  if (pool?.workerCount ?? 0) == count { return }
  await pool?.shutdown()
  pool = nil
  guard count > 0 else { return }
  let next = try! ThreadPool(workerCount: count)
  next.becomeGlobalExecutor()
  try! await next.ready()
  pool = next
}
#else
import Dispatch
import Glibc
import Synchronization

/// Runs the tests that `declare` declares on the toolchain's own concurrency library, and ends the
/// program.
@MainActor public func runConformanceTests(_ declare: () -> Void) async -> Never {
  DispatchQueue.main.setSpecific(key: mainQueueKey, value: true)
  declare()
  let arguments = CommandLine.arguments
  let filter = arguments.firstIndex(of: "--filter").map { arguments[$0 + 1] }
  var failed = 0
  let chosen = declaredTests.filter { test in filter.map { test.name.contains($0) } ?? true }
  for declared in chosen {
    let before = failures.load(ordering: .relaxed)
    await declared.body()
    let isMet = failures.load(ordering: .relaxed) == before
    if !isMet { failed += 1 }
    print(isMet ? "ok" : "not ok", declared.name)
    fflush(nil)
  }
  print("\(chosen.count - failed) passed, \(failed) failed")
  exit(failed == 0 ? 0 : 1)
}

private let failures = Atomic(0)

/// Not measured here.
public var usedByteCount: Int { 0 }

/// Whether no two tasks run at the same time.
@MainActor public var runsOneTaskAtATime: Bool { false }

/// Whether the caller runs on the main thread.
///
/// On Linux the main queue is what counts: it may change its thread.
public var isOnMainThread: Bool { DispatchQueue.getSpecific(key: mainQueueKey) != nil }

private let mainQueueKey = DispatchSpecificKey<Bool>()

/// Records a failure of the running test unless `condition` holds. Any thread.
@discardableResult
public func expect(
  _ condition: Bool, _ message: @autoclosure () -> String = "expectation not met",
  file: String = #fileID, line: Int = #line
) -> Bool {
  if !condition {
    failures.add(1, ordering: .relaxed)
    print("\(file):\(line): \(message())")
  }
  return condition
}

/// Records a failure of the running test, with both values, unless they are equal. Any thread.
@discardableResult
public func expectEqual<Value: Equatable & CustomStringConvertible>(
  _ value: Value, _ expected: Value, _ message: @autoclosure () -> String = "",
  file: String = #fileID, line: Int = #line
) -> Bool {
  expect(value == expected, "\(value) is not \(expected) \(message())", file: file, line: line)
}
#endif

struct DeclaredTest {
  var name: String
  var body: @MainActor () async -> Void
}

@MainActor var declaredTests: [DeclaredTest] = []

/// Declares a test, which runs on the main actor. To be called in the body of
/// `runConformanceTests(_:)`.
///
/// - Parameter name: The evolution proposal that promises what the test shows, and what that is.
@MainActor public func conformance(_ name: String, _ body: @escaping @MainActor () async -> Void) {
  declaredTests.append(DeclaredTest(name: name, body: body))
}
