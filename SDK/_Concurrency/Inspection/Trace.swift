import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator
import WebbleScheduler

// What runs when, on which thread: `webble run --trace`. Events go to a ring of the thread's that notes them, and
// are read when the program has ended, or hangs. Only in builds for inspection, and there only while
// `webble_is_tracing` is set, before `main`.

/// Kept in step with Glue/trace.js.
private enum TraceKind: UInt32 {
  /// A task was made: `detail` is the index of its first function, its sign bit that it is stealable.
  case made = 1
  /// A task's name: `detail` is the address of a text that ends in 0.
  case named
  /// A task was queued. If it ran here until then, a yield.
  case ready
  /// A task runs from here on, or no longer.
  case begun, stopped
  /// A task has ended.
  case ended
  /// A turn of the worker's event loop begins; or ends, and `detail` says how many jobs it has stolen.
  case turnBegun, turnEnded
}

private struct TraceEvent {
  /// Nanoseconds of the program's clock.
  var time: Int64
  var kind: UInt32
  var task: UInt32
  var detail: UInt
  var unused: UInt = 0
}

/// The events of one thread, or of one virtual worker's thread.
private struct TraceRing {
  var next: UnsafeMutablePointer<TraceRing>?
  /// The worker's index, -1 for the main thread.
  var worker: Int32
  /// How many events there were; the last `capacity` of them are kept.
  var count: UInt32
  static var capacity: Int { 1 << 15 }

  /// The newest ring, and the others by `next`. A ring is never freed.
  static let newest = Atomic<UInt>(0)
}

@inline(__always)
func trace(made task: TaskPointer) {
  if WEBBLE_INSPECTS != 0, webble_get_tracing() != 0 {
    let isStealable = task.pointee.home.implementation == ExecutorMark.pool
    addEvent(.made, task.pointee.identifier, UInt(bitPattern: task.pointee.entry) | (isStealable ? 1 << 31 : 0))
  }
}

@inline(__always)
func trace(named task: TaskPointer, _ name: UnsafeMutableRawPointer) {
  if WEBBLE_INSPECTS != 0, webble_get_tracing() != 0 {
    // The task's own goes with the task.
    var count: UInt = 0
    while name.load(fromByteOffset: Int(count), as: UInt8.self) != 0 { count += 1 }
    let copy = allocateOrStop(count + 1, alignment: 1)
    copy.copyMemory(from: name, byteCount: Int(count + 1))
    addEvent(.named, task.pointee.identifier, UInt(bitPattern: copy))
  }
}

@inline(__always)
func trace(ready task: TaskPointer) {
  if WEBBLE_INSPECTS != 0, webble_get_tracing() != 0 { addEvent(.ready, task.pointee.identifier) }
}

@inline(__always)
func trace(begun task: TaskPointer) {
  if WEBBLE_INSPECTS != 0, webble_get_tracing() != 0 { addEvent(.begun, task.pointee.identifier) }
}

@inline(__always)
func traceStopped() {
  if WEBBLE_INSPECTS != 0, webble_get_tracing() != 0 { addEvent(.stopped, 0) }
}

@inline(__always)
func trace(ended task: TaskPointer) {
  if WEBBLE_INSPECTS != 0, webble_get_tracing() != 0 { addEvent(.ended, task.pointee.identifier) }
}

@inline(__always)
func traceTurn(_ worker: WorkerPointer, hasEnded: Bool) {
  if WEBBLE_INSPECTS != 0, webble_get_tracing() != 0 {
    addEvent(hasEnded ? .turnEnded : .turnBegun, 0, UInt(worker.pointee.counts.stolen))
  }
}

@inline(never)
private func addEvent(_ kind: TraceKind, _ task: UInt32, _ detail: UInt = 0) {
  guard let slot = webble_trace_of(currentThread()) else { return }
  let ring = slot.pointee?.assumingMemoryBound(to: TraceRing.self) ?? makeRing(slot)
  let events = (UnsafeMutableRawPointer(ring) + MemoryLayout<TraceEvent>.stride)
    .assumingMemoryBound(to: TraceEvent.self)
  (events + Int(ring.pointee.count) % TraceRing.capacity).initialize(
    to: TraceEvent(time: monotonicNanoseconds(), kind: kind.rawValue, task: task, detail: detail))
  ring.pointee.count &+= 1
}

private func makeRing(
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> UnsafeMutablePointer<TraceRing> {
  let size = UInt(MemoryLayout<TraceEvent>.stride * (TraceRing.capacity + 1))
  let ring = allocateOrStop(size, alignment: 16).bindMemory(to: TraceRing.self, capacity: 1)
  let index = currentThread().currentWorker?.pointee.index ?? -2
  var seen = TraceRing.newest.load(ordering: .relaxed)
  while true {
    ring.initialize(
      to: TraceRing(next: UnsafeMutablePointer(bitPattern: seen), worker: Int32(truncatingIfNeeded: index), count: 0))
    let (exchanged, original) = TraceRing.newest.weakCompareExchange(
      expected: seen, desired: UInt(bitPattern: ring), successOrdering: .releasing, failureOrdering: .relaxed)
    if exchanged { break }
    seen = original
  }
  slot.pointee = UnsafeMutableRawPointer(ring)
  return ring
}

/// For the glue: from here on events are noted. Before `main`.
@_cdecl("webble_start_trace")
func startTrace() { webble_set_tracing(1) }

/// For the glue: the newest ring. Its layout is `TraceRing`, then, at the size of an event, the events.
@_cdecl("webble_traces")
func traces() -> UInt { TraceRing.newest.load(ordering: .acquiring) }
