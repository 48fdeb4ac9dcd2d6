#if arch(wasm32)
// Inlined into the caller, here and in the files beside, and with the loop over a chunk's elements
// in a closure that captures the caller's and nothing else: then, if the caller's captures nothing,
// the compiler makes a loop of its own for it, with the body in line. For cheap elements a call
// would be most of the time.

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
    let repeatBody: @Sendable (Range<Int>) throws(Failure) -> Void = { (range) throws(Failure) in
      for number in range { try body(number) }
    }
    let stop = StopFlag()
    let failure = FirstError<Failure>()
    let loop = ParallelLoop(on: self, stop: stop) {
    } runChunk: { range, _ in
      do throws(Failure) {
        try repeatBody(range)
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
