#if arch(wasm32)
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
    let fill: @Sendable (
      UnsafePointer<Element>, UnsafeMutablePointer<Result>, inout Int, Int
    ) throws(Failure) -> Void = { (elements, results, begin, end) throws(Failure) in
      var index = begin
      defer { begin = index }
      while index < end {
        (results + index).initialize(to: try transform(elements[index]))
        index += 1
      }
    }
    let results = ResultBuffer<Result>(count: elements.count)
    let stop = StopFlag()
    let failure = FirstError<Failure>()
    let loop = ParallelLoop(on: self, stop: stop) {
      [Range<Int>]()
    } runChunk: { range, filled in
      var end = range.lowerBound
      do throws(Failure) {
        try elements.withUnsafeBufferPointer { (elements) throws(Failure) in
          let elements = elements.baseAddress.unsafelyUnwrapped
          try fill(elements, results.base, &end, range.upperBound)
        }
      } catch {
        failure.set(error)
        stop.set()
      }
      ResultBuffer<Result>.append(range.lowerBound..<end, to: &filled)
    } merge: { filled, more in
      for range in more { ResultBuffer<Result>.append(range, to: &filled) }
    }
    let filled = await loop.run(elements.indices, isolation: isolation)
    let array = results.finish(filled)
    if let error = failure.error { throw error }
    return array
  }

  /// The same with a `transform` that awaits. One piece of the array waits with it; others go on.
  @inline(__always)
  public func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ transform: @escaping @Sendable (Element) async -> Result
  ) async -> [Result] {
    let results = ResultBuffer<Result>(count: elements.count)
    let stop = StopFlag()
    let loop = ParallelLoop(on: self, stop: stop) {
      [Range<Int>]()
    } runChunk: { range, filled in
      var end = range.lowerBound
      while end < range.upperBound, !stop.isSet {
        (results.base + end).initialize(to: await transform(elements[end]))
        end += 1
      }
      ResultBuffer<Result>.append(range.lowerBound..<end, to: &filled)
    } merge: { filled, more in
      for range in more { ResultBuffer<Result>.append(range, to: &filled) }
    }
    let filled = await loop.run(elements.indices, isolation: isolation)
    return results.finish(filled)
  }

  /// What `transform` makes of each element, in the elements' order, without what is nil. See `map`
  /// for the rest.
  @inline(__always)
  public func compactMap<Element: Sendable, Result: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ transform: @escaping @Sendable (Element) throws(Failure) -> Result?
  ) async throws(Failure) -> [Result] {
    let collect: @Sendable (
      Slice<UnsafeBufferPointer<Element>>, inout [Result]
    ) throws(Failure) -> Void = { (elements, results) throws(Failure) in
      for element in elements {
        if let result = try transform(element) { results.append(result) }
      }
    }
    let stop = StopFlag()
    let failure = FirstError<Failure>()
    // Each piece's results, to be copied once.
    let loop = ParallelLoop(on: self, stop: stop) {
      [[Result]]()
    } runChunk: { range, results in
      if results.isEmpty { results.append([]) }
      do throws(Failure) {
        try elements.withUnsafeBufferPointer { (elements) throws(Failure) in
          try collect(elements[range], &results[0])
        }
      } catch {
        failure.set(error)
        stop.set()
      }
    } merge: { results, more in
      results += more
    }
    let results = await loop.run(elements.indices, isolation: isolation)
    if let error = failure.error { throw error }
    return stop.isSet ? [] : Array(results.joined())
  }

  /// The elements for which `isIncluded` holds, in their order. See `map` for the rest.
  @inline(__always)
  public func filter<Element: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ isIncluded: @escaping @Sendable (Element) throws(Failure) -> Bool
  ) async throws(Failure) -> [Element] {
    try await compactMap(elements, isolation: isolation) { (element) throws(Failure) in
      try isIncluded(element) ? element : nil
    }
  }
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
#endif
