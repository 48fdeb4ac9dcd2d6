import Glibc
import Synchronization
import Testing

@testable import WebbleAllocator

/// Blocks on their way from one thread to another, at most `capacity`.
private final class Exchange: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var blocks: [FilledBlock] = []
  private var isClosed = false
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    lock = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    lock.deallocate()
    changed.deallocate()
  }

  func send(_ block: FilledBlock) {
    pthread_mutex_lock(lock)
    while blocks.count >= capacity { pthread_cond_wait(changed, lock) }
    blocks.append(block)
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(lock)
  }

  func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(lock)
  }

  /// Nil when all has been received and no more will be sent.
  func receive() -> FilledBlock? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while blocks.isEmpty {
      if isClosed { return nil }
      pthread_cond_wait(changed, lock)
    }
    pthread_cond_broadcast(changed)
    return blocks.removeLast()
  }
}

extension AllocatorTests {
  @Suite struct Threads {
    @Test func blocksFreedByOtherThreadsAreNotLost() {
      withArena(pages: 2048) {
        let exchange = Exchange(capacity: 300)
        let failures = Atomic<Int>(0)
        let consumers = (0..<2).map { _ in
          TestThread {
            while let block = exchange.receive() {
              if !block.free() { failures.add(1, ordering: .relaxed) }
            }
          }
        }
        onThreads(2) { index in
          var random = Xorshift(seed: index + 1)
          for step in 0..<30_000 {
            let width = UInt.random(in: 4...13, using: &random)
            let byteCount = UInt.random(in: 0...(1 << width), using: &random)
            if let block = FilledBlock(
              byteCount: byteCount, fill: UInt8(truncatingIfNeeded: step))
            {
              exchange.send(block)
            } else {
              failures.add(1, ordering: .relaxed)
            }
            if step % 64 == 0, Allocator._checkInvariants() != nil {
              failures.add(1, ordering: .relaxed)
            }
          }
        }
        exchange.close()
        for consumer in consumers { consumer.join() }
        #expect(failures.load(ordering: .relaxed) == 0)
        expectOnlyHeapsAreLeft()
      }
    }

    @Test func aFullSpanIsUsedAgainAfterOtherThreadsFreedItsBlocks() {
      withArena(pages: 64) {
        var pages: [UInt] = []
        for _ in 0..<20 {
          var blocks: [FilledBlock] = []
          for _ in 0..<3000 {
            if let block = FilledBlock(byteCount: 200, fill: 1) { blocks.append(block) }
          }
          #expect(blocks.count == 3000)
          #expect(Allocator._checkInvariants() == nil)
          let all = blocks
          onThreads(3) { index in
            for number in stride(from: index, to: all.count, by: 3) {
              Allocator.deallocate(all[number].pointer)
            }
          }
          pages.append(Allocator.usedPageCount)
        }
        #expect(pages.allSatisfy { $0 == pages[0] })
        #expect(Allocator._checkInvariants() == nil)
      }
    }

    @Test func blocksOfAnotherThreadComeBackInBatches() {
      withArena(pages: 64) {
        let blocks = (0..<20).map { _ in Allocator.allocate(byteCount: 200).unsafelyUnwrapped }
        // How many are not back after others have freed all, and after they have been told to.
        let missing = Atomic<UInt32>(0)
        let missingAtLast = Atomic<UInt32>(0)
        nonisolated(unsafe) let (all, span) = (blocks, Span.containing(blocks[0]))
        onThreads(1) { _ in
          Allocator.adoptHeap()
          for block in all { Allocator.deallocate(block) }
          span.takeRemote()
          missing.store(span.header.pointee.used, ordering: .relaxed)
          Allocator.giveBackForeign()
          span.takeRemote()
          missingAtLast.store(span.header.pointee.used, ordering: .relaxed)
        }
        #expect(missing.load(ordering: .relaxed) == 4)
        #expect(missingAtLast.load(ordering: .relaxed) == 0)
        #expect(Allocator._checkInvariants() == nil)
      }
    }

