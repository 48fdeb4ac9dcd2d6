#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

extension ThreadPool {
  /// The first of the elements for which `predicate` holds. Elements behind one that was found are
  /// left out. May be called anywhere, also in tasks of this pool, which then take part.
  ///
  /// If the calling task is cancelled, calls that have not begun are left out and the result is
  /// nil.
  ///
  /// - Throws: the first error that a call throws; calls that have not begun by then are left out,
  ///   and those that still run find `Task.isCancelled` true.
  @inline(__always)
  public func first<Element: Sendable, Failure: Error>(
    of elements: [Element], isolation: isolated (any Actor)? = #isolation,
    where predicate: @escaping @Sendable (Element) throws(Failure) -> Bool
  ) async throws(Failure) -> Element? {
    let end = LoopEnd<Failure>()
    let found = FoundIndex()
    await ParallelLoop.run(elements.indices, on: self, stop: end.stop, (elements, found, end)) {
    } runChunk: { range, input, _ in
      let (elements, found, end) = input
      do throws(Failure) {
        guard range.lowerBound < found.index else { return }
        try elements.withUnsafeBufferPointer { (elements) throws(Failure) in
          if try predicate(elements[range.lowerBound]) {
            found.lower(to: range.lowerBound)
          } else if let index = try find(elements[range].dropFirst(), predicate) {
            found.lower(to: index)
          }
        }
      } catch {
        end.fail(error)
      }
    } merge: { _, _ in
    }
    if let error = end.error { throw error }
    return found.index < elements.count && !end.stop.isSet ? elements[found.index] : nil
  }

  /// Whether `predicate` holds for any of the elements; what is left when one was found is left
  /// out. See `first` for the rest.
  @inline(__always)
  public func contains<Element: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    where predicate: @escaping @Sendable (Element) throws(Failure) -> Bool
  ) async throws(Failure) -> Bool {
    let end = LoopEnd<Failure>()
    let isFound = await ParallelLoop.run(elements.indices, on: self, stop: end.stop, (elements, end)) {
      false
    } runChunk: { range, input, isFound in
      let (elements, end) = input
      do throws(Failure) {
        try elements.withUnsafeBufferPointer { (elements) throws(Failure) in
          if try !predicate(elements[range.lowerBound]),
            try find(elements[range].dropFirst(), predicate) == nil
          {
            return
          }
          isFound = true
          end.stop.set()
        }
      } catch {
        end.fail(error)
      }
    } merge: { isFound, other in
      isFound = isFound || other
    }
    if !isFound, let error = end.error { throw error }
    return isFound
  }

  /// Whether `element` is one of the elements.
  @inline(__always)
  public func contains<Element: Sendable & Equatable>(
    _ elements: [Element], _ element: Element, isolation: isolated (any Actor)? = #isolation
  ) async -> Bool {
    await contains(elements, isolation: isolation) { $0 == element }
  }
}

/// The least index at which something was found, so far. Any thread.
private final class FoundIndex: Sendable {
  private let least = Atomic(Int.max)

  var index: Int { least.load(ordering: .relaxed) }
  func lower(to index: Int) { least.min(index, ordering: .relaxed) }
}

/// See the loops of Map.swift.
@inline(never)
private func find<Element, Failure: Error>(
  _ elements: Slice<UnsafeBufferPointer<Element>>,
  _ predicate: @Sendable (Element) throws(Failure) -> Bool
) throws(Failure) -> Int? {
  for index in elements.indices where try predicate(elements[index]) { return index }
  return nil
}
