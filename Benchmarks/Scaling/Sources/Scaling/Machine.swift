import CPlatform
import Fibers
import Glibc
import Synchronization

/// A thread, what it counts, and, on the simulated machine, the core that it has to itself.
struct Core {
  let index: Int
  var fiber: OpaquePointer?
  /// Simulated nanoseconds.
  var time: Int64 = 0
  var isReady = true
  /// The futex word that it waits for.
  var awaits: UnsafeRawPointer?
  /// Its allocator's heap, while another fiber runs.
  var heap: UnsafeMutableRawPointer?
  var random: UInt32
  var worker: WorkerPointer?
  /// References to the pool's object that it has in stock: see SDK/_Concurrency/Pools/PoolOwner.swift.
  var stock = 0
  var counts = Counts()
  /// The last access, for a failure that is known after it.
  var lastWord = Word.other
  var lastIsOwners = false

  static var current: UnsafeMutablePointer<Core>? {
    scaling_get_core()?.assumingMemoryBound(to: Core.self)
  }
}

/// How often what has happened.
struct Counts {
  /// By word, operation, and whether the word's owner did it.
  private var words = [Int](
    repeating: 0, count: Word.allCases.count * Operation.allCases.count * 2)
  var tasksSpawned = 0
  var tasksRun = 0
  var jobsRun = 0
  var waits = 0
  var notifications = 0

  private static func index(_ word: Word, _ operation: Operation, _ isOwners: Bool) -> Int {
    (word.rawValue * Operation.allCases.count + operation.rawValue) * 2 + (isOwners ? 1 : 0)
  }

  mutating func add(_ word: Word, _ operation: Operation, _ isOwners: Bool) {
    words[Counts.index(word, operation, isOwners)] += 1
  }

  func own(_ word: Word, _ operation: Operation) -> Int {
    words[Counts.index(word, operation, true)]
  }

  func others(_ word: Word, _ operation: Operation) -> Int {
    words[Counts.index(word, operation, false)]
  }

  func all(_ word: Word, _ operation: Operation) -> Int {
    own(word, operation) + others(word, operation)
  }

  func all(_ operation: Operation) -> Int {
    Word.allCases.reduce(0) { $0 + all($1, operation) }
  }

  static func += (left: inout Counts, right: Counts) {
    for index in left.words.indices { left.words[index] += right.words[index] }
    left.tasksSpawned += right.tasksSpawned
    left.tasksRun += right.tasksRun
    left.jobsRun += right.jobsRun
    left.waits += right.waits
    left.notifications += right.notifications
  }
}

/// What the threads run on.
///
/// On the *simulated* machine each has a core to itself: they are fibers of one thread, and before
/// each access to memory the one whose clock is furthest behind goes on. So accesses happen in the
/// order of simulated time. Otherwise they are threads of the system's, as many as the cores that
/// there should be, on those that there are.
final class Machine {
  let isSimulated: Bool
  /// Threads of the system's give way before one in so many writes. 0: never.
  let yieldInterval: UInt32
  let costs: Costs
  let directory: Directory
  let cores: UnsafeMutablePointer<Core>
  let coreCount: Int
  /// The clock of the ready core that is next in line.
  private var horizon: Int64 = 0
  private var outside: OpaquePointer?
  private var body: (Int) -> Void = { _ in }

  /// The machine that runs.
  nonisolated(unsafe) static var current: Machine!

  init(cores: Int, isSimulated: Bool, yieldInterval: UInt32, lineSize: UInt, costs: Costs) {
    precondition(cores <= 64, "the directory has a bit for each of 64 cores")
    self.isSimulated = isSimulated
    self.yieldInterval = yieldInterval
    self.costs = costs
    coreCount = cores
    directory = Directory(lineSize: lineSize, capacity: 1 << 19)
    self.cores = .allocate(capacity: cores)
    for index in 0..<cores {
      (self.cores + index).initialize(
        to: Core(index: index, random: UInt32(index + 1) &* 0x9E37_79B9))
    }
    Machine.current = self
  }

  deinit {
    cores.deinitialize(count: coreCount)
    cores.deallocate()
    directory.free()
  }

  var counts: Counts {
    (0..<coreCount).reduce(into: Counts()) { $0 += cores[$1].counts }
  }

  /// Runs `body` on every core, and returns when all have returned.
  ///
  /// - Returns: nanoseconds, simulated or not.
  func run(_ body: @escaping (Int) -> Void) -> Int64 {
    isSimulated ? simulate(body) : runThreads(body)
  }

  // MARK: Threads

  private func runThreads(_ body: @escaping (Int) -> Void) -> Int64 {
    self.body = body
    let start = wallClock()
    let threads = (0..<coreCount).map { index in
      var thread = pthread_t()
      let code = pthread_create(
        &thread, nil,
        { core in
          scaling_set_core(core)
          let machine = Machine.current!
          machine.body(core!.assumingMemoryBound(to: Core.self).pointee.index)
          Allocator.abandonHeap()
          return nil
        }, cores + index)
      precondition(code == 0, "no thread can be made")
      return thread
    }
    for thread in threads { pthread_join(thread, nil) }
    return wallClock() - start
  }

  private func wallClock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  // MARK: Simulation

  private func simulate(_ body: @escaping (Int) -> Void) -> Int64 {
    self.body = body
    outside = fiber_of_thread()
    for index in 0..<coreCount {
      cores[index].fiber = fiber_make {
        let core = Core.current!
        Machine.current.body(core.pointee.index)
        Allocator.abandonHeap()
        core.pointee.isReady = false
        Machine.current.switchAway(from: core)
      }
    }
    switchAway(from: nil)
    for index in 0..<coreCount { fiber_free(cores[index].fiber) }
    fiber_free(outside)
    return (0..<coreCount).map { cores[$0].time }.max()!
  }

