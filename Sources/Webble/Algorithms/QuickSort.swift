/// A quicksort in place, whose two sides run in parallel: Peters, "Pattern-defeating Quicksort"
/// (2021), with the branchless partition of Lomuto's scheme in place of its block partition.
///
/// What is taken from there: elements equal to the pivot of the left neighbour are set aside in one
/// pass; after some partitions that were far from even, a part is sorted by a heap, so that no
/// input takes more than O(n log n).
///
/// Unsafe: each part has a range of its own, and is awaited by the part that split it off.
struct QuickSort<Order: SortOrder>: @unchecked Sendable {
  typealias Element = Order.Element
  typealias Elements = UnsafeMutablePointer<Element>

  private let elements: ArrayMemory<Element>
  private let order: Order
  private let pool: ThreadPool
  let stop = StopFlag()

  /// Parts of that length or less are sorted in one task: less time than to hand them over.
  private static var leafCount: Int { 8192 }
  private static var insertionCount: Int { 20 }

  init(_ array: ArrayMemory<Element>, on pool: ThreadPool, _ order: Order) {
    elements = array
    self.order = order
    self.pool = pool
  }

  /// A range of the array that is to be sorted.
  private struct Part {
    var base: Elements
    var count: Int
    /// Whether the element before it is one that none of its own precedes.
    var hasNeighbour = false
    /// How many uneven partitions are left to it.
    var patience: Int
  }

  func sort() async {
    let (base, count) = (elements.base, elements.count)
    if order.sortRun(base, count: count) { return }
    let log = Int.bitWidth - count.leadingZeroBitCount
    await sort(Part(base: base, count: count, patience: log))
  }

  private func sort(_ whole: Part) async {
    var part = whole
    var children: [WorkerHandle<Void, Never>] = []
    while part.count > Self.leafCount, !stop.isSet {
      guard let (left, right) = split(part) else { break }
      nonisolated(unsafe) let other = left
      if other.count > 0 {
        children.append(pool.spawnPart(of: stop) { await sort(other) })
      }
      part = right
    }
    if part.count <= Self.leafCount { sortAlone(part) }
    for child in children.reversed() { await pool.result(of: child) }
  }

  private func sortAlone(_ whole: Part) {
    var part = whole
    while part.count > Self.insertionCount {
      guard let (left, right) = split(part) else { return }
      sortAlone(left)
      part = right
    }
    order.insertionSort(part.base, count: part.count)
  }

  /// Splits a part of more than `insertionCount` elements in two that are to be sorted.
  ///
  /// - Returns: nil if the part is sorted now.
  private func split(_ part: Part) -> (left: Part, right: Part)? {
    let (base, count) = (part.base, part.count)
    if part.patience == 0 {
      heapSort(base, count: count)
      return nil
    }
    choosePivot(base, count: count)
    if part.hasNeighbour, !order.precedes(base[-1], base[0]) {
      // None precedes the pivot: what is not behind it equals it.
      let equals = partition(base, count: count) { !order.precedes($1, $0) }
      let rest = Part(
        base: base + equals + 1, count: count - equals - 1, hasNeighbour: true,
        patience: part.patience)
      return (Part(base: base, count: 0, patience: 0), rest)
    }
    let leftCount = partition(base, count: count) { order.precedes($0, $1) }
    let isUneven = Swift.min(leftCount, count - leftCount - 1) < count / 8
    let patience = part.patience - (isUneven ? 1 : 0)
    return (
      Part(base: base, count: leftCount, hasNeighbour: part.hasNeighbour, patience: patience),
      Part(
        base: base + leftCount + 1, count: count - leftCount - 1, hasNeighbour: true,
        patience: patience)
    )
  }

  /// Swaps the median of three elements, or of three such medians, to the front.
  private func choosePivot(_ base: Elements, count: Int) {
    let step = count / 4
    var middle = medianIndex(base, step, step * 2, step * 3)
    if count > 128 {
      middle = medianIndex(
        base, medianIndex(base, step - 1, step, step + 1), middle,
        medianIndex(base, step * 3 - 1, step * 3, step * 3 + 1))
    }
    swap(base, base + middle)
  }

  private func medianIndex(_ base: Elements, _ first: Int, _ second: Int, _ third: Int) -> Int {
    let (low, high) =
      order.precedes(base[second], base[first]) ? (second, first) : (first, second)
    if order.precedes(base[third], base[low]) { return low }
    return order.precedes(base[high], base[third]) ? high : third
  }

  /// Moves what goes left before the pivot, which is the first element, and the pivot to its place.
  ///
  /// - Parameter goesLeft: of an element and the pivot.
  /// - Returns: the pivot's place.
  @inline(__always)
  private func partition(
    _ base: Elements, count: Int, _ goesLeft: (Element, Element) -> Bool
  ) -> Int {
    let pivot = base.pointee
    var last = base
    for position in 1..<count {
      let isLeft = goesLeft(base[position], pivot)
      // The first that does not go left, or the element itself, changes places with it, to no effect if
      // it does not go left itself: without a branch, which would be mispredicted.
      swap(base + position, last + 1)
      last += isLeft ? 1 : 0
    }
    swap(base, last)
    return last - base
  }

  /// Also of an element with itself.
  @inline(__always)
  private func swap(_ left: Elements, _ right: Elements) {
    let element = left.move()
    left.moveInitialize(from: right, count: 1)
    right.initialize(to: element)
  }

  private func heapSort(_ base: Elements, count: Int) {
    for root in stride(from: count / 2 - 1, through: 0, by: -1) {
      sift(base, from: root, count: count)
    }
    for end in stride(from: count - 1, to: 0, by: -1) {
      swap(base, base + end)
      sift(base, from: 0, count: end)
    }
  }

  private func sift(_ base: Elements, from root: Int, count: Int) {
    var root = root
    while true {
      var child = root * 2 + 1
      guard child < count else { return }
      if child + 1 < count, order.precedes(base[child], base[child + 1]) { child += 1 }
      guard order.precedes(base[root], base[child]) else { return }
      swap(base + root, base + child)
      root = child
    }
  }
}
