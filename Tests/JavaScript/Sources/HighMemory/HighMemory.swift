import Webble
import WebbleAllocator

/// In a program that may have more than 2 GiB, takes the addresses below for good, so that whatever
/// the tests allocate has one above. The blocks are never touched and cost addresses only.
public func takeLowMemory() {
  let half: UInt = 2 << 30
  guard Allocator.statistics.limitByteCount > half + half / 2 else { return }
  for blockSize: UInt in [256 << 20, 1 << 20] {
    while let block = Allocator.allocate(byteCount: blockSize) {
      guard UInt(bitPattern: block) < half else {
        Allocator.deallocate(block)
        break
      }
    }
  }
}
