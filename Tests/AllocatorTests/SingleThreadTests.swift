import Testing

@testable import WebbleAllocator

extension AllocatorTests {
  @Suite struct SingleThread {
    @Test(arguments: [0, 1, 15, 16, 17, 1024, 1025, 7168, 7169, 32703, 32704, 32705, 32767, 32768,
      32769, 65407, 65408, 65409, 65535, 65536, 65537, 5_000_000] as [UInt])
    func sizes(byteCount: UInt) throws {
      try withArena(pages: 256) {
        let blocks = try (0..<2).map { fill in
          try #require(FilledBlock(byteCount: byteCount, fill: UInt8(fill)))
        }
        for block in blocks {
          #expect(UInt(bitPattern: block.pointer) % Allocator.defaultAlignment == 0)
          #expect(Allocator.usableSize(block.pointer) >= byteCount)
        }
        #expect(blocks[0].pointer != blocks[1].pointer)
        #expect(Allocator._checkInvariants() == nil)
        for block in blocks { #expect(block.free()) }
        #expect(Allocator._checkInvariants() == nil)
        Allocator.abandonHeap()
        #expect(Allocator.usedPageCount == 1)
      }
    }

    @Test func alignments() throws {
      try withArena(pages: 1024) {
        for shift in 0...21 as ClosedRange<UInt> {
          let alignment: UInt = 1 << shift
          for byteCount in [0, 1, 100, 5000, 9000, 32704, 32705, 65536, 300_000] as [UInt] {
            let blocks = try (0..<3).map { fill in
              try #require(
                FilledBlock(byteCount: byteCount, alignment: alignment, fill: UInt8(fill)))
            }
            for block in blocks {
              #expect(UInt(bitPattern: block.pointer) % alignment == 0)
              #expect(Allocator.usableSize(block.pointer) >= byteCount)
            }
            for block in blocks { #expect(block.free()) }
            #expect(Allocator._checkInvariants() == nil)
          }
        }
        Allocator.abandonHeap()
        #expect(Allocator.usedPageCount == 1)
      }
    }

    @Test(arguments: 1...4) func randomSizesAgainstAModel(seed: Int) throws {
      try withArena(pages: 1024) {
        var random = Xorshift(seed: seed)
        var blocks: [FilledBlock] = []
        for step in 0..<8_000 {
          switch random.next() % 16 {
          case 0...7:
            // As many small sizes as large ones: a random width, then a random number.
            let width = UInt.random(in: 0...(step % 64 == 0 ? 20 : 12), using: &random)
            let alignment: UInt = 1 << UInt.random(in: 0...7, using: &random)
            blocks.append(
              try #require(
                FilledBlock(
                  byteCount: .random(in: 0...(1 << width), using: &random), alignment: alignment,
                  fill: UInt8(truncatingIfNeeded: step))))
          case 8 where !blocks.isEmpty:
            let index = Int.random(in: 0..<blocks.count, using: &random)
            let old = blocks[index]
            let byteCount = UInt.random(in: 0...100_000, using: &random)
            let moved = try #require(
              Allocator.reallocate(old.pointer, byteCount: byteCount))
            let common = min(old.byteCount, byteCount)
            #expect(
              UnsafeRawBufferPointer(start: moved, count: Int(common))
                .allSatisfy { $0 == old.fill })
            blocks[index] = FilledBlock(filling: moved, byteCount: byteCount, fill: old.fill)
          default:
            guard !blocks.isEmpty else { break }
            let index = Int.random(in: 0..<blocks.count, using: &random)
            blocks.swapAt(index, blocks.count - 1)
            #expect(blocks.removeLast().free())
          }
          if let broken = Allocator._checkInvariants() {
            Issue.record("step \(step): \(broken)")
            return
          }
        }
        for block in blocks { #expect(block.free()) }
        Allocator.abandonHeap()
        #expect(Allocator.usedPageCount == 1)
      }
    }

    @Test func reallocationOfALargeBlockInPlace() throws {
      try withArena(pages: 256) {
        let block = try #require(Allocator.allocate(byteCount: 200_000))
        let used = Allocator.usedPageCount
        // Pages that a larger block has used exist and are free again.
        Allocator.deallocate(Allocator.allocate(byteCount: 1_000_000))
        #expect(Allocator.reallocate(block, byteCount: 800_000) == block)
        #expect(Allocator.usableSize(block) >= 800_000)
        #expect(Allocator.reallocate(block, byteCount: 200_000) == block)
        #expect(Allocator.usedPageCount == used)
        let small = try #require(Allocator.reallocate(block, byteCount: 100))
        #expect(Allocator.usableSize(small) == 112)
        Allocator.deallocate(small)
      }
    }

    @Test func nilIsFreedAndReallocated() throws {
      try withArena(pages: 64) {
        Allocator.deallocate(nil)
        let block = try #require(Allocator.reallocate(nil, byteCount: 10))
        Allocator.deallocate(block)
      }
    }

