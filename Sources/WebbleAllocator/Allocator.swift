#if canImport(CNative)
  import CNative
#else
  import CPlatform
#endif

/// The memory allocator of the runtime: `malloc` and its kin are thin covers of these functions.
///
/// A thread serves requests up to 32704 bytes from spans of its own, 64 KiB pages cut into blocks
/// of one of 37 sizes, without an atomic operation, and up to 1024 bytes without a call. Blocks
/// that another thread frees go back to the span they came from, up to 16 by one atomic
/// operation. Larger requests get whole pages. Nothing in here locks or waits, so every thread,
/// the main thread of a page too, may call all of it at any time. Functions off the fast path are
/// kept out of line, so that the module has each once.
///
/// The design follows D. Leijen, B. Zorn, L. de Moura, "Mimalloc: Free List Sharding in Action"
/// (2019), with a list of notified spans in place of its delayed frees.
public enum Allocator {
  /// What `malloc` guarantees of every block, in bytes.
  public static var defaultAlignment: UInt { 16 }

  /// Gives the allocator its memory. Call once, before the first allocation and before a second
  /// thread starts.
  ///
  /// - Parameters:
  ///   - heapBase: on wasm32 the end of the program's data, `__heap_base`: all memory from there on
  ///     is the allocator's, and nothing else may grow the memory. Elsewhere the start of address
  ///     space that reaches up to `pageLimit` pages of 64 KiB, counted from the page of `heapBase`.
  ///   - pageLimit: the number of pages that the memory may have in all. Page 65535 stays unused.
  /// - Returns: false if that leaves no page to hand out. Every allocation fails then.
  @discardableResult
  public static func configure(heapBase: UnsafeMutableRawPointer, pageLimit: UInt) -> Bool {
    let base = UInt(bitPattern: heapBase)
    let address = (base &+ 63) & ~63
    let metadata = address &+ UInt(bitPattern: MemoryLayout<SharedState>.stride)
    guard let pages = PageAllocator(metadata: metadata, heapBase: base, pageLimit: pageLimit) else {
      sharedState = nil
      return false
    }
    let state = UnsafeMutablePointer<SharedState>(bitPattern: address).unsafelyUnwrapped
    state.initialize(to: SharedState(pages: pages))
    sharedState = state
    return true
  }

  /// A block of at least `byteCount` bytes, aligned to `defaultAlignment`. Its contents are
  /// undefined. Also for 0 bytes the block is distinct from all others.
  /// - Returns: nil when the memory limit is reached.
  public static func allocate(byteCount: UInt) -> UnsafeMutableRawPointer? {
    if byteCount <= Heap.largestDirectRequest, let heap = Heap.current {
      let index = Int(bitPattern: (byteCount &+ 15) &>> 4)
      if let block = heap.storage.pointee.direct[unchecked: index].takeFree() {
        return UnsafeMutableRawPointer(block)
      }
    }
    return allocateSlowly(byteCount: byteCount)
  }

  /// A block of at least `byteCount` bytes.
  /// - Parameter alignment: in bytes, a power of two.
  /// - Returns: nil when the memory limit is reached.
  public static func allocate(byteCount: UInt, alignment: UInt) -> UnsafeMutableRawPointer? {
    if alignment <= defaultAlignment { return allocate(byteCount: byteCount) }
    if byteCount <= SizeClass.largestRequest, alignment <= SizeClass.largestRequest {
      let multiple = byteCount == 0 ? alignment : (byteCount &+ alignment &- 1) & ~(alignment &- 1)
      if multiple <= SizeClass.largestRequest,
        SizeClass.blockSize(SizeClass.index(for: multiple)) & (alignment &- 1) == 0
      {
        return allocate(byteCount: multiple)
      }
    }
    guard let heap = Heap.makeCurrent() else { return nil }
    return LargeBlock.allocate(byteCount: byteCount, alignment: alignment, heap: heap)
  }

  /// Frees a block, on any thread. Nil is ignored.
  public static func deallocate(_ pointer: UnsafeMutableRawPointer?) {
    guard let pointer else { return }
    let span = Span.containing(pointer)
    // Of an optional pointer, `UInt(bitPattern:)` compiles to a branch.
    guard span.owner.pointee == unsafeBitCast(webble_current_heap(), to: UInt.self) else {
      return deallocateForeign(pointer)
    }
    let block = pointer.assumingMemoryBound(to: FreeBlock.self)
    let next = span.header.pointee.free
    block.pointee.next = next
    span.header.pointee.free = block
    span.header.pointee.used &-= 1
    if next == nil || span.header.pointee.used == 0 { didFree(in: span) }
  }

