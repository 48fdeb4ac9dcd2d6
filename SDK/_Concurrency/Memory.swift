import CRuntime
import Swift
import WebbleAllocator

// The C names of the allocator, which compiled Swift calls.

@_cdecl("posix_memalign")
func posixMemalign(
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: UInt, _ byteCount: UInt
) -> Int32 {
  // Compiled Swift does not look at the status.
  result.pointee = allocateOrStop(byteCount, alignment: alignment)
  return 0
}

@_cdecl("malloc")
func cMalloc(_ byteCount: UInt) -> UnsafeMutableRawPointer? {
  Allocator.allocate(byteCount: byteCount)
}

@_cdecl("calloc")
func cCalloc(_ count: UInt, _ size: UInt) -> UnsafeMutableRawPointer? {
  let (byteCount, overflow) = count.multipliedReportingOverflow(by: size)
  guard !overflow, let block = Allocator.allocate(byteCount: byteCount) else { return nil }
  block.initializeMemory(as: UInt8.self, repeating: 0, count: Int(bitPattern: byteCount))
  return block
}

@_cdecl("realloc")
func cRealloc(_ block: UnsafeMutableRawPointer?, _ byteCount: UInt) -> UnsafeMutableRawPointer? {
  guard let block else { return Allocator.allocate(byteCount: byteCount) }
  return Allocator.reallocate(block, byteCount: byteCount)
}

@_cdecl("free")
func cFree(_ block: UnsafeMutableRawPointer?) { Allocator.deallocate(block) }

/// Memory that the program cannot go on without.
@inline(__always)
func allocateOrStop(_ byteCount: UInt, alignment: UInt) -> UnsafeMutableRawPointer {
  if let block = alignment <= Allocator.defaultAlignment
    ? Allocator.allocate(byteCount: byteCount)
    : Allocator.allocate(byteCount: byteCount, alignment: alignment)
  {
    return block
  }
  stopForMemory(byteCount)
}

@inline(never)
private func stopForMemory(_ byteCount: UInt) -> Never {
  let statistics = Allocator.statistics
  let message: StaticString = "out of memory: "
  var text = FixedText()
  text.append(message)
  text.append(byteCount)
  text.append(" bytes asked for, ")
  text.append(statistics.usedByteCount)
  text.append(" in use of at most ")
  text.append(statistics.limitByteCount)
  text.append(". Raise the limit with `webble build --maximum-memory MIB`.")
  text.stop()
}
