/// Blocks that are too large or too strictly aligned for a class: whole pages, the first of which
/// begins with the span's header and holds the block's start, or is followed by it if the block is
/// aligned to a page or more.
///
/// Safe because nobody but the holder of the block touches its pages and its header.
enum LargeBlock {
  /// A block of at least `byteCount` bytes; nil when the memory limit is reached.
  static func allocate(
    byteCount: UInt, alignment: UInt, heap: Heap
  ) -> UnsafeMutableRawPointer? {
    let shared = heap.storage.pointee.shared
    let offset = offset(alignment: alignment)
    let count = pageCount(byteCount: byteCount, offset: offset)
    // Pages to choose an aligned start from.
    let extra = alignment > Span.pageSize ? alignment / Span.pageSize &- 1 : 0
    guard count <= shared.pointee.pages.limit, extra <= shared.pointee.pages.limit,
      var first = heap.claimPages(count &+ extra)
    else { return nil }
    if extra > 0 {
      let end = first &+ count &+ extra
      let claimed = first
      while UInt(bitPattern: shared.pointee.pages.address(of: first &+ 1)) & (alignment &- 1) != 0 {
        first &+= 1
      }
      shared.pointee.pages.release(claimed, count: first &- claimed)
      shared.pointee.pages.release(first &+ count, count: end &- first &- count)
    }
    let start = shared.pointee.pages.address(of: first)
    _ = Span(largeBlockPages: start, pageCount: count)
    return UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: start) &+ offset)
  }

  static func deallocate(_ span: Span, shared: UnsafeMutablePointer<SharedState>) {
    shared.pointee.pages.release(
      shared.pointee.pages.page(at: span.address), count: UInt(span.header.pointee.pageCount))
  }

  static func usableSize(_ pointer: UnsafeMutableRawPointer, span: Span) -> UInt {
    UInt(span.header.pointee.pageCount) &* Span.pageSize
      &- (UInt(bitPattern: pointer) &- span.address)
  }

  /// Makes the block at least `byteCount` bytes long without moving it, by giving pages at its end
  /// back or by taking those behind it. False if these are not free.
  static func resize(
    _ pointer: UnsafeMutableRawPointer, span: Span, byteCount: UInt,
    shared: UnsafeMutablePointer<SharedState>
  ) -> Bool {
    let first = shared.pointee.pages.page(at: span.address)
    let old = UInt(span.header.pointee.pageCount)
    let new = pageCount(
      byteCount: byteCount, offset: UInt(bitPattern: pointer) &- span.address)
    guard new <= shared.pointee.pages.limit else { return false }
    if new < old {
      shared.pointee.pages.release(first &+ new, count: old &- new)
    } else if new > old {
      guard shared.pointee.pages.claim(existing: first &+ old, count: new &- old) else {
        return false
      }
    }
    span.header.pointee.pageCount = UInt32(truncatingIfNeeded: new)
    return true
  }

  private static func offset(alignment: UInt) -> UInt {
    if alignment <= Span.headerSize { return Span.headerSize }
    return alignment < Span.pageSize ? alignment : Span.pageSize
  }

  private static func pageCount(byteCount: UInt, offset: UInt) -> UInt {
    // In two parts, so that no size overflows.
    let rest = byteCount % Span.pageSize &+ offset &+ Span.pageSize &- 1
    return byteCount / Span.pageSize &+ rest / Span.pageSize
  }
}
