import Builtin
import CRuntime
import Swift
import WebbleAtomics

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

  /// Starts a child task; its generic code runs on `taskExecutor`, if one is given, else where the
  /// parent's does.
  @_alwaysEmitIntoClient
  public mutating func addTask(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)? = nil,
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
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async -> Void
  ) -> Bool {
    if isCancelled { return false }
    addTask(
      name: name, executorPreference: taskExecutor, priority: priority, operation: operation)
    return true
  }

  /// Whether no child task runs.
  public var isEmpty: Bool { runningChildren(group) == 0 }

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
  let firstError = FirstError<Failure>(of: groupPointer(pointer))
  groupPointer(pointer).pointee.recorder = Unmanaged.passUnretained(firstError).toOpaque()
  var group = ThrowingDiscardingTaskGroup<Failure>(group: pointer)
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

  init(group: Builtin.RawPointer) { children = DiscardingTaskGroup(group: group) }

  /// Starts a child task; its generic code runs on `taskExecutor`, if one is given, else where the
  /// parent's does.
  @_alwaysEmitIntoClient
  public mutating func addTask(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let flags = childTaskFlags(priority, name) | 1 << 17
    let task = Builtin.createTask(
      flags: flags, initialSerialExecutor: executor, taskGroup: children.group,
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
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) -> Bool {
    if isCancelled { return false }
    addTask(
      name: name, executorPreference: taskExecutor, priority: priority, operation: operation)
    return true
  }

  /// Whether no child task runs.
  public var isEmpty: Bool { children.isEmpty }

  /// Cancels the child tasks, and those that will be added.
  public func cancelAll() { children.cancelAll() }

  /// The same, and tells them why.
  public func cancelAll(reason: CancellationError.Reason) { children.cancelAll(reason: reason) }

  /// Whether the group, or the task that it belongs to, has been cancelled.
  public var isCancelled: Bool { children.isCancelled }
}

@available(*, unavailable)
extension ThrowingDiscardingTaskGroup: Sendable {}

/// What becomes of the result of a throwing discarding group's child.
class ChildResultRecorder {
  /// On the thread where the child ends, before the group can see that.
  func record(_ result: UnsafeMutableRawPointer) {}
}

/// The error that came first, which cancels the group. Written once, by the child that sets `isSet`; read
/// by the group's task after all children have ended, which the end of the last one publishes.
final class FirstError<Failure: Error>: ChildResultRecorder {
  private let isSet = Atomic<Bool>(false)
  private(set) var value: Failure?
  /// Outlives its children.
  private let group: GroupPointer

  init(of group: GroupPointer) { self.group = group }

  override func record(_ result: UnsafeMutableRawPointer) {
    guard case .failure(let error) = result.assumingMemoryBound(to: Result<Void, Failure>.self).pointee,
      !isSet.exchange(true, ordering: .relaxed)
    else { return }
    value = error
    cancelChildren(of: group)
  }
}

@usableFromInline
func runningChildren(_ group: Builtin.RawPointer) -> UInt {
  groupPointer(group).state.pointee.load(ordering: .acquiring) / GroupState.oneChild
}

@_silgen_name("swift_taskGroup_waitAll")
func _taskGroupWaitAll<T>(_ group: Builtin.RawPointer, _ error: __owned (any Error)?) async throws -> T?
