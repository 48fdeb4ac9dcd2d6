import CRuntime
import Swift
import WebbleAllocator
import WebbleScheduler

// What is lost when the program ends: tasks that wait for what nobody can bring, and objects that only hold each other.
// Only in builds for inspection. Nothing is noted while the program runs: all blocks of Swift's and C's are found by
// their marks (CheckedBlocks.swift), all tasks by the record of them.
//
// Any word may be an address. Reached is what the program's data refer to, or tasks that may go on (they run, are ready,
// or wait for time or for JavaScript), and what those refer to; and objects with more references than words were found
// that name them: JavaScript holds one, or the runtime, or a frame of a task that was abandoned. So what is told is
// lost, but not all that is lost is told.

/// What is lost, with what it holds.
@_spi(Webble)
public struct Leaks {
  /// Identifiers of tasks that nothing can resume, the oldest first.
  public var tasks: [UInt32] = []
  /// Objects that refer to each other.
  public var objects: [LeakedObjects] = []
  /// In these, and in what they hold.
  public var byteCount: UInt = 0
}

/// Those of one class.
@_spi(Webble)
public struct LeakedObjects {
  /// The function that frees them: an index in the table of functions. Its name tells the class.
  public var destroyer: UInt
  public var count: Int
}

/// Looks for leaks, on the main thread, when `main` has returned and no thread runs code of the program: nothing is on
/// their stacks then.
///
/// - Parameters:
///   - own: blocks of the scheduler's, pools and workers. Their queues and rosters name tasks, and resume none that waits.
///   - idleStack: how many bytes at the beginning of a block are the stack of a thread that rests.
/// - Returns: nil if there is no memory for the search, or more than 512 MiB to look through.
@_spi(Webble)
public func findLeaks(
  own: [UnsafeMutableRawPointer], idleStack: (UnsafeMutableRawPointer) -> UInt
) -> Leaks? {
  if WEBBLE_INSPECTS == 0 { return nil }
  guard let search = LeakSearch() else { return nil }
  search.findBlocks(idleStack)
  for block in own { search.skip(UInt(bitPattern: block)) }
  search.skip(UInt(bitPattern: webble_get_main_worker()))
  search.findTasks()
  search.countReferences()
  search.reachFromRoots()
  let leaks = search.leaks()
  search.end()
  return leaks
}

private final class LeakSearch {
  /// What a block of the allocator's is.
  private enum Kind: UInt8 {
    /// Free, or the runtime's.
    case other = 0
    /// Swift's or C's.
    case block
    case task
    /// Memory of a task's frames beyond its own block; `count` is the node of the task.
    case chunk
    /// The search's own, and the scheduler's.
    case skipped
  }

  /// A block of the allocator's.
  private struct Node {
    /// Words in memory that are its address.
    var count: UInt32
    var kind: Kind
    var isReached: Bool
  }

  /// What lies in a page: blocks of one size.
  private struct Run {
    var start: UInt = 0
    /// 0: nothing of interest.
    var blockSize: UInt = 0
    var count: UInt = 0
    var firstNode: UInt = 0
    /// Of the stack of a thread that rests, at the start.
    var unused: UInt = 0
  }

  private static let pageShift: UInt = 16
  private let runs: UnsafeMutablePointer<Run>
  private let pageCount: UInt
  private let nodes: UnsafeMutablePointer<Node>
  private let nodeLimit: UInt
  private var nodeCount: UInt = 0
  /// Addresses of blocks and tasks that are reached and not yet looked into.
  private let pending: UnsafeMutablePointer<UInt>
  private var pendingCount = 0

  /// Pages: the search takes some milliseconds a megabyte.
  private static let pageLimit: UInt = 8192

  init?() {
    guard UInt(webble_memory_size()) <= Self.pageLimit else { return nil }
    var count: UInt = 0
    Allocator.forEachSpan { count += $0.blockCount }
    // The three arrays, and what a span gets meanwhile.
    count += 4100
    pageCount = UInt(webble_memory_size()) + 1024
    func array<T>(_ type: T.Type, _ count: UInt) -> UnsafeMutablePointer<T>? {
      Allocator.allocate(byteCount: count * UInt(MemoryLayout<T>.stride))?.bindMemory(to: type, capacity: Int(count))
    }
    guard let runs = array(Run.self, pageCount) else { return nil }
    guard let nodes = array(Node.self, count) else {
      Allocator.deallocate(runs)
      return nil
    }
    guard let pending = array(UInt.self, count) else {
      Allocator.deallocate(runs)
      Allocator.deallocate(nodes)
      return nil
    }
    runs.initialize(repeating: Run(), count: Int(pageCount))
    nodes.initialize(repeating: Node(count: 0, kind: .other, isReached: false), count: Int(count))
    pending.initialize(repeating: 0, count: Int(count))
    (self.runs, self.nodes, self.pending) = (runs, nodes, pending)
    nodeLimit = count
  }