    /// A task's memory is of two or three sizes, freed in turn.
    @Test func blocksOfSeveralSizesFreedInTurnComeBackInBatchesAllTheSame() {
      withArena(pages: 64) {
        let sizes: [UInt] = [16, 32, 48, 200, 250, 300]
        let blocks = (0..<30).map { _ in
          sizes.map { Allocator.allocate(byteCount: $0).unsafelyUnwrapped }
        }
        // How many batches there are of each size.
        var batches: [Int] = []
        nonisolated(unsafe) let (all, spans) = (blocks, blocks[0].map(Span.containing))
        onThreads(1) { _ in
          Allocator.adoptHeap()
          for blocks in all { for block in blocks { Allocator.deallocate(block) } }
          Allocator.giveBackForeign()
        }
        for span in spans {
          span.takeRemote()
          #expect(span.header.pointee.used == 0)
          var count = 0
          var next = span.header.pointee.returned
          while let blocks = next {
            count += 1
            next = blocks.earlier
          }
          batches.append(count)
        }
        // Blocks of 16 bytes have room for five where addresses have 64 bits, those of 32 for 13.
        #expect(batches == [6, 3, 2, 2, 2, 2])
        #expect(Allocator._checkInvariants() == nil)
        // Each is handed out again before a span takes another page.
        let pages = Allocator.usedPageCount
        let again = sizes.flatMap { size in
          let fitting = Span.payloadSize / SizeClass.blockSize(SizeClass.index(for: size))
          return (0..<fitting - 2).map { _ in Allocator.allocate(byteCount: size).unsafelyUnwrapped }
        }
        #expect(Set(again).count == again.count)
        #expect(Set(again).isSuperset(of: blocks.flatMap { $0 }))
        #expect(Allocator.usedPageCount == pages)
        #expect(Allocator._checkInvariants() == nil)
      }
    }

    /// Two threads spawn, a third ends their tasks in turn.
    @Test func blocksOfTwoThreadsFreedInTurnComeBackInBatchesAllTheSame() {
      withArena(pages: 64) {
        for size in [32, 200, 3000, 7168, 20_000] as [UInt] {
          let mine = (0..<2).map { _ in Allocator.allocate(byteCount: size).unsafelyUnwrapped }
          nonisolated(unsafe) let theirs = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(
            capacity: 2)
          defer { theirs.deallocate() }
          nonisolated(unsafe) let all = mine
          let given = Atomic<Bool>(false), done = Atomic<Bool>(false)
          let other = TestThread {
            let blocks = (0..<2).map { _ in Allocator.allocate(byteCount: size).unsafelyUnwrapped }
            theirs.initialize(from: blocks, count: 2)
            given.store(true, ordering: .releasing)
            while !done.load(ordering: .acquiring) { sched_yield() }
            let span = Span.containing(blocks[0])
            span.takeRemote()
            #expect(span.header.pointee.returned?.count == 2)
            #expect(Allocator._checkInvariants() == nil)
            Allocator.abandonHeap()
          }
          while !given.load(ordering: .acquiring) { sched_yield() }
          let freer = TestThread {
            Allocator.adoptHeap()
            for number in 0..<2 {
              Allocator.deallocate(all[number])
              Allocator.deallocate(theirs[number])
            }
            Allocator.giveBackForeign()
            Allocator.abandonHeap()
          }
          freer.join()
          done.store(true, ordering: .releasing)
          other.join()
          let span = Span.containing(mine[0])
          span.takeRemote()
          #expect(span.header.pointee.returned?.count == 2)
          #expect(Allocator._checkInvariants() == nil)
        }
      }
    }

