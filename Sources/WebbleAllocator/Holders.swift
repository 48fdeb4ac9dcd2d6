#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// What holds the memory, for the report that there is no more. Nothing here allocates, and nothing
/// waits: the thread that asks may hold any lock.
extension Allocator {
  /// Stands for the main thread in `adoptHeap(thread:)` and `Holder.thread`.
  public static var mainThread: Int32 { -1 }
  /// The heaps of threads that have ended, or have given no number.
  public static var unknownThread: Int32 { -2 }
  /// Blocks larger than a span has: they belong to no thread.
  public static var noThread: Int32 { -3 }

  /// Live blocks that one thread has allocated, or large blocks. All sizes in bytes.
  public struct Holder {
    public var thread: Int32 = noThread
    /// In all blocks, as large as they are and not as was asked for.
    public var byteCount: UInt = 0
    /// The size of the blocks that make up the largest part of it, 0 for large blocks.
    public var blockSize: UInt = 0
    /// How much these make up.
    public var blockByteCount: UInt = 0
  }

  /// The three largest holders, the largest first. Any thread. Others may allocate meanwhile, whose
  /// newest pages may be counted wrong.
  public static func largestHolders() -> InlineArray<3, Holder> {
    var largest = InlineArray<3, Holder>(repeating: Holder())
    guard let shared = sharedState else { return largest }
    insert(shared.pointee.holder(owner: Span.largeOwner), into: &largest)
    _ = shared.pointee.firstHeap { heap in
      var holder = shared.pointee.holder(owner: heap.address)
      holder.thread = heap.storage.pointee.thread
      insert(holder, into: &largest)
      return false
    }
    return largest
  }

  /// What a span, or a large block, holds.
  public struct SpanUse {
    /// Whose heap it is of: a number as `Holder.thread`.
    public var thread: Int32
    /// 0 for a large block. Bytes.
    public var blockSize: UInt
    /// In live blocks.
    public var byteCount: UInt
    /// Where the first block begins; of a large block, where its pages do, and behind that the block.
    public var address: UInt
    /// How many blocks there are that were ever live.
    public var blockCount: UInt
  }

  /// Calls `body` for each span and each large block. Any thread; others may allocate meanwhile.
  public static func forEachSpan(_ body: (SpanUse) -> Void) {
    guard let shared = sharedState else { return }
    var page = shared.pointee.pages.firstPage
    let end = page &+ shared.pointee.pages.reservedPageCount
    while page < end {
      var count: UInt = 1
      let span = Span(header: shared.pointee.pages.address(of: page).assumingMemoryBound(to: Span.Header.self))
      if !shared.pointee.pages.isFree(page) {
        let owner = span.owner.pointee
        if owner == Span.largeOwner {
          count = UInt(span.header.pointee.pageCount)
          body(SpanUse(
            thread: noThread, blockSize: 0, byteCount: count &* Span.pageSize, address: span.address, blockCount: 1))
        } else {
          var thread = unknownThread
          _ = shared.pointee.firstHeap { heap in
            if heap.address == owner { thread = heap.storage.pointee.thread }
            return heap.address == owner
          }
          let blockSize = UInt(span.header.pointee.blockSize)
          let first = Span.firstBlockOffset(blockSize: blockSize)
          body(SpanUse(
            thread: thread, blockSize: blockSize, byteCount: UInt(span.header.pointee.used) &* blockSize,
            address: span.address &+ first, blockCount: (UInt(span.header.pointee.unformatted) &- first) / blockSize))
        }
      }
      // A page that another thread has just claimed may still have what a former owner wrote there.
      page &+= count > 0 && count <= end &- page ? count : 1
    }
  }

  private static func insert(_ holder: Holder, into largest: inout InlineArray<3, Holder>) {
    var holder = holder
    for index in 0..<3 where largest[index].byteCount < holder.byteCount {
      swap(&largest[index], &holder)
    }
  }
}

extension SharedState {
  /// What the pages of one owner hold: a heap's address, or `Span.largeOwner`.
  @inline(never)
  fileprivate func holder(owner: UInt) -> Allocator.Holder {
    var holder = Allocator.Holder()
    var byClass = InlineArray<37, UInt>(repeating: 0)
    var page = pages.firstPage
    let end = page &+ pages.reservedPageCount
    while page < end {
      var count: UInt = 1
      let span = Span(header: pages.address(of: page).assumingMemoryBound(to: Span.Header.self))
      if !pages.isFree(page) {
        let isLarge = span.owner.pointee == Span.largeOwner
        if isLarge { count = UInt(span.header.pointee.pageCount) }
        if span.owner.pointee == owner {
          if isLarge {
            holder.byteCount &+= count &* Span.pageSize
          } else {
            holder.add(span, to: &byClass[Int(span.header.pointee.sizeClass) % SizeClass.count])
          }
        }
      }
      // A page that another thread has just claimed may still have what a former owner wrote there.
      page &+= count > 0 && count <= end &- page ? count : 1
    }
    return holder
  }
}

extension Allocator.Holder {
  fileprivate mutating func add(_ span: Span, to sum: inout UInt) {
    let byteCount = UInt(span.header.pointee.used) &* UInt(span.header.pointee.blockSize)
    self.byteCount &+= byteCount
    sum &+= byteCount
    if sum > blockByteCount {
      blockByteCount = sum
      blockSize = UInt(span.header.pointee.blockSize)
    }
  }
}
