#if arch(wasm32)
  import WebbleScheduler
#else
  import NativeScheduler
#endif

/// What runs and what waits: the workers of pools, and every live task of the program. Printed, it is a text.
///
/// ```swift
/// print(pool.dump())
/// for task in pool.dump().tasks where task.isDeadlocked { print(task.identifier) }
/// ```
public struct PoolDump: Sendable {
  public internal(set) var workers: [WorkerDump]
  /// The program's, the oldest first. Empty where `recordsTasks` is false.
  public internal(set) var tasks: [TaskDump]
  /// Tasks that wait for each other in a circle, by their identifiers.
  public internal(set) var deadlocks: [[Int]] = []
  /// Whether the program keeps a record of its tasks: on the web, in debug builds and with `--inspect`.
  public let recordsTasks: Bool

  init(workers: [WorkerDump], tasks: [TaskDump], recordsTasks: Bool) {
    self.workers = workers
    self.tasks = tasks
    self.recordsTasks = recordsTasks
    findHolders()
    findDeadlocks()
  }
}

/// What a worker of a pool is about.
public struct WorkerDump: Sendable {
  /// Which of the dump's pools it is of, from 0.
  public let pool: Int
  public let metrics: WorkerMetrics
  /// Live pinned tasks.
  public let pinnedTasksCount: Int
  /// Whether a turn of its event loop is under way, in which it runs jobs.
  public let isInTurn: Bool

  init(_ worker: WorkerPointer, pool: Int) {
    self.pool = pool
    metrics = WorkerMetrics(worker)
    pinnedTasksCount = worker.pointee.pinnedTaskCount
    isInTurn = worker.pointee.isInTurn
  }
}

extension ThreadPool {
  /// What this pool's workers and all tasks of the program are about at the moment. Any thread; takes some
  /// microseconds a task. Other threads go on meanwhile, so that it is no picture of one instant.
  public func dump() -> PoolDump { makeDump(of: [pool]) }

  /// The same for all pools.
  public static func dump() -> PoolDump { makeDump(of: allPools()) }
}

extension PoolDump {
  private mutating func findHolders() {
    for index in tasks.indices {
      guard let wait = tasks[index].waitsFor, wait.address != 0 else { continue }
      let waiting = tasks[index].identifier
      let holder = tasks.first { $0.heldLocks.contains(wait.address) }?.identifier
      tasks[index].waitsFor?.holder = holder
      if wait.kind == .task, let other = tasks.firstIndex(where: { $0.identifier == wait.task }) {
        tasks[other].awaitedBy.append(waiting)
      }
    }
  }

  /// Those whose end a task waits for, and without any of which it may go on all the same; nil if it waits for
  /// something else, or for nothing.
  private func obstacles(of task: TaskDump) -> [Int]? {
    guard task.state == .waiting, let wait = task.waitsFor else { return nil }
    switch wait.kind {
    case .task: return wait.task.map { [$0] }
    case .group:
      let children = tasks.filter { $0.parent == task.identifier }.map { $0.identifier }
      return children.isEmpty ? nil : children
    default: return wait.holder.map { [$0] }
    }
  }

  /// Begins with all that wait for tasks, and takes away those that wait for one that may end, until none is left
  /// to take away.
  private mutating func findDeadlocks() {
    var obstacles: [Int: [Int]] = [:]
    for task in tasks { obstacles[task.identifier] = self.obstacles(of: task) }
    while let free = obstacles.first(where: { $0.value.contains { obstacles[$0] == nil } }) {
      obstacles[free.key] = nil
    }
    var seen: Set<Int> = []
    for index in tasks.indices where obstacles[tasks[index].identifier] != nil {
      tasks[index].isDeadlocked = true
      // From each task the way leads into a circle.
      var way: [Int] = []
      var next = tasks[index].identifier
      while !seen.contains(next) {
        seen.insert(next)
        way.append(next)
        next = obstacles[next]![0]
      }
      if let start = way.firstIndex(of: next) { deadlocks.append(Array(way[start...])) }
    }
  }
}
