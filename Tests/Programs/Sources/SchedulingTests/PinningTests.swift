import TestSupport
import Webble
import WebbleTesting

@MainActor private func visitMain() -> ThreadID? { .current }

private actor Meeting {
  func visit() async { await Task.yield() }
}

@MainActor func pinningTests() {
  test("a pinned task is on its worker after each of a thousand awaits of every kind",
    timeLimit: testLimit
  ) {
    let pool = try! ThreadPool(workerCount: 3)
    let meeting = Meeting()
    // The other workers would steal it if they could.
    let others = (0..<2).map { _ in pool.spawnStealable { for _ in 0..<500 { await Task.yield() } } }
    for worker in 0..<3 {
      let strayed = await pool.spawn(on: worker) {
        var strayed = 0
        for round in 0..<1000 {
          switch round % 7 {
          case 0: await Task.yield()
          case 1: await meeting.visit()
          case 2: if await visitMain() != .main { strayed += 1 }
          case 3: await pool.spawnStealable {}.value
          case 4:
            await withUnsafeContinuation { continuation in
              pool.spawn(on: (worker + 1) % 3) { continuation.resume() }
            }
          case 5: if round % 70 == 5 { try? await Task.sleep(for: .microseconds(100)) }
          default: await Task { await Task.yield() }.value
          }
          if ThreadID.current != .worker(worker) { strayed += 1 }
        }
        return strayed
      }.value
      expectEqual(strayed, 0)
    }
    for handle in others { await handle.value }
    await pool.shutdown()
  }

  test("a pinned task waits for its busy worker even if others are free", timeLimit: testLimit) {
    guard hasThreads else { return }
    let pool = try! ThreadPool(workerCount: 2)
    try! await pool.ready()
    let isBusy = Flag()
    let mayEnd = Flag()
    let hog = pool.spawn(on: 0) {
      isBusy.set()
      spin { mayEnd.isSet }
    }
    expect(await eventually { isBusy.isSet })
    let pinned = pool.spawn(on: 0) { ThreadID.current }
    for _ in 0..<100 { await pool.spawn(on: 1) {}.value }
    expect(!pinned.isFinished)
    mayEnd.set()
    expect(await pinned.value == .worker(0))
    await hog.value
    await pool.shutdown()
  }

  test("two pinned tasks play ping-pong between two workers", timeLimit: testLimit) {
    let pool = try! ThreadPool(workerCount: 2)
    let signals = (0..<4000).map { _ in Signal() }
    let players = (0..<2).map { player in
      pool.spawn(on: player) {
        for round in stride(from: player, to: 4000, by: 2) {
          if round > 0 { await signals[round - 1].wait() }
          signals[round].fire()
        }
        return ThreadID.current
      }
    }
    for (player, handle) in players.enumerated() { expect(await handle.value == .worker(player)) }
    await pool.shutdown()
  }
}
