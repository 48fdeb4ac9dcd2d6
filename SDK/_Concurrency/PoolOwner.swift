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

/// A reference to the object that keeps an executor at work: itself, or, for those that the scheduler
/// runs, the owner of the pool. `swift_release` lets go of it.
@inline(__always)
func retainedOwner(of home: webble_executor, _ thread: ThreadPointer) -> UnsafeMutableRawPointer? {
  let owner: UnsafeMutableRawPointer?
  switch home.implementation {
  case 0, ExecutorMark.global: return nil
  case ExecutorMark.worker:
    owner = WorkerPointer(bitPattern: home.identity).unsafelyUnwrapped.pointee.pool?.pointee.owner
  case ExecutorMark.pool:
    owner = PoolPointer(bitPattern: home.identity).unsafelyUnwrapped.pointee.owner
  default:
    swift_retain(home.object.unsafelyUnwrapped)
    return home.object
  }
  guard let owner else { return nil }
  if thread.pointee.stock != 0, thread.pointee.stocked == owner {
    thread.pointee.stock &-= 1
  } else {
    takeStock(of: owner, thread)
  }
  return owner
}

/// Takes one reference to a pool's owner, and in a turn some more.
@inline(never)
private func takeStock(of owner: UnsafeMutableRawPointer, _ thread: ThreadPointer) {
  guard let worker = thread.currentWorker, worker.pointee.isInTurn else {
    swift_retain(owner)
    return
  }
  returnStock(thread)
  webble_retain_many(owner, stockSize)
  thread.pointee.stocked = owner
  thread.pointee.stock = stockSize - 1
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
