import Builtin
import CRuntime
import Swift
import Synchronization

/// Runs `body` with a group to which it may add child tasks without results; returns when it and all of
/// them have ended. A child's memory is free as soon as it has ended.
public func withDiscardingTaskGroup<GroupResult>(
  returning returnType: GroupResult.Type = GroupResult.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout DiscardingTaskGroup) async -> GroupResult
) async -> GroupResult {
  let pointer = Builtin.createTaskGroupWithFlags(0x100, Void.self)
  var group = DiscardingTaskGroup(group: pointer)
  let result = await body(&group)
  let _: Void? = try! await _taskGroupWaitAll(pointer, nil)
  Builtin.destroyTaskGroup(pointer)
  return result
}

/// Child tasks without results. Belongs to the task that runs the body.
@frozen
public struct DiscardingTaskGroup {
  @usableFromInline let group: Builtin.RawPointer

  @usableFromInline init(group: Builtin.RawPointer) { self.group = group }

  /// Starts a child task.
  @_alwaysEmitIntoClient
  public mutating func addTask(
    name: String? = nil, priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async -> Void
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let flags = childTaskFlags(priority, name) | 1 << 14
    let task = Builtin.createDiscardingTask(
      flags: flags, initialSerialExecutor: executor, taskGroup: group, operation: operation
    ).0
    start(task, named: name)
  }

  /// Starts a child task whose generic code runs on `taskExecutor`.
  @_alwaysEmitIntoClient
  public mutating func addTask(
    name: String? = nil, executorPreference taskExecutor: (some TaskExecutor)?,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async -> Void
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let flags = childTaskFlags(priority, name) | 1 << 14
    let task = Builtin.createDiscardingTask(
      flags: flags, initialSerialExecutor: executor, taskGroup: group,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor, operation: operation
    ).0
    start(task, named: name)
  }

  /// Starts a child task unless the group has been cancelled.
  ///
  /// - Returns: whether it did.
  @_alwaysEmitIntoClient
  public mutating func addTaskUnlessCancelled(
    name: String? = nil, priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async -> Void
  ) -> Bool {
    if isCancelled { return false }
    addTask(name: name, priority: priority, operation: operation)
    return true
  }

  /// Whether no child task runs.
  public var isEmpty: Bool { runningChildren(group) == 0 }

  /// Cancels the child tasks, and those that will be added.
  public func cancelAll() { cancelChildren(of: groupPointer(group)) }

  /// Whether the group, or the task that it belongs to, has been cancelled.
  public var isCancelled: Bool { isGroupCancelled(group) }
}

@available(*, unavailable)
extension DiscardingTaskGroup: Sendable {}

/// Runs `body` with a group to which it may add child tasks without results that throw. The first error,
/// the body's or a child's, cancels the others and is thrown when all have ended.
public func withThrowingDiscardingTaskGroup<Failure: Error, GroupResult>(
  throwing failureType: Failure.Type = Failure.self,
  returning returnType: GroupResult.Type = GroupResult.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout ThrowingDiscardingTaskGroup<Failure>) async throws(Failure) -> GroupResult
) async throws(Failure) -> GroupResult {
  let pointer = Builtin.createTaskGroupWithFlags(0x100, Void.self)
  let firstError = FirstError<Failure>()
  var group = ThrowingDiscardingTaskGroup<Failure>(group: pointer, firstError: firstError)
  var result: Result<GroupResult, Failure>
  do throws(Failure) {
    result = .success(try await body(&group))
  } catch {
    group.cancelAll()
    result = .failure(error)
  }
  let _: Void? = try! await _taskGroupWaitAll(pointer, nil)
  Builtin.destroyTaskGroup(pointer)
  if case .success = result, let error = firstError.value { result = .failure(error) }
  return try result.get()
}

/// Child tasks without results that may throw one type of error. Belongs to the task that runs the body.
public struct ThrowingDiscardingTaskGroup<Failure: Error> {
  @usableFromInline var children: DiscardingTaskGroup
  @usableFromInline let firstError: FirstError<Failure>

  init(group: Builtin.RawPointer, firstError: FirstError<Failure>) {
    children = DiscardingTaskGroup(group: group)
    self.firstError = firstError
  }

  /// Starts a child task.
  @_alwaysEmitIntoClient
  public mutating func addTask(
    name: String? = nil, priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let flags = childTaskFlags(priority, name) | 1 << 14
    let group = children
    let firstError = firstError
    nonisolated(unsafe) let unsafeGroup = group
    let task = Builtin.createDiscardingTask(
      flags: flags, initialSerialExecutor: executor, taskGroup: group.group,
      operation: {
        do throws(Failure) {
          try await operation()
        } catch {
          // The group outlives its children.
          if firstError.record(error) { unsafeGroup.cancelAll() }
        }
      }
    ).0
    start(task, named: name)
  }

  /// Starts a child task unless the group has been cancelled.
  ///
  /// - Returns: whether it did.
  @_alwaysEmitIntoClient
  public mutating func addTaskUnlessCancelled(
    name: String? = nil, priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) -> Bool {
    if isCancelled { return false }
    addTask(name: name, priority: priority, operation: operation)
    return true
  }

  /// Whether no child task runs.
  public var isEmpty: Bool { children.isEmpty }

  /// Cancels the child tasks, and those that will be added.
  public func cancelAll() { children.cancelAll() }

  /// Whether the group, or the task that it belongs to, has been cancelled.
  public var isCancelled: Bool { children.isCancelled }
}

@available(*, unavailable)
extension ThrowingDiscardingTaskGroup: Sendable {}

/// The error that came first. Written once, by the child that sets `isSet`; read by the group's task after
/// all children have ended, which the end of the last one publishes.
@usableFromInline
final class FirstError<Failure: Error>: @unchecked Sendable {
  private let isSet = Atomic<Bool>(false)
  private(set) var value: Failure?

  init() {}

  /// - Returns: whether this error is the first.
  @usableFromInline
  func record(_ error: Failure) -> Bool {
    if isSet.exchange(true, ordering: .relaxed) { return false }
    value = error
    return true
  }
}

@usableFromInline
func runningChildren(_ group: Builtin.RawPointer) -> UInt {
  groupPointer(group).state.pointee.load(ordering: .acquiring) / GroupState.oneChild
}

@_silgen_name("swift_taskGroup_waitAll")
func _taskGroupWaitAll<T>(_ group: Builtin.RawPointer, _ error: __owned (any Error)?) async throws -> T?
