#if arch(wasm32)
  import WebbleAtomics
  import WebbleScheduler
#else
  import NativeAtomics
  import NativeScheduler
#endif
@_spi(Webble) import _Concurrency

/// A loop over a range whose pieces run on a pool's workers, each making a partial result; these
/// are merged in the range's order.
///
/// Splitting is lazy: a worker that runs a piece calls for a helper only when its worker's deque is
/// empty, that is, when thieves have taken all that there was or nobody has offered them anything
/// yet (Tzannes, Caragea, Barua, Vishkin, "Lazy Binary-Splitting: A Run-Time Adaptive Work-Stealing
/// Scheduler", PPoPP 2010). So a loop on a busy pool stays a loop. Between two looks at the deque a
/// piece runs a chunk of iterations, which is grown until it takes long enough for the look to cost
/// nothing; the paper has a constant there. And where the paper makes a task of each half, here
/// a helper with nothing to do, new or at the end of its piece, takes half of the
/// longest rest.
///
/// Helpers, and all of a loop with bodies that await, run in tasks of their own. Of a loop whose bodies
/// do not await, the first runner is a matter of the platform (Web/FirstRunner.swift).
final class ParallelLoop<Partial>: @unchecked Sendable {
  private let pool: ThreadPool
  private let makePartial: @Sendable () -> Partial
  private let runChunk: @Sendable (Range<Int>, inout Partial) async -> Void
  private let merge: @Sendable (inout Partial, Partial) -> Void
  private let stop: StopFlag
  /// With one worker, or with virtual ones, nobody could help.
  private let maximumHelperCount: Int
  /// Helpers that have been called and have not ended.
  private let helperCount = Atomic(0)
  /// The runners' tasks that nobody has awaited yet.
  private let tasks = Mutex<[WorkerHandle<Void, Never>]>([])
  /// What each runner has left of its piece.
  private let rests = Mutex<[SharedRange]>([])
  private let results = Mutex<[(start: Int, partial: Partial)]>([])

  init(
    on pool: ThreadPool, stop: StopFlag, _ makePartial: @escaping @Sendable () -> Partial,
    runChunk: @escaping @Sendable (Range<Int>, inout Partial) async -> Void,
    merge: @escaping @Sendable (inout Partial, Partial) -> Void
  ) {
    self.pool = pool
    self.stop = stop
    self.makePartial = makePartial
    self.runChunk = runChunk
    self.merge = merge
    maximumHelperCount = isIsolated() ? pool.workerCount - 1 : 0
  }

  /// Runs a loop whose bodies await, and waits for all of it. It ends early when `stop` is set or the
  /// caller is cancelled.
  ///
  /// - Parameters:
  ///   - range: its bounds have 32 bits.
  ///   - runChunk: does the iterations of a range, in order, and adds what they give to a piece's
  ///     partial result. It may leave the rest out once it has set `stop`.
  static func runInTasks(
    _ range: Range<Int>, on pool: ThreadPool, stop: StopFlag, isolation: isolated (any Actor)?,
    _ makePartial: @escaping @Sendable () -> Partial,
    runChunk: @escaping @Sendable (Range<Int>, inout Partial) async -> Void,
    merge: @escaping @Sendable (inout Partial, Partial) -> Void
  ) async -> Partial {
    if range.isEmpty { return makePartial() }
    let loop = ParallelLoop(on: pool, stop: stop, makePartial, runChunk: runChunk, merge: merge)
    await withTaskCancellationHandler {
      loop.spawnRunner(range, Pace())
      await loop.awaitTasks(isolation: isolation)
    } onCancel: {
      stop.set()
    }
    return loop.result
  }

  /// - Parameter range: the runner's first piece; nil for a helper.
  private func spawnRunner(_ range: Range<Int>?, _ pace: Pace) {
    let task = pool.spawnPart(of: stop) {
      var runner = Runner(of: self, range, pace)
      var partial = self.makePartial()
      while let chunk = runner.nextChunk(&partial) {
        await self.runChunk(chunk, &partial)
        if runner.hasUsedItsSlice(after: chunk) {
          await Task.yield()
          runner.beginSlice()
        }
      }
    }
    tasks.withLockBriefly { $0.append(task) }
  }

  /// Waits for all tasks, also those that they start meanwhile.
  func awaitTasks(isolation: isolated (any Actor)? = #isolation) async {
    // The newest is what the worker finds first in its deque, if nobody has taken it.
    while let task = tasks.withLockBriefly({ $0.popLast() }) { await pool.result(of: task) }
  }

  private func callHelper(_ pace: Pace) {
    if helperCount.add(1, ordering: .relaxed).newValue > maximumHelperCount {
      helperCount.subtract(1, ordering: .relaxed)
    } else {
      spawnRunner(nil, pace)
    }
  }

  private var longestRest: SharedRange? {
    rests.withLockBriefly { $0.max { $0.count < $1.count } }
  }

  /// What all pieces together have made.
  var result: Partial {
    let results = results.withLockBriefly { $0 }.sorted { $0.start < $1.start }
    var result = results[0].partial
    for (_, partial) in results.dropFirst() { merge(&result, partial) }
    return result
  }

  /// What one task does of the loop: piece after piece.
  struct Runner {
    private let loop: ParallelLoop
    private let isHelper: Bool
    private let rest: SharedRange
    /// Where the piece begins; nil if there is none yet.
    private var start: Int?
    private var pace: Pace
    private var time = nanoseconds()
    private var sliceEnd: Int64

    init(of loop: ParallelLoop, _ piece: Range<Int>?, _ pace: Pace) {
      self.loop = loop
      self.pace = pace
      isHelper = piece == nil
      start = piece?.lowerBound
      rest = SharedRange(piece ?? 0..<0)
      sliceEnd = time + Pace.slice
      let rest = rest
      loop.rests.withLockBriefly { $0.append(rest) }
    }

