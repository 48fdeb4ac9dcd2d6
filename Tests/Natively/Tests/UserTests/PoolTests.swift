import Testing
import Webble
import XCTest

// As a user writes them, in either library.

/// Sums on all workers.
private func sum(_ numbers: [Int], on pool: ThreadPool) async -> Int {
  await pool.reduce(numbers, 0) { $0 + $1 }
}

struct PoolTests {
  @Test func workRunsOnWorkers() async throws {
    let pool = try ThreadPool(workerCount: 2)
    try await pool.ready()
    let threads = await pool.map(Array(0..<100)) { _ in ThreadID.current }
    #expect(threads.allSatisfy { $0 == .worker(0) || $0 == .worker(1) })
    #expect(await sum(Array(0..<1000), on: pool) == 499_500)
    await pool.shutdown()
  }

  @Test(arguments: 1...8) func manyPoolsAtOnce(count: Int) async throws {
    let pool = try ThreadPool(workerCount: count)
    let channel = Channel<Int>(capacity: 1)
    let sender = pool.spawn { for number in 0..<100 { await channel.send(number) } }
    for expected in 0..<100 { #expect(await channel.receive() == expected) }
    await sender.value
    await pool.shutdown()
  }

  /// The test's own thread is none of the program's; `onMain` is the main actor's.
  @Test func mainIsTheMainActors() async throws {
    #expect(await onMain { ThreadID.current }.value == .main)
    let isOnMain = await MainActor.run { ThreadID.current == .main }
    #expect(isOnMain)
  }

  @Test @MainActor func testsOfTheMainActorHaveThePoolWorkForThem() async throws {
    let pool = try ThreadPool(workerCount: 1)
    #expect(await pool.spawn { ThreadID.current }.value == .worker(0))
    #expect(ThreadID.current == .main)
    await pool.shutdown()
  }
}

final class PoolTestCase: XCTestCase {
  func testWorkRunsOnWorkers() async throws {
    let pool = try ThreadPool(workerCount: 2)
    let total = await sum(Array(0..<1000), on: pool)
    XCTAssertEqual(total, 499_500)
    await pool.shutdown()
  }

  /// A test that waits for work without `await`.
  func testHandlesCanBePolled() throws {
    let pool = try ThreadPool(workerCount: 1)
    let handle = pool.spawnStealable { 5 }
    while handle.tryRecv() == nil {}
    XCTAssertEqual(handle.tryRecv(), 5)
  }
}