  /// How many bytes of the block may be used: at least as many as were asked for. Any thread.
  public static func usableSize(_ pointer: UnsafeMutableRawPointer) -> UInt {
    let span = Span.containing(pointer)
    return span.owner.pointee == Span.largeOwner
      ? LargeBlock.usableSize(pointer, span: span) : UInt(span.header.pointee.blockSize)
  }

  /// A block of at least `byteCount` bytes that begins with the contents of `pointer`, which is
  /// freed unless it is the same. A moved block is aligned to `defaultAlignment`.
  /// - Returns: nil when the memory limit is reached; the old block stays as it is.
  public static func reallocate(
    _ pointer: UnsafeMutableRawPointer?, byteCount: UInt
  ) -> UnsafeMutableRawPointer? {
    guard let pointer else { return allocate(byteCount: byteCount) }
    let usable = usableSize(pointer)
    let span = Span.containing(pointer)
    if span.owner.pointee != Span.largeOwner {
      if byteCount <= usable, byteCount >= usable / 2 { return pointer }
    } else if byteCount > SizeClass.largestRequest, let shared = sharedState,
      LargeBlock.resize(pointer, span: span, byteCount: byteCount, shared: shared)
    {
      return pointer
    }
    guard let new = allocate(byteCount: byteCount) else { return nil }
    new.copyMemory(
      from: pointer, byteCount: Int(bitPattern: byteCount < usable ? byteCount : usable))
    deallocate(pointer)
    return new
  }

  /// Gives this thread a heap ahead of its first allocation. A thread without one gives the blocks
  /// of others back one by one.
  /// - Parameter thread: a number by which `largestHolders` names the thread, not negative but for
  ///   those that have a name below.
  public static func adoptHeap(thread: Int32 = unknownThread) {
    Heap.makeCurrent()?.storage.pointee.thread = thread
  }

  /// Gives back the blocks of other threads' heaps that this thread has freed and still keeps: up to
  /// sixteen of each of the spans that it has last met, two a size. Call before the thread waits for a
  /// while.
  public static func giveBackForeign() {
    Heap.current?.giveBackForeign()
  }

  /// Gives this thread's heap up, for another thread to adopt. Call when the thread ends. Blocks of
  /// it that are still live stay so, and any thread may free them.
  public static func abandonHeap() {
    guard let heap = Heap.current else { return }
    heap.collect()
    heap.storage.pointee.thread = unknownThread
    webble_set_current_heap(nil)
    heap.disown()
  }

  /// Sizes in bytes, and a number of heaps.
  public struct Statistics {
    /// Memory that the allocator has, whether used or not.
    public var reservedByteCount: UInt
    /// Memory in spans and large blocks, including their headers and free blocks.
    public var usedByteCount: UInt
    /// The most that `reservedByteCount` can become.
    public var limitByteCount: UInt
    /// Heaps of threads, living and ended.
    public var heapCount: Int
  }

  /// A snapshot, not of one moment while other threads allocate. Any thread.
  public static var statistics: Statistics {
    guard let shared = sharedState else {
      return Statistics(
        reservedByteCount: 0, usedByteCount: 0, limitByteCount: 0, heapCount: 0)
    }
    var heapCount = 0
    _ = shared.pointee.firstHeap { _ in
      heapCount &+= 1
      return false
    }
    return Statistics(
      reservedByteCount: shared.pointee.pages.reservedPageCount &* Span.pageSize,
      usedByteCount: shared.pointee.pages.usedPageCount &* Span.pageSize,
      limitByteCount: (shared.pointee.pages.limit &- shared.pointee.pages.firstPage)
        &* Span.pageSize,
      heapCount: heapCount)
  }

  @inline(never)
  private static func allocateSlowly(byteCount: UInt) -> UnsafeMutableRawPointer? {
    guard let heap = Heap.makeCurrent() else { return nil }
    guard byteCount <= SizeClass.largestRequest else {
      return LargeBlock.allocate(byteCount: byteCount, alignment: defaultAlignment, heap: heap)
    }
    return UnsafeMutableRawPointer(heap.allocate(sizeClass: SizeClass.index(for: byteCount)))
  }

  @inline(never)
  private static func didFree(in span: Span) {
    Heap.current?.didFree(in: span)
  }

  /// Frees a block that is not of this thread's heap: a large one or another heap's.
  @inline(never)
  private static func deallocateForeign(_ pointer: UnsafeMutableRawPointer) {
    let span = Span.containing(pointer)
    let block = pointer.assumingMemoryBound(to: FreeBlock.self)
    if span.owner.pointee == Span.largeOwner {
      if let shared = sharedState { LargeBlock.deallocate(span, shared: shared) }
    } else if let heap = Heap.current {
      heap.freeForeign(block, of: span)
    } else {
      span.freeRemotely(ReturnedBlocks(block))
    }
  }
}
