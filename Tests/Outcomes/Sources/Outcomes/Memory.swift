import Webble

@_extern(c, "free") private func cFree(_ block: UnsafeMutableRawPointer?)

private final class Thing {
  var number = 1
  var other: Thing?
}

private let kept = Mutex<[Thing]>([])

/// Two objects that hold each other, a block of C's, and what a global variable holds.
@inline(never) func leakMemory() {
  let one = Thing(), other = Thing()
  (one.other, other.other) = (other, one)
  _ = cMalloc(1000)
  kept.withLock { $0.append(Thing()) }
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
