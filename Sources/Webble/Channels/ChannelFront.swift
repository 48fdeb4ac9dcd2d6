#if arch(wasm32)
  import WebbleAtomics
  import WebbleScheduler
#else
  import NativeAtomics
  import NativeScheduler
#endif
@_spi(Webble) import _Concurrency

/// The elements of a channel that come next: receivers fetch all that lie in the channel's state machine at
/// once, and then take them one by one under a lock of their own. So a sender and a receiver that run at
/// the same time meet once for many elements, and the cache lines that each of them writes are its own.
///
/// Locks are taken in the order front, state machine. While tasks wait to receive, both are empty: who
/// gets in line holds both locks, and what is sent from then on is handed to the first in line.
///
/// **Room.** A sender may send while the elements here and those of the state machine are fewer than the
/// capacity. It assumes as many here as there were at the last look, its own or a fetching receiver's:
/// only a holder of both locks adds some. When by that there is no room, it looks again, at `count`. A sender that
/// is to wait says so in `isWanted` and looks once more. A receiver that takes an element lowers `count`
/// and looks at `isWanted`. All four are sequentially consistent: either the sender sees that there is room, or
/// the receiver sees that it is waited for, and takes the state machine's lock to let the sender's element in;
/// by then the sender, which has held that lock ever since, is in line.
struct ChannelFront<Element> {
  private struct Block: ~Copyable {
    /// The lock; first, since its address is the block's.
    let word = Atomic<UInt32>(0)
    /// How many elements are here. Written under the lock, read by senders.
    let count = Atomic<Int>(0)
    /// Whether a sender may be waiting for room. Written under the state machine's lock.
    let isWanted = Atomic<Bool>(false)
    /// Guarded by the lock.
    var elements = RingBuffer<Element>()
  }

  /// On cache lines that senders write nothing to.
  private let block: UnsafeMutablePointer<Block>

  init() {
    block = UnsafeMutableRawPointer.allocate(
      byteCount: (MemoryLayout<Block>.size + cacheLineSize - 1) & ~(cacheLineSize - 1),
      alignment: cacheLineSize
    ).bindMemory(to: Block.self, capacity: 1)
    block.initialize(to: Block())
  }

  /// To be called once, by the owner's `deinit`.
  func deallocate() {
    block.deinitialize(count: 1)
    block.deallocate()
  }

  /// Elements here. Exact for the holder of the state machine's lock, except that receivers take some meanwhile.
  var count: Int { block.pointee.count.load(ordering: .sequentiallyConsistent) }

  /// Set before a sender looks at `count` for the last time and gets in line; taken back when none is in
  /// line any more. Under the state machine's lock.
  func setWanted(_ isWanted: Bool) {
    block.pointee.isWanted.store(isWanted, ordering: .sequentiallyConsistent)
  }

  /// After elements were fetched. Under both locks: a sender must not take the room for larger than it is.
  func setCount(_ count: Int) {
    block.pointee.count.store(count, ordering: .sequentiallyConsistent)
  }

  /// Takes the oldest element here.
  ///
  /// - Parameter fetch: what to do where there is none, under the lock; may fill the buffer.
  /// - Returns: also whether a sender may be waiting for the room that there is now.
  @inline(__always)
  func takeFirst<Result>(
    _ taken: (Element) -> Result, orElse fetch: (inout RingBuffer<Element>) -> Result
  ) -> (result: Result, isWanted: Bool) {
    willAccess(.primitive)
    let lock = FutexLock(
      word: UnsafeMutableRawPointer(block).assumingMemoryBound(to: Atomic<UInt32>.self))
    lock.lock(isUsers: false)
    defer { lock.unlock() }
    guard let element = block.pointee.elements.popFirst() else {
      return (fetch(&block.pointee.elements), false)
    }
    setCount(block.pointee.elements.count)
    return (taken(element), block.pointee.isWanted.load(ordering: .sequentiallyConsistent))
  }
}
