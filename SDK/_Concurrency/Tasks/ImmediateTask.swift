import Builtin
import CRuntime
import Swift

// Tasks that begin on the caller's thread, inside the call that makes them (SE-0472).

extension Task where Failure == Never {
  /// Starts a task at once, on the caller's thread: the call returns when the task suspends, changes
  /// executors, or ends. It inherits its creator's actor and priority. An operation that is isolated to
  /// an actor the caller is not on starts as any other task's does.
  @_alwaysEmitIntoClient
  @discardableResult
  public static func immediate(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async -> Success
  ) -> Task {
    let flags = CreationFlags(
      inheriting: true, boxed: false, priority: priority, name: name, isImmediate: true)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor, operation: unwrapped(operation)
    ).0
    startImmediately(task, named: name, isolatedTo: executor)
    return Task(task)
  }

  /// Starts a task at once, as `immediate` does, that inherits neither priority nor task-locals.
  @_alwaysEmitIntoClient
  @discardableResult
  public static func immediateDetached(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async -> Success
  ) -> Task {
    let flags = CreationFlags(
      inheriting: false, boxed: false, priority: priority, name: name, isImmediate: true)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor, operation: unwrapped(operation)
    ).0
    startImmediately(task, named: name, isolatedTo: executor)
    return Task(task)
  }
}

extension Task {
  /// Starts a task at once, on the caller's thread, that may throw: the call returns when the task
  /// suspends, changes executors, or ends. It inherits its creator's actor and priority. An operation
  /// that is isolated to an actor the caller is not on starts as any other task's does.
  @_alwaysEmitIntoClient
  @discardableResult
  public static func immediate(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    let flags = CreationFlags(
      inheriting: true, boxed: true, priority: priority, name: name, isImmediate: true)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: unwrapped(boxed(operation))
    ).0
    startImmediately(task, named: name, isolatedTo: executor)
    return Task(task)
  }

  /// Starts a task at once, as `immediate` does, that inherits neither priority nor task-locals and
  /// may throw.
  @_alwaysEmitIntoClient
  @discardableResult
  public static func immediateDetached(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_implicitSelfCapture @_inheritActorContext(always)
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    let flags = CreationFlags(
      inheriting: false, boxed: true, priority: priority, name: name, isImmediate: true)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: unwrapped(boxed(operation))
    ).0
    startImmediately(task, named: name, isolatedTo: executor)
    return Task(task)
  }
}

extension TaskGroup {
  /// Starts a child task at once, on the caller's thread, as `Task.immediate` does.
  @_alwaysEmitIntoClient
  public mutating func addImmediateTask(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async -> ChildTaskResult
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: childTaskFlags(priority, name, isImmediate: true),
      initialSerialExecutor: executor, taskGroup: group,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: unwrapped(operation)
    ).0
    startImmediately(task, named: name, isolatedTo: executor)
  }

  /// Starts a child task at once unless the group has been cancelled.
  ///
  /// - Returns: whether it did.
  @_alwaysEmitIntoClient
  public mutating func addImmediateTaskUnlessCancelled(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async -> ChildTaskResult
  ) -> Bool {
    if isCancelled { return false }
    addImmediateTask(
      name: name, priority: priority, executorPreference: taskExecutor, operation: operation)
    return true
  }
}

extension ThrowingTaskGroup {
  /// Starts a child task at once, on the caller's thread, as `Task.immediate` does.
  @_alwaysEmitIntoClient
  public mutating func addImmediateTask(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async throws(Failure) -> ChildTaskResult
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: childTaskFlags(priority, name, isImmediate: true),
      initialSerialExecutor: executor, taskGroup: group,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: unwrapped(boxed(operation))
    ).0
    startImmediately(task, named: name, isolatedTo: executor)
  }

  /// Starts a child task at once unless the group has been cancelled.
  ///
  /// - Returns: whether it did.
  @_alwaysEmitIntoClient
  public mutating func addImmediateTaskUnlessCancelled(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async throws(Failure) -> ChildTaskResult
  ) -> Bool {
    if isCancelled { return false }
    addImmediateTask(
      name: name, priority: priority, executorPreference: taskExecutor, operation: operation)
    return true
  }
}

extension DiscardingTaskGroup {
  /// Starts a child task at once, on the caller's thread, as `Task.immediate` does.
  @_alwaysEmitIntoClient
  public mutating func addImmediateTask(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async -> Void
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createDiscardingTask(
      flags: childTaskFlags(priority, name, isImmediate: true) | 1 << 14,
      initialSerialExecutor: executor, taskGroup: group,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: operation
    ).0
    startImmediately(task, named: name, isolatedTo: executor)
  }

  /// Starts a child task at once unless the group has been cancelled.
  ///
  /// - Returns: whether it did.
  @_alwaysEmitIntoClient
  public mutating func addImmediateTaskUnlessCancelled(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async -> Void
  ) -> Bool {
    if isCancelled { return false }
    addImmediateTask(
      name: name, priority: priority, executorPreference: taskExecutor, operation: operation)
    return true
  }
}

extension ThrowingDiscardingTaskGroup {
  /// Starts a child task at once, on the caller's thread, as `Task.immediate` does.
  @_alwaysEmitIntoClient
  public mutating func addImmediateTask(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) {
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: childTaskFlags(priority, name, isImmediate: true) | 1 << 17,
      initialSerialExecutor: executor, taskGroup: children.group,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: unwrapped(boxed(operation))
    ).0
    startImmediately(task, named: name, isolatedTo: executor)
  }

  /// Starts a child task at once unless the group has been cancelled.
  ///
  /// - Returns: whether it did.
  @_alwaysEmitIntoClient
  public mutating func addImmediateTaskUnlessCancelled(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference taskExecutor: (any TaskExecutor)? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) -> Bool {
    if isCancelled { return false }
    addImmediateTask(
      name: name, priority: priority, executorPreference: taskExecutor, operation: operation)
    return true
  }
}

/// Runs a new task on this thread, in the middle of whatever it is doing, up to its first suspension or
/// change of executors; enqueues it if the thread is not on the actor that it is isolated to.
///
/// The thread is lent, as to a custom executor's job: it holds the actor for the caller, so that the task
/// leaves it without unlocking it.
@usableFromInline
func startImmediately(
  _ task: Builtin.NativeObject, named name: String?, isolatedTo executor: Builtin.Executor?
) {
  let task = unsafeBitCast(task, to: TaskPointer.self)
  if let name { setName(of: task, to: name) }
  let target = executor.map { UnownedSerialExecutor($0) }
  if let target, isHeldByCurrentThread(target) != true {
    enqueue(task)
    return
  }
  let thread = currentThread()
  let outer = thread.pointee
  thread.pointee.is_lent = 1
  thread.pointee.task = task
  thread.pointee.executor = target?.reference ?? .generic
  thread.pointee.generic_here = 1
  webble_resume(task)
  restore(thread, outer)
}
