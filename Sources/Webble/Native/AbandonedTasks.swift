#if !arch(wasm32)
import NativeAtomics

/// The language's tasks that went down with their pools in the middle of their code. They never go on, and so
/// keep their addresses. Any thread.
enum AbandonedTasks {
  private static let tasks = Mutex<Set<UnsafeRawPointer>>([])
  /// Whether there are any, so that others need no lock. Set before a pool's tasks are told.
  private static let areAny = Atomic(false)

  static func add(_ task: UnsafeRawPointer) {
    tasks.withLockBriefly { _ = $0.insert(task) }
    areAny.store(true, ordering: .releasing)
  }

  /// Takes one back that has ended all the same.
  static func remove(_ task: UnsafeRawPointer) {
    tasks.withLockBriefly { _ = $0.remove(task) }
  }

  /// Whether the task, or one whose child it is, is among them.
  static func concern(_ task: UnsafeRawPointer) -> Bool {
    guard areAny.load(ordering: .acquiring) else { return false }
    var next: UnsafeRawPointer? = task
    while let task = next {
      if contains(task) { return true }
      next = parent(of: task)
    }
    return false
  }

  /// The task whose child another is; nil if it is nobody's. Both are alive: a task awaits its children.
  ///
  /// By the ABI of Swift's concurrency library a `Job` has its flags behind the object's header and two words.
  private static func parent(of task: UnsafeRawPointer) -> UnsafeRawPointer? {
    let isChild = task.load(fromByteOffset: 4 * wordSize, as: UInt32.self) & 1 << 24 != 0
    guard isChild, let wordOfParent else { return nil }
    return task.load(fromByteOffset: wordOfParent * wordSize, as: UnsafeRawPointer?.self)
  }

  private static let wordSize = MemoryLayout<UInt>.size

  /// Where in a child its parent's address is: behind what all tasks have, which takes more words in some builds of
  /// the library than in others. So a child is made, here and now, and looked at.
  private static let wordOfParent: Int? = {
    let executor = InlineExecutor()
    let word = Mutex<Int?>(nil)
    Task.detached(executorPreference: executor) {
      let parent = currentTask()
      await withDiscardingTaskGroup { group in
        group.addTask {
          let child = UnsafeRawPointer(bitPattern: currentTask()).unsafelyUnwrapped
          let found = (16..<40).first {
            child.load(fromByteOffset: $0 * wordSize, as: UInt.self) == parent
          }
          word.withLockBriefly { $0 = found }
        }
      }
    }
    executor.runJobs()
    return word.withLockBriefly { $0 }
  }()

  private static func currentTask() -> UInt {
    withUnsafeCurrentTask { unsafeBitCast($0.unsafelyUnwrapped, to: UInt.self) }
  }

  static func contains(_ task: UnsafeRawPointer) -> Bool {
    areAny.load(ordering: .acquiring) && tasks.withLockBriefly { $0.contains(task) }
  }
}

/// Runs tasks on the thread that asks it to.
private final class InlineExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: UnownedJob) { jobs.withLockBriefly { $0.append(job) } }

  func runJobs() {
    while let job = jobs.withLockBriefly({ $0.popLast() }) {
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}

extension UnsafeContinuation {
  /// Whether the task that waits went down with its pool: then `resume` does not let it go on. To be asked
  /// before that, by code that hands over what must not be lost.
  var isAbandoned: Bool {
    // A continuation is the address of its task.
    AbandonedTasks.contains(unsafeBitCast(self, to: UnsafeRawPointer.self))
  }
}
#endif
