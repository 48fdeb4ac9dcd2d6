#if canImport(CNative)
  import CNative
#else
  import CPlatform
#endif
#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// The spans of one thread. A heap lives forever in the first block of its first span; when its
/// thread ends, another thread adopts it as it is.
///
/// Safe because only the thread that holds `isOwned` touches fields marked "owner thread".
struct Heap: Equatable {
  struct Storage: ~Copyable {
    /// A span that never has a free block. The first field, so that its address is known. Constant.
    let none = Span.Header()
    /// The span to take blocks from for a request of 16 × index bytes, `none` if there is none: a
    /// shortcut into `spans`. Owner thread.
    var direct: InlineArray<65, Span>
    /// First of the list of the spans of each class that may have free blocks. Owner thread.
    var spans: InlineArray<37, Span?>
    /// A span of each class that was seen with no live block, to tell a second one. Owner thread.
    var spares: InlineArray<37, Span?>
    /// Blocks of other heaps that this thread has freed and still keeps: two spans of each class, so
    /// that what two threads have allocated may be freed in turn. Owner thread.
    var returning: InlineArray<74, Returning?>
    /// How many of these are not nil. Owner thread.
    var returningCount: UInt32
    /// Which thread has the heap: see `Allocator.adoptHeap(thread:)`. Its owner thread writes it; a
    /// report that the memory is exhausted reads it on any thread.
    var thread: Int32 = Allocator.unknownThread
    /// Where pages come from. Constant.
    let shared: UnsafeMutablePointer<SharedState>
    /// Next in the list of all heaps. Constant once the heap is in that list.
    var nextHeap: Heap?
    /// Spans marked full that blocks have come back to, a Treiber stack. Any thread.
    let notified: Atomic<UInt>
    /// Whether a thread has this heap. Any thread.
    let isOwned: Atomic<Bool>
  }

  /// Blocks of one span of another heap's that are to be given back together: the threads that free
  /// what one thread has allocated would otherwise compete for `remote` of the same span with each
  /// block.
  struct Returning {
    var span: Span
    var blocks: ReturnedBlocks
    /// How many more fit.
    var room: UInt32
  }

  let storage: UnsafeMutablePointer<Storage>

  /// The largest request, in bytes, that `direct` has a span for.
  static var largestDirectRequest: UInt { 1024 }

  /// The heap of this thread, nil before its first allocation and after `abandonHeap`.
  static var current: Heap? {
    guard let storage = webble_current_heap() else { return nil }
    return Heap(storage: storage.assumingMemoryBound(to: Storage.self))
  }

  init(storage: UnsafeMutablePointer<Storage>) {
    self.storage = storage
  }

  /// Makes a heap, owned by this thread, out of a page that no other thread knows.
  init(page: UnsafeMutableRawPointer, shared: UnsafeMutablePointer<SharedState>) {
    let sizeClass = SizeClass.index(for: UInt(bitPattern: MemoryLayout<Storage>.size))
    let offset = Span.firstBlockOffset(blockSize: SizeClass.blockSize(sizeClass))
    storage = (page + Int(bitPattern: offset)).assumingMemoryBound(to: Storage.self)
    let span = Span(page: page, owner: UInt(bitPattern: storage), sizeClass: sizeClass)
    span.header.pointee.used = 1
    span.header.pointee.unformatted &+= span.header.pointee.blockSize
    storage.initialize(
      to: Storage(
        direct: InlineArray(repeating: none), spans: InlineArray(repeating: nil),
        spares: InlineArray(repeating: nil), returning: InlineArray(repeating: nil),
        returningCount: 0, shared: shared,
        nextHeap: nil,
        notified: Atomic(0), isOwned: Atomic(true)))
    list(span)
  }

  var address: UInt { UInt(bitPattern: storage) }

  private var none: Span {
    Span(
      header: UnsafeMutableRawPointer(storage).assumingMemoryBound(to: Span.Header.self))
  }

