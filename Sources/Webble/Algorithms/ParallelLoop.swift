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

  /// Runs the loop: on the caller's own worker, with others helping, if that is one of the pool's.
  func run(_ range: Range<Int>, isolation: isolated (any Actor)?) async -> Partial {
    if range.isEmpty { return makePartial() }
    return await withTaskCancellationHandler {
      _ = isolation
      if pool.isCurrent { return await runPiece(range, Pace()) }
      let root = pool.spawnStealable { Moved(await self.runPiece(range, Pace())) }
      return await pool.result(of: root).value
    } onCancel: {
      stop.set()
    }
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
        let pace = pace
        children.append(pool.spawnStealable { Moved(await self.runPiece(half, pace)) })
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
  private static let shortestChunk: Int64 = 20_000
  private static let longestChunk: Int64 = 100_000
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

/// Tells all pieces of a loop to leave out what they have not done. Any thread.
final class StopFlag: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
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
