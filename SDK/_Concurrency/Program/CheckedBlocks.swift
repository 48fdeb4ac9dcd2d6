import CRuntime
import Swift
import WebbleAllocator
import WebbleScheduler

// What builds for inspection check of the memory that compiled Swift and C allocate: writes past a block's end, blocks
// that are freed twice, and writes to freed blocks. What a freed block held is overwritten, so that code that reads it
// gets nonsense that looks alike in all places (`swift_retain` in entry.c knows it). In other builds nobody calls these.
//
// A block:
//
//     what was asked for │ canaries, up to 32 bytes of them │ … │ BlockEnd, at the block's end
//
// A freed block lies in its thread's quarantine until 64 others have been freed there, and is given back to the allocator
// then.

/// Behind each block, where the allocator's block ends.
private struct BlockEnd {
  /// How many bytes were asked for.
  var byteCount: UInt32
  /// Tells that the block is live, or freed; and by the address and the count that both are true.
  var mark: UInt32
}

private let live: UInt32 = 0x5afe_b10c
private let freed: UInt32 = 0xdead_b10c
private let canary: UInt8 = 0xfb
private let canaryCount: UInt = 32
/// Kept in step with entry.c.
private let poison: UInt8 = 0xdd
/// The largest block that goes to quarantine, in bytes.
private let quarantineLimit: UInt = 4096
private let quarantineCount = 64

@inline(__always)
private func mark(_ state: UInt32, _ block: UnsafeMutableRawPointer, _ byteCount: UInt32) -> UInt32 {
  state ^ UInt32(truncatingIfNeeded: UInt(bitPattern: block)) ^ byteCount &* 0x9e37_79b1
}

@inline(__always)
private func end(of block: UnsafeMutableRawPointer) -> UnsafeMutablePointer<BlockEnd> {
  (block + Int(bitPattern: Allocator.usableSize(block)) - MemoryLayout<BlockEnd>.size)
    .assumingMemoryBound(to: BlockEnd.self)
}

/// A block of at least `byteCount` bytes, or nil when the memory limit is reached.
func allocateChecked(_ byteCount: UInt, alignment: UInt) -> UnsafeMutableRawPointer? {
  let (size, overflow) = byteCount.addingReportingOverflow(UInt(MemoryLayout<BlockEnd>.size))
  if overflow { return nil }
  var block = Allocator.allocate(byteCount: size, alignment: alignment)
  if block == nil {
    // What is in quarantine may be enough.
    endQuarantine(currentThread())
    block = Allocator.allocate(byteCount: size, alignment: alignment)
  }
  guard let block else { return nil }
  protect(block, byteCount)
  heapAllocated(block, byteCount)
  return block
}

private func protect(_ block: UnsafeMutableRawPointer, _ byteCount: UInt) {
  let end = end(of: block)
  let count = UInt32(truncatingIfNeeded: byteCount)
  end.initialize(to: BlockEnd(byteCount: count, mark: mark(live, block, count)))
  canaries(of: block, byteCount, end).initialize(repeating: canary)
}

private func canaries(
  of block: UnsafeMutableRawPointer, _ byteCount: UInt, _ end: UnsafeMutablePointer<BlockEnd>
) -> UnsafeMutableBufferPointer<UInt8> {
  let room = UInt(bitPattern: end) - UInt(bitPattern: block) - byteCount
  return UnsafeMutableBufferPointer(
    start: (block + Int(bitPattern: byteCount)).assumingMemoryBound(to: UInt8.self),
    count: Int(bitPattern: Swift.min(room, canaryCount)))
}

/// Stops the program if the block is not live, or what lies behind it was written to.
///
/// - Returns: how many bytes were asked for.
private func check(_ block: UnsafeMutableRawPointer) -> UInt {
  let end = end(of: block)
  let count = end.pointee.byteCount
  if end.pointee.mark == mark(freed, block, count) {
    stop("a block of ", count, " bytes was freed twice", block)
  }
  guard end.pointee.mark == mark(live, block, count) else {
    stop("far past the end of a block was written, or what was freed is no block of memory", nil, "", block)
  }
  for byte in canaries(of: block, UInt(count), end) where byte != canary {
    stop("past the end of a block of ", count, " bytes was written", block)
  }
  return UInt(count)
}

