#if arch(wasm32)
@_spi(Webble) import _Concurrency

// A loop whose bodies do not await has its first runner in the calling task, which goes to the pool's
// workers for that: only there, where the body is called directly, can the compiler put it in line.

extension ParallelLoop {
  /// Runs a loop, and waits for all of it. It ends early when `stop` is set or the caller is
  /// cancelled.
  ///
  /// - Parameters:
  ///   - input: what `runChunk` needs besides the algorithm's body. It should capture nothing else, and call the body
  ///     for one iteration by itself: the compiler then makes a `runChunk` with that body in line for helpers, too, if
  ///     the body has no captures either.
  ///   - runChunk: does the iterations of a range, in order, and adds what they give to a piece's partial result. It
  ///     may leave the rest out once it has set `stop`.
  @concurrent @inline(__always)
  static func run<Input: Sendable>(
    _ range: Range<Int>, on pool: ThreadPool, stop: StopFlag, _ input: Input,
    _ makePartial: @escaping @Sendable () -> Partial,
    runChunk: @escaping @Sendable (Range<Int>, Input, inout Partial) -> Void,
    merge: @escaping @Sendable (inout Partial, Partial) -> Void
  ) async -> Partial {
    if range.isEmpty { return makePartial() }
    let loop = ParallelLoop(
      on: pool, stop: stop, makePartial, runChunk: { runChunk($0, input, &$1) }, merge: merge)
    let visit = await PoolVisit.begin(at: pool.pool)
    stop.add(.visit(visit))
    await withTaskCancellationHandler {
      var runner = Runner(of: loop, range, Pace())
      var partial = makePartial()
      while let chunk = runner.nextChunk(&partial) {
        runChunk(chunk, input, &partial)
        if runner.hasUsedItsSlice(after: chunk) {
          await Task.yield()
          runner.beginSlice()
        }
      }
      await loop.awaitTasks()
    } onCancel: {
      stop.set()
    }
    await visit.end()
    return loop.result
  }

  /// The same for bodies that await.
  @inline(__always)
  static func run(
    _ range: Range<Int>, on pool: ThreadPool, stop: StopFlag, isolation: isolated (any Actor)?,
    _ makePartial: @escaping @Sendable () -> Partial,
    runChunk: @escaping @Sendable (Range<Int>, inout Partial) async -> Void,
    merge: @escaping @Sendable (inout Partial, Partial) -> Void
  ) async -> Partial {
    await runInTasks(
      range, on: pool, stop: stop, isolation: isolation, makePartial, runChunk: runChunk,
      merge: merge)
  }
}

extension StopFlag {
  /// What runs for an algorithm.
  enum Part {
    case task(PoolTask)
    /// The calling task, which is not cancelled with its parts.
    case visit(PoolVisit)

    func stop() {
      switch self {
      case .task(let task): task.cancel()
      case .visit(let visit): visit.stop()
      }
    }
  }
}
#endif
