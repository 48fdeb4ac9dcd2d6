#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// A free block holds the link to the next one. A live block holds nothing of the allocator's.
struct FreeBlock {
  var next: UnsafeMutablePointer<FreeBlock>?
}

typealias Block = UnsafeMutablePointer<FreeBlock>

/// One page or a run of pages with a header at its start: a page cut into blocks of one size, which
/// belongs to a heap, or the pages of one large block, which belong to no heap.
///
/// Safe because the header is found by masking an address that the allocator handed out, and a span
/// goes back to the page allocator only when none of its blocks is live.
///
/// The life of a small span, told by (`isListed`, `remote`):
///
///     (true, list)  in its heap's list of its class; may hold free blocks.
///         │ owner: no block left, `markFull` puts `fullMark` for the empty list
///         ▼
///     (false, fullMark)  in no list, so that the owner never visits it for nothing.
///         │ owner frees a block: takes the mark away, lists the span ──────▶ (true, list)
///         │ another thread frees a block: replaces the mark by the block
///         ▼
///     (false, list)  that thread is about to put the span in the heap's `notified` list, and the
///         │          owner keeps the span until it has.
///         │ owner takes `notified`
///         ▼
///     (true, list)
struct Span: Equatable {
  struct Header: ~Copyable {
    /// Free blocks. Owner thread.
    var free: Block? = nil
    /// Blocks that have come back from other threads and are not in `free` yet. Owner thread.
    var returned: ReturnedBlocks? = nil
    /// Blocks handed out and not yet seen to be back. Owner thread.
    var used: UInt32 = 0
    /// Constant while a block is live. Unused for a large block.
    var blockSize: UInt32 = 0
    /// Offset from the header of the first block that was never free nor live. Owner thread.
    var unformatted: UInt32 = 0
    /// Constant while a block is live; of a large block, changed when it is reallocated.
    var pageCount: UInt32 = 1
    /// Neighbours in the heap's list of this class. Owner thread.
    var previous: Span? = nil
    var next: Span? = nil
    /// Link of the heap's `notified` list. Written by the thread that took the full mark away, then by the owner.
    var nextNotified: Span? = nil
    /// Constant while a block is live.
    var sizeClass: UInt8 = 0
    /// In the heap's list of this class. Owner thread.
    var isListed = false
  }

  /// What a thread needs to free a block of another thread. Constant while a block is live.
  struct Foreign {
    var sizeClass: UInt32
    /// How many blocks are given back together.
    var limit: UInt32
  }

  let header: UnsafeMutablePointer<Header>

  static var pageSize: UInt { 65536 }
  /// Two cache lines: the owner's fields, and what other threads need.
  static var headerSize: UInt { 128 }
  static var payloadSize: UInt { pageSize &- headerSize }

  /// Stands in `owner` for "no heap". Not zero: that is the heap of a thread that has none.
  static var largeOwner: UInt { 1 }
  /// Stands in `remote` for an empty list of a span that is in no list of its heap.
  static var fullMark: UInt { 1 }

  /// The span of a block. The subtraction makes a block at the very start of a page, which only
  /// alignments of a page and more ask for, belong to the page before, where its header is.
  static func containing(_ pointer: UnsafeMutableRawPointer) -> Span {
    let address = (UInt(bitPattern: pointer) &- 1) & ~(pageSize &- 1)
    return Span(
      header: UnsafeMutablePointer<Header>(bitPattern: address).unsafelyUnwrapped)
  }

  /// Offset of the first block: past the header and as aligned as `blockSize` is, so that every
  /// block is.
  static func firstBlockOffset(blockSize: UInt) -> UInt {
    let alignment = blockSize & (0 &- blockSize)
    return (headerSize &+ alignment &- 1) & ~(alignment &- 1)
  }

  /// Makes a span of small blocks out of a page that no other thread knows.
  init(page: UnsafeMutableRawPointer, owner: UInt, sizeClass: Int) {
    header = page.assumingMemoryBound(to: Header.self)
    let blockSize = SizeClass.blockSize(sizeClass)
    header.initialize(
      to: Header(
        blockSize: UInt32(truncatingIfNeeded: blockSize),
        unformatted: UInt32(
          truncatingIfNeeded: Span.firstBlockOffset(blockSize: blockSize)),
        sizeClass: UInt8(truncatingIfNeeded: sizeClass)))
    self.owner.initialize(to: owner)
    foreign.initialize(
      to: Foreign(
        sizeClass: UInt32(truncatingIfNeeded: sizeClass),
        limit: ReturnedBlocks.limit(blockSize: UInt32(truncatingIfNeeded: blockSize))))
    remote.initialize(to: Atomic(0))
  }

  /// Makes the span of a large block out of pages that no other thread knows.
  init(largeBlockPages page: UnsafeMutableRawPointer, pageCount: UInt) {
    header = page.assumingMemoryBound(to: Header.self)
    header.initialize(to: Header(pageCount: UInt32(truncatingIfNeeded: pageCount)))
    owner.initialize(to: Span.largeOwner)
  }

