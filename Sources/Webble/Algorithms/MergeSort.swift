/// A merge sort whose halves, and whose merges' halves, run in parallel: the merge of Cormen,
/// Leiserson, Rivest, Stein, "Introduction to Algorithms", 3rd edition, section 27.3, made stable.
/// The merges of a part that one task sorts alone take the next element without a branch, which
/// would be mispredicted every other time.
///
/// Unsafe: each part has a range of both buffers of its own, and is awaited by the part that split it
/// off. Every element is initialized in one of the buffers, and between two steps a range is so in
/// one as a whole.
struct MergeSort<Order: SortOrder>: @unchecked Sendable {
  typealias Element = Order.Element
  typealias Elements = UnsafeMutablePointer<Element>

  /// The elements at first and in the end.
  private let elements: Elements
  private let scratch: Elements
  private let count: Int
  private let order: Order
  private let pool: ThreadPool
  /// Parts of that length or less are sorted in one task.
  private let leafCount: Int
  let stop = StopFlag()

  /// Below that, a part takes less time than to hand it to another worker.
  private static var smallestLeaf: Int { 2048 }
  private static var smallestMerge: Int { 16384 }
  private static var insertionCount: Int { 20 }

  init(_ array: ArrayMemory<Element>, on pool: ThreadPool, _ order: Order) {
    count = array.count
    elements = array.base
    scratch = .allocate(capacity: count)
    self.order = order
    self.pool = pool
    // Several for each worker, so that one that comes late still finds some.
    leafCount = Swift.max(Self.smallestLeaf, count / (pool.workerCount * 8))
  }

  /// Frees what the sort has needed. Not before all of it has ended.
  func end() { scratch.deallocate() }

  func sort() async { await sort(0..<count, intoScratch: false) }

  /// Sorts a range of `elements`, and leaves it there or in the scratch buffer.
  private func sort(_ range: Range<Int>, intoScratch: Bool) async {
    if range.count <= leafCount { return sortAlone(range, intoScratch: intoScratch) }
    let middle = range.lowerBound + range.count / 2
    let right = pool.spawnPart(of: stop) {
      await sort(middle..<range.upperBound, intoScratch: !intoScratch)
    }
    await sort(range.lowerBound..<middle, intoScratch: !intoScratch)
    await pool.result(of: right)
    await merge(
      range.lowerBound..<middle, middle..<range.upperBound, to: range.lowerBound,
      ofScratch: intoScratch)
  }

  /// Merges two sorted ranges of one buffer, of which those in `left` come first where they are
  /// equal.
  ///
  /// - Parameters:
  ///   - position: where the result begins in the other buffer.
  ///   - ofScratch: whether the other buffer is the scratch.
  private func merge(
    _ left: Range<Int>, _ right: Range<Int>, to position: Int, ofScratch: Bool
  ) async {
    let source = ofScratch ? elements : scratch
    if left.count + right.count <= Self.smallestMerge {
      let destination = ofScratch ? scratch : elements
      return mergeAlone(left, right, of: source, to: destination + position)
    }
    let leftSplit: Int
    let rightSplit: Int
    if left.count >= right.count {
      leftSplit = left.lowerBound + left.count / 2
      // What equals the pivot stays behind it.
      rightSplit = partition(right, of: source) { order.precedes($0, source[leftSplit]) }
    } else {
      rightSplit = right.lowerBound + right.count / 2
      // What equals the pivot stays before it.
      leftSplit = partition(left, of: source) { !order.precedes(source[rightSplit], $0) }
    }
    let middle = position + (leftSplit - left.lowerBound) + (rightSplit - right.lowerBound)
    let rest = pool.spawnPart(of: stop) {
      await merge(
        leftSplit..<left.upperBound, rightSplit..<right.upperBound, to: middle,
        ofScratch: ofScratch)
    }
    await merge(
      left.lowerBound..<leftSplit, right.lowerBound..<rightSplit, to: position,
      ofScratch: ofScratch)
    await pool.result(of: rest)
  }

  /// The first place in a range whose element does not belong before, by binary search.
  private func partition(
    _ range: Range<Int>, of source: Elements, _ isBefore: (Element) -> Bool
  ) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isBefore(source[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // What one task does alone.

  private func sortAlone(_ range: Range<Int>, intoScratch: Bool) {
    let start = elements + range.lowerBound
    if stop.isSet || order.sortRun(start, count: range.count) {
      if intoScratch {
        (scratch + range.lowerBound).moveInitialize(from: start, count: range.count)
      }
    } else {
      sortPart(range, intoScratch: intoScratch)
    }
  }

  private func sortPart(_ range: Range<Int>, intoScratch: Bool) {
    if range.count <= Self.insertionCount {
      let start = elements + range.lowerBound
      order.insertionSort(start, count: range.count)
      if intoScratch {
        (scratch + range.lowerBound).moveInitialize(from: start, count: range.count)
      }
      return
    }
    let middle = range.lowerBound + range.count / 2
    sortPart(range.lowerBound..<middle, intoScratch: !intoScratch)
    sortPart(middle..<range.upperBound, intoScratch: !intoScratch)
    let (source, destination) = intoScratch ? (elements, scratch) : (scratch, elements)
    mergeAlone(
      range.lowerBound..<middle, middle..<range.upperBound, of: source,
      to: destination + range.lowerBound)
  }

  private func mergeAlone(
    _ left: Range<Int>, _ right: Range<Int>, of source: Elements, to destination: Elements
  ) {
    var next = destination
    var first = source + left.lowerBound
    let firstEnd = source + left.upperBound
    var second = source + right.lowerBound
    let secondEnd = source + right.upperBound
    let isInOrder = left.isEmpty || right.isEmpty || !order.precedes(second[0], firstEnd[-1])
    while !isInOrder, first < firstEnd, second < secondEnd {
      let takesSecond = order.precedes(second.pointee, first.pointee)
      next.moveInitialize(from: takesSecond ? second : first, count: 1)
      second += takesSecond ? 1 : 0
      first += takesSecond ? 0 : 1
      next += 1
    }
    next.moveInitialize(from: first, count: firstEnd - first)
    next += firstEnd - first
    next.moveInitialize(from: second, count: secondEnd - second)
  }
}
