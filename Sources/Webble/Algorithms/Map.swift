extension ThreadPool {
  /// What `transform` makes of each element, in the elements' order. Runs on all workers; may be
  /// called anywhere, also in tasks of this pool, which then take part.
  ///
  /// If the calling task is cancelled, calls that have not begun are left out and the result is
  /// empty.
  ///
  /// - Throws: the first error that a call throws; calls that have not begun by then are left out,
  ///   and those that still run find `Task.isCancelled` true.
  @inline(__always)
  public func map<Element: Sendable, Result: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ transform: @escaping @Sendable (Element) throws(Failure) -> Result
  ) async throws(Failure) -> [Result] {
    let results = ResultBuffer<Result>(count: elements.count)
    let end = LoopEnd<Failure>()
    let filled = await ParallelLoop.run(
      elements.indices, on: self, stop: end.stop, (elements, results, end)
    ) {
      [Range<Int>]()
    } runChunk: { range, input, filled in
      let (elements, results, end) = input
      var next = range.lowerBound
      do throws(Failure) {
        try elements.withUnsafeBufferPointer { (elements) throws(Failure) in
          let elements = elements.baseAddress.unsafelyUnwrapped
          (results.base + next).initialize(to: try transform(elements[next]))
          next += 1
          try fill(results.base, from: elements, &next, range.upperBound, transform)
        }
      } catch {
        end.fail(error)
      }
      ResultBuffer<Result>.append(range.lowerBound..<next, to: &filled)
    } merge: { filled, more in
      for range in more { ResultBuffer<Result>.append(range, to: &filled) }
    }
    let array = results.finish(filled)
    if let error = end.error { throw error }
    return array
  }

  /// The same with a `transform` that awaits. One piece of the array waits with it; others go on.
  @inline(__always)
  public func map<Element: Sendable, Result: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ transform: @escaping @Sendable @isolated(any) (Element) async throws(Failure) -> Result
  ) async throws(Failure) -> [Result] {
    let results = ResultBuffer<Result>(count: elements.count)
    let stop = StopFlag()
    let failure = FirstError<Failure>()
    let filled = await ParallelLoop.run(
      elements.indices, on: self, stop: stop, isolation: isolation
    ) {
      [Range<Int>]()
    } runChunk: { range, filled in
      var end = range.lowerBound
      do throws(Failure) {
        while end < range.upperBound, !stop.isSet {
          (results.base + end).initialize(to: try await transform(elements[end]))
          end += 1
        }
      } catch {
        failure.set(error)
        stop.set()
      }
      ResultBuffer<Result>.append(range.lowerBound..<end, to: &filled)
    } merge: { filled, more in
      for range in more { ResultBuffer<Result>.append(range, to: &filled) }
    }
    let array = results.finish(filled)
    if let error = failure.error { throw error }
    return array
  }

  /// What `transform` makes of each element, in the elements' order, without what is nil. See `map`
  /// for the rest.
  @inline(__always)
  public func compactMap<Element: Sendable, Result: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ transform: @escaping @Sendable (Element) throws(Failure) -> Result?
  ) async throws(Failure) -> [Result] {
    try await collect(elements) { (piece, results) throws(Failure) in
      if let result = try transform(piece[piece.startIndex]) { results.append(result) }
      try append(piece.dropFirst(), to: &results, transform)
    }
  }

  /// The same with a `transform` that awaits.
  @inline(__always)
  public func compactMap<Element: Sendable, Result: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ transform: @escaping @Sendable @isolated(any) (Element) async throws(Failure) -> Result?
  ) async throws(Failure) -> [Result] {
    try await map(elements, isolation: isolation, transform).compactMap { $0 }
  }

  /// The elements for which `isIncluded` holds, in their order. See `map` for the rest.
  @inline(__always)
  public func filter<Element: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ isIncluded: @escaping @Sendable (Element) throws(Failure) -> Bool
  ) async throws(Failure) -> [Element] {
    try await collect(elements) { (piece, results) throws(Failure) in
      let first = piece[piece.startIndex]
      if try isIncluded(first) { results.append(first) }
      try append(piece.dropFirst(), to: &results, where: isIncluded)
    }
  }

  /// The same with an `isIncluded` that awaits.
  @inline(__always)
  public func filter<Element: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ isIncluded: @escaping @Sendable @isolated(any) (Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> [Element] {
    try await compactMap(elements, isolation: isolation) { (element) async throws(Failure) in
      try await isIncluded(element) ? element : nil
    }
  }

  /// What `append` makes of the pieces of an array, none of which is empty, in their order.
  @inline(__always)
  private func collect<Element: Sendable, Result: Sendable, Failure: Error>(
    _ elements: [Element],
    _ append: @escaping @Sendable (Slice<UnsafeBufferPointer<Element>>, inout [Result])
      throws(Failure) -> Void
  ) async throws(Failure) -> [Result] {
    let end = LoopEnd<Failure>()
    // Each piece's results, to be copied once.
    let results = await ParallelLoop.run(elements.indices, on: self, stop: end.stop, (elements, end)) {
      [[Result]]()
    } runChunk: { range, input, results in
      if results.isEmpty { results.append([]) }
      do throws(Failure) {
        try input.0.withUnsafeBufferPointer { (elements) throws(Failure) in
          try append(elements[range], &results[0])
        }
      } catch {
        input.1.fail(error)
      }
    } merge: { results, more in
      results += more
    }
    if let error = end.error { throw error }
    if end.stop.isSet { return [] }
    if results.count == 1 { return results[0] }
    var all: [Result] = []
    all.reserveCapacity(results.reduce(0) { $0 + $1.count })
    for piece in results { all += piece }
    return all
  }
}