  func end() {
    Allocator.deallocate(runs)
    Allocator.deallocate(nodes)
    Allocator.deallocate(pending)
  }

  // MARK: What there is

  func findBlocks(_ idleStack: (UnsafeMutableRawPointer) -> UInt) {
    Allocator.forEachSpan { span in
      guard nodeCount + span.blockCount <= nodeLimit, span.address >> Self.pageShift < pageCount else { return }
      if span.blockSize != 0 {
        let run = Run(start: span.address, blockSize: span.blockSize, count: span.blockCount, firstNode: nodeCount)
        runs[Int(span.address >> Self.pageShift)] = run
        for index in 0..<span.blockCount {
          let block = pointer(span.address + index * span.blockSize)
          if sizeOfLiveBlock(block, size: span.blockSize) != nil { nodes[Int(nodeCount + index)].kind = .block }
        }
      } else {
        var run = Run(start: span.address + 128, blockSize: span.byteCount - 128, count: 1, firstNode: nodeCount)
        // Behind the header, or where it has to be.
        var offset: UInt = 128
        while offset <= 1 << Self.pageShift, offset < span.byteCount {
          if sizeOfLiveBlock(pointer(span.address + offset), size: span.byteCount - offset) != nil {
            run.start = span.address + offset
            run.blockSize = span.byteCount - offset
            nodes[Int(nodeCount)].kind = .block
            break
          }
          offset *= 2
        }
        run.unused = idleStack(pointer(run.start))
        let first = span.address >> Self.pageShift
        for page in first..<Swift.min(first + (span.byteCount >> Self.pageShift), pageCount) { runs[Int(page)] = run }
      }
      nodeCount += span.blockCount
    }
    skip(UInt(bitPattern: runs))
    skip(UInt(bitPattern: nodes))
    skip(UInt(bitPattern: pending))
  }

  func skip(_ block: UInt) {
    if let (node, _, _) = find(block) { nodes[node].kind = .skipped }
  }

