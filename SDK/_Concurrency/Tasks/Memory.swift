import CRuntime
import Swift
import WebbleAllocator

// The C names of the allocator, which compiled Swift calls.

@_cdecl("posix_memalign")
func posixMemalign(
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: UInt, _ byteCount: UInt
) -> Int32 {
  // Compiled Swift does not look at the status.
  if WEBBLE_INSPECTS != 0 {
    guard let block = allocateChecked(byteCount, alignment: alignment) else { stopForMemory(byteCount) }
    result.pointee = block
    return 0
  }
  result.pointee = allocateOrStop(byteCount, alignment: alignment)
  return 0
}

@_cdecl("malloc")
func cMalloc(_ byteCount: UInt) -> UnsafeMutableRawPointer? {
  WEBBLE_INSPECTS != 0
    ? allocateChecked(byteCount, alignment: Allocator.defaultAlignment) : Allocator.allocate(byteCount: byteCount)
}

@_cdecl("calloc")
func cCalloc(_ count: UInt, _ size: UInt) -> UnsafeMutableRawPointer? {
  let (byteCount, overflow) = count.multipliedReportingOverflow(by: size)
  guard !overflow, let block = cMalloc(byteCount) else { return nil }
  block.initializeMemory(as: UInt8.self, repeating: 0, count: Int(bitPattern: byteCount))
  return block
}

@_cdecl("realloc")
func cRealloc(_ block: UnsafeMutableRawPointer?, _ byteCount: UInt) -> UnsafeMutableRawPointer? {
  guard let block else { return cMalloc(byteCount) }
  return WEBBLE_INSPECTS != 0
    ? reallocateChecked(block, byteCount) : Allocator.reallocate(block, byteCount: byteCount)
}

@_cdecl("free")
func cFree(_ block: UnsafeMutableRawPointer?) {
  if WEBBLE_INSPECTS != 0 { freeChecked(block) } else { Allocator.deallocate(block) }
}

/// How many bytes of a block may be used, at least those asked for; 0 of nil. GNU's name.
@_cdecl("malloc_usable_size")
func cMallocUsableSize(_ block: UnsafeMutableRawPointer?) -> UInt {
  guard let block else { return 0 }
  return WEBBLE_INSPECTS != 0 ? checkedSize(block) : Allocator.usableSize(block)
}

/// The same by Darwin's name.
@_cdecl("malloc_size")
func cMallocSize(_ block: UnsafeRawPointer?) -> UInt {
  cMallocUsableSize(UnsafeMutableRawPointer(mutating: block))
}

/// The same for the standard library: see `blockSizes` in SDKRecipe.swift.
@_cdecl("webble_usable_size")
func usableSize(_ block: UnsafeRawPointer) -> UInt {
  cMallocUsableSize(UnsafeMutableRawPointer(mutating: block))
}

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

/// Stops the program. Neither allocates nor waits, whatever locks the thread holds.
@inline(never)
func stopForMemory(_ byteCount: UInt) -> Never {
  let statistics = Allocator.statistics
  var text = FixedText()
  text.append("out of memory: ")
  text.append(byteCount)
  text.append(" bytes asked for, ")
  text.append(statistics.usedByteCount)
  text.append(" in use of at most ")
  text.append(statistics.limitByteCount)
  text.append(". ")
  let holders = Allocator.largestHolders()
  for index in 0..<3 where holders[index].byteCount != 0 {
    let holder = holders[index]
    text.append(index == 0 ? "Held: " : ", ")
    text.append(holder.byteCount)
    switch holder.thread {
    case Allocator.noThread: text.append(" in large blocks")
    case Allocator.mainThread: text.append(" by main thread")
    case Allocator.unknownThread: text.append(" by ended threads")
    default:
      text.append(" by worker ")
      text.append(UInt(holder.thread))
    }
    if holder.blockSize != 0 {
      text.append(" (")
      text.append(holder.blockByteCount)
      text.append(" in blocks of ")
      text.append(holder.blockSize)
      text.append(")")
    }
  }
  text.append(". Raise the limit with `webble build --maximum-memory MIB`.")
  text.stop()
}
