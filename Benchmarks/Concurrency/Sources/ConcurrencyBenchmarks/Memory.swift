#if arch(wasm32)
import Webble
import WebbleAllocator
#else
import Glibc
#endif

/// A million tasks that all wait at once: what each takes, in bytes and in nanoseconds from its creation to
/// its end.
@MainActor func measureMemory() async {
  let count = 1_000_000
  let room = Room(capacity: count)
  let before = usedByteCount()
  let start = ContinuousClock.now
  for _ in 0..<count { Task { await room.wait() } }
  while room.count < count { await Task.yield() }
  report("bytes", Double(usedByteCount() - before) / Double(count))
  room.open()
  while room.count > 0 { await Task.yield() }
  report("million", nanoseconds(since: start) / Double(count))
}

/// Where tasks wait.
@MainActor private final class Room {
  private var waiting: [UnsafeContinuation<Void, Never>] = []
  private(set) var count = 0

  init(capacity: Int) { waiting.reserveCapacity(capacity) }

  func wait() async {
    count += 1
    await withUnsafeContinuation { waiting.append($0) }
    count -= 1
  }

  func open() {
    for continuation in waiting { continuation.resume() }
    waiting = []
  }
}

/// Bytes of the heap that are in use; natively the most that the process has ever had.
private func usedByteCount() -> Int {
  #if arch(wasm32)
  Int(Allocator.statistics.usedByteCount)
  #else
  var usage = rusage()
  getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
  #endif
}