    /// What is to be done next. nil: nothing; then the runner has ended.
    ///
    /// - Parameter partial: what the piece has made so far. A new one when a new piece is begun.
    @inline(never)
    mutating func nextChunk(_ partial: inout Partial) -> Range<Int>? {
      if !loop.stop.isSet {
        if let chunk = rest.take(pace.chunk) {
          callHelper()
          return chunk
        }
        if let longest = loop.longestRest, pace.isWorthSplitting(longest.count),
          let piece = longest.takeHalf()
        {
          handOver(&partial)
          start = piece.lowerBound
          let (chunk, left) = SharedRange.split(piece, pace.chunk)
          rest.refill(left)
          callHelper()
          return chunk
        }
      }
      handOver(&partial)
      let rest = rest
      loop.rests.withLockBriefly { $0.removeAll { $0 === rest } }
      if isHelper { loop.helperCount.subtract(1, ordering: .relaxed) }
      return nil
    }

    /// Asks for help with the rest if somebody may be free.
    private func callHelper() {
      if loop.maximumHelperCount > 0, pace.isWorthSplitting(rest.count), loop.pool.isOwnDequeEmpty {
        loop.callHelper(pace)
      }
    }

    private func handOver(_ partial: inout Partial) {
      guard let start else { return }
      let made = Moved((start: start, partial: partial))
      loop.results.withLockBriefly { $0.append(made.value) }
      partial = loop.makePartial()
    }

    /// To be asked after each chunk: whether the worker is to look after its other work now.
    @inline(never)
    mutating func hasUsedItsSlice(after chunk: Range<Int>) -> Bool {
      let start = time
      time = nanoseconds()
      pace.adapt(count: chunk.count, elapsed: time - start)
      return time > sliceEnd
    }

    mutating func beginSlice() {
      time = nanoseconds()
      sliceEnd = time + Pace.slice
    }
  }
}

/// How fast a loop goes, in nanoseconds.
struct Pace {
  /// Iterations between two looks at the deque.
  var chunk = 1
  /// What the last chunk took for each; nil before the first.
  private var each: Int64?

  /// A look at the deque and the clock takes some 100 ns.
  private static let shortestChunk: Int64 = 50_000
  private static let longestChunk: Int64 = 200_000
  /// What a task that is stolen costs its two workers.
  private static let splitCost: Int64 = 10_000
  /// After that long a piece lets its worker look after other tasks, timers and messages: the
  /// scheduler's own slice.
  static let slice: Int64 = 4_000_000

  func isWorthSplitting(_ count: Int) -> Bool {
    guard let each else { return count > 0 }
    return Int64(count) * each > Self.splitCost
  }

  mutating func adapt(count: Int, elapsed: Int64) {
    // Browsers round the clock, to 5 µs or more: at least a nanosecond an iteration.
    each = Swift.max(1, elapsed / Int64(count))
    if elapsed < Self.shortestChunk {
      if count == chunk, chunk < 1 << 24 { chunk *= 2 }
    } else if elapsed > Self.longestChunk {
      chunk = Swift.max(1, Int(Int64(chunk) * Self.longestChunk / elapsed))
    }
  }
}

/// Ends a parallel algorithm early: what it has not begun is left out, and what runs is cancelled. Any thread.
final class StopFlag: Sendable {
  private let flag = Atomic(false)
  /// What the algorithm's parts run in, ended ones too.
  private let parts = Mutex<[Part]>([])

  var isSet: Bool { flag.load(ordering: .relaxed) }

  func set() {
    flag.store(true, ordering: .sequentiallyConsistent)
    for part in parts.withLockBriefly({ $0 }) { part.stop() }
  }

  /// Makes the part one of those that `set` stops, at once if it has been called.
  func add(_ part: Part) {
    parts.withLockBriefly { $0.append(part) }
    // A `set` that has not found the part in the list has stored the flag before it had the lock.
    if flag.load(ordering: .sequentiallyConsistent) { part.stop() }
  }
}

/// The first error of a loop. Any thread.
final class FirstError<Failure: Error>: Sendable {
  private let first = Mutex<Failure?>(nil)

  var error: Failure? { first.withLockBriefly { $0 } }

  func set(_ error: Failure) {
    first.withLockBriefly { if $0 == nil { $0 = error } }
  }
}

/// How a loop ends early, and by what. Any thread.
struct LoopEnd<Failure: Error>: Sendable {
  let stop = StopFlag()
  private let failure = FirstError<Failure>()

  var error: Failure? { failure.error }

  /// Ends the loop; the first error counts.
  func fail(_ error: Failure) {
    failure.set(error)
    stop.set()
  }
}

/// A result that goes from the task that made it to the one that awaits it, and no further.
struct Moved<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}

extension ThreadPool {
  /// Whether the calling thread is one of the pool's workers.
  var isCurrent: Bool { currentWorker()?.pointee.pool == pool }

  /// Whether a thief would find nothing at the calling worker.
  fileprivate var isOwnDequeEmpty: Bool {
    guard let worker = currentWorker(), worker.pointee.pool == pool else { return false }
    return worker.pointee.stealable.isEmpty
  }

  /// Starts a part of a parallel algorithm.
  func spawnPart<Success: Sendable>(
    of stop: StopFlag, _ operation: sending @escaping () async -> Success
  ) -> WorkerHandle<Success, Never> {
    let part = spawnStealable(operation)
    stop.add(.task(part.task))
    return part
  }

  /// The result of a part of a parallel algorithm.
  func result<Success: Sendable>(
    of part: WorkerHandle<Success, Never>, isolation: isolated (any Actor)? = #isolation
  ) async -> Success {
    await part.value
  }
}
