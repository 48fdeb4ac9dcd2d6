#if arch(wasm32)
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
    let stop = StopFlag()
    let failure = FirstError<Failure>()
    await ParallelLoop.run(range, on: self, stop: stop) {
    } runChunk: { range, _ in
      do throws(Failure) {
        try callEach(range, body)
      } catch {
        failure.set(error)
        stop.set()
      }
    } merge: { _, _ in
    }
    if let error = failure.error { throw error }
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
    try await forEach(elements.indices, isolation: isolation) { (index) throws(Failure) in
      try body(elements[index])
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
}

/// See the loops of Map.swift.
@inline(never)
private func callEach<Failure: Error>(
  _ range: Range<Int>, _ body: (Int) throws(Failure) -> Void
) throws(Failure) {
  for number in range { try body(number) }
}
#endif
