#if arch(wasm32)
  import CPlatform

  /// The module's linear memory, which nobody else may grow. Page numbers are addresses divided by
  /// the page size.
  struct PageSource: ~Copyable {
    init(heapBase: UInt) { webble_set_usable_pages(webble_memory_size()) }

    /// The highest page is left alone, so that the end of a block is never address 0.
    static var mostPages: UInt { 65535 }

    /// Address of page 0. A constant, so that it costs nothing.
    var base: UInt { 0 }

    /// Pages there are now. Any thread; can only grow.
    var pageCount: UInt { UInt(bitPattern: webble_get_usable_pages()) }

    /// Adds pages behind the last one. Any thread; waits for others that are growing memory, which
    /// takes them no more than the clearing of their pages.
    /// - Returns: false if the memory's maximum leaves no room or the engine refuses.
    func grow(by count: UInt) -> Bool {
      let first = UInt(bitPattern: webble_memory_grow(Int(bitPattern: count)))
      let hasGrown = first != UInt.max
      let before = hasGrown ? first : UInt(bitPattern: webble_memory_size())
      while pageCount < before { webble_spin_hint() }
      guard hasGrown else { return false }
      // V8 asks the other threads to look at the size, which they do at their next function or turn of
      // a loop; up to there an atomic access to the new pages, or one in bulk, traps as out of bounds.
      // A thread that takes an address out of a word and uses it at once may come in between: it did
      // in up to 31 of 3000 times (Chromium 156), in none after these some microseconds, save 2 of 3000
      // for a copy beside four busy processes: threads that the system held up, of all places, there.
      // (A thread that claims pages passes the loops of `claim` in between.)
      // The hint to spin is empty here, and an empty loop would be left out.
      for _ in 0..<3000 { _ = pageCount }
      webble_set_usable_pages(Int(bitPattern: first &+ count))
      return true
    }
  }
#else
  import NativeAtomics

  /// Reserved address space that is handed out as if it were a linear memory that grows.
  struct PageSource: ~Copyable {
    static var mostPages: UInt { 65535 }

    /// Address of page 0. Constant.
    let base: UInt
    /// Any thread.
    private let pages = Atomic<UInt>(1)

    init(heapBase: UInt) {
      base = heapBase & ~(Span.pageSize &- 1)
    }

    var pageCount: UInt { pages.load(ordering: .relaxed) }

    func grow(by count: UInt) -> Bool {
      // Relaxed: like memory.grow it publishes nothing, the bitmap of free pages does.
      pages.wrappingAdd(count, ordering: .relaxed)
      return true
    }
  }
#endif
