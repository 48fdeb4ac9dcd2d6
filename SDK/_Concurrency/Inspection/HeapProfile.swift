import CRuntime
import Swift
import WebbleAllocator
import WebbleScheduler

// Which code holds the memory: `webble run --heap-profile`, `--leaks`. Of what compiled Swift and C allocate, one block
// in about as many bytes as `webble_is_sampling` says is noted with the functions on the stack, which JavaScript alone can tell, until it
// is freed. Only in builds for inspection, and there only where that is set, before `main`.

private let frameLimit = 32

/// A noted block. Kept in step with Glue/profiles.js.
private struct HeapSample {
  var next: UnsafeMutablePointer<HeapSample>?
  var address: UInt
  /// The bytes that it stands for: its own, and those of blocks that the thread has allocated since the last.
  var size: UInt
  var frameCount: UInt32
  // The frames follow: offsets in the module, or with the sign bit numbers of functions.
}

private let bucketCount = 4096
/// Guards the buckets and their lists.
private let bucketLock = SpinLock()

/// Lists of samples, by address; made at the first sample.
private nonisolated(unsafe) var buckets: UnsafeMutablePointer<UnsafeMutablePointer<HeapSample>?>?

@inline(__always)
private func bucket(of address: UInt) -> Int { Int((address >> 4) & UInt(bucketCount - 1)) }

@inline(__always)
func heapAllocated(_ block: UnsafeMutableRawPointer?, _ byteCount: UInt) {
  if WEBBLE_INSPECTS != 0, webble_get_sampling() != 0, let block { countAllocation(block, byteCount) }
}

@inline(__always)
func heapFreed(_ block: UnsafeMutableRawPointer?) {
  if WEBBLE_INSPECTS != 0, webble_get_sampling() != 0, let block { forget(block) }
}

@inline(never)
private func countAllocation(_ block: UnsafeMutableRawPointer, _ byteCount: UInt) {
  guard let unsampled = webble_heap_unsampled_of(currentThread()) else { return }
  let counted = Int(unsampled.pointee) + Int(clamping: byteCount)
  let interval = Int(webble_get_sampling())
  unsampled.pointee = counted < interval ? UInt32(counted) : 0
  if counted < interval { return }
  let size = UInt(MemoryLayout<HeapSample>.stride + frameLimit * 4)
  guard let memory = Allocator.allocate(byteCount: size) else { return }
  let sample = memory.bindMemory(to: HeapSample.self, capacity: 1)
  let frames = (memory + MemoryLayout<HeapSample>.stride).assumingMemoryBound(to: UInt32.self)
  let count = webble_js_stack(frames, UInt32(frameLimit))
  sample.initialize(
    to: HeapSample(next: nil, address: UInt(bitPattern: block), size: UInt(counted), frameCount: count))
  bucketLock.withLock {
    let table = buckets ?? makeBuckets()
    sample.pointee.next = table[bucket(of: sample.pointee.address)]
    table[bucket(of: sample.pointee.address)] = sample
  }
}

private func makeBuckets() -> UnsafeMutablePointer<UnsafeMutablePointer<HeapSample>?> {
  let table = allocateOrStop(UInt(bucketCount * 4), alignment: 16)
    .bindMemory(to: UnsafeMutablePointer<HeapSample>?.self, capacity: bucketCount)
  table.initialize(repeating: nil, count: bucketCount)
  buckets = table
  return table
}

/// Before the block is freed, so that nobody has its address meanwhile.
@inline(never)
private func forget(_ block: UnsafeMutableRawPointer) {
  let address = UInt(bitPattern: block)
  // Mostly nothing is noted there. The thread that frees a block has seen it noted, if it was.
  guard let table = buckets, table[bucket(of: address)] != nil else { return }
  let found: UnsafeMutablePointer<HeapSample>? = bucketLock.withLock {
    var before: UnsafeMutablePointer<HeapSample>?
    var next = table[bucket(of: address)]
    while let sample = next, sample.pointee.address != address { (before, next) = (sample, sample.pointee.next) }
    guard let sample = next else { return nil }
    if let before {
      before.pointee.next = sample.pointee.next
    } else {
      table[bucket(of: address)] = sample.pointee.next
    }
    return sample
  }
  Allocator.deallocate(found)
}

/// For the glue: from here on a block in so many bytes is noted; with 1 each is. Before `main`.
@_cdecl("webble_start_heap_profile")
func startHeapProfile(_ interval: UInt32) { webble_set_sampling(interval) }

/// For the glue: the lists of samples, of which there are 4096; 0 if there are none.
@_cdecl("webble_heap_samples")
func heapSamples() -> UInt { UInt(bitPattern: buckets) }
