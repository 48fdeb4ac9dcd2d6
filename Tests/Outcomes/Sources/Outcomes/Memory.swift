import Webble

@_extern(c, "free") private func cFree(_ block: UnsafeMutableRawPointer?)

final class Thing {
  var number = 1
  var other: Thing?
  var bytes: [UInt8] = []
}

private let kept = Mutex<[Thing]>([])

/// Two objects that hold each other, a block of C's, and what a global variable holds.
@inline(never) func leakMemory() {
  let one = Thing(), other = Thing()
  (one.other, other.other) = (other, one)
  _ = cMalloc(1000)
  kept.withLock { $0.append(Thing()) }
}

@MainActor func lose(_ what: String, _ pool: ThreadPool) async {
  if what == "tasks" { await loseTasks(pool) } else { await pool.spawn { loseObjects() }.value }
}

private let channelOfAll = Channel<Int>(capacity: 1)
private let waiters = Mutex<[UnsafeContinuation<Void, Never>]>([])

/// Leaves tasks that nothing can resume, and others that something could.
@MainActor func loseTasks(_ pool: ThreadPool) async {
  pool.spawn(name: "forgotten") { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
  let empty = Channel<Int>(capacity: 1), full = Channel<Int>(capacity: 0)
  let receiver = pool.spawn(name: "receiver") { await empty.receive() }
  pool.spawn(name: "sender") { await full.send(1) }
  pool.spawnStealable(name: "awaiter") { await receiver.value }
  let first = AsyncMutex(0), second = AsyncMutex(0), meeting = Barrier(count: 2)
  pool.spawn(name: "left") {
    await first.withLock { _ in
      await meeting.wait()
      await second.withLock { _ in }
    }
  }
  pool.spawn(name: "right") {
    await second.withLock { _ in
      await meeting.wait()
      await first.withLock { _ in }
    }
  }
  pool.spawn(name: "kept by a channel") { await channelOfAll.receive() }
  pool.spawn(name: "kept by a continuation") {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      waiters.withLock { $0.append(continuation) }
    }
  }
  let latch = CountdownLatch(count: 1)
  pool.spawn(name: "kept by a timer") {
    await sleep(milliseconds: 600_000)
    latch.countDown()
  }
  pool.spawn(name: "kept by the one with the timer") { await latch.wait() }
  while pool.dump().tasks.contains(where: { $0.name != nil && $0.state != .waiting }) { await sleep(milliseconds: 5) }
}

/// A circle that its caller holds.
@inline(never) func holdCircle() -> Thing {
  let one = Thing(), other = Thing()
  (one.other, other.other) = (other, one)
  return one
}

@inline(never) func end(_ status: Int32, holding thing: Thing) -> Never { exit(status) }

/// Circles of two and of one, a closure in one, and some that are none.
@inline(never) func loseObjects() {
  let one = Thing(), other = Thing(), alone = Thing(), owner = Thing(), owned = Thing()
  (one.other, other.other) = (other, one)
  one.bytes = [UInt8](repeating: 1, count: 2000)
  alone.other = alone
  owner.other = owned
  let caller = Caller()
  caller.call = { caller.count += 1 }
  kept.withLock { things in
    let first = Thing(), second = Thing()
    (first.other, second.other) = (second, first)
    things.append(first)
  }
}

private final class Caller {
  var count = 0
  var call: () -> Void = {}
}

/// Does to memory what must not be done.
@inline(never) func misuseMemory(_ how: String) {
  let block = cMalloc(20)!
  switch how {
  case "past the end": block.storeBytes(of: 1, toByteOffset: 20, as: UInt8.self)
  case "far past the end": for offset in 20..<40 { block.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self) }
  case "twice": cFree(block)
  case "write after":
    cFree(block)
    block.storeBytes(of: 1, toByteOffset: 4, as: UInt8.self)
    for _ in 0..<64 { cFree(cMalloc(100)) }
    print("not found")
    return
  case "object after":
    let thing = Unmanaged.passRetained(Thing())
    thing.release()
    _ = thing.retain()
    print("not found")
    return
  default: fatalError("no such misuse: \(how)")
  }
  cFree(block)
  print("not found")
}

private struct Lost: Error {}

/// Throws three errors, of which one is read, and waits.
func loseErrors(_ pool: ThreadPool) async {
  let read = pool.spawn { () async throws(Lost) -> Int in throw Lost() }
  if case .success = await read.result { print("no error") }
  pool.spawn(on: 0) { () async throws(Lost) -> Int in throw Lost() }
  await Task { _ = Task { () async throws(Lost) -> Int in throw Lost() } }.value
  await sleep(milliseconds: 600_000)
}
