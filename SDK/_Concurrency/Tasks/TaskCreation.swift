import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator
import WebbleScheduler

/// The flags with which this module asks the compiler to create tasks. Chosen here; the compiler only
/// passes them on.
enum TaskFlags {
  /// The priority asked for, 0 for none; in the task, its base priority.
  static let priorityMask: UInt32 = 0xFF
  /// The creating task's priority is inherited if none is given.
  static let inheritsContext: UInt32 = 1 << 11
  /// The task is a child of the current one: it inherits priority, cancellation, executor preference and
  /// task-locals.
  static let child: UInt32 = 1 << 8
  /// The task-locals of the creating task are inherited.
  static let copiesLocals: UInt32 = 1 << 10
  /// The task starts by itself.
  static let enqueue: UInt32 = 1 << 12
  /// The entry takes no address for a result.
  static let isDiscarding: UInt32 = 1 << 14
  /// The closure context belongs to somebody else: the task does not release it.
  static let borrowsClosure: UInt32 = 1 << 15
  /// The result is stored as `Result<Success, Failure>`, not as `Success`.
  static let resultIsBoxed: UInt32 = 1 << 17
  /// The task is pinned work of a pool: the load of the worker counts it until it completes.
  static let countsAsLoad: UInt32 = 1 << 18
  /// Not a task but a job that stands for one: see QueueTicket.
  static let isStandIn: UInt32 = 1 << 19
  /// `destroy_result` is a closure's function, not the compiler's for a type: see PoolTask.
  static let destroysByClosure: UInt32 = 1 << 20
  /// The task is work of a pool, that of its first home, and goes down with it.
  static let isPoolWork: UInt32 = 1 << 21
  /// The task is or was on a roster of that pool's. Set by the thread that runs it.
  static let isListed: UInt32 = 1 << 22
}

/// A record of the option chain that the compiler builds.
private struct OptionRecord {
  var kind: UInt32
  var next: UnsafeRawPointer?
  var word0: UInt
  var word1: UInt
  var copy: UInt
  var storeTag: UInt
  var destroy: UInt
}

/// What a task needs to know of the type of its result.
struct TaskResultType {
  var size: UInt = 0
  var alignment: UInt = 1
  /// Nil: the awaiting task copies the result.
  var copy: CopyWitness?
  /// Nil: there is nothing to destroy.
  var destroy: DestroyWitness?
}

private enum OptionKind {
  static let group: UInt32 = 1
  static let serialExecutor: UInt32 = 0
  static let resultType: UInt32 = 4
  static let taskExecutor: UInt32 = 5
  static let ownedTaskExecutor: UInt32 = 6
}

typealias CopyWitness = @convention(c) (
  UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?
) -> UnsafeMutableRawPointer?
typealias StoreTagWitness = @convention(c) (
  UnsafeMutableRawPointer?, UInt32, UInt32, UnsafeRawPointer?
) -> Void
typealias DestroyWitness = @convention(c) (
  UnsafeMutableRawPointer?, UnsafeRawPointer?
) -> Void

/// Threads take identifiers by the range: a counter that all of them count with would be one more word
/// that every new task waits for.
private let nextIdentifierRange = Atomic<UInt32>(identifierRange)
private let identifierRange: UInt32 = 1024

@inline(__always)
private func makeIdentifier(_ thread: ThreadPointer) -> UInt32 {
  if thread.pointee.next_identifier % identifierRange == 0 {
    thread.pointee.next_identifier = nextIdentifierRange.add(identifierRange, ordering: .relaxed).oldValue
  }
  defer { thread.pointee.next_identifier &+= 1 }
  return thread.pointee.next_identifier
}

@inline(__always)
private func roundedUp(_ size: UInt, to alignment: UInt) -> UInt {
  (size + alignment - 1) & ~(alignment - 1)
}

