import CPlatform
import Glibc

// A stand-in for SDK/_Concurrency, which compiles for wasm32 only: tasks that do what its tasks do
// to memory that threads share, in the same order, and a step of Swift instead of compiled code.

/// What a task does, in steps from one suspension to the next.
class Code {
  /// - Returns: the task's result; nil if it has suspended and will be enqueued, or has been.
  func step(_ task: TaskPointer, _ program: Program) -> Int? { fatalError("abstract") }
}

typealias TaskPointer = UnsafeMutablePointer<TaskBlock>

/// As much of a task's block as is shared. The rest is its frames.
struct TaskBlock: ~Copyable {
  var header: JobHeader
  /// As SDK/_Concurrency/Tasks/TaskFuture.swift: 0, the one who waits, or 1 when there is a result.
  let future = Atomic<UInt>(0)
  let ticket = Atomic<UInt>(0)
  /// The task's own reference and its handle's.
  let references = Atomic<Int>(2)
  /// Nil: the pool.
  let home: WorkerPointer?
  let isLoad: Bool
  let code: Unmanaged<Code>
  var result = 0

  static let byteCount = 192

  var job: Job { mutating get { withUnsafeMutablePointer(to: &header) { $0 } } }
}

/// What the model of the runtime and the program take, in nanoseconds, without waiting for other
/// cores: a task's creation and its run, from ../NOTES.md, and a resumption.
enum WorkCosts {
  static let create: Int64 = 130
  static let run: Int64 = 100
  static let resume: Int64 = 40
}

/// A pool, the main thread's worker, and the tasks that run on them.
final class Program {
  let pool: PoolPointer
  let mainWorker: WorkerPointer
  let machine: Machine
  /// The reference count of the pool's object, of which each thread has some in stock for tasks and
  /// for closures that capture the pool. (Here the main thread, too, begins its stock by what ends.)
  private let references: UnsafeMutablePointer<Atomic<Int>> = .onOwnLines(Atomic(1))

  init(workers: Int, machine: Machine) {
    self.machine = machine
    pool = Pool.make(workerCount: workers, isVirtual: false)
    mainWorker = Worker.make(index: -1, pool: nil, isVirtual: false)
    nameWords()
    for index in 0..<workers { machine.cores[index].worker = pool.pointee.worker(index) }
    machine.cores[workers].worker = mainWorker
  }

  private func nameWords() {
    let directory = machine.directory
    for word in PoolLayout.words(of: pool) { directory.name(word.address, word.word) }
    directory.name(UInt(bitPattern: references), .poolReferences)
    for index in 0...pool.pointee.workerCount {
      let worker = index < pool.pointee.workerCount ? pool.pointee.worker(index) : mainWorker
      for word in WorkerLayout.words(of: worker) {
        directory.name(word.address, word.word, owner: index)
      }
    }
  }

  // MARK: A thread's life

  /// The loop of an event loop's turns, until the pool is closed.
  func runWorker(_ worker: WorkerPointer) {
    let core = Core.current!
    Allocator.adoptHeap()
    var woken = true
    while true {
      let end = worker.turn(woken: woken, Environment(program: self, worker: worker, core: core))
      returnStock(core)
      Allocator.giveBackForeign()
      switch end {
      case .left:
        return
      case .more:
        if worker == mainWorker, isOver { return }
        if machine.isSimulated { machine.compute(machine.costs.round) } else { sched_yield() }
        woken = false
      case .parked, .stillParked:
        if worker == mainWorker, isOver { return }
        // The main thread's doze has no timer here: workers wake it before they park.
        _ = worker.pointee.parking.wait(nanoseconds: -1)
        woken = true
      }
    }
  }

  /// The main thread's program has ended. The main thread only.
  private(set) var isOver = false

  func end() {
    isOver = true
    precondition(pool.pointee.beginClosing())
    pool.wakeAll()
  }

  // MARK: Tasks

  /// Creates a task and enqueues it. `home` nil: stealable.
  ///
  /// - Parameter captures: references to the pool that the task's closure holds.
  /// - Returns: its handle.
  func spawn(
    _ code: Code, on home: WorkerPointer? = nil, isLoad: Bool = false, captures: Int = 0
  ) -> TaskPointer {
    let core = Core.current!
    core.pointee.counts.tasksSpawned += 1
    machine.compute(WorkCosts.create)
    retainPool(captures, core)
    takeFromStock(core)
    let block = Allocator.allocate(byteCount: UInt(TaskBlock.byteCount))!
    touch(spanHeader(block), isWrite: true, .spanHeader)
    let task = block.bindMemory(to: TaskBlock.self, capacity: 1)
    task.initialize(
      to: TaskBlock(
        header: JobHeader(), home: home, isLoad: isLoad, code: .passRetained(code)))
    touch(block, byteCount: TaskBlock.byteCount, isWrite: true, .taskBlock)
    enqueue(task)
    return task
  }

