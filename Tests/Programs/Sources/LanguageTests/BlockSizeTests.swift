#if arch(wasm32)
import TestSupport
import Webble
import WebbleTesting

private final class Numbers: ManagedBuffer<Int, Int64> {}
private final class Texts: ManagedBuffer<(Int, Int, Int), String> {}
private final class Bytes: ManagedBuffer<Void, UInt8> {}
private final class Vectors: ManagedBuffer<UInt8, SIMD8<Int64>> {}

@_extern(c, "malloc") private func cMalloc(_ count: UInt) -> UnsafeMutableRawPointer?
@_extern(c, "realloc")
private func cRealloc(_ block: UnsafeMutableRawPointer?, _ count: UInt) -> UnsafeMutableRawPointer?
@_extern(c, "posix_memalign")
private func cMemalign(
  _ block: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: UInt, _ count: UInt
) -> Int32
@_extern(c, "free") private func cFree(_ block: UnsafeMutableRawPointer?)
@_extern(c, "malloc_size") private func cMallocSize(_ block: UnsafeRawPointer?) -> UInt
@_extern(c, "malloc_usable_size")
private func cUsableSize(_ block: UnsafeMutableRawPointer?) -> UInt

/// Element counts whose blocks are of a size class, of whole pages, and at the borders between.
private let counts = [0, 1, 2, 3, 5, 10, 100, 1000, 4080, 4090, 8191, 8192, 32_000, 100_000, 1_000_000]

@MainActor func blockSizeTests() {
  test("a managed buffer has the capacity that was asked for, and may be filled", timeLimit: testLimit) {
    for count in counts {
      let buffer = Numbers.create(minimumCapacity: count) { $0.capacity }
      expect(buffer.capacity >= count, "\(buffer.capacity) for \(count)")
      expectEqual(buffer.header, buffer.capacity)
      // No more than the coarsest size class or a page gives away.
      expect(buffer.capacity <= count + count / 4 + 8192, "\(buffer.capacity) for \(count)")
      let neighbour = Numbers.create(minimumCapacity: count) { _ in 7 }
      buffer.withUnsafeMutablePointerToElements {
        $0.initialize(repeating: -1, count: buffer.capacity)
      }
      expectEqual(neighbour.header, 7)
    }
  }

  test("elements of every size and alignment fit a managed buffer's capacity", timeLimit: testLimit) {
    for count in counts.prefix(12) {
      expect(Texts.create(minimumCapacity: count) { ($0.capacity, 0, 0) }.capacity >= count)
      expect(Bytes.create(minimumCapacity: count) { _ in () }.capacity >= count)
      let vectors = Vectors.create(minimumCapacity: count) { _ in 3 }
      expect(vectors.capacity >= count)
      vectors.withUnsafeMutablePointerToElements {
        expectEqual(UInt(bitPattern: $0) % 16, 0)
        $0.initialize(repeating: SIMD8(repeating: 5), count: vectors.capacity)
      }
      expectEqual(vectors.header, 3)
    }
  }

  test("a managed buffer made by a worker tells its capacity on main", timeLimit: testLimit) {
    struct Box: @unchecked Sendable { let buffer: ManagedBuffer<Int, Int64> }
    let pool = try! ThreadPool(workerCount: 1)
    let box = await pool.spawn { Box(buffer: Numbers.create(minimumCapacity: 50) { _ in 0 }) }.value
    expect(box.buffer.capacity >= 50)
    await pool.shutdown()
  }

  test("an array's capacity is that of its block", timeLimit: testLimit) {
    for count in counts {
      var array = [UInt8]()
      array.reserveCapacity(count)
      expect(array.capacity >= count)
      let address = array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      while array.count < array.capacity { array.append(1) }
      expectEqual(array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }, address)
    }
  }

  test("C asks for a block's size", timeLimit: testLimit) {
    expectEqual(cMallocSize(nil), 0)
    expectEqual(cUsableSize(nil), 0)
    for count in counts {
      let block = cMalloc(UInt(count))!
      let size = cUsableSize(block)
      expect(size >= UInt(count))
      expectEqual(cMallocSize(block), size)
      block.initializeMemory(as: UInt8.self, repeating: 1, count: Int(size))
      let moved = cRealloc(block, UInt(count * 3 + 1))!
      expect(cUsableSize(moved) >= UInt(count * 3 + 1))
      cFree(moved)
      for alignment: UInt in [4, 16, 64, 256, 4096, 65536, 1 << 20] {
        var aligned: UnsafeMutableRawPointer?
        expectEqual(cMemalign(&aligned, alignment, UInt(count)), 0)
        expectEqual(UInt(bitPattern: aligned) % alignment, 0)
        expect(cUsableSize(aligned) >= UInt(count), "\(count) aligned to \(alignment)")
        aligned!.initializeMemory(as: UInt8.self, repeating: 1, count: Int(cUsableSize(aligned)))
        cFree(aligned)
      }
    }
  }
}
#else
/// Natively blocks are the system's.
@MainActor func blockSizeTests() {}
#endif