/// What the compiler's builtin calls.
@_cdecl("webble_task_create")
func createTask(
  _ flags: UInt32, _ options: UnsafeRawPointer?,
  _ function: UnsafePointer<webble_async_function>, _ closure: UnsafeMutableRawPointer?
) -> TaskPointer {
  var result = TaskResultType()
  var target = webble_executor.generic
  var home = webble_executor.generic
  var isOwned = false
  var group: GroupPointer?
  var next = options
  while let record = next?.assumingMemoryBound(to: OptionRecord.self) {
    switch record.pointee.kind & 0xFF {
    case OptionKind.group:
      group = GroupPointer(bitPattern: record.pointee.word0)
    case OptionKind.resultType:
      result.size = record.pointee.word0
      result.alignment = record.pointee.word1 + 1
      result.copy = unsafeBitCast(record.pointee.copy, to: CopyWitness.self)
      result.destroy = unsafeBitCast(record.pointee.destroy, to: DestroyWitness.self)
    case OptionKind.serialExecutor:
      target = webble_executor(
        identity: record.pointee.word0, implementation: record.pointee.word1)
    case OptionKind.taskExecutor:
      home = webble_executor(identity: record.pointee.word0, implementation: record.pointee.word1)
    case OptionKind.ownedTaskExecutor:
      home = webble_executor(identity: record.pointee.word0, implementation: record.pointee.word1)
      isOwned = true
    default:
      break
    }
    next = record.pointee.next
  }
  return createTask(
    flags, on: target, at: home, isOwned: isOwned, in: group, result, function, closure)
}

/// Makes a task of one block: the task, its result and its first context. The rest of the last cache
/// line is the start of its stack. What more stack it needs it gets when it runs, from the memory of
/// the thread that runs it: tasks that wait for their first turn are many, and travel.
///
/// In line at both of its callers. One copy for both was 280 bytes less with gzip, and 3b on one worker took 205 ns
/// instead of 197.
@inline(__always)
func createTask(
  _ flags: UInt32, on target: webble_executor = .generic, at preference: webble_executor,
  isOwned: Bool = false, in group: GroupPointer? = nil, _ result: TaskResultType,
  _ function: UnsafePointer<webble_async_function>, _ closure: UnsafeMutableRawPointer?
) -> TaskPointer {
  var home = preference
  let thread = currentThread()
  // Atomic operations wait for all stores before them, also for those to cold memory: first this one,
  // then the stores.
  let kept = isOwned
    ? home.object
    : retainedOwner(of: home, thread, isHeld: flags & TaskFlags.countsAsLoad != 0)
  let taskSize =
    flags & TaskFlags.child == 0 ? webble_size_of_task() : UInt(MemoryLayout<webble_task>.size)
  let resultOffset = roundedUp(taskSize, to: result.alignment)
  let contextOffset = roundedUp(resultOffset + result.size, to: 16)
  let stackOffset = roundedUp(contextOffset + UInt(function.pointee.context_size), to: 16)
  // All of the structure is initialized. In other builds a smallest block has room for that.
  let least = WEBBLE_INSPECTS == 0 ? 0 : UInt(MemoryLayout<webble_task>.size)
  let size = roundedUp(stackOffset > least ? stackOffset : least, to: UInt(bitPattern: cacheLineSize))
  let block = allocateOrStop(size, alignment: result.alignment > 16 ? result.alignment : 16)
  let task = block.bindMemory(to: webble_task.self, capacity: 1)
  task.initialize(to: webble_task())
  task.pointee.object.metadata = webble_metadata_of_tasks()
  // One reference for the caller, one for the task itself until it has completed.
  task.pointee.object.references = 2
  task.pointee.flags = flags
  task.pointee.identifier = makeIdentifier(thread)
  task.pointee.target = target
  task.pointee.kept = kept
  task.pointee.closure = closure
  task.pointee.entry = UnsafeMutableRawPointer(bitPattern: UInt(function.pointee.entry))
  task.pointee.resume =
    flags & TaskFlags.isDiscarding == 0
    ? webble_start_function() : webble_start_discarding_function()
  task.pointee.result = block + Int(bitPattern: resultOffset)
  task.pointee.copy_result = result.copy
  task.pointee.destroy_result = result.destroy
  let context = (block + Int(bitPattern: contextOffset)).bindMemory(
    to: webble_context.self, capacity: 1)
  context.pointee.parent = nil
  context.pointee.resume = unsafeBitCast(
    webble_completion_function(), to: (@convention(c) () -> Void).self)
  task.pointee.context = UnsafeMutableRawPointer(context)
  task.pointee.stack_top = (block + Int(bitPattern: stackOffset)).assumingMemoryBound(to: CChar.self)
  task.pointee.stack_limit = (block + Int(bitPattern: size)).assumingMemoryBound(to: CChar.self)

  let parent = thread.pointee.task
  // What the creator has been escalated to is not handed on, but to its children: see `adopt`.
  var priority = UInt(flags & TaskFlags.priorityMask)
  let inherited = TaskFlags.inheritsContext | TaskFlags.child
  if priority == 0, flags & inherited != 0, let parent {
    priority = UInt(parent.pointee.flags & TaskFlags.priorityMask)
  }
  if priority == 0 { priority = UInt(TaskPriority.medium.rawValue) }
  task.pointee.flags = flags & ~TaskFlags.priorityMask | UInt32(priority)
  task.pointee.status = TaskStatus(priority: priority).word
  task.pointee.told_priority = UInt32(priority)
  if flags & (TaskFlags.copiesLocals | TaskFlags.child) != 0 { inheritLocals(task) }
  if flags & TaskFlags.child != 0, let parent {
    if home.identity == 0 {
      home = parent.pointee.home
      task.pointee.kept = retainedOwner(of: home, thread)
    }
    adopt(task, by: parent, group)
  }
  task.pointee.home = home
  if let pool = home.pool {
    task.pointee.pool = UnsafeMutableRawPointer(pool)
    task.pointee.flags |= TaskFlags.isPoolWork
  }
  if flags & TaskFlags.countsAsLoad != 0 {
    task.pointee.placement = UnsafeMutableRawPointer(bitPattern: home.identity)
  }
  inspectMade(task, thread)
  if flags & TaskFlags.enqueue != 0 { enqueue(task) }
  return task
}

