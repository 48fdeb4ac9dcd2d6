/// Blocks of one span that another thread has freed and gives back together. They are named by one
/// of them, the head, which holds
///
///     a word              the blocks that came back before, an address; in its four low bits, which
///                         no address uses, how many blocks there are besides the head
///     16 bits for each    where they lie in the span, in units of 16 bytes
///
/// Freeing writes to none but the head, and their owner learns all addresses at once. So
/// it can write to them all without having read any: the lines, which are in the other core's cache,
/// then come side by side. Along a chain of links each would be waited for before the next is known.
///
/// Safe because the blocks are free: only the thread that has them, one at a time, reads or writes
/// them.
struct ReturnedBlocks {
  let head: UnsafeMutableRawPointer

  /// A single block.
  init(_ block: Block) {
    head = UnsafeMutableRawPointer(block)
    word = 0
  }

  /// - Parameter address: of the head; 0 for none.
  init?(address: UInt) {
    guard let head = UnsafeMutableRawPointer(bitPattern: address) else { return nil }
    self.head = head
  }

  /// The most blocks that fit, the head included.
  static func limit(blockSize: UInt32) -> UInt32 {
    let others = (blockSize &- UInt32(MemoryLayout<UInt>.size)) / 2
    return others < 15 ? others &+ 1 : 16
  }

  var count: UInt32 { UInt32(truncatingIfNeeded: word & 15) &+ 1 }

  /// Those that came back before.
  var earlier: ReturnedBlocks? {
    get { ReturnedBlocks(address: word & ~15) }
    nonmutating set { word = word & 15 | (newValue.map { UInt(bitPattern: $0.head) } ?? 0) }
  }

  /// Adds a block of the same span. There is room for it.
  func add(_ block: Block) {
    let others = word & 15
    place(others).storeBytes(
      of: UInt16(truncatingIfNeeded: (UInt(bitPattern: block) & (Span.pageSize &- 1)) / 16),
      as: UInt16.self)
    word &+= 1
  }

  /// Links all blocks, the head first and the others in the order in which they were added, and
  /// fetches those lines of the others that a task has. The head tells nothing afterwards.
  ///
  /// - Parameter next: what the last is linked to.
  func link(blockSize: UInt32, before next: Block?) -> Block {
    let start = UInt(bitPattern: head) & ~(Span.pageSize &- 1)
    let end = Int(blockSize < 192 ? blockSize : 192)
    var next = next
    var others = word & 15
    while others > 0 {
      others &-= 1
      let offset = UInt(place(others).load(as: UInt16.self)) &* 16
      let block = Block(bitPattern: start &+ offset).unsafelyUnwrapped
      block.pointee.next = next
      next = block
      var line = 64
      while line < end {
        (UnsafeMutableRawPointer(block) + line).storeBytes(of: 0, as: UInt32.self)
        line &+= 64
      }
    }
    let first = head.assumingMemoryBound(to: FreeBlock.self)
    first.pointee.next = next
    return first
  }

  var word: UInt {
    get { head.load(as: UInt.self) }
    nonmutating set { head.storeBytes(of: newValue, as: UInt.self) }
  }

  func place(_ index: UInt) -> UnsafeMutableRawPointer {
    head + MemoryLayout<UInt>.size + Int(bitPattern: index &* 2)
  }
}
