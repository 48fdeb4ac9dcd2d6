#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

extension Allocator {
  /// Checks the spans in this thread's heap and its tables, for tests.
  /// - Returns: the first invariant found broken, nil if all hold.
  static func _checkInvariants() -> StaticString? {
    guard let heap = Heap.current else { return nil }
    for sizeClass in 0..<SizeClass.count {
      if let broken = heap.brokenInvariant(sizeClass: sizeClass) { return broken }
    }
    for units in 0...Int(Heap.largestDirectRequest / 16) {
      let sizeClass = SizeClass.index(for: UInt(units) * 16)
      let direct = heap.storage.pointee.direct[units]
      if let first = heap.storage.pointee.spans[sizeClass] {
        if direct != first { return "a direct entry is the first span of its class" }
      } else if direct.header.pointee.free != nil {
        return "the direct entry of a class without spans has no free block"
      }
    }
    return nil
  }
}

extension Heap {
  fileprivate func brokenInvariant(sizeClass: Int) -> StaticString? {
    var previous: Span? = nil
    var next = storage.pointee.spans[sizeClass]
    while let span = next {
      let pages = storage.pointee.shared
      if pages.pointee.pages.isFree(pages.pointee.pages.page(at: span.address)) {
        return "the page of a span is not free"
      }
      if span.header.pointee.previous != previous { return "list links agree in both directions" }
      if let broken = brokenInvariant(span: span, sizeClass: sizeClass) { return broken }
      previous = span
      next = span.header.pointee.next
    }
    if let spare = storage.pointee.spares[sizeClass],
      spare.header.pointee.sizeClass != UInt8(sizeClass) || spare.owner.pointee != address
    {
      return "a spare is a span of this heap and class"
    }
    return nil
  }

  private func brokenInvariant(span: Span, sizeClass: Int) -> StaticString? {
    if span.owner.pointee != address { return "a listed span belongs to the heap" }
    if span.header.pointee.sizeClass != UInt8(sizeClass) { return "a span is in its class's list" }
    if !span.header.pointee.isListed { return "a span in a list says so" }
    if span.remote.pointee.load(ordering: .relaxed) == Span.fullMark {
      return "a listed span is not marked full"
    }
    let size = UInt(span.header.pointee.blockSize)
    let first = Span.firstBlockOffset(blockSize: size)
    let formatted = (UInt(span.header.pointee.unformatted) - first) / size
    var free: UInt = 0
    var block = span.header.pointee.free
    while let current = block {
      let offset = UInt(bitPattern: current) &- span.address
      if offset < first || offset >= UInt(span.header.pointee.unformatted)
        || (offset - first) % size != 0
      {
        return "a free block lies on a block boundary of its span"
      }
      free += 1
      if free > formatted { return "the free list has an end" }
      block = current.pointee.next
    }
    var returned = span.header.pointee.returned
    while let blocks = returned {
      free += UInt(blocks.count)
      if free > formatted { return "the list of returned blocks has an end" }
      if blocks.offsets.contains(where: { $0 < first || ($0 - first) % size != 0 }) {
        return "a returned block lies on a block boundary of its span"
      }
      returned = blocks.earlier
    }
    if free + UInt(span.header.pointee.used) != formatted {
      return "each block is either free or used"
    }
    return nil
  }
}

extension ReturnedBlocks {
  /// Where all of them lie in the span, in bytes.
  fileprivate var offsets: [UInt] {
    [UInt(bitPattern: head) & (Span.pageSize - 1)]
      + (0..<(word & 15)).map { UInt(place($0).load(as: UInt16.self)) * 16 }
  }
}