/// How optional results of a group's child type are marked as nil or not.
func storeTagWitness(_ options: UnsafeRawPointer?) -> StoreTagWitness? {
  var next = options
  while let record = next?.assumingMemoryBound(to: OptionRecord.self) {
    if record.pointee.kind & 0xFF == OptionKind.resultType {
      return unsafeBitCast(record.pointee.storeTag, to: StoreTagWitness.self)
    }
    next = record.pointee.next
  }
  return nil
}

extension webble_executor {
  /// The object behind a custom executor.
  var object: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: identity) }
}

/// The last reference is gone.
@_cdecl("webble_destroy_task")
func destroyTask(_ task: TaskPointer) {
  inspectDestroyed(task)
  if task.future.pointee.load(ordering: .acquiring) == TaskFuture.done {
    destroyResult(of: task)
  }
  releaseMemory(task)
}

func destroyResult(of task: TaskPointer) {
  guard let destroy = task.pointee.destroy_result else { return }
  if task.pointee.flags & TaskFlags.destroysByClosure != 0 {
    webble_call_object_work(
      unsafeBitCast(destroy, to: UnsafeMutableRawPointer.self), task.pointee.result)
  } else {
    destroy(task.pointee.result, nil)
  }
}

/// Frees what the task owns besides its result. A task that was abandoned in the middle still has
/// chunks: what its frames refer to is lost with them, since only its own code could release it.
private func releaseMemory(_ task: TaskPointer) {
  inspectEnded(task)
  releaseLocals(task.pointee.locals)
  while let chunk = task.pointee.chunk {
    task.pointee.chunk = chunk.assumingMemoryBound(to: ChunkHeader.self).pointee.previousChunk
    clearForInspection(chunk, chunk.assumingMemoryBound(to: ChunkHeader.self).pointee.size)
    Allocator.deallocate(chunk)
  }
  Allocator.deallocate(task.pointee.spare_chunk)
  Allocator.deallocate(UnsafeMutableRawPointer(mutating: task.pointee.name))
  clearForInspection(UnsafeMutableRawPointer(task), Allocator.usableSize(task))
  Allocator.deallocate(UnsafeMutableRawPointer(task))
}
