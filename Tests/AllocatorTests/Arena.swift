import Glibc
import Testing

@testable import WebbleAllocator

/// The allocator is one for the whole process, so its tests run one after the other, each with an
/// arena of its own.
@Suite(.serialized) struct AllocatorTests {}

/// Runs `body` on this thread with an allocator over `pages` fresh pages of address space.
/// `heapBase` is an offset into the first of them.
func withArena<Result>(
  pages: UInt, heapBase: UInt = 1000, _ body: () throws -> Result
) rethrows -> Result {
  let byteCount = Int((pages + 1) * Span.pageSize)
  let mapping = mmap(
    nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
  let memory = mapping.unsafelyUnwrapped
  precondition(memory != MAP_FAILED, "cannot reserve the arena")
  defer { munmap(memory, byteCount) }
  let start = (UInt(bitPattern: memory) + Span.pageSize - 1) & ~(Span.pageSize - 1)
  let base = UnsafeMutableRawPointer(bitPattern: start + heapBase).unsafelyUnwrapped
  Allocator.configure(heapBase: base, pageLimit: pages)
  defer { Allocator.abandonHeap() }
  return try body()
}

/// A thread that runs a closure to its end and then gives its heap up.
struct TestThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private let thread: pthread_t

  init(_ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let body = Unmanaged.passRetained(Body(run)).toOpaque()
    let error = pthread_create(
      &thread, nil,
      {
        Unmanaged<Body>.fromOpaque($0.unsafelyUnwrapped).takeRetainedValue().run()
        Allocator.abandonHeap()
        return nil
      }, body)
    precondition(error == 0, "cannot start a thread")
    self.thread = thread
  }

  func join() {
    pthread_join(thread, nil)
  }
}

/// Runs `body` on `count` threads, with 0..<count, and waits for their ends.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let threads = (0..<count).map { index in TestThread { body(index) } }
  for thread in threads { thread.join() }
}

/// Numbers that are the same in each run (G. Marsaglia, "Xorshift RNGs", 2003).
struct Xorshift: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) {
    state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

/// A live block, filled with a byte of its own.
struct FilledBlock: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let byteCount: UInt
  let fill: UInt8

  /// Nil when the memory limit is reached.
  init?(byteCount: UInt, alignment: UInt = 16, fill: UInt8) {
    guard let pointer = Allocator.allocate(byteCount: byteCount, alignment: alignment) else {
      return nil
    }
    self.init(filling: pointer, byteCount: byteCount, fill: fill)
  }

  init(filling pointer: UnsafeMutableRawPointer, byteCount: UInt, fill: UInt8) {
    memset(pointer, Int32(fill), Int(byteCount))
    self.pointer = pointer
    self.byteCount = byteCount
    self.fill = fill
  }

  var isIntact: Bool {
    UnsafeRawBufferPointer(start: pointer, count: Int(byteCount)).allSatisfy { $0 == fill }
  }

  /// Whether the block was intact.
  func free() -> Bool {
    let wasIntact = isIntact
    Allocator.deallocate(pointer)
    return wasIntact
  }
}

extension Allocator {
  static var usedPageCount: UInt { statistics.usedByteCount / Span.pageSize }
}
