#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif
import Webble
#if arch(wasm32)
@_spi(Webble) import _Concurrency
#endif

/// Runs the tests that `body` declares with `test(_:timeLimit:_:)`, one after the other, and ends
/// the program: with status 0 if all have passed, otherwise 1. Call it from `main`.
///
/// Prints a line before and after each test, and `N passed, N failed` at the end. The program's
/// arguments `--filter TEXT` choose the tests whose names contain the text.
@MainActor public func runTests(_ body: () -> Void) async -> Never {
  writeLinesAtOnce()
  body()
  var passed = 0
  var failed = 0
  let filter = argument("--filter")
  #if arch(wasm32)
  let exploring = ExplorationPlan(programArguments)
  #endif
  let chosen = declaredTests.filter { test in filter.map { contains(test.name, $0) } ?? true }
  for test in chosen.dropFirst(argument("--skip").flatMap { Int($0) } ?? 0) {
    print("running \(test.name)")
    #if arch(wasm32)
    if let exploring {
      let (hasPassed, remark) = await explore(test, exploring)
      if hasPassed { passed += 1 } else { failed += 1 }
      print("\(hasPassed ? "ok" : "not ok") \(test.name) (\(remark))")
      continue
    }
    #endif
    let failuresBefore = failures.load(ordering: .relaxed)
    let start = realMilliseconds()
    let isInTime = await run(test)
    let time = Int64(realMilliseconds() - start)
    if !isInTime { print("ran out of time") }
    let hasPassed = isInTime && failures.load(ordering: .relaxed) == failuresBefore
    if hasPassed { passed += 1 } else { failed += 1 }
    print("\(hasPassed ? "ok" : "not ok") \(test.name) (\(time) ms)")
  }
  print("\(passed) passed, \(failed) failed")
  exit(failed == 0 ? 0 : 1)
}

/// Declares a test. To be called in the body of `runTests(_:)`.
///
/// - Parameters:
///   - name: What the test shows, on one line; a second test of the same name runs as well.
///   - timeLimit: After that time the test has failed and the next begins; nil stands for no limit
///     but the run's own. The work of a test that ran out of time is cancelled, not stopped.
///   - body: The test. On the main thread, as `main` is.
@MainActor public func test(
  _ name: String, timeLimit: Duration? = nil, _ body: @escaping @MainActor () async -> Void
) {
  declaredTests.append(Test(name: name, timeLimit: timeLimit, body: body))
}

// MARK: Declared tests

struct Test {
  var name: String
  var timeLimit: Duration?
  var body: @MainActor () async -> Void
}

@MainActor private var declaredTests: [Test] = []

/// Returns whether the test has ended in time.
@MainActor private func run(_ test: Test) async -> Bool {
  guard let timeLimit = test.timeLimit else {
    await test.body()
    return true
  }
  let race = Race()
  let body = test.body
  return await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
    let work = Task {
      await body()
      if race.isWon() { continuation.resume(returning: true) }
    }
    Task {
      try? await Task.sleep(for: timeLimit)
      if race.isWon() {
        work.cancel()
        continuation.resume(returning: false)
      }
    }
  }
}

/// Tells the first of several that ask.
private final class Race: Sendable {
  private let isOver = Atomic(false)

  func isWon() -> Bool { !isOver.exchange(true, ordering: .acquiringAndReleasing) }
}

/// Milliseconds of a clock that goes on whatever the program's clocks show.
private func realMilliseconds() -> Double {
  #if arch(wasm32)
    return Exploration.realMilliseconds
  #else
    return (ContinuousClock.now - start) / .milliseconds(1)
  #endif
}

#if !arch(wasm32)
private let start = ContinuousClock.now
#endif

// MARK: Filter

/// What follows a program's argument, or nil if that is not there.
func argument(_ name: String) -> String? {
  let arguments = programArguments
  for index in arguments.indices.dropLast() where arguments[index] == name {
    return arguments[index + 1]
  }
  return nil
}

/// `String.contains(_:)` for text comes with a library that Embedded Swift lacks.
private func contains(_ text: String, _ part: String) -> Bool {
  let text = Array(text.utf8)
  let part = Array(part.utf8)
  guard part.count <= text.count else { return false }
  return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
}