/// How many bytes were asked for, if a live block of Swift's or C's begins there; otherwise nil.
///
/// - Parameter size: of the allocator's block.
@inline(__always)
func sizeOfLiveBlock(_ block: UnsafeMutableRawPointer, size: UInt) -> UInt? {
  let end = (block + Int(bitPattern: size) - MemoryLayout<BlockEnd>.size).assumingMemoryBound(to: BlockEnd.self).pointee
  return end.mark == mark(live, block, end.byteCount) ? UInt(end.byteCount) : nil
}

/// How many bytes were asked for.
func checkedSize(_ block: UnsafeMutableRawPointer) -> UInt {
  let end = end(of: block)
  let count = end.pointee.byteCount
  return end.pointee.mark == mark(live, block, count) ? UInt(count) : Allocator.usableSize(block)
}

func reallocateChecked(_ block: UnsafeMutableRawPointer, _ byteCount: UInt) -> UnsafeMutableRawPointer? {
  let old = check(block)
  guard let new = allocateChecked(byteCount, alignment: Allocator.defaultAlignment) else { return nil }
  new.copyMemory(from: block, byteCount: Int(bitPattern: Swift.min(old, byteCount)))
  freeChecked(block)
  return new
}

func freeChecked(_ block: UnsafeMutableRawPointer?) {
  guard let block else { return }
  heapFreed(block)
  let count = UInt32(truncatingIfNeeded: check(block))
  let end = end(of: block)
  end.pointee.mark = mark(freed, block, count)
  let size = UInt(bitPattern: end) - UInt(bitPattern: block)
  guard size < quarantineLimit, let slot = webble_quarantine_of(currentThread()) else {
    return Allocator.deallocate(block)
  }
  poisoned(block, end).initialize(repeating: poison)
  let quarantine = slot.pointee?.assumingMemoryBound(to: Quarantine.self) ?? makeQuarantine(slot)
  quarantine.pointee.add(block)
}

private func poisoned(
  _ block: UnsafeMutableRawPointer, _ end: UnsafeMutablePointer<BlockEnd>
) -> UnsafeMutableBufferPointer<UInt8> {
  UnsafeMutableBufferPointer(
    start: block.assumingMemoryBound(to: UInt8.self), count: UnsafeMutableRawPointer(end) - block)
}

/// The blocks that a thread has freed last. Its own.
private struct Quarantine {
  var blocks = InlineArray<64, UnsafeMutableRawPointer?>(repeating: nil)
  var next = 0

  mutating func add(_ block: UnsafeMutableRawPointer?) {
    let oldest = blocks[next]
    blocks[next] = block
    next = (next + 1) % quarantineCount
    guard let oldest else { return }
    let end = end(of: oldest)
    for byte in poisoned(oldest, end) where byte != poison {
      stop("a block of ", end.pointee.byteCount, " bytes was written to after it was freed", oldest)
    }
    Allocator.deallocate(oldest)
  }
}

private func makeQuarantine(
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> UnsafeMutablePointer<Quarantine> {
  let memory = allocateOrStop(UInt(MemoryLayout<Quarantine>.size), alignment: 16)
    .bindMemory(to: Quarantine.self, capacity: 1)
  memory.initialize(to: Quarantine())
  slot.pointee = UnsafeMutableRawPointer(memory)
  return memory
}

/// Gives all blocks of the thread's quarantine back.
func endQuarantine(_ thread: ThreadPointer) {
  guard WEBBLE_INSPECTS != 0, let slot = webble_quarantine_of(thread),
    let quarantine = slot.pointee?.assumingMemoryBound(to: Quarantine.self)
  else { return }
  for _ in 0..<quarantineCount { quarantine.pointee.add(nil) }
  slot.pointee = nil
  Allocator.deallocate(quarantine)
}

@inline(never)
private func stop(
  _ before: StaticString, _ byteCount: UInt32?, _ after: StaticString, _ block: UnsafeMutableRawPointer
) -> Never {
  var text = FixedText()
  text.append("memory: ")
  text.append(before)
  if let byteCount { text.append(UInt(byteCount)) }
  text.append(after)
  text.append(", at address ")
  text.append(UInt(bitPattern: block))
  text.append(". Builds for inspection check that; in others it goes on, with whatever is there.")
  text.stop()
}