    @Test(arguments: [16, 100, 1024, 5000, 30_000, 100_000] as [UInt])
    func exhaustionReturnsNilAndRecovers(byteCount: UInt) {
      withArena(pages: 40) {
        var counts: [Int] = []
        for _ in 0..<3 {
          var blocks: [FilledBlock] = []
          while let block = FilledBlock(
            byteCount: byteCount, fill: UInt8(truncatingIfNeeded: blocks.count))
          {
            blocks.append(block)
          }
          #expect(Allocator.allocate(byteCount: byteCount) == nil)
          #expect(Allocator.statistics.reservedByteCount == Allocator.statistics.limitByteCount)
          counts.append(blocks.count)
          for block in blocks { #expect(block.free()) }
          #expect(Allocator._checkInvariants() == nil)
        }
        // A request of 100,000 bytes takes 2 pages, 76 % used.
        #expect(counts[0] * Int(byteCount) > 38 * 65536 * 7 / 10)
        #expect(counts[1] == counts[0])
        #expect(counts[2] == counts[0])
      }
    }

    @Test func requestsNearAndBeyondTheLimit() throws {
      try withArena(pages: 100) {
        let limit = Allocator.statistics.limitByteCount
        for byteCount in [limit, limit - 128, .max, .max - 65536, .max / 2 + 1] as [UInt] {
          for alignment in [1, 4096, 65536, 1 << 31] as [UInt] {
            #expect(Allocator.allocate(byteCount: byteCount, alignment: alignment) == nil)
          }
        }
        // A refused request leaves memory as it is; the heap takes one page, headers 128 bytes.
        #expect(Allocator.statistics.reservedByteCount < limit)
        let all = try #require(FilledBlock(byteCount: limit - 65536 - 128, fill: 7))
        #expect(Allocator.allocate(byteCount: 40_000) == nil)
        #expect(Allocator.reallocate(all.pointer, byteCount: limit) == nil)
        #expect(all.free())
      }
    }

    @Test func aLimitWithoutRoomFailsEveryAllocation() {
      withArena(pages: 1) {
        #expect(Allocator.allocate(byteCount: 1) == nil)
        #expect(Allocator.allocate(byteCount: 1, alignment: 64) == nil)
        #expect(Allocator.allocate(byteCount: 100_000) == nil)
        #expect(Allocator.statistics.limitByteCount == 0)
      }
    }

    @Test func reservedMemoryIsTheSameAfterManyCycles() {
      withArena(pages: 4096) {
        func cycle(seed: Int) {
          var random = Xorshift(seed: seed)
          var blocks: [UnsafeMutableRawPointer?] = []
          for _ in 0..<10_000 {
            let width = UInt.random(in: 0...12, using: &random)
            let byteCount = UInt.random(in: 0...(1 << width), using: &random)
            blocks.append(Allocator.allocate(byteCount: byteCount))
          }
          blocks.shuffle(using: &random)
          for block in blocks { Allocator.deallocate(block) }
        }
        cycle(seed: 1)
        let reserved = Allocator.statistics.reservedByteCount
        let used = Allocator.usedPageCount
        for _ in 0..<100 { cycle(seed: 1) }
        #expect(Allocator.statistics.reservedByteCount == reserved)
        #expect(Allocator.usedPageCount == used)
      }
    }

    @Test func spansWithoutLiveBlocksAreGivenBackAtOnce() {
      withArena(pages: 256) {
        let blocks = (0..<10_000).map { _ in Allocator.allocate(byteCount: 500) }
        #expect(Allocator.usedPageCount > 70)
        for block in blocks { Allocator.deallocate(block) }
        // The heap's page and one to spare.
        #expect(Allocator.usedPageCount == 2)
        #expect(Allocator._checkInvariants() == nil)
      }
    }

    @Test func aRunThatIsPartlyTakenIsLeftAsItWas() throws {
      try withArena(pages: 400) {
        let shared = try #require(sharedState)
        let claimed = shared.pointee.pages.claim(300, mayGrow: true)
        let first = try #require(claimed)
        shared.pointee.pages.release(first, count: 299)
        let all = shared.pointee.pages.claim(existing: first, count: 300)
        #expect(!all)
        #expect(Allocator.usedPageCount == 1)
        let free = shared.pointee.pages.claim(existing: first, count: 299)
        #expect(free)
        #expect(Allocator.usedPageCount == 300)
      }
    }

    @Test func memoryOfOneClassServesAnother() {
      withArena(pages: 100) {
        for byteCount in [16, 3000, 48, 20_000, 500, 200_000, 1024] as [UInt] {
          var blocks: [UnsafeMutableRawPointer] = []
          while let block = Allocator.allocate(byteCount: byteCount) { blocks.append(block) }
          #expect(UInt(blocks.count) * byteCount > 70 * 65536)
          for block in blocks { Allocator.deallocate(block) }
        }
      }
    }

    @Test func allocatingAndFreeingOneBlockInTurnClaimsNoPage() throws {
      try withArena(pages: 64) {
        // The last block of a span, and the first of the next.
        var blocks: [UnsafeMutableRawPointer] = []
        while blocks.count < 4 {
          blocks.append(try #require(Allocator.allocate(byteCount: 32704)))
        }
        let used = Allocator.usedPageCount
        for _ in 0..<100 {
          Allocator.deallocate(blocks.removeLast())
          Allocator.deallocate(blocks.removeLast())
          #expect(Allocator.usedPageCount == used)
          blocks.append(try #require(Allocator.allocate(byteCount: 32704)))
          blocks.append(try #require(Allocator.allocate(byteCount: 32704)))
        }
      }
    }
  }
}
