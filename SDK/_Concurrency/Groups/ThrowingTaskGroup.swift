import Builtin
import CRuntime
import Swift

/// Runs `body` with a group to which it may add child tasks that throw; returns when it and all of them
/// have ended. If it throws, the children are cancelled first.
public func withThrowingTaskGroup<ChildTaskResult: Sendable, Failure: Error, GroupResult>(
  of childTaskResultType: ChildTaskResult.Type = ChildTaskResult.self,
  throwing failureType: Failure.Type = Failure.self,
  returning returnType: GroupResult.Type = GroupResult.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout ThrowingTaskGroup<ChildTaskResult, Failure>) async throws(Failure) -> GroupResult
) async throws(Failure) -> GroupResult {
  let pointer = Builtin.createTaskGroupWithFlags(0, Result<ChildTaskResult, Failure>.self)
  var group = ThrowingTaskGroup<ChildTaskResult, Failure>(group: pointer)
  let result: Result<GroupResult, Failure>
  do throws(Failure) {
    result = .success(try await body(&group))
  } catch {
    group.cancelAll()
    result = .failure(error)
  }
  while await group.nextResult() != nil {}
  Builtin.destroyTaskGroup(pointer)
  return try result.get()
}

/// The same for children and a body that throw errors of any type, as the standard library's does. The compiler
/// takes such code in Embedded Swift from version 6.4 on; before, where it is generic and nobody calls it.
@_disfavoredOverload
public func withThrowingTaskGroup<ChildTaskResult: Sendable, GroupResult>(
  of childTaskResultType: ChildTaskResult.Type = ChildTaskResult.self,
  returning returnType: GroupResult.Type = GroupResult.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout ThrowingTaskGroup<ChildTaskResult, any Error>) async throws -> GroupResult
) async rethrows -> GroupResult {
  let pointer = Builtin.createTaskGroupWithFlags(0, Result<ChildTaskResult, any Error>.self)
  var group = ThrowingTaskGroup<ChildTaskResult, any Error>(group: pointer)
  do {
    let result = try await body(&group)
    while await group.nextResult() != nil {}
    Builtin.destroyTaskGroup(pointer)
    return result
  } catch {
    group.cancelAll()
    while await group.nextResult() != nil {}
    Builtin.destroyTaskGroup(pointer)
    throw error
  }
}

/// Child tasks of one result type that may throw one type of error. Belongs to the task that runs the body.
@frozen
public struct ThrowingTaskGroup<ChildTaskResult: Sendable, Failure: Error> {
  @usableFromInline let group: Builtin.RawPointer

  @usableFromInline init(group: Builtin.RawPointer) { self.group = group }

  /// Starts a child task; its generic code runs on `taskExecutor`, if one is given, else where the
  /// parent's does.
  @_alwaysEmitIntoClient
  public mutating func addTask(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> ChildTaskResult
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let flags = childTaskFlags(priority, name)
    let task = Builtin.createTask(
      flags: flags, initialSerialExecutor: executor, taskGroup: group,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: unwrapped(boxed(operation))
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
    operation: sending @escaping @isolated(any) () async throws(Failure) -> ChildTaskResult
  ) -> Bool {
    if isCancelled { return false }
    addTask(
      name: name, executorPreference: taskExecutor, priority: priority, operation: operation)
    return true
  }

  /// The result of the next child task to complete, in order of completion; nil when none is left.
  ///
  /// - Throws: the error of that child.
  public mutating func next(
    isolation: isolated (any Actor)? = #isolation
  ) async throws(Failure) -> ChildTaskResult? {
    try await nextResult(isolation: isolation)?.get()
  }

  /// The result, or the error, of the next child task to complete; nil when none is left.
  public mutating func nextResult(
    isolation: isolated (any Actor)? = #isolation
  ) async -> Result<ChildTaskResult, Failure>? {
    nonisolated(unsafe) let group = group
    return try! await _taskGroupNext(group)
  }

  /// Waits for all child tasks.
  ///
  /// - Throws: the first error of a child, when all have ended. It does not cancel the others.
  public mutating func waitForAll(
    isolation: isolated (any Actor)? = #isolation
  ) async throws(Failure) {
    var firstError: Failure?
    while let result = await nextResult(isolation: isolation) {
      if case .failure(let error) = result, firstError == nil { firstError = error }
    }
    if let firstError { throw firstError }
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
extension ThrowingTaskGroup: Sendable {}

extension ThrowingTaskGroup: AsyncSequence {
  public typealias Element = ChildTaskResult

  public func makeAsyncIterator() -> Iterator { Iterator(group: self) }

  /// The results of the child tasks in order of completion, up to the first error.
  public struct Iterator: AsyncIteratorProtocol {
    public typealias Element = ChildTaskResult

    var group: ThrowingTaskGroup<ChildTaskResult, Failure>
    var isFinished = false

    init(group: ThrowingTaskGroup<ChildTaskResult, Failure>) { self.group = group }

    public mutating func next() async throws(Failure) -> ChildTaskResult? {
      try await next(isolation: nil)
    }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Failure) -> ChildTaskResult? {
      if isFinished { return nil }
      do throws(Failure) {
        let element = try await group.next(isolation: actor)
        isFinished = element == nil
        return element
      } catch {
        isFinished = true
        throw error
      }
    }

    public mutating func cancel() {
      isFinished = true
      group.cancelAll()
    }
  }
}
