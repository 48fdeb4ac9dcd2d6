@_spi(Webble) import _Concurrency

extension ThreadPool {
  /// Sorts the array on all workers. The sort is stable: what compares equal keeps its order. It
  /// needs room for a second array. May be called anywhere, also in tasks of this pool, which then
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

  /// Sorts the array on all workers, in place, and mostly faster than `sort`; what compares equal
  /// comes in any order. See `sort(_:by:)` for the rest.
  public func sortUnstable<Element: Sendable>(
    _ array: inout [Element], isolation: isolated (any Actor)? = #isolation,
    by areInIncreasingOrder: @escaping @Sendable (Element, Element) -> Bool
  ) async {
    await sortUnstable(&array, GivenOrder(areInIncreasingOrder), isolation: isolation)
  }

  /// Sorts the array in increasing order. See `sortUnstable(_:by:)`.
  public func sortUnstable<Element: Sendable & Comparable>(
    _ array: inout [Element], isolation: isolated (any Actor)? = #isolation
  ) async {
    await sortUnstable(&array, IncreasingOrder(), isolation: isolation)
  }

  private func sort<Order: SortOrder>(
    _ array: inout [Order.Element], _ order: Order, isolation: isolated (any Actor)?
  ) async {
    let sort = MergeSort(ArrayMemory(&array), on: self, order)
    await run(sort.stop, isolation: isolation) { await sort.sort() }
    sort.end()
  }

  private func sortUnstable<Order: SortOrder>(
    _ array: inout [Order.Element], _ order: Order, isolation: isolated (any Actor)?
  ) async {
    let sort = QuickSort(ArrayMemory(&array), on: self, order)
    await run(sort.stop, isolation: isolation) { await sort.sort() }
  }

  private func run(
    _ stop: StopFlag, isolation: isolated (any Actor)?,
    _ body: @escaping @Sendable () async -> Void
  ) async {
    await withTaskCancellationHandler {
      _ = isolation
      await result(of: spawnPart(of: stop, body))
    } onCancel: {
      stop.set()
    }
  }
}

/// A comparison as a type, so that the compiler makes a sort of its own for each, with the
/// comparison in line: through a closure it takes twice the time.
protocol SortOrder: Sendable {
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

extension SortOrder {
  /// Sorts a few elements, stably.
  func insertionSort(_ base: UnsafeMutablePointer<Element>, count: Int) {
    for position in stride(from: 1, to: count, by: 1)
    where precedes(base[position], base[position - 1]) {
      let element = (base + position).move()
      var hole = position
      repeat {
        (base + hole).moveInitialize(from: base + hole - 1, count: 1)
        hole -= 1
      } while hole > 0 && precedes(element, base[hole - 1])
      (base + hole).initialize(to: element)
    }
  }

  /// Sorts what is in order already, or in strictly falling order, in one pass.
  ///
  /// - Returns: whether it was.
  func sortRun(_ base: UnsafeMutablePointer<Element>, count: Int) -> Bool {
    guard count > 1 else { return true }
    let falls = precedes(base[1], base[0])
    for position in stride(from: 2, to: count, by: 1)
    where precedes(base[position], base[position - 1]) != falls { return false }
    if falls {
      var elements = UnsafeMutableBufferPointer(start: base, count: count)
      elements.reverse()
    }
    return true
  }
}
