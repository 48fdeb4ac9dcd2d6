/// What a live task is about: a copy, from when the dump was made.
public struct TaskDump: Sendable {
  /// Unique in the program.
  public let identifier: Int
  /// By `Task(name:)` or `spawn(name:)`.
  public let name: String?
  public let state: State
  public let track: Track
  /// Where code runs that is isolated to no actor, as in "worker 1".
  public let home: String
  /// On which thread it runs, or ran last; nil before it has begun.
  public let thread: ThreadID?
  public let priority: TaskPriority
  public let isCancelled: Bool
  public internal(set) var waitsFor: Wait?
  /// The task that this one is a child of.
  public let parent: Int?
  /// The task that made it; nil if no task did.
  public let creator: Int?
  /// Tasks that wait for this one's result or end.
  public internal(set) var awaitedBy: [Int] = []
  /// Addresses of the locks that it holds (`AsyncMutex`).
  public let heldLocks: [UInt]
  /// Whether it waits for tasks and locks that cannot come, as all of them wait for each other.
  public internal(set) var isDeadlocked = false
  /// How often it was resumed, and how long it ran on threads.
  public let pollsCount: Int
  public let busyDuration: Duration
  /// Since it was made, and since it came to its state.
  public let age: Duration
  public let timeInState: Duration
  /// The function that its code begins with, with its place in the source where that is known.
  public let entry: String
  /// Where it goes on after its wait, with the functions within the task that await that, innermost first.
  public let functions: [String]

  public enum State: Sendable {
    /// It lies in a queue.
    case ready
    case running
    case waiting
  }

  public enum Track: Sendable {
    /// Owned by one worker.
    case pinned
    /// A pool's, on whichever worker is free.
    case stealable
    case main
    /// On an executor of the program's own.
    case custom
  }

  /// What a task waits for.
  public struct Wait: Sendable {
    public let kind: Awaited
    /// Tells what is waited for from others of its kind; 0 if there is nothing to tell.
    public let address: UInt
    /// The task that is waited for, if it is one and lives.
    public let task: Int?
    /// The task that holds the lock that is waited for.
    public internal(set) var holder: Int?
    /// Until a timer expires; negative if it is late.
    public let remaining: Duration?
  }
}
