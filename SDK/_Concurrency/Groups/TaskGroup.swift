import Builtin
import CRuntime
import Swift

/// Runs `body` with a group to which it may add child tasks; returns when it and all of them have ended.
public func withTaskGroup<ChildTaskResult: Sendable, GroupResult>(
  of childTaskResultType: ChildTaskResult.Type = ChildTaskResult.self,
  returning returnType: GroupResult.Type = GroupResult.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout TaskGroup<ChildTaskResult>) async -> GroupResult
) async -> GroupResult {
  let pointer = Builtin.createTaskGroupWithFlags(0, ChildTaskResult.self)
  var group = TaskGroup<ChildTaskResult>(group: pointer)
  let result = await body(&group)
  await group.waitForAll()
  Builtin.destroyTaskGroup(pointer)
  return result
}

/// Child tasks of one result type. Belongs to the task that runs the body: not to be passed on.
@frozen
public struct TaskGroup<ChildTaskResult: Sendable> {
  @usableFromInline let group: Builtin.RawPointer

  @usableFromInline init(group: Builtin.RawPointer) { self.group = group }

  /// Starts a child task; its generic code runs on `taskExecutor`, if one is given, else where the
  /// parent's does.
  @_alwaysEmitIntoClient
  public mutating func addTask(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async -> ChildTaskResult
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let flags = childTaskFlags(priority, name)
    let task = Builtin.createTask(
      flags: flags, initialSerialExecutor: executor, taskGroup: group,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor, operation: unwrapped(operation)
    ).0
    start(task, named: name)
  }

  /// Starts a child task unless the group has been cancelled.
  ///
  /// - Returns: whether it did.
  @_alwaysEmitIntoClient
  public mutating func addTaskUnlessCancelled(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async -> ChildTaskResult
  ) -> Bool {
    if isCancelled { return false }
    addTask(
      name: name, executorPreference: taskExecutor, priority: priority, operation: operation)
    return true
  }

  /// The result of the next child task to complete, in order of completion; nil when none is left.
  public mutating func next(
    isolation: isolated (any Actor)? = #isolation
  ) async -> ChildTaskResult? {
    nonisolated(unsafe) let group = group
    return try! await _taskGroupNext(group)
  }

  /// Waits for all child tasks, and drops their results.
  public mutating func waitForAll(isolation: isolated (any Actor)? = #isolation) async {
    while await next(isolation: isolation) != nil {}
  }

  /// Whether no child task is left whose result has not been taken.
  public var isEmpty: Bool { groupPointer(group).pointee.pending == 0 }

  /// Cancels the child tasks, and those that will be added.
  public func cancelAll() { cancelChildren(of: groupPointer(group)) }

  /// The same, and tells them why.
  public func cancelAll(reason: CancellationError.Reason) {
    cancelChildren(of: groupPointer(group), reason)
  }

  /// Whether the group, or the task that it belongs to, has been cancelled.
  public var isCancelled: Bool { isGroupCancelled(group) }
}

@available(*, unavailable)
extension TaskGroup: Sendable {}

extension TaskGroup: AsyncSequence {
  public typealias Element = ChildTaskResult
  public typealias Failure = Never

  public func makeAsyncIterator() -> Iterator { Iterator(group: self) }

  /// The results of the child tasks in order of completion.
  public struct Iterator: AsyncIteratorProtocol {
    public typealias Element = ChildTaskResult
    public typealias Failure = Never

    var group: TaskGroup<ChildTaskResult>
    var isFinished = false

    init(group: TaskGroup<ChildTaskResult>) { self.group = group }

    public mutating func next() async -> ChildTaskResult? { await next(isolation: nil) }

    public mutating func next(isolation actor: isolated (any Actor)?) async -> ChildTaskResult? {
      if isFinished { return nil }
      let element = await group.next(isolation: actor)
      isFinished = element == nil
      return element
    }

    public mutating func cancel() {
      isFinished = true
      group.cancelAll()
    }
  }
}

@inlinable
func childTaskFlags(
  _ priority: TaskPriority?, _ name: String?, isImmediate: Bool = false
) -> Int {
  0x100 | (name == nil && !isImmediate ? 1 << 12 : 0) | Int(priority?.rawValue ?? 0)
}

func groupPointer(_ group: Builtin.RawPointer) -> GroupPointer {
  UnsafeMutableRawPointer(group).assumingMemoryBound(to: webble_group.self)
}

/// On the thread of the group's task.
@usableFromInline
func isGroupCancelled(_ group: Builtin.RawPointer) -> Bool {
  let group = groupPointer(group)
  return withChildrenLocked(group.pointee.parent.unsafelyUnwrapped) { _ in
    group.cancellationReason != nil
  }
}

@_silgen_name("swift_taskGroup_wait_next_throwing")
@usableFromInline
func _taskGroupNext<T>(_ group: Builtin.RawPointer) async throws -> T?
