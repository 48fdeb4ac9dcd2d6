import CNative
import Fibers
import Glibc
import Testing

/// Blocks that other threads free, in the allocator as it is shipped, under all orders of its accesses.
@Suite(.serialized, .disabled(if: fibers_are_sanitized())) struct ReturnedBlockTests {
  /// Of which two fill a page.
  private static let byteCount: UInt = 30_000

  /// Memory for an allocator of the test's own.
  private final class Arena {
    private let memory: UnsafeMutableRawPointer
    private static let pages: UInt = 24

    init() {
      memory = mmap(
        nil, Int((Self.pages + 1) * Span.pageSize), PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    }

    deinit { munmap(memory, Int((Self.pages + 1) * Span.pageSize)) }

    /// Heaps as of as many threads, before anything is allocated.
    func heaps(_ count: Int) -> [Heap] {
      let start = (UInt(bitPattern: memory) + Span.pageSize - 1) & ~(Span.pageSize - 1)
      Allocator.configure(heapBase: UnsafeMutableRawPointer(bitPattern: start + 1000)!, pageLimit: Self.pages)
      return (0..<count).map { _ in
        webble_set_current_heap(nil)
        return Heap.makeCurrent()!
      }
    }
  }

  private enum Word { case remote, notified }

  /// - Parameter torn: words whose exchanges are none.
  private func explore(
    threads: Int, torn: Word? = nil, _ bodies: (@escaping (Int) -> UnsafeMutableRawPointer, @escaping (UnsafeMutableRawPointer) -> Void)
      -> [() -> Void]
  ) -> Interleaver.Outcome {
    let arena = Arena()
    let outer = webble_current_heap()
    defer { webble_set_current_heap(outer) }
    return Interleaver.explore {
      let heaps = arena.heaps(threads)
      webble_set_current_heap(heaps[0].storage)
      let live = Live()
      let allocate = { (thread: Int) -> UnsafeMutableRawPointer in
        let block = Allocator.allocate(byteCount: Self.byteCount)!
        live.add(block)
        return block
      }
      let free = { (block: UnsafeMutableRawPointer) in
        live.remove(block)
        Allocator.deallocate(block)
      }
      return .init(
        threads: bodies(allocate, free),
        willResume: { webble_set_current_heap(heaps[$0].storage) },
        fault: {
          for heap in heaps { heap.giveBackForeign() }
          for heap in heaps {
            webble_set_current_heap(heap.storage)
            if let broken = Allocator._checkInvariants() { return "broken: \(broken)" }
            heap.collect()
            if let broken = Allocator._checkInvariants() { return "broken: \(broken)" }
          }
          // Each heap has a page, which nothing gives back.
          let used = Int(sharedState!.pointee.pages.usedPageCount) - heaps.count
          if !live.isCounted { return "blocks are lost" }
          return live.fault ?? (used == live.pageCount ? nil : "\(used) pages used, \(live.pageCount) needed")
        },
        tears: { address in
          switch torn {
          case nil: false
          case .notified:
            heaps.contains {
              withUnsafePointer(to: $0.storage.pointee.notified) { UInt(bitPattern: $0) } == address
            }
          case .remote:
            UInt(bitPattern: Span.containing(UnsafeMutableRawPointer(bitPattern: address)!).remote) == address
          }
        })
    }
  }

  /// What has been allocated.
  private final class Live {
    private var blocks: Set<UnsafeMutableRawPointer> = []
    var fault: String?

    private var spans: [UInt: Int] { Dictionary(grouping: blocks) { Span.containing($0).address }.mapValues(\.count) }

    var pageCount: Int { spans.count }

    /// Whether each span knows how many of its blocks are in use.
    var isCounted: Bool {
      spans.allSatisfy { address, count in
        Span(header: UnsafeMutablePointer(bitPattern: address)!).header.pointee.used == count
      }
    }

    func add(_ block: UnsafeMutableRawPointer) {
      if !blocks.insert(block).inserted { fault = "a block was handed out twice" }
    }

    func remove(_ block: UnsafeMutableRawPointer) {
      if blocks.remove(block) == nil { fault = "a block was freed that was not handed out" }
    }
  }

  private func expectNoFault(_ outcome: Interleaver.Outcome, atLeast count: Int) {
    #expect(outcome.fault == nil)
    #expect(outcome.runCount >= count, "\(outcome)")
  }

  /// The owner finds its span full, and marks it, while both blocks come back.
  private func giveBothBlocksBack(torn: Word? = nil) -> Interleaver.Outcome {
    explore(threads: 3, torn: torn) { allocate, free in
      let blocks = [allocate(0), allocate(0)]
      let giveBack = { (block: UnsafeMutableRawPointer) in
        free(block)
        Heap.current!.giveBackForeign()
      }
      return [
        { _ = allocate(0) }, { giveBack(blocks[0]) }, { giveBack(blocks[1]) },
      ]
    }
  }

  @Test func bothBlocksOfASpanComeBackFromTwoThreads() { expectNoFault(giveBothBlocksBack(), atLeast: 20) }

  @Test func exchangesOfReturnedBlocksThatAreTornAreFound() {
    #expect(giveBothBlocksBack(torn: .remote).fault != nil)
  }

  /// The owner frees one block of a full span, and another thread the other.
  @Test func ownerAndAnotherFreeTheBlocksOfAFullSpan() {
    expectNoFault(
      explore(threads: 2) { allocate, free in
        // The third is of another span, and so the first is marked full.
        let blocks = [allocate(0), allocate(0), allocate(0)]
        return [
          {
            free(blocks[0])
            // The first is the block that it has just freed, the second the other's or one of a new span.
            _ = allocate(0)
            _ = allocate(0)
            free(blocks[2])
          },
          {
            free(blocks[1])
            Heap.current!.giveBackForeign()
          },
        ]
      }, atLeast: 8)
  }

  /// Two threads notify the owner of two spans at once, and one of them allocates for itself.
  private func notifyOfTwoFullSpans(torn: Word? = nil) -> Interleaver.Outcome {
    explore(threads: 3, torn: torn) { allocate, free in
      let blocks = (0..<5).map { _ in allocate(0) }
      return [
        {
          _ = allocate(0)
          _ = allocate(0)
        },
        {
          free(blocks[0])
          Heap.current!.giveBackForeign()
        },
        {
          free(blocks[2])
          Heap.current!.giveBackForeign()
          _ = allocate(2)
        },
      ]
    }
  }

  @Test func twoFullSpansAreNotifiedAtOnce() { expectNoFault(notifyOfTwoFullSpans(), atLeast: 20) }

  @Test func exchangesOfNotifiedSpansThatAreTornAreFound() {
    #expect(notifyOfTwoFullSpans(torn: .notified).fault != nil)
  }
}