  /// The core that is furthest behind goes on; when all have ended, whoever called `simulate`.
  private func switchAway(from core: UnsafeMutablePointer<Core>?) {
    var next: UnsafeMutablePointer<Core>?
    horizon = .max
    for index in 0..<coreCount where cores[index].isReady {
      let candidate = cores + index
      if let best = next, best.pointee.time <= candidate.pointee.time {
        horizon = min(horizon, candidate.pointee.time)
      } else {
        if let next { horizon = min(horizon, next.pointee.time) }
        next = candidate
      }
    }
    if let next, next == core { return }
    let hasWaiters = (0..<coreCount).contains { cores[$0].awaits != nil }
    precondition(next != nil || !hasWaiters, "every thread sleeps: a wake-up was lost")
    core?.pointee.heap = webble_current_heap()
    scaling_set_core(next)
    webble_set_current_heap(next?.pointee.heap)
    fiber_switch(core?.pointee.fiber ?? outside, next?.pointee.fiber ?? outside)
  }

  // MARK: On a core

  /// Work that touches nothing shared.
  func compute(_ nanoseconds: Int64) {
    if isSimulated {
      Core.current!.pointee.time += nanoseconds
    } else {
      var x: UInt32 = 1
      for _ in 0..<nanoseconds {
        x ^= x << 13
        x ^= x >> 17
        x ^= x << 5
      }
      precondition(x != 0)
    }
  }

  func now() -> Int64 {
    guard isSimulated else { return wallClock() }
    let core = Core.current!
    core.pointee.time += costs.clock
    if core.pointee.time > horizon { switchAway(from: core) }
    return core.pointee.time
  }

  @inline(__always)
  fileprivate func access(
    _ core: UnsafeMutablePointer<Core>, _ address: UInt, isWrite: Bool,
    _ fallback: @autoclosure () -> Word
  ) -> Directory.Access {
    if isSimulated {
      if core.pointee.time > horizon { switchAway(from: core) }
    } else if yieldInterval != 0, isWrite {
      core.pointee.random ^= core.pointee.random << 13
      core.pointee.random ^= core.pointee.random >> 17
      core.pointee.random ^= core.pointee.random << 5
      if core.pointee.random % yieldInterval == 0 { sched_yield() }
    }
    let access = directory.access(
      address, isWrite: isWrite, core: core.pointee.index, time: core.pointee.time, costs,
      fallback())
    core.pointee.time = access.end
    if access.isTransfer {
      core.pointee.counts.add(access.word, .transfer, access.isOwners)
      if access.isFalse { core.pointee.counts.add(access.word, .falseTransfer, access.isOwners) }
    }
    return access
  }

  fileprivate func wait(_ word: UnsafeRawPointer, _ expected: UInt32) {
    let core = Core.current!
    if core.pointee.time > horizon { switchAway(from: core) }
    guard word.load(as: UInt32.self) == expected else { return }
    core.pointee.awaits = word
    core.pointee.isReady = false
    switchAway(from: core)
  }

  fileprivate func notify(_ word: UnsafeRawPointer) {
    let core = Core.current!
    core.pointee.time += costs.notify
    for index in 0..<coreCount where cores[index].awaits == word {
      cores[index].awaits = nil
      cores[index].isReady = true
      cores[index].time = max(cores[index].time, core.pointee.time + costs.wakeUp)
      horizon = min(horizon, cores[index].time)
    }
  }
}

/// Counts an access to an atomic word. Not before there are cores.
@inline(__always)
func record(_ operation: Operation, at address: UInt, _ file: StaticString) {
  guard let core = Core.current else { return }
  let access = Machine.current.access(
    core, address, isWrite: operation != .load, Word(accessedFrom: file))
  core.pointee.counts.add(access.word, operation, access.isOwners)
  core.pointee.lastWord = access.word
  core.pointee.lastIsOwners = access.isOwners
}

/// The compare-and-exchange just counted has found another value.
func recordFailure() {
  guard let core = Core.current else { return }
  core.pointee.counts.add(core.pointee.lastWord, .failure, core.pointee.lastIsOwners)
}

/// Counts what plain accesses do to the cache lines of some memory. Processors fetch several at
/// once: only the first that is not at hand takes the time of a transfer.
func touch(_ address: UnsafeRawPointer, byteCount: Int = 8, isWrite: Bool, _ word: Word) {
  guard let core = Core.current else { return }
  let machine = Machine.current!
  let lineSize = machine.directory.lineSize
  let end = UInt(bitPattern: address) + UInt(byteCount)
  var next = UInt(bitPattern: address) & ~7
  var hasWaited = false
  while next < end {
    let time = core.pointee.time
    let access = machine.access(core, next, isWrite: isWrite, word)
    if access.isTransfer, hasWaited {
      core.pointee.time = min(core.pointee.time, time + machine.costs.overlapped)
    }
    hasWaited = hasWaited || access.isTransfer
    next = (next / lineSize + 1) * lineSize
  }
}

// What CPlatform declares.

@_cdecl("webble_futex_wait")
func futexWait(_ word: UnsafeRawPointer, _ expected: UInt32, _ nanoseconds: Int64) -> Int32 {
  Core.current!.pointee.counts.waits += 1
  guard Machine.current.isSimulated else {
    return system_futex_wait(word, expected, nanoseconds)
  }
  Machine.current.wait(word, expected)
  return 0
}

@_cdecl("webble_futex_notify")
func futexNotify(_ word: UnsafeRawPointer, _ count: UInt32) -> UInt32 {
  Core.current!.pointee.counts.notifications += 1
  guard Machine.current.isSimulated else { return system_futex_notify(word, count) }
  Machine.current.notify(word)
  return 1
}
