import CRuntime
import Swift
import WebbleAllocator

// Who awaits the code that a thread runs: for reports of traps, in builds for inspection. An asynchronous
// function that awaits another is on no stack, as that one was called by a tail call. It is in the task's memory:
// each frame begins with the frame that it returns to and the function that goes on there.

/// Room for what `awaiters` finds, of the thread's.
private let awaiterLimit = 64

/// The functions that await what the current task does on this thread, from the inside outwards, and last the one
/// that the task has begun with: indices in the table of functions.
///
/// Frames lie in the task's chunks, each above the one that awaits it, with other things between. What looks like a
/// frame of a known frame is taken for one.
///
/// - Returns: their address, and in the lower half how many there are.
@_cdecl("webble_awaiters")
public func awaiters() -> UInt64 {
  if WEBBLE_INSPECTS == 0 { return 0 }
  guard let task = currentThread().pointee.task, let list = Allocator.allocate(byteCount: UInt(awaiterLimit) * 4)
  else { return 0 }
  let functions = list.bindMemory(to: UInt.self, capacity: awaiterLimit)
  var count = 0
  var frame = task.innermostFrame
  while count < awaiterLimit - 1, let inner = frame {
    let resume = unsafeBitCast(inner.pointee.resume, to: UInt.self)
    if resume == UInt(bitPattern: webble_completion_function()) { break }
    functions[count] = resume
    count += 1
    frame = inner.pointee.parent
  }
  functions[count] = UInt(bitPattern: task.pointee.entry)
  return UInt64(UInt(bitPattern: list)) << 32 | UInt64(count + 1)
}

extension UnsafeMutablePointer where Pointee == webble_task {
  /// The newest frame of the task, which this thread runs.
  fileprivate var innermostFrame: UnsafeMutablePointer<webble_context>? {
    // The first frame stands right behind the result.
    guard let first = outermostFrame else { return nil }
    var chunks: [(start: UInt, end: UInt)] = []
    var top = UInt(bitPattern: pointee.stack_top)
    var chunk = pointee.chunk
    while let one = chunk {
      let header = one.assumingMemoryBound(to: ChunkHeader.self)
      chunks.append((UInt(bitPattern: one) + ChunkHeader.size, top))
      top = UInt(bitPattern: header.pointee.previousTop)
      chunk = header.pointee.previousChunk
    }
    chunks.append((UInt(bitPattern: first), top))
    var known: [UInt] = [UInt(bitPattern: first)]
    for (start, end) in chunks.reversed() {
      var address = (start + 15) & ~15
      while address + 8 <= end {
        let words = UnsafePointer<UInt>(bitPattern: address).unsafelyUnwrapped
        // Mostly a frame is called by the newest one.
        if words[1] != 0, words[1] < 1 << 20, known.suffix(64).contains(words[0]) { known.append(address) }
        address += 16
      }
    }
    return UnsafeMutablePointer<webble_context>(bitPattern: known[known.count - 1])
  }

  /// As `createTask` has laid it out: found by the completion function that it returns to.
  private var outermostFrame: UnsafeMutablePointer<webble_context>? {
    var address = (UInt(bitPattern: pointee.result) + 15) & ~15
    for _ in 0..<4096 {
      let context = UnsafeMutablePointer<webble_context>(bitPattern: address).unsafelyUnwrapped
      let resume = unsafeBitCast(context.pointee.resume, to: UInt.self)
      if context.pointee.parent == nil, resume == UInt(bitPattern: webble_completion_function()) { return context }
      address += 16
    }
    return nil
  }
}