// The loops over a chunk, here and in the files beside: functions of their own, of which the compiler
// makes one for each `transform` that it sees, in line. In the algorithm itself, an async function,
// the loop's variables would lie in memory. The closures are `@Sendable` because they are so where
// they come from: of one that is converted and has captures, the compiler makes an object that the
// loop loads them from.

/// Fills the places from `begin` to `end`; `begin` says how far it has come.
@inline(never)
private func fill<Element, Result, Failure: Error>(
  _ results: UnsafeMutablePointer<Result>, from elements: UnsafePointer<Element>,
  _ begin: inout Int, _ end: Int, _ transform: @Sendable (Element) throws(Failure) -> Result
) throws(Failure) {
  var index = begin
  defer { begin = index }
  while index < end {
    (results + index).initialize(to: try transform(elements[index]))
    index += 1
  }
}

@inline(never)
private func append<Element, Result, Failure: Error>(
  _ elements: Slice<UnsafeBufferPointer<Element>>, to results: inout [Result],
  _ transform: @Sendable (Element) throws(Failure) -> Result?
) throws(Failure) {
  for element in elements {
    if let result = try transform(element) { results.append(result) }
  }
}

@inline(never)
private func append<Element, Failure: Error>(
  _ elements: Slice<UnsafeBufferPointer<Element>>, to results: inout [Element],
  where isIncluded: @Sendable (Element) throws(Failure) -> Bool
) throws(Failure) {
  for element in elements where try isIncluded(element) { results.append(element) }
}

/// The memory that a parallel `map` fills. Unsafe: each place is initialized by the one piece of
/// the loop whose range it is in, and the caller waits for all pieces before it takes the whole.
///
/// Elements that need no destruction are made where they stay, in the result's own memory, of which
/// nobody else has a pointer meanwhile. Others are moved there in the end, since an array that is
/// given up half filled would destroy what is not there.
private struct ResultBuffer<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  private let count: Int
  /// What `base` points into; empty if that is a block of its own.
  private let array: [Element]

  init(count: Int) {
    self.count = count
    if _isPOD(Element.self), count > 0 {
      var array = [Element](unsafeUninitializedCapacity: count) { _, initializedCount in
        initializedCount = count
      }
      base = array.withUnsafeMutableBufferPointer { $0.baseAddress.unsafelyUnwrapped }
      self.array = array
    } else {
      base = .allocate(capacity: count)
      array = []
    }
  }

  /// Adds a range behind others, as one if it touches the last.
  static func append(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
    if let last = ranges.last, last.upperBound == range.lowerBound {
      ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
    } else if !range.isEmpty {
      ranges.append(range)
    }
  }

  /// Ends the buffer.
  ///
  /// - Parameter filled: what has been initialized.
  /// - Returns: the elements if that is all of them, otherwise none.
  func finish(_ filled: [Range<Int>]) -> [Element] {
    let isComplete = filled == [0..<count]
    if !array.isEmpty { return isComplete ? array : [] }
    defer { base.deallocate() }
    if isComplete {
      return Array(unsafeUninitializedCapacity: count) { buffer, initializedCount in
        buffer.baseAddress.unsafelyUnwrapped.moveInitialize(from: base, count: count)
        initializedCount = count
      }
    }
    for range in filled { (base + range.lowerBound).deinitialize(count: range.count) }
    return []
  }
}
