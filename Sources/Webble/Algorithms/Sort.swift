#if arch(wasm32)
@_spi(Webble) import _Concurrency

extension ThreadPool {
  /// Sorts the array on all workers. The sort is stable: what compares equal keeps its order. It
  /// needs room for two more arrays. May be called anywhere, also in tasks of this pool, which then
  /// take part.
  ///
  /// If the calling task is cancelled, the array has the same elements in some order.
  ///
  /// - Parameter areInIncreasingOrder: a strict weak order, as for the standard library's
  ///   `sort(by:)`.
  public func sort<Element: Sendable>(
    _ array: inout [Element], isolation: isolated (any Actor)? = #isolation,
    by areInIncreasingOrder: @escaping @Sendable (Element, Element) -> Bool
  ) async {
    await sort(&array, GivenOrder(areInIncreasingOrder), isolation: isolation)
  }

  /// Sorts the array in increasing order. See `sort(_:by:)`.
  public func sort<Element: Sendable & Comparable>(
    _ array: inout [Element], isolation: isolated (any Actor)? = #isolation
  ) async {
    await sort(&array, IncreasingOrder(), isolation: isolation)
  }

  private func sort<Order: SortOrder>(
    _ array: inout [Order.Element], _ order: Order, isolation: isolated (any Actor)?
  ) async {
    let count = array.count
    let sort = MergeSort(array, on: self, order)
    array = []
    await withTaskCancellationHandler {
      _ = isolation
      if isCurrent {
        await sort.sort(0..<count, intoScratch: false)
      } else {
        await result(of: spawnStealable { await sort.sort(0..<count, intoScratch: false) })
      }
    } onCancel: {
      sort.stop.set()
    }
    array = sort.finish()
  }
}

/// A comparison as a type, so that the compiler makes a sort of its own for each, with the
/// comparison in line: through a closure it takes twice the time.
private protocol SortOrder: Sendable {
  associatedtype Element: Sendable
  func precedes(_ left: Element, _ right: Element) -> Bool
}

private struct IncreasingOrder<Element: Sendable & Comparable>: SortOrder {
  @inline(__always)
  func precedes(_ left: Element, _ right: Element) -> Bool { left < right }
}

private struct GivenOrder<Element: Sendable>: SortOrder {
  private let areInIncreasingOrder: @Sendable (Element, Element) -> Bool

  init(_ areInIncreasingOrder: @escaping @Sendable (Element, Element) -> Bool) {
    self.areInIncreasingOrder = areInIncreasingOrder
  }

  @inline(__always)
  func precedes(_ left: Element, _ right: Element) -> Bool { areInIncreasingOrder(left, right) }
}

/// A merge sort whose halves, and whose merges' halves, run in parallel: the merge of Cormen,
/// Leiserson, Rivest, Stein, "Introduction to Algorithms", 3rd edition, section 27.3, made stable.
/// Small parts are sorted by the standard library, whose sort is stable (though it does not promise
/// so yet).
///
/// Unsafe: each part has a range of both buffers of its own, and is awaited by whoever split it
/// off. Every element is initialized in one of the buffers, and between two steps a range is so in
/// one as a whole.
private struct MergeSort<Order: SortOrder>: @unchecked Sendable {
  typealias Element = Order.Element

  /// The elements at first and in the end.
  private let elements: UnsafeMutablePointer<Element>
  private let scratch: UnsafeMutablePointer<Element>
  private let count: Int
  private let order: Order
  private let pool: ThreadPool
  /// Parts of that length or less are sorted in one go.
  private let leafCount: Int
  let stop = StopFlag()

  /// Below that, a part takes less time than to hand it to another worker.
  private static var smallestLeaf: Int { 2048 }
  private static var smallestMerge: Int { 16384 }

  init(_ array: [Element], on pool: ThreadPool, _ order: Order) {
    count = array.count
    elements = .allocate(capacity: count)
    scratch = .allocate(capacity: count)
    array.withUnsafeBufferPointer { [elements] buffer in
      if let base = buffer.baseAddress { elements.initialize(from: base, count: buffer.count) }
    }
    self.order = order
    self.pool = pool
    // Several for each worker, so that one that comes late still finds some.
    leafCount = Swift.max(Self.smallestLeaf, count / (pool.workerCount * 8))
  }

  func finish() -> [Element] {
    defer {
      elements.deallocate()
      scratch.deallocate()
    }
    return Array(unsafeUninitializedCapacity: count) { buffer, initializedCount in
      buffer.baseAddress?.moveInitialize(from: elements, count: count)
      initializedCount = count
    }
  }

  /// Sorts a range of `elements`, and leaves it there or in the scratch buffer.
  func sort(_ range: Range<Int>, intoScratch: Bool) async {
    if range.count <= leafCount {
      let start = elements + range.lowerBound
      if !stop.isSet {
        var part = UnsafeMutableBufferPointer(start: start, count: range.count)
        part.sort { order.precedes($0, $1) }
      }
      if intoScratch {
        (scratch + range.lowerBound).moveInitialize(from: start, count: range.count)
      }
      return
    }
    let middle = range.lowerBound + range.count / 2
    let right = pool.spawnStealable {
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
      return mergeAtOnce(left, right, of: source, to: destination + position)
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
    let rest = pool.spawnStealable {
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
    _ range: Range<Int>, of source: UnsafeMutablePointer<Element>, _ isBefore: (Element) -> Bool
  ) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if isBefore(source[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func mergeAtOnce(
    _ left: Range<Int>, _ right: Range<Int>, of source: UnsafeMutablePointer<Element>,
    to destination: UnsafeMutablePointer<Element>
  ) {
    var next = destination
    var first = source + left.lowerBound
    let firstEnd = source + left.upperBound
    var second = source + right.lowerBound
    let secondEnd = source + right.upperBound
    while first < firstEnd, second < secondEnd {
      if order.precedes(second.pointee, first.pointee) {
        next.moveInitialize(from: second, count: 1)
        second += 1
      } else {
        next.moveInitialize(from: first, count: 1)
        first += 1
      }
      next += 1
    }
    next.moveInitialize(from: first, count: firstEnd - first)
    next += firstEnd - first
    next.moveInitialize(from: second, count: secondEnd - second)
  }
}
#endif
