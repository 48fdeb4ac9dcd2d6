import TestSupport
import Webble
import WebbleTesting

// Where code runs around `withTaskExecutorPreference`. The optimiser must not take a change from one
// executor of generic code to another for none, so each place is asked both in line and in a function.

private func isWorker() -> Bool {
  if case .worker = ThreadID.current { true } else { false }
}

@inline(never) private func isWorkerInFunction() async -> Bool { isWorker() }

private func aroundOnePreference(_ pool: ThreadPool) async -> [Bool] {
  var places = [isWorker()]
  await withTaskExecutorPreference(pool) { places.append(isWorker()) }
  places.append(isWorker())
  await withTaskExecutorPreference(pool) {
    places.append(isWorker())
    await Task.yield()
    places.append(isWorker())
    places.append(await isWorkerInFunction())
  }
  places.append(isWorker())
  places.append(await isWorkerInFunction())
  return places
}

private func aroundAnError(_ pool: ThreadPool) async -> [Bool] {
  var places: [Bool] = []
  do throws(Thrown) {
    try await withTaskExecutorPreference(pool) { () async throws(TestError) -> Void in
      places.append(isWorker())
      throw .expected(1)
    }
  } catch { places.append(isWorker()) }
  places.append(isWorker())
  return places
}

private func aroundNone(_ pool: ThreadPool) async -> [Bool] {
  var places: [Bool] = []
  await withTaskExecutorPreference(nil) { places.append(isWorker()) }
  await withTaskExecutorPreference(pool) {
    await withTaskExecutorPreference(nil) { places.append(isWorker()) }
    await withTaskExecutorPreference(globalConcurrentExecutor) { places.append(isWorker()) }
    places.append(isWorker())
  }
  places.append(isWorker())
  return places
}

private func inALoop(_ pool: ThreadPool) async -> Bool {
  for _ in 0..<20 {
    if isWorker() { return false }
    let isThere = await withTaskExecutorPreference(pool) { isWorker() }
    if !isThere { return false }
  }
  return !isWorker()
}

/// The number that its pool's only worker was given, 0 elsewhere.
private let label = ThreadLocal { 0 }
private func place() -> Int { label.withValue { $0 } }

@MainActor private func labelledPool(_ number: Int) async -> ThreadPool {
  let pool = try! ThreadPool(workerCount: 1)
  await pool.spawn { label.withValue { $0 = number } }.value
  return pool
}

/// Which of two pools, labelled 1 and 2, runs the code.
private func aroundTwo(_ one: ThreadPool, _ two: ThreadPool) async -> [Int] {
  var places: [Int] = [place()]
  await withTaskExecutorPreference(one) {
    places.append(place())
    await withTaskExecutorPreference(two) { places.append(place()) }
    places.append(place())
    await withTaskExecutorPreference(one) { places.append(place()) }
    places.append(place())
  }
  places.append(place())
  return places
}

@MainActor func preferenceTests() {
  test("a preferred pool runs the closure at once, and only it", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let places = await aroundOnePreference(pool)
    expect(places == [false, true, false, true, true, true, false, false], "\(places.count)")
    await pool.shutdown()
  }

  test("a preference ends with an error, too", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    expect(await aroundAnError(pool) == [true, false, false])
    await pool.shutdown()
  }

  test("a preference for none, and for the global executor", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    expect(await aroundNone(pool) == [false, true, false, true, false])
    await pool.shutdown()
  }

  test("preferences in a loop", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    expect(await inALoop(pool))
    await pool.shutdown()
  }

  test("preferences within each other", timeLimit: testLimit) {
    let one = await labelledPool(1)
    let two = await labelledPool(2)
    expect(await aroundTwo(one, two) == [0, 1, 2, 1, 1, 1, 0])
    await one.shutdown()
    await two.shutdown()
  }

  test("a preference in a pool's own work", timeLimit: testLimit) {
    let one = try! ThreadPool(workerCount: 2)
    let two = await labelledPool(2)
    let pinned = one.spawn { () async -> [Bool] in
      let home = ThreadID.current
      var places: [Bool] = []
      await withTaskExecutorPreference(two) { places.append(place() == 2) }
      places.append(place() == 0 && ThreadID.current == home)
      return places
    }
    expect(await pinned.value == [true, true])
    await one.shutdown()
    await two.shutdown()
  }

  test("on an actor a preference moves what is not the actor's", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let moved = await withTaskExecutorPreference(pool) { await isWorkerInFunction() }
    expect(moved)
    expect(ThreadID.current == .main)
    let stays = await withTaskExecutorPreference(pool) { isWorker() }
    expect(!stays, "the closure is the main actor's")
    await pool.shutdown()
  }
}