  // MARK: Owner thread

  /// A block of a class; nil when the memory limit is reached.
  @inline(never)
  func allocate(sizeClass: Int) -> Block? {
    if let span = storage.pointee.spans[unchecked: sizeClass], let block = span.takeFree() {
      return block
    }
    listNotified()
    while true {
      while let span = storage.pointee.spans[unchecked: sizeClass] {
        if span.refill() { return span.takeFree() }
        if span.markFull() { unlist(span) }
      }
      if let page = claimPages(1) {
        let start = storage.pointee.shared.pointee.pages.address(of: page)
        list(Span(page: start, owner: address, sizeClass: sizeClass))
      } else if storage.pointee.spans[unchecked: sizeClass] == nil {
        return nil
      }
    }
  }

  /// Takes pages. Before memory grows, gives back all spans that hold no live block.
  @inline(never)
  func claimPages(_ count: UInt) -> UInt? {
    let shared = storage.pointee.shared
    if let page = shared.pointee.pages.claim(count, mayGrow: false) { return page }
    collect()
    shared.pointee.collectAbandonedHeaps()
    return shared.pointee.pages.claim(count, mayGrow: true)
  }

  /// What remains to be done after this thread has put a block on the free list of a span of its
  /// own, if that list was empty or the block was the last live one.
  func didFree(in span: Span) {
    if !span.header.pointee.isListed {
      // Otherwise another thread is about to notify this heap of the span.
      guard span.unmarkFull() else { return }
      list(span)
    }
    retireIfUnused(span)
  }

  /// Frees a block of another heap's: gives it back, or keeps it for a while to give several back
  /// at once.
  func freeForeign(_ block: Block, of span: Span) {
    let first = Int(span.foreign.pointee.sizeClass &* 2)
    if add(block, of: span, at: first) || add(block, of: span, at: first &+ 1) { return }
    let place = placeForNext(first)
    giveBack(place)
    storage.pointee.returning[unchecked: place] = Returning(
      span: span, blocks: ReturnedBlocks(block), room: span.foreign.pointee.limit &- 1)
    storage.pointee.returningCount &+= 1
  }

  /// - Returns: false if the blocks kept there are of another span.
  @inline(__always)
  private func add(_ block: Block, of span: Span, at place: Int) -> Bool {
    guard var returning = storage.pointee.returning[unchecked: place], returning.span == span else {
      return false
    }
    returning.blocks.add(block)
    returning.room &-= 1
    storage.pointee.returning[unchecked: place] = returning
    if returning.room == 0 { giveBack(place) }
    return true
  }

  /// The place of a class that is free, or has less room left.
  private func placeForNext(_ first: Int) -> Int {
    guard let one = storage.pointee.returning[unchecked: first] else { return first }
    guard let other = storage.pointee.returning[unchecked: first &+ 1] else { return first &+ 1 }
    return one.room < other.room ? first : first &+ 1
  }

  @inline(never)
  private func giveBack(_ place: Int) {
    guard let returning = storage.pointee.returning[unchecked: place] else { return }
    storage.pointee.returning[unchecked: place] = nil
    storage.pointee.returningCount &-= 1
    returning.span.freeRemotely(returning.blocks)
  }

  /// Gives back all blocks of other heaps that this thread still keeps.
  @inline(never)
  func giveBackForeign() {
    var place = 0
    while storage.pointee.returningCount != 0 {
      giveBack(place)
      place &+= 1
    }
  }

  /// Takes in all blocks freed by other threads and gives all unused spans back.
  func collect() {
    giveBackForeign()
    listNotified()
    for sizeClass in 0..<SizeClass.count {
      var next = storage.pointee.spans[unchecked: sizeClass]
      while let span = next {
        next = span.header.pointee.next
        span.takeRemote()
        if span.header.pointee.used == 0 { release(span) }
      }
    }
  }

