extension ThreadPool {
  /// Calls `body` with each number of `range`, on all workers, in no particular order. Returns when
  /// all calls have. May be called anywhere, also in tasks of this pool, which then take part.
  ///
  /// If the calling task is cancelled, calls that have not begun are left out, and those that still
  /// run find `Task.isCancelled` true.
  ///
  /// - Throws: the first error that a call throws; calls that have not begun by then are left out,
  ///   and those that still run find `Task.isCancelled` true.
  @inline(__always)
  public func forEach<Failure: Error>(
    _ range: Range<Int>, isolation: isolated (any Actor)? = #isolation,
    _ body: @escaping @Sendable (Int) throws(Failure) -> Void
  ) async throws(Failure) {
    try await forEachPiece(of: range) { (piece) throws(Failure) in
      try body(piece.lowerBound)
      try callEach(piece.dropFirst(), body)
    }
  }

  /// The same with a `body` that awaits. One piece of the range waits with it; others go on.
  @inline(__always)
  public func forEach<Failure: Error>(
    _ range: Range<Int>, isolation: isolated (any Actor)? = #isolation,
    _ body: @escaping @Sendable @isolated(any) (Int) async throws(Failure) -> Void
  ) async throws(Failure) {
    let stop = StopFlag()
    let failure = FirstError<Failure>()
    await ParallelLoop.run(range, on: self, stop: stop, isolation: isolation) {
    } runChunk: { range, _ in
      do throws(Failure) {
        for number in range where !stop.isSet { try await body(number) }
      } catch {
        failure.set(error)
        stop.set()
      }
    } merge: { _, _ in
    }
    if let error = failure.error { throw error }
  }

  /// Calls `body` with each element, as `forEach` of a range does.
  @inline(__always)
  public func forEach<Element: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ body: @escaping @Sendable (Element) throws(Failure) -> Void
  ) async throws(Failure) {
    try await forEachPiece(of: elements.indices) { (piece) throws(Failure) in
      try elements.withUnsafeBufferPointer { (elements) throws(Failure) in
        try callEach(elements[piece], body)
      }
    }
  }

  /// The same with a `body` that awaits.
  @inline(__always)
  public func forEach<Element: Sendable, Failure: Error>(
    _ elements: [Element], isolation: isolated (any Actor)? = #isolation,
    _ body: @escaping @Sendable @isolated(any) (Element) async throws(Failure) -> Void
  ) async throws(Failure) {
    try await forEach(elements.indices, isolation: isolation) { (index) async throws(Failure) in
      try await body(elements[index])
    }
  }

  /// Calls `body` with pieces of the range, none of which is empty, on all workers.
  @inline(__always)
  private func forEachPiece<Failure: Error>(
    of range: Range<Int>, _ body: @escaping @Sendable (Range<Int>) throws(Failure) -> Void
  ) async throws(Failure) {
    let end = LoopEnd<Failure>()
    await ParallelLoop.run(range, on: self, stop: end.stop, end) {
    } runChunk: { piece, end, _ in
      do throws(Failure) {
        try body(piece)
      } catch {
        end.fail(error)
      }
    } merge: { _, _ in
    }
    if let error = end.error { throw error }
  }
}

/// See the loops of Map.swift.
@inline(never)
private func callEach<Failure: Error>(
  _ range: Range<Int>, _ body: @Sendable (Int) throws(Failure) -> Void
) throws(Failure) {
  // A `for` asks for each number whether the range is in order: cheap bodies took 1.5 times as long
  // with it in Node.
  var number = range.lowerBound
  while number < range.upperBound {
    try body(number)
    number += 1
  }
}

@inline(never)
private func callEach<Element, Failure: Error>(
  _ elements: Slice<UnsafeBufferPointer<Element>>,
  _ body: @Sendable (Element) throws(Failure) -> Void
) throws(Failure) {
  for element in elements { try body(element) }
}