  private func pointer(_ address: UInt) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
  }

  /// The block that an address lies in.
  @inline(__always)
  private func find(_ address: UInt) -> (node: Int, start: UInt, size: UInt)? {
    let page = address >> Self.pageShift
    guard page < pageCount else { return nil }
    let run = runs[Int(page)]
    guard run.blockSize != 0, address >= run.start else { return nil }
    let index = (address - run.start) / run.blockSize
    guard index < run.count else { return nil }
    return (Int(run.firstNode + index), run.start + index * run.blockSize, run.blockSize)
  }

  /// All live tasks, and those of which something waits that may come.
  func findTasks() {
    forEachInspected { task, record in
      guard let (node, _, _) = find(UInt(bitPattern: task)) else { return }
      nodes[node].kind = .task
      var chunk = task.pointee.chunk
      while let one = chunk {
        if let (part, _, _) = find(UInt(bitPattern: one)) {
          nodes[part].kind = .chunk
          nodes[part].count = UInt32(truncatingIfNeeded: node)
        }
        chunk = one.assumingMemoryBound(to: ChunkHeader.self).pointee.previousChunk
      }
      if Self.mayGoOn(record) { reach(node, UInt(bitPattern: task)) }
    }
  }

  private static func mayGoOn(_ record: webble_inspection) -> Bool {
    guard record.state == TaskState.waiting.rawValue else { return true }
    switch WaitKind(rawValue: record.wait_kind) {
    case .continuation, .task, .group, .stream, .channelSend, .channelReceive, .select, .permit, .rwLock, .barrier,
      .latch:
      return false
    default: return true
    }
  }

  // MARK: What refers to what

  @inline(__always)
  private func eachWord(_ from: UInt, _ to: UInt, _ body: (UInt) -> Void) {
    var address = (from + 3) & ~3
    while address + 4 <= to {
      body(pointer(address).load(as: UInt.self))
      address += 4
    }
  }

  /// The words of the frames of a task, and of what it is besides.
  private func eachWord(of task: TaskPointer, _ body: (UInt) -> Void) {
    var top = UInt(bitPattern: task.pointee.stack_top)
    var chunk = task.pointee.chunk
    while let one = chunk {
      eachWord(UInt(bitPattern: one) + ChunkHeader.size, top, body)
      let header = one.assumingMemoryBound(to: ChunkHeader.self).pointee
      top = UInt(bitPattern: header.previousTop)
      chunk = header.previousChunk
    }
    let start = UInt(bitPattern: task)
    var offset: UInt = 0
    while start + offset + 4 <= top {
      if webble_is_link_of_task(offset) == 0 { body(pointer(start + offset).load(as: UInt.self)) }
      offset += 4
    }
  }

  /// The program's data, and the main thread's thread-local variables.
  private func eachWordOfData(_ body: (UInt) -> Void) {
    let list = webble_address_of_inspected_tasks()
    eachWord(webble_main_stack_size(), list, body)
    eachWord(list + 4, webble_end_of_data(), body)
  }

  /// Thread-local variables of a thread that rests, and what a task holds that has ended and still has handles. What else
  /// the runtime holds of the program's has a reference of it, and so more of them than words are found.
  private func eachWordOfOther(_ start: UInt, _ end: UInt, _ body: (UInt) -> Void) {
    let isThread = runs[Int(start >> Self.pageShift)].unused > 0
    if isThread || pointer(start).load(as: UInt.self) == UInt(bitPattern: webble_metadata_of_tasks()) {
      eachWord(start, end, body)
    }
  }

  /// Calls `body` with each block and its part that counts.
  private func eachBlock(_ body: (_ node: Int, _ start: UInt, _ end: UInt, Kind) -> Void) {
    var page: UInt = 0
    var last: UInt = 0
    while page < pageCount {
      let run = runs[Int(page)]
      page += 1
      // A large block has several pages.
      if run.blockSize == 0 || run.start == last { continue }
      last = run.start
      for index in 0..<run.count {
        let node = Int(run.firstNode + index)
        let start = run.start + index * run.blockSize
        body(node, start + run.unused, start + run.blockSize, nodes[node].kind)
      }
    }
  }

  func countReferences() {
    func count(_ word: UInt) {
      if let (node, start, _) = find(word), start == word, nodes[node].kind == .block { nodes[node].count &+= 1 }
    }
    eachWordOfData(count)
    eachBlock { _, start, end, kind in
      switch kind {
      case .other: eachWordOfOther(start, end, count)
      case .block: eachWord(start, start + (sizeOfLiveBlock(pointer(start), size: end - start) ?? 0), count)
      case .task: eachWord(of: pointer(start).assumingMemoryBound(to: webble_task.self), count)
      case .chunk, .skipped: break
      }
    }
  }

  /// How many references the object has that begins there; nil if none does.
  private func references(_ start: UInt, _ size: UInt) -> UInt32? {
    guard size >= 8, destroyer(start) != nil else { return nil }
    let count = pointer(start).load(fromByteOffset: 4, as: UInt32.self) & 0x7fff_ffff
    return count == 0x7fff_ffff ? nil : count
  }

  /// The function that frees the object.
  private func destroyer(_ start: UInt) -> UInt? {
    let metadata = pointer(start).load(as: UInt.self)
    guard metadata & 3 == 0, metadata >= webble_main_stack_size(), metadata + 8 <= webble_end_of_data() else { return nil }
    let function = pointer(metadata + 4).load(as: UInt.self)
    return function == 0 ? nil : function
  }

  // MARK: What is reached

  private func reach(_ node: Int, _ start: UInt) {
    if nodes[node].isReached { return }
    nodes[node].isReached = true
    pending[pendingCount] = start
    pendingCount += 1
  }

  /// - Parameter exactly: whether to leave out addresses within a block: among the program's data, its constants, are
  ///   many words that look like one.
  private func reach(_ word: UInt, exactly: Bool) {
    // An enum may keep its case in the lowest bits.
    guard let (node, start, _) = find(word), !exactly || word & ~3 == start else { return }
    switch nodes[node].kind {
    case .block, .task: reach(node, start)
    case .chunk:
      // The end of another chunk may be the start of this one.
      guard word >= start + ChunkHeader.size else { return }
      let owner = Int(nodes[node].count)
      if !nodes[owner].isReached { reachTask(owner) }
    case .other, .skipped: break
    }
  }

  /// Where the block of a task begins, the record of tasks knows.
  private func reachTask(_ node: Int) {
    var found: UInt = 0
    forEachInspected { task, _ in
      if find(UInt(bitPattern: task))?.node == node { found = UInt(bitPattern: task) }
    }
    if found != 0 { reach(node, found) }
  }

  func reachFromRoots() {
    eachWordOfData { reach($0, exactly: true) }
    eachBlock { node, start, end, kind in
      switch kind {
      case .other:
        eachWordOfOther(start, end) { reach($0, exactly: true) }
      case .block:
        guard let size = sizeOfLiveBlock(pointer(start), size: end - start) else { return }
        if let references = references(start, size), references > nodes[node].count { reach(node, start) }
      case .task, .chunk, .skipped: break
      }
    }
    reachOn()
  }

  private func reachOn() {
    while pendingCount > 0 {
      pendingCount -= 1
      let address = pending[pendingCount]
      guard let (node, start, size) = find(address) else { continue }
      if nodes[node].kind == .task {
        eachWord(of: pointer(start).assumingMemoryBound(to: webble_task.self)) { reach($0, exactly: false) }
      } else {
        eachWord(start, start + (sizeOfLiveBlock(pointer(start), size: size) ?? 0)) { reach($0, exactly: false) }
      }
    }
  }

  // MARK: What is not

  func leaks() -> Leaks {
    var tasks: [UInt32] = []
    forEachInspected { task, _ in
      guard let (node, _, _) = find(UInt(bitPattern: task)), !nodes[node].isReached else { return }
      tasks.insert(task.pointee.identifier, at: 0)
    }
    // What they hold is not lost besides.
    forEachInspected { task, _ in
      if let (node, start, _) = find(UInt(bitPattern: task)) { reach(node, start) }
    }
    reachOn()
    var leaks = Leaks(tasks: tasks)
    leaveCycles(&leaks.byteCount)
    eachBlock { node, start, _, kind in
      guard kind == .block, !nodes[node].isReached, let destroyer = destroyer(start) else { return }
      if let index = leaks.objects.firstIndex(where: { $0.destroyer == destroyer }) {
        leaks.objects[index].count += 1
      } else {
        leaks.objects.append(LeakedObjects(destroyer: destroyer, count: 1))
      }
    }
    if leaks.objects.isEmpty { leaks.byteCount = 0 }
    return leaks
  }

  /// Takes for reached, of what is left, all but objects that refer to each other in circles, and those between two
  /// circles: first again and again what none of the rest refers to, then what refers to none of the rest.
  private func leaveCycles(_ byteCount: inout UInt) {
    func isLeft(_ node: Int, _ kind: Kind) -> Bool { kind == .block && !nodes[node].isReached }
    func eachTarget(_ start: UInt, _ size: UInt, _ body: (Int, UInt) -> Void) {
      eachWord(start, start + (sizeOfLiveBlock(pointer(start), size: size) ?? 0)) { word in
        if let (target, at, _) = find(word), isLeft(target, nodes[target].kind) { body(target, at) }
      }
    }
    eachBlock { node, _, _, kind in if isLeft(node, kind) { nodes[node].count = 0 } }
    eachBlock { node, start, end, kind in
      if isLeft(node, kind) { eachTarget(start, end - start) { target, _ in nodes[target].count += 1 } }
    }
    // From the outside: what nothing of the rest refers to is a block of C's that was lost, or holds a circle.
    pendingCount = 0
    eachBlock { node, start, _, kind in
      if isLeft(node, kind), nodes[node].count == 0 { reach(node, start) }
    }
    while pendingCount > 0 {
      pendingCount -= 1
      guard let (_, start, size) = find(pending[pendingCount]) else { continue }
      eachTarget(start, size) { target, at in
        nodes[target].count -= 1
        if nodes[target].count == 0 { reach(target, at) }
      }
    }
    eachBlock { node, start, end, kind in
      if isLeft(node, kind) { byteCount += sizeOfLiveBlock(pointer(start), size: end - start) ?? 0 }
    }
    // From the inside: what the circles hold besides.
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      eachBlock { node, start, end, kind in
        guard isLeft(node, kind) else { return }
        var leads = false
        eachTarget(start, end - start) { _, _ in leads = true }
        if !leads {
          nodes[node].isReached = true
          hasChanged = true
        }
      }
    }
  }
}
