#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// How many pinned tasks a worker has that have not ended: those placed less those ended.
///
/// Two words, since a task is placed on one thread and ends on another: were there one, each task would
/// take its cache line to and fro.
public struct Load: ~Copyable, Sendable {
  /// Tasks placed, less those that ended on other threads than the worker's. Any thread.
  private let placed = Atomic<Int>(0)
  private let padding0 = CacheLinePadding()
  /// Tasks that ended on the worker's thread, which alone writes it.
  private let ended = OwnedCounter()
  private let padding1 = CacheLinePadding()

  public init() {}

  /// A task is about to be placed on the worker. Any thread.
  public func add(_ count: Int = 1) { placed.wrappingAdd(count, ordering: .relaxed) }

  /// A task has ended. Seen by threads that acquire what its thread releases next.
  public func subtract(_ count: Int = 1, onOwnThread: Bool) {
    if onOwnThread {
      ended.add(count)
    } else {
      placed.wrappingSubtract(count, ordering: .releasing)
    }
  }

  /// Any thread. Never less than 0: what has ended was placed before.
  public var value: Int {
    let ended = ended.value
    return placed.load(ordering: .acquiring) &- ended
  }
}

/// A number that one thread adds to and any thread reads. It wraps.
struct OwnedCounter: ~Copyable, Sendable {
  private let word = Atomic<Int>(0)

  #if arch(wasm32)
    // An atomic store is a full barrier there, also a relaxed one. Aligned accesses of 32 bits never
    // tear, so a plain one is what a relaxed one stands for.
    private var plain: UnsafeMutablePointer<Int> {
      withUnsafePointer(to: word) {
        UnsafeMutableRawPointer(mutating: $0).assumingMemoryBound(to: Int.self)
      }
    }
    func add(_ count: Int) { plain.pointee &+= count }
  #else
    func add(_ count: Int) {
      word.store(word.load(ordering: .relaxed) &+ count, ordering: .releasing)
    }
  #endif

  var value: Int { word.load(ordering: .acquiring) }
}
