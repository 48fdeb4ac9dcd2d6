#if arch(wasm32)
import CRuntime
import Synchronization
import WebbleScheduler
@_spi(Webble) import _Concurrency

/// A loop over a range whose pieces run on a pool's workers, each making a partial result; these
/// are merged in the range's order.
///
/// Splitting is lazy: a piece hands half of what it has left to a new task only when its worker's
/// deque is empty, that is, when thieves have taken all that there was or nobody has offered them
/// anything yet (Tzannes, Caragea, Barua, Vishkin, "Lazy Binary-Splitting: A Run-Time Adaptive
/// Work-Stealing Scheduler", PPoPP 2010). So there are about as many tasks as there are steals, and
/// a loop on a busy pool stays a loop. Between two looks at the deque a piece runs a chunk of
/// iterations, which is grown until it takes long enough for the look to cost nothing; the paper
/// has a constant there.
///
/// All pieces run in tasks of their own, also when the caller is one of the pool's: so they can be
/// cancelled when one of them throws, and the caller is not.
final class ParallelLoop<Partial>: @unchecked Sendable {
  private let pool: ThreadPool
  private let makePartial: @Sendable () -> Partial
  private let runChunk: @Sendable (Range<Int>, inout Partial) async -> Void
  private let merge: @Sendable (inout Partial, Partial) -> Void
  private let stop: StopFlag
  /// With one worker, or with virtual ones, nobody would take the other half.
  private let hasThieves: Bool

  /// - Parameter runChunk: does the iterations of a range, in order, and adds what they give to a
  ///   piece's partial result. It may leave the rest out once it has set `stop`.
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
    hasThieves = isIsolated() && pool.workerCount > 1
  }

  /// Runs the loop and waits for all of it.
  func run(_ range: Range<Int>, isolation: isolated (any Actor)?) async -> Partial {
    if range.isEmpty { return makePartial() }
    return await withTaskCancellationHandler {
      _ = isolation
      return await pool.result(of: spawnPiece(range, Pace())).value
    } onCancel: {
      stop.set()
    }
  }

  private func spawnPiece(
    _ range: Range<Int>, _ pace: Pace
  ) -> WorkerHandle<Moved<Partial>, Never> {
    pool.spawnPart(of: stop) { Moved(await self.runPiece(range, pace)) }
  }

  private func runPiece(_ whole: Range<Int>, _ inherited: Pace) async -> Partial {
    var pace = inherited
    var rest = whole
    var partial = makePartial()
    var children: [WorkerHandle<Moved<Partial>, Never>] = []
    var time = nanoseconds()
    var sliceEnd = time + Pace.slice
    while !rest.isEmpty, !stop.isSet {
      if hasThieves, rest.count > 1, pace.isWorthSplitting(rest.count), pool.isOwnDequeEmpty {
        let middle = rest.upperBound - rest.count / 2
        let half = middle..<rest.upperBound
        rest = rest.lowerBound..<middle
        children.append(spawnPiece(half, pace))
      }
      // Never so much that there is nothing left to split, should this chunk be slower.
      let count = Swift.min(pace.chunk, rest.count - rest.count / 2)
      await runChunk(rest.lowerBound..<rest.lowerBound + count, &partial)
      rest = rest.lowerBound + count..<rest.upperBound
      let start = time
      time = nanoseconds()
      pace.adapt(count: count, elapsed: time - start)
      if time > sliceEnd {
        await Task.yield()
        time = nanoseconds()
        sliceEnd = time + Pace.slice
      }
    }
    // The newest is what the worker finds first in its deque, if nobody has taken it.
    for child in children.reversed() {
      merge(&partial, await pool.result(of: child).value)
    }
    return partial
  }
}

private func nanoseconds() -> Int64 { Int64(webble_js_now() * 1_000_000) }

/// How fast a loop goes, in nanoseconds.
private struct Pace {
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
    guard let each else { return true }
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

/// Ends a parallel algorithm early: what it has not begun is left out, and the tasks of what it has
/// are cancelled. Any thread.
final class StopFlag: Sendable {
  private let flag = Atomic(false)
  /// The tasks of the algorithm's parts, ended ones too.
  private let tasks = Mutex<[PoolTask]>([])

  var isSet: Bool { flag.load(ordering: .relaxed) }

  func set() {
    flag.store(true, ordering: .sequentiallyConsistent)
    for task in tasks.withLockBriefly({ $0 }) { task.cancel() }
  }

  /// Makes the task one of those that `set` cancels, at once if it has been called.
  fileprivate func add(_ task: PoolTask) {
    tasks.withLockBriefly { $0.append(task) }
    // A `set` that has not found the task in the list has stored the flag before it had the lock.
    if flag.load(ordering: .sequentiallyConsistent) { task.cancel() }
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
    stop.add(part.task)
    return part
  }

  /// The result of a part of a parallel algorithm.
  func result<Success: Sendable>(
    of part: WorkerHandle<Success, Never>, isolation: isolated (any Actor)? = #isolation
  ) async -> Success {
    guard case .success(let value) = await part.result else {
      // The pool was shut down. A task of its own ends here, at its next suspension.
      while isCurrent { await Task.yield() }
      fatalError("a pool was shut down while one of its parallel algorithms was awaited")
    }
    return value
  }
}
#endif