  func enqueue(_ task: TaskPointer, yielding: Bool = false) {
    let current = Core.current!.pointee.worker
    if let home = task.pointee.home {
      if home != current {
        touch(WorkerLayout.constants(of: home), isWrite: false, .workerConstants)
      }
      home.enqueue(task.pointee.job, from: current)
    } else {
      pool.enqueue(task.pointee.job, from: current, yielding: yielding)
    }
  }

  fileprivate func run(_ job: Job, _ worker: WorkerPointer) {
    let task = UnsafeMutableRawPointer(job).assumingMemoryBound(to: TaskBlock.self)
    let core = Core.current!
    core.pointee.counts.jobsRun += 1
    // Nobody else can requeue a task whose handle is gone.
    if task.pointee.references.load(ordering: .acquiring) != 1 {
      _ = task.pointee.ticket.exchange(0, ordering: .acquiringAndReleasing)
    }
    touch(WorkerLayout.owned(of: worker), isWrite: true, .workerOwn)
    touch(task, byteCount: TaskBlock.byteCount, isWrite: true, .taskBlock)
    machine.compute(WorkCosts.resume)
    guard let result = task.pointee.code.takeUnretainedValue().step(task, self) else { return }
    core.pointee.counts.tasksRun += 1
    machine.compute(WorkCosts.run)
    complete(task, result)
  }

  private func complete(_ task: TaskPointer, _ result: Int) {
    if task.pointee.isLoad {
      Core.current!.pointee.worker!.pointee.load.subtract(onOwnThread: true)
    }
    task.pointee.result = result
    let waiter = task.pointee.future.exchange(1, ordering: .acquiringAndReleasing)
    if let waiter = TaskPointer(bitPattern: waiter) { enqueue(waiter) }
    Core.current!.pointee.stock += 1
    release(task)
  }

  /// The result of a task, whose handle is given up; nil if `waiter` is to wait for it first: it
  /// will be enqueued.
  func value(of task: TaskPointer, for waiter: TaskPointer) -> Int? {
    if task.pointee.future.load(ordering: .acquiring) == 0,
      task.pointee.future.compareExchange(
        expected: 0, desired: UInt(bitPattern: waiter), ordering: .acquiringAndReleasing
      ).exchanged
    {
      return nil
    }
    defer { release(task) }
    return task.pointee.result
  }

  // See SDK/_Concurrency/Pools/PoolOwner.swift and `swift_retain` in SDK/Runtime/entry.c.

  /// A task's reference to the pool's object.
  private func takeFromStock(_ core: UnsafeMutablePointer<Core>) {
    if core.pointee.stock == 0 {
      references.pointee.add(64, ordering: .relaxed)
      core.pointee.stock = 64
    }
    core.pointee.stock -= 1
  }

  private func returnStock(_ core: UnsafeMutablePointer<Core>) {
    guard core.pointee.stock > 0 else { return }
    references.pointee.subtract(core.pointee.stock, ordering: .releasing)
    core.pointee.stock = 0
  }

  /// Closures capture the pool.
  private func retainPool(_ count: Int, _ core: UnsafeMutablePointer<Core>) {
    for _ in 0..<count {
      if core.pointee.stock > 0 {
        core.pointee.stock -= 1
      } else {
        references.pointee.add(1, ordering: .relaxed)
      }
    }
  }

  /// Closures that have captured the pool go.
  func releasePool(_ count: Int) { Core.current!.pointee.stock += count }

  /// Gives up a handle, or the task's reference to itself.
  func release(_ task: TaskPointer) {
    guard
      task.pointee.references.load(ordering: .acquiring) == 1
        || task.pointee.references.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    else { return }
    task.pointee.code.release()
    let header = spanHeader(task)
    touch(header + cacheLineSize, isWrite: false, .spanHeader)
    let owner = Span.containing(task).owner.pointee
    if owner == UInt(bitPattern: webble_current_heap()) {
      touch(header, isWrite: true, .spanHeader)
    }
    touch(task, isWrite: true, .taskBlock)
    Allocator.deallocate(task)
  }

  private func spanHeader(_ block: UnsafeRawPointer) -> UnsafeRawPointer {
    UnsafeRawPointer(Span.containing(UnsafeMutableRawPointer(mutating: block)).header)
  }
}

private struct Environment: TurnEnvironment {
  let program: Program
  let worker: WorkerPointer
  let core: UnsafeMutablePointer<Core>

  func now() -> Int64 { program.machine.now() }
  func run(_ job: Job) { program.run(job, worker) }
  func fire(_ token: UInt) { fatalError("There are no timers.") }
  func orphan(_ token: UInt, of pool: PoolPointer) { fatalError("There are no timers.") }
  func abandon(_ job: Job) { fatalError("The pool was closed before its work was done.") }
  func leave() {}
}

extension UnsafeMutablePointer where Pointee: ~Copyable {
  /// Memory that shares no cache line of whatever size with anything else.
  static func onOwnLines(_ value: consuming Pointee) -> UnsafeMutablePointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
      .bindMemory(to: Pointee.self, capacity: 1)
    memory.initialize(to: value)
    return memory
  }
}
