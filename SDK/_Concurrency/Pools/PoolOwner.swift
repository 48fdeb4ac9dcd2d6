import CRuntime
import Swift
import WebbleScheduler

// What keeps an executor at work while a task is at home there: a reference to the object behind it. For
// the workers and the stealable track of a pool that is the pool's owner, one object for all of its tasks
// and threads. A count that all of them changed for every task would be in the wrong cache most of the
// time, so during a turn a thread takes references by the dozen, and those of tasks that end go to its
// stock; so do those that closures have captured, in `swift_retain` and `swift_release`. It gives the
// stock back when the turn ends: a thread without work keeps no pool open.

private let stockSize: UInt32 = 64

/// What keeps an executor at work: a reference to the object itself, or, for those that the scheduler
/// runs, to the owner of the pool; or a mark of the pool, counted among its `keepers`. `releaseOwner` lets
/// go of it.
///
/// - Parameter isHeld: whether the caller is known to hold a reference to the owner.
@inline(__always)
func retainedOwner(
  of home: webble_executor, _ thread: ThreadPointer, isHeld: Bool = false
) -> UnsafeMutableRawPointer? {
  let pool: PoolPointer
  switch home.implementation {
  case 0, ExecutorMark.global: return nil
  case ExecutorMark.worker:
    let worker = WorkerPointer(bitPattern: home.identity).unsafelyUnwrapped
    guard let its = worker.pointee.pool else { return nil }
    pool = its
  case ExecutorMark.pool:
    pool = PoolPointer(bitPattern: home.identity).unsafelyUnwrapped
  default:
    swift_retain(home.object.unsafelyUnwrapped)
    return home.object
  }
  if thread.pointee.stock != 0, thread.pointee.stocked == pool.pointee.owner {
    thread.pointee.stock &-= 1
    return thread.pointee.stocked
  }
  return keepOpen(pool, thread, isHeld: isHeld || home.implementation == ExecutorMark.pool)
}

/// The thread has no reference to the pool's owner in stock.
///
/// Code that spawns on a pool holds one, and so do executor preferences and the tasks that have them. But a worker
/// alone may be given work by those that hold none: a callback on its thread, a task that is there on a
/// visit, a caller that wants something of an object there. And what they start may start more.
@inline(never)
private func keepOpen(
  _ pool: PoolPointer, _ thread: ThreadPointer, isHeld: Bool
) -> UnsafeMutableRawPointer? {
  let kept = thread.pointee.task?.pointee.kept
  let owner = pool.pointee.owner
  let mark = UnsafeMutableRawPointer(bitPattern: UInt(bitPattern: pool) | keeperMark)
  if let owner, kept == owner || isHeld && kept != mark { return takeStock(of: owner, thread) }
  return pool.pointee.keepers.add() ? mark : nil
}

/// In the address of a pool: what is kept is the pool's count of keepers.
private let keeperMark: UInt = 1

@inline(never)
private func stopKeeping(_ mark: UnsafeMutableRawPointer) {
  let pool = PoolPointer(bitPattern: UInt(bitPattern: mark) & ~keeperMark).unsafelyUnwrapped
  if pool.pointee.keepers.remove() { pool.pointee.close?(UnsafeMutableRawPointer(pool)) }
}

/// Takes one reference to a pool's owner, and in a turn some more. The caller knows of one that stays.
@inline(never)
private func takeStock(
  of owner: UnsafeMutableRawPointer, _ thread: ThreadPointer
) -> UnsafeMutableRawPointer {
  guard let worker = thread.currentWorker, worker.pointee.isInTurn else {
    swift_retain(owner)
    return owner
  }
  returnStock(thread)
  webble_retain_many(owner, stockSize)
  thread.pointee.stocked = owner
  thread.pointee.stock = stockSize - 1
  return owner
}

/// Lets go of what a task has kept. A worker that runs what others spawn, and spawns nothing, begins
/// its stock with the first reference of a task that ends. (Of a pool that goes meanwhile the worker
/// may see the owner or nil here; neither is another object that is alive.)
@inline(__always)
func releaseOwner(_ owner: UnsafeMutableRawPointer, _ thread: ThreadPointer) {
  if thread.pointee.stocked == nil, let worker = thread.currentWorker, worker.pointee.isInTurn,
    worker.pointee.pool?.pointee.owner == owner
  {
    thread.pointee.stocked = owner
    thread.pointee.stock = 1
  } else if UInt(bitPattern: owner) & keeperMark != 0 {
    stopKeeping(owner)
  } else {
    swift_release(owner)
  }
}

/// At the end of a turn.
func returnStock(_ thread: ThreadPointer) {
  guard let owner = thread.pointee.stocked else { return }
  let count = thread.pointee.stock
  thread.pointee.stocked = nil
  thread.pointee.stock = 0
  webble_release_many(owner, count)
}