    @Test func ownerAndOthersFreeBlocksOfTheSameFullSpans() {
      withArena(pages: 256) {
        let failures = Atomic<Int>(0)
        for round in 0..<100 {
          var blocks: [FilledBlock] = []
          for number in 0..<400 {
            if let block = FilledBlock(
              byteCount: 1024, fill: UInt8(truncatingIfNeeded: number &+ round))
            {
              blocks.append(block)
            }
          }
          #expect(blocks.count == 400)
          let all = blocks
          let other = TestThread {
            for number in stride(from: 0, to: all.count, by: 2) {
              if !all[number].free() { failures.add(1, ordering: .relaxed) }
            }
          }
          for number in stride(from: 1, to: all.count, by: 2) {
            if !all[number].free() { failures.add(1, ordering: .relaxed) }
          }
          other.join()
          #expect(Allocator._checkInvariants() == nil)
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        expectOnlyHeapsAreLeft()
      }
    }

    @Test func anEndedThreadsHeapIsAdopted() {
      withArena(pages: 256) {
        let blocks = Mutex<[FilledBlock]>([])
        onThreads(1) { _ in
          for number in 0..<5000 {
            if let block = FilledBlock(byteCount: 100, fill: UInt8(truncatingIfNeeded: number)) {
              blocks.withLock { $0.append(block) }
            }
          }
        }
        let used = Allocator.usedPageCount
        // Into the abandoned heap, from a thread that has none itself.
        for block in blocks.withLock({ $0 }) { #expect(block.free()) }
        onThreads(1) { _ in
          for _ in 0..<5000 { _ = Allocator.allocate(byteCount: 100) }
        }
        #expect(Allocator.statistics.heapCount == 1)
        #expect(Allocator.usedPageCount == used)
      }
    }

    @Test func memoryOfAnAbandonedHeapServesOtherThreads() throws {
      try withArena(pages: 128) {
        let held = try #require(Allocator.allocate(byteCount: 1))
        let blocks = Mutex<[FilledBlock]>([])
        onThreads(1) { _ in
          while let block = FilledBlock(byteCount: 64, fill: 1) {
            blocks.withLock { $0.append(block) }
          }
        }
        for block in blocks.withLock({ $0 }) { #expect(block.free()) }
        let large = try #require(Allocator.allocate(byteCount: 7_000_000))
        Allocator.deallocate(large)
        Allocator.deallocate(held)
      }
    }

    @Test func threadsInTurnShareTheirHeaps() {
      withArena(pages: 2048) {
        for _ in 0..<10 {
          onThreads(8) { index in
            var random = Xorshift(seed: index + 1)
            for _ in 0..<300 {
              let byteCount = UInt.random(in: 0...40_000, using: &random)
              Allocator.deallocate(Allocator.allocate(byteCount: byteCount))
            }
          }
          #expect(Allocator.statistics.heapCount <= 8)
          #expect(Allocator.usedPageCount == UInt(Allocator.statistics.heapCount))
        }
      }
    }

    @Test func threadsCompeteForTheLastPages() {
      withArena(pages: 40) {
        let failures = Atomic<Int>(0)
        onThreads(4) { index in
          var random = Xorshift(seed: index + 1)
          var blocks: [FilledBlock] = []
          for step in 0..<600 {
            let byteCount = UInt.random(in: 30_000...400_000, using: &random)
            let alignment: UInt = step % 8 == 0 ? 65536 : 16
            if blocks.count < 3,
              let block = FilledBlock(
                byteCount: byteCount, alignment: alignment,
                fill: UInt8(truncatingIfNeeded: step &* 4 &+ index))
            {
              blocks.append(block)
            } else if !blocks.isEmpty, !blocks.removeFirst().free() {
              failures.add(1, ordering: .relaxed)
            }
          }
          for block in blocks where !block.free() { failures.add(1, ordering: .relaxed) }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(Allocator.usedPageCount == UInt(Allocator.statistics.heapCount))
      }
    }

    @Test func threadsCompeteForRunsOfManyPages() {
      withArena(pages: 300) {
        let failures = Atomic<Int>(0)
        onThreads(4) { index in
          var random = Xorshift(seed: index + 1)
          for _ in 0..<3000 {
            let pages = UInt.random(in: 1...120, using: &random)
            let end = pages * Span.pageSize - Span.headerSize
            guard let block = Allocator.allocate(byteCount: end) else { continue }
            let marks = stride(from: 0, to: Int(end), by: Int(Span.pageSize))
            for offset in marks { block.storeBytes(of: index, toByteOffset: offset, as: Int.self) }
            for offset in marks where block.load(fromByteOffset: offset, as: Int.self) != index {
              failures.add(1, ordering: .relaxed)
            }
            Allocator.deallocate(block)
          }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(Allocator.usedPageCount == UInt(Allocator.statistics.heapCount))
      }
    }

    /// With no live block, each heap keeps the page that it lives in and no other.
    private func expectOnlyHeapsAreLeft() {
      Allocator.abandonHeap()
      sharedState?.pointee.collectAbandonedHeaps()
      #expect(Allocator.usedPageCount == UInt(Allocator.statistics.heapCount))
    }
  }
}
