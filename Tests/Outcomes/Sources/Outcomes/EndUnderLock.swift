import Synchronization
import WASILibc
import Webble

private let isAboutToEnd = Atomic(false)
private let anotherWaits = Atomic(false)

private func sayThatTheEndComes() { isAboutToEnd.store(true, ordering: .sequentiallyConsistent) }

nonisolated(unsafe) private let cMutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
nonisolated(unsafe) private let cSpinLock = UnsafeMutablePointer<pthread_spinlock_t>.allocate(capacity: 1)

/// A worker ends the program while it holds a lock. The main thread, which does not come back to its event loop
/// meanwhile, then asks for the lock.
@MainActor func endUnderLock(_ kind: String, _ pool: ThreadPool) async {
  try! await pool.ready()
  let mutex = Mutex(0)
  let rwLock = RwLock(0)
  let channel = Channel<Int>()
  let (stream, continuation) = AsyncStream<Int>.makeStream()
  pthread_mutex_init(cMutex, nil)
  pthread_spin_init(cSpinLock, 0)
  switch kind {
  case "trap in a lock of C":
    pool.spawn { pthread_mutex_lock(cMutex); sayThatTheEndComes(); fatalError("the cause") }
  case "trap in a spin lock of C":
    pool.spawn { pthread_spin_lock(cSpinLock); sayThatTheEndComes(); fatalError("the cause") }
  case "exit in a Mutex":
    pool.spawn { mutex.withLock { _ in sayThatTheEndComes(); exit(3) } }
  case "trap in a Mutex", "trap in a Mutex, and another":
    pool.spawn { mutex.withLock { _ in sayThatTheEndComes(); fatalError("the cause") } }
  case "trap in an RwLock":
    pool.spawn { rwLock.withWriteLock { _ in sayThatTheEndComes(); fatalError("the cause") } }
  case "memory in a channel":
    pool.spawn {
      sayThatTheEndComes()
      while true { channel.trySend(1) }
    }
  case "memory in a stream":
    pool.spawn {
      sayThatTheEndComes()
      while true { continuation.yield(1) }
    }
  case "trap while another waits":
    pool.spawn(on: 0) {
      mutex.withLock { _ in
        while !anotherWaits.load(ordering: .relaxed) {}
        fatalError("the cause")
      }
    }
    pool.spawn(on: 1) {
      anotherWaits.store(true, ordering: .relaxed)
      mutex.withLock { $0 += 1 }
    }
    await sleep(milliseconds: 60_000)
  default: fatalError("no such lock: \(kind)")
  }
  while !isAboutToEnd.load(ordering: .sequentiallyConsistent) { await Task.yield() }
  let end = ContinuousClock.now + .milliseconds(100)
  while ContinuousClock.now < end {}
  switch kind {
  case "trap in a Mutex, and another": fatalError("not the cause")
  case "trap in a lock of C": pthread_mutex_lock(cMutex)
  case "trap in a spin lock of C": pthread_spin_lock(cSpinLock)
  case "trap in an RwLock": rwLock.withWriteLock { $0 += 1 }
  case "memory in a channel": while true { _ = channel.count }
  case "memory in a stream": while true { for await _ in stream { break } }
  default: mutex.withLock { $0 += 1 }
  }
  print("has gone on")
}