  /// Puts the spans that other threads have freed a block of back in the lists of their classes.
  @inline(never)
  private func listNotified() {
    guard storage.pointee.notified.load(ordering: .relaxed) != 0 else { return }
    // Acquires what `notify` released: the links.
    let first = storage.pointee.notified.exchange(0, ordering: .acquiring)
    var next = UnsafeMutablePointer<Span.Header>(bitPattern: first).map(Span.init(header:))
    while let span = next {
      next = span.header.pointee.nextNotified
      list(span)
      span.takeRemote()
      retireIfUnused(span)
    }
  }

  /// Gives a span without live blocks back, unless it is the only such span of its class: a thread
  /// that allocates and frees one block in turn should not claim a page each time.
  @inline(never)
  private func retireIfUnused(_ span: Span) {
    guard span.header.pointee.used == 0 else { return }
    let sizeClass = Int(span.header.pointee.sizeClass)
    if let spare = storage.pointee.spares[unchecked: sizeClass], spare != span,
      spare.header.pointee.used == 0
    {
      release(span)
    } else {
      storage.pointee.spares[unchecked: sizeClass] = span
    }
  }

  @inline(never)
  private func release(_ span: Span) {
    unlist(span)
    let sizeClass = Int(span.header.pointee.sizeClass)
    if storage.pointee.spares[unchecked: sizeClass] == span {
      storage.pointee.spares[unchecked: sizeClass] = nil
    }
    let shared = storage.pointee.shared
    shared.pointee.pages.release(shared.pointee.pages.page(at: span.address), count: 1)
  }

  /// Puts a span second in the list of its class: the first, being in use, should be used up.
  @inline(never)
  private func list(_ span: Span) {
    let sizeClass = Int(span.header.pointee.sizeClass)
    span.header.pointee.isListed = true
    guard let first = storage.pointee.spans[unchecked: sizeClass] else {
      span.header.pointee.previous = nil
      span.header.pointee.next = nil
      setFirst(span, of: sizeClass)
      return
    }
    let second = first.header.pointee.next
    span.header.pointee.previous = first
    span.header.pointee.next = second
    first.header.pointee.next = span
    second?.header.pointee.previous = span
  }

  @inline(never)
  private func unlist(_ span: Span) {
    span.header.pointee.isListed = false
    let next = span.header.pointee.next
    next?.header.pointee.previous = span.header.pointee.previous
    if let previous = span.header.pointee.previous {
      previous.header.pointee.next = next
    } else {
      setFirst(next, of: Int(span.header.pointee.sizeClass))
    }
  }

  private func setFirst(_ span: Span?, of sizeClass: Int) {
    storage.pointee.spans[unchecked: sizeClass] = span
    var units = SizeClass.blockSize(sizeClass) / 16
    guard units <= Heap.largestDirectRequest / 16 else { return }
    let direct = span ?? none
    let below = sizeClass == 0 ? nil : SizeClass.blockSize(sizeClass &- 1) / 16
    // Requests of 0 bytes are of class 0 as well.
    while units != below {
      storage.pointee.direct[unchecked: Int(bitPattern: units)] = direct
      if units == 0 { break }
      units &-= 1
    }
  }

  // MARK: Any thread

  /// Tells the owner that a block has come back to a span that was marked full. Only the thread
  /// that took the mark away calls this, once; the owner keeps the span until then.
  func notify(_ span: Span) {
    var first = storage.pointee.notified.load(ordering: .relaxed)
    while true {
      span.header.pointee.nextNotified =
        UnsafeMutablePointer<Span.Header>(bitPattern: first).map(Span.init(header:))
      // Releases to `listNotified`.
      let (exchanged, original) = storage.pointee.notified.weakCompareExchange(
        expected: first, desired: span.address,
        successOrdering: .releasing, failureOrdering: .relaxed)
      if exchanged { return }
      first = original
    }
  }
}
