#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// Hands out runs of 64 KiB pages, first fit, from a bitmap in which a set bit is a free page, so
/// neighbouring free runs are one run by nature. Pages that memory has still to grow by count as
/// free from the start; being the highest, they are taken last.
///
/// No lock: bits are taken and given back by atomic operations on the bitmap's words, and a lost
/// race means that another thread has won. The main thread of a page, which may not wait, can
/// therefore call all of this. A run that spans several words is taken in ascending order and given
/// back if one page of it turns out to be taken, so of several threads in each other's way the one
/// furthest ahead succeeds. A search reads at most 65535 bits, 2048 words of 32.
struct PageAllocator: ~Copyable {
  private let source: PageSource
  /// Pages below this number are not the allocator's. Constant.
  let firstPage: UInt
  /// Pages from this number on are never used. Constant.
  let limit: UInt
  /// `limit` bits. Any thread.
  private let bitmap: UnsafeMutablePointer<Atomic<UInt>>
  /// Whether a thread is growing the memory by more than it needs. Any thread.
  private let isGrowing = Atomic<Bool>(false)

  private static var wordBits: UInt { UInt(bitPattern: UInt.bitWidth) }

  /// Takes over the memory from `metadata` on: the bitmap, then, from the next page boundary,
  /// pages.
  /// Nil if that leaves no page to hand out.
  init?(metadata: UInt, heapBase: UInt, pageLimit: UInt) {
    source = PageSource(heapBase: heapBase)
    limit = pageLimit < PageSource.mostPages ? pageLimit : PageSource.mostPages
    let words = limit / PageAllocator.wordBits &+ 1
    bitmap = UnsafeMutablePointer<Atomic<UInt>>(bitPattern: metadata).unsafelyUnwrapped
    let end = metadata &+ words &* UInt(bitPattern: MemoryLayout<Atomic<UInt>>.stride)
    firstPage = (end &- source.base &+ Span.pageSize &- 1) / Span.pageSize
    guard firstPage < limit, ensureMemory(upTo: firstPage) else { return nil }
    for index in 0..<Int(bitPattern: words) {
      (bitmap + index).initialize(to: Atomic(0))
    }
    release(firstPage, count: limit &- firstPage)
  }

  func address(of page: UInt) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: source.base &+ page &* Span.pageSize).unsafelyUnwrapped
  }

  func page(at address: UInt) -> UInt {
    (address &- source.base) / Span.pageSize
  }

  /// Pages of memory that exist and are the allocator's. Any thread; can only grow.
  var reservedPageCount: UInt { source.pageCount &- firstPage }

  /// Pages handed out. A snapshot. Any thread.
  var usedPageCount: UInt {
    var free = 0
    for index in 0...Int(bitPattern: limit / PageAllocator.wordBits) {
      free &+= bitmap[index].load(ordering: .relaxed).nonzeroBitCount
    }
    return limit &- firstPage &- UInt(bitPattern: free)
  }

  func isFree(_ page: UInt) -> Bool {
    let word = bitmap[Int(bitPattern: page / PageAllocator.wordBits)].load(ordering: .relaxed)
    return (word &>> (page % PageAllocator.wordBits)) & 1 == 1
  }

  /// Takes the lowest `count` neighbouring free pages. Any thread.
  /// - Parameter mayGrow: whether memory may grow for them.
  /// - Returns: the number of the first, nil if there is no such run or the engine refuses.
  @inline(never)
  func claim(_ count: UInt, mayGrow: Bool) -> UInt? {
    while let first = lowestRun(of: count) {
      if !mayGrow, first &+ count > source.pageCount { return nil }
      guard claim(first, count: count) else { continue }
      if ensureMemory(upTo: first &+ count) { return first }
      release(first, count: count)
      return nil
    }
    return nil
  }

  /// Takes these very pages, all or none, if memory has grown that far. Any thread.
  func claim(existing first: UInt, count: UInt) -> Bool {
    first &+ count <= limit && first &+ count <= source.pageCount && claim(first, count: count)
  }

  /// Gives pages back. Any thread.
  @inline(never)
  func release(_ first: UInt, count: UInt) {
    let end = first &+ count
    var page = first
    while page < end {
      let (index, mask, next) = PageAllocator.bits(from: page, to: end)
      // Releases this thread's accesses to the pages to the thread that claims them.
      bitmap[index].bitwiseOr(mask, ordering: .releasing)
      page = next
    }
  }

  @inline(never)
  private func claim(_ first: UInt, count: UInt) -> Bool {
    let end = first &+ count
    var page = first
    while page < end {
      let (index, mask, next) = PageAllocator.bits(from: page, to: end)
      var word = bitmap[index].load(ordering: .relaxed)
      while true {
        guard word & mask == mask else {
          release(first, count: page &- first)
          return false
        }
        // Acquires what `release` released: the last accesses to the pages.
        let (exchanged, original) = bitmap[index].weakCompareExchange(
          expected: word, desired: word & ~mask,
          successOrdering: .acquiring, failureOrdering: .relaxed)
        if exchanged { break }
        word = original
      }
      page = next
    }
    return true
  }

  /// Grows memory until it has `end` pages: by an eighth of what there is, at least 16 pages. While
  /// one thread does that, others add only what they need themselves.
  @inline(never)
  private func ensureMemory(upTo end: UInt) -> Bool {
    while true {
      let size = source.pageCount
      guard size < end else { return true }
      let missing = end &- size
      // Relaxed, here and below: the flag only makes growth moderate, it protects nothing.
      if !isGrowing.exchange(true, ordering: .relaxed) {
        var step = size / 8
        if step < 16 { step = 16 }
        if step > limit &- size { step = limit &- size }
        let hasGrown = step > missing && source.grow(by: step)
        isGrowing.store(false, ordering: .relaxed)
        if hasGrown { return true }
      }
      if source.grow(by: missing) { return true }
      // Another thread may have grown it meanwhile.
      if source.pageCount == size { return false }
    }
  }

  /// First page of the lowest run of at least `count` free pages. It may be taken by the time the
  /// caller looks.
  @inline(never)
  private func lowestRun(of count: UInt) -> UInt? {
    let wordBits = PageAllocator.wordBits
    var run: UInt = 0
    for index in Int(bitPattern: firstPage / wordBits)...Int(bitPattern: limit / wordBits) {
      var word = bitmap[index].load(ordering: .relaxed)
      // Alternating runs of clear and of set bits, from the lowest bit up.
      var position: UInt = 0
      while position < wordBits {
        if word & 1 == 0 {
          run = 0
          if word == 0 { break }
          let clear = UInt(bitPattern: word.trailingZeroBitCount)
          word &>>= clear
          position &+= clear
        }
        let set = UInt(bitPattern: (~word).trailingZeroBitCount)
        run &+= set
        position &+= set
        if run >= count {
          return UInt(bitPattern: index) &* wordBits &+ position &- run
        }
        word = set == wordBits ? 0 : word &>> set
      }
    }
    return nil
  }

  /// The word that holds the bit of `page`, the mask of all its bits in `page..<end`, and the first
  /// page beyond them.
  private static func bits(
    from page: UInt, to end: UInt
  ) -> (index: Int, mask: UInt, next: UInt) {
    let bit = page % wordBits
    var width = wordBits &- bit
    if width > end &- page { width = end &- page }
    let mask = (UInt.max &>> (wordBits &- width)) &<< bit
    return (Int(bitPattern: page / wordBits), mask, page &+ width)
  }
}
