extension ThreadPool {
  /// `initial` and all elements, combined from left to right. `combine` must be associative: it is
  /// called on parts of the array, on all workers. It need not be commutative, and `initial`, which
  /// comes in once, need not be neutral. May be called anywhere, also in tasks of this pool, which
  /// then take part.
  ///
  /// If the calling task is cancelled, calls that have not begun are left out and the result is
  /// `initial`.
  ///
  /// - Throws: the first error that a call throws; calls that have not begun by then are left out,
  ///   and those that still run find `Task.isCancelled` true.
  @inline(__always)
  public func reduce<Element: Sendable, Failure: Error>(
    _ elements: [Element], _ initial: Element, isolation: isolated (any Actor)? = #isolation,
    _ combine: @escaping @Sendable (Element, Element) throws(Failure) -> Element
  ) async throws(Failure) -> Element {
    let end = LoopEnd<Failure>()
    /// Combines two parts, unless that is of no use any more.
    let join: @Sendable (Element, Element) -> Element = { left, right in
      if end.stop.isSet { return left }
      do throws(Failure) {
        return try combine(left, right)
      } catch {
        end.fail(error)
        return left
      }
    }
    let total = await ParallelLoop.run(elements.indices, on: self, stop: end.stop, (elements, end)) {
      nil as Element?
    } runChunk: { range, input, partial in
      do throws(Failure) {
        partial = try input.0.withUnsafeBufferPointer { (elements) throws(Failure) in
          var first = elements[range.lowerBound]
          if let partial { first = try combine(partial, first) }
          return try fold(elements[range].dropFirst(), first, combine)
        }
      } catch {
        input.1.fail(error)
      }
    } merge: { left, right in
      guard let right else { return }
      left = left.map { join($0, right) } ?? right
    }
    let result = total.map { join(initial, $0) } ?? initial
    if let error = end.error { throw error }
    return end.stop.isSet ? initial : result
  }
}

/// See the loops of Map.swift.
@inline(never)
private func fold<Element, Failure: Error>(
  _ elements: Slice<UnsafeBufferPointer<Element>>, _ first: Element,
  _ combine: @Sendable (Element, Element) throws(Failure) -> Element
) throws(Failure) -> Element {
  var result = first
  for element in elements { result = try combine(result, element) }
  return result
}
