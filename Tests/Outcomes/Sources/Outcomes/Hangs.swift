import Synchronization
import Webble

/// Waits for what never comes, each time for something else.
@MainActor func hang(_ kind: String, _ pool: ThreadPool) async {
  switch kind {
  case "deadlock":
    let first = AsyncMutex(0), second = AsyncMutex(0)
    let meeting = Barrier(count: 2)
    pool.spawn(name: "left") {
      await first.withLock { _ in
        await meeting.wait()
        await second.withLock { _ in }
      }
    }
    let right = pool.spawn(name: "right") {
      await second.withLock { _ in
        await meeting.wait()
        await first.withLock { _ in }
      }
    }
    print("hangs")
    await right.value
  case "waits": await hangInEachWay(pool)
  case "busy":
    // The main thread never comes back to its event loop, from which the workers would start.
    let hasBegun = AsyncSemaphore(permits: 0)
    pool.spawn(name: "sleeper") {
      hasBegun.signal()
      await sleep(milliseconds: 600_000)
    }
    await hasBegun.wait()
    print("hangs")
    while true {}
  default: fatalError("no such hang: \(kind)")
  }
}

@MainActor private func hangInEachWay(_ pool: ThreadPool) async {
  let channel = Channel<Int>(), full = Channel<Int>(capacity: 1)
  _ = full.trySend(1)
  pool.spawn(name: "timer") { await sleep(milliseconds: 600_000) }
  let receiver = pool.spawn(name: "receiver") { await channel.receive() }
  pool.spawn(name: "sender") { await full.send(2) }
  pool.spawnStealable(name: "awaiter") { await receiver.value }
  pool.spawn(name: "continuation") { await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in } }
  pool.spawn(on: 0, name: "group") {
    await withTaskGroup(of: Void.self) { group in
      group.addTask(name: "child") { _ = await channel.receive() }
      await group.waitForAll()
    }
  }
  let latch = CountdownLatch(count: 1), barrier = Barrier(count: 2), semaphore = AsyncSemaphore(permits: 0)
  pool.spawn(name: "latch") { await latch.wait() }
  pool.spawn(name: "barrier") { await barrier.wait() }
  pool.spawn(name: "semaphore") { await semaphore.wait() }
  Task(name: "stream") {
    let (stream, continuation) = AsyncStream<Int>.makeStream()
    for await _ in stream {}
    continuation.finish()
  }
  let task = Task(name: "cancelled") { await latch.wait() }
  task.cancel()
  // This task is the one that runs.
  while pool.dump().tasks.contains(where: { $0.state != .waiting && $0.name != nil }) { await sleep(milliseconds: 10) }
  print(pool.dump())
  print("workers: \(pool.dump().workers.count), of \(ThreadPool.dump().workers.count)")
  exit(0)
}

/// Something to stop at: see SourceMapTests.
@inline(never) func step(_ number: Int) -> Int {
  let next = number + 1
  return next
}

func takeSteps() async {
  var number = 0
  while number < 10_000 {
    number = step(number)
    await sleep(milliseconds: 10)
  }
}

private let held = Mutex<[[UInt8]]>([])

/// 2 MB in 2,000 blocks, for ever.
@inline(never) func holdMemory() {
  held.withLock { held in
    for _ in 0..<2000 { held.append([UInt8](repeating: 1, count: 1000)) }
  }
}

/// As many, and none of it for long.
@inline(never) func dropMemory() {
  var sum = 0
  for index in 0..<2000 { sum += [UInt8](repeating: UInt8(index % 7), count: 1000).count }
  if sum != 2_000_000 { print(sum) }
}
