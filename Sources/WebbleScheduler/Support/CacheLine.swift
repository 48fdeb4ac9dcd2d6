/// The distance, in bytes, at which two words written by different threads stop slowing each other
/// down: the cache line of x86-64 and of most ARM cores.
public let cacheLineSize = 64

extension UnsafeMutablePointer where Pointee: ~Copyable {
  /// Memory for one value, on cache lines that hold nothing else.
  static func allocateOnOwnCacheLines() -> UnsafeMutablePointer {
    let size = (MemoryLayout<Pointee>.size + cacheLineSize - 1) & ~(cacheLineSize - 1)
    return UnsafeMutableRawPointer.allocate(byteCount: size, alignment: cacheLineSize)
      .bindMemory(to: Pointee.self, capacity: 1)
  }
}

/// 56 bytes that hold nothing. After a word of eight bytes or fewer that other threads write, it
/// keeps whatever follows in the container off that word's cache line.
public struct CacheLinePadding: Sendable {
  private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
    (0, 0, 0, 0, 0, 0, 0)

  public init() {}
}