  init(header: UnsafeMutablePointer<Header>) {
    self.header = header
  }

  var address: UInt { UInt(bitPattern: header) }

  /// Address of the heap, `largeOwner` for a large block. Constant while a block is live. In the
  /// second cache line, which freeing on another thread needs anyway.
  var owner: UnsafeMutablePointer<UInt> {
    (UnsafeMutableRawPointer(header) + 72).assumingMemoryBound(to: UInt.self)
  }

  /// In the header's second cache line; the first is the owner's.
  var foreign: UnsafeMutablePointer<Foreign> {
    (UnsafeMutableRawPointer(header) + 80).assumingMemoryBound(to: Foreign.self)
  }

  /// Blocks freed by other threads, or `fullMark`. Any thread. In the header's second cache line.
  var remote: UnsafeMutablePointer<Atomic<UInt>> {
    (UnsafeMutableRawPointer(header) + 64).assumingMemoryBound(to: Atomic<UInt>.self)
  }

  // MARK: Owner thread

  /// Hands out the first free block.
  func takeFree() -> Block? {
    guard let block = header.pointee.free else { return nil }
    header.pointee.free = block.pointee.next
    header.pointee.used &+= 1
    return block
  }

  /// Looks for blocks when `free` has run out: those freed by other threads, else those never used.
  /// The span is listed.
  func refill() -> Bool {
    if header.pointee.returned == nil { takeRemote() }
    // So many that the way here is worth it, also where they have come back one by one.
    var count: UInt32 = 0
    while count < 16, let returned = header.pointee.returned {
      count &+= returned.count
      header.pointee.returned = returned.earlier
      header.pointee.free = returned.link(
        blockSize: header.pointee.blockSize, before: header.pointee.free)
    }
    if count == 0, header.pointee.free == nil { format() }
    return header.pointee.free != nil
  }

  /// Moves the blocks freed by other threads to `returned`. The full mark is not set.
  @inline(never)
  func takeRemote() {
    guard remote.pointee.load(ordering: .relaxed) != 0 else { return }
    // Acquires what `freeRemotely` released: the blocks, and the freeing thread's last accesses.
    let latest = ReturnedBlocks(address: remote.pointee.exchange(0, ordering: .acquiring))
    let before = header.pointee.returned
    header.pointee.returned = latest
    var next = latest
    while let blocks = next {
      header.pointee.used &-= blocks.count
      next = blocks.earlier
      if next == nil { blocks.earlier = before }
    }
  }

  /// Turns the next never-used blocks into free blocks: 4 KiB at a time, so that a span of which
  /// little is used touches little memory.
  @inline(never)
  private func format() {
    let size = UInt(header.pointee.blockSize)
    var offset = UInt(header.pointee.unformatted)
    let left = (Span.pageSize &- offset) / size
    var count = 4096 / size
    if count == 0 { count = 1 }
    if count > left { count = left }
    guard count > 0 else { return }
    header.pointee.unformatted = UInt32(truncatingIfNeeded: offset &+ count &* size)
    // From the last block to the first, so that addresses are handed out in ascending order.
    offset &+= count &* size
    var first: Block? = nil
    while count > 0 {
      offset &-= size
      let block = Block(bitPattern: address &+ offset).unsafelyUnwrapped
      block.pointee.next = first
      first = block
      count &-= 1
    }
    header.pointee.free = first
  }

  /// Announces that the owner will not look at `remote` until told. False if blocks have come back.
  func markFull() -> Bool {
    // Releases the owner's accesses to `nextNotified` to the thread that takes the mark away.
    remote.pointee.compareExchange(
      expected: 0, desired: Span.fullMark, successOrdering: .releasing, failureOrdering: .relaxed
    ).exchanged
  }

  /// Takes the full mark back. False if another thread has, which will notify the heap.
  func unmarkFull() -> Bool {
    // Relaxed: the word was last written by this thread, nothing is taken over.
    remote.pointee.compareExchange(
      expected: Span.fullMark, desired: 0, ordering: .relaxed
    ).exchanged
  }

  // MARK: Any thread

  /// Gives blocks back that another thread's heap owns, and notifies that heap if the span was
  /// marked full. Lock-free (R. K. Treiber, "Systems Programming: Coping with Parallelism", 1986);
  /// they are only ever taken all at once, so the ABA problem does not arise.
  func freeRemotely(_ blocks: ReturnedBlocks) {
    // Read before the exchange: after it the span may go, unless it was marked full.
    let owner = owner.pointee
    let heap = Heap(storage: UnsafeMutablePointer(bitPattern: owner).unsafelyUnwrapped)
    var last = remote.pointee.load(ordering: .relaxed)
    while true {
      blocks.earlier = last == Span.fullMark ? nil : ReturnedBlocks(address: last)
      // Releases to `takeRemote`; acquires from `markFull`.
      let (exchanged, original) = remote.pointee.weakCompareExchange(
        expected: last, desired: UInt(bitPattern: blocks.head),
        successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if exchanged {
        if last == Span.fullMark { heap.notify(self) }
        return
      }
      last = original
    }
  }
}
