#if !arch(wasm32)
// Natively a task cannot change its executor in the middle of its code, so all runners of a loop are
// tasks of their own.

extension ParallelLoop {
  /// Runs a loop whose bodies do not await, and waits for all of it. It ends early when `stop` is set or
  /// the caller is cancelled.
  ///
  /// - Parameter runChunk: does the iterations of a range, in order, and adds what they give to a
  ///   piece's partial result. It may leave the rest out once it has set `stop`.
  static func run<Input: Sendable>(
    _ range: Range<Int>, on pool: ThreadPool, stop: StopFlag, _ input: Input,
    isolation: isolated (any Actor)? = #isolation,
    _ makePartial: @escaping @Sendable () -> Partial,
    runChunk: @escaping @Sendable (Range<Int>, Input, inout Partial) -> Void,
    merge: @escaping @Sendable (inout Partial, Partial) -> Void
  ) async -> Partial {
    let runAwaiting: @Sendable (Range<Int>, inout Partial) async -> Void = { runChunk($0, input, &$1) }
    return await run(
      range, on: pool, stop: stop, isolation: isolation, makePartial, runChunk: runAwaiting,
      merge: merge)
  }

  /// The same for bodies that await. A range that has not the 32 bits of `SharedRange` is run in blocks,
  /// one after another, each of so many iterations that their ends cost nothing.
  static func run(
    _ range: Range<Int>, on pool: ThreadPool, stop: StopFlag, isolation: isolated (any Actor)?,
    _ makePartial: @escaping @Sendable () -> Partial,
    runChunk: @escaping @Sendable (Range<Int>, inout Partial) async -> Void,
    merge: @escaping @Sendable (inout Partial, Partial) -> Void
  ) async -> Partial {
    if range.lowerBound >= 0, range.upperBound <= blockSize {
      return await runInTasks(
        range, on: pool, stop: stop, isolation: isolation, makePartial, runChunk: runChunk,
        merge: merge)
    }
    var result: Partial?
    var start = range.lowerBound
    while start < range.upperBound, !stop.isSet {
      let (rest, overflows) = range.upperBound.subtractingReportingOverflow(start)
      let count = overflows ? blockSize : Swift.min(blockSize, rest)
      let first = start
      let part = await runInTasks(
        0..<count, on: pool, stop: stop, isolation: isolation, makePartial,
        runChunk: { await runChunk(first + $0.lowerBound..<first + $0.upperBound, &$1) },
        merge: merge)
      if var whole = result {
        merge(&whole, part)
        result = whole
      } else {
        result = part
      }
      start += count
    }
    return result ?? makePartial()
  }

  private static var blockSize: Int { 1 << 30 }
}

extension StopFlag {
  /// What runs for an algorithm.
  typealias Part = PoolTask
}

extension PoolTask {
  func stop() { cancel() }

  /// What a part is made of on the web.
  static func task(_ task: PoolTask) -> PoolTask { task }
}
#endif
