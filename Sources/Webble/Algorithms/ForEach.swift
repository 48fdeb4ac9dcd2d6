#if arch(wasm32)
// Inlined into the caller, here and in the files beside: then a closure that captures nothing is
// called without detour, which for cheap elements is most of the time.

extension ThreadPool {
  /// Calls `body` with each number of `range`, on all workers, in no particular order. Returns when
  /// all calls have. May be called anywhere, also in tasks of this pool, which then take part.
  ///
  /// If the calling task is cancelled, calls that have not begun are left out.
  ///
  /// - Throws: the first error that a call throws; calls that have not begun by then are left out.
  @inline(__always)
  public func forEach<Failure: Error>(
    _ range: Range<Int>, isolation: isolated (any Actor)? = #isolation,
    _ body: @escaping @Sendable (Int) throws(Failure) -> Void
  ) async throws(Failure) {
    let stop = StopFlag()
    let failure = FirstError<Failure>()
    let loop = ParallelLoop(on: self, stop: stop) {
    } runChunk: { range, _ in
      do throws(Failure) {
        for number in range { try body(number) }
      } catch {
        failure.set(error)
        stop.set()
      }
    } merge: { _, _ in
    }
    await loop.run(range, isolation: isolation)
    if let error = failure.error { throw error }
  }

  /// The same with a `body` that awaits. One piece of the range waits with it; others go on.
  @inline(__always)
  public func forEach(
    _ range: Range<Int>, isolation: isolated (any Actor)? = #isolation,
    _ body: @escaping @Sendable (Int) async -> Void
  ) async {
    let stop = StopFlag()
    let loop = ParallelLoop(on: self, stop: stop) {
    } runChunk: { range, _ in
      for number in range where !stop.isSet { await body(number) }
    } merge: { _, _ in
    }
    await loop.run(range, isolation: isolation)
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
}
#endif
