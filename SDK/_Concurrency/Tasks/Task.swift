import Builtin
import CRuntime
import Swift
import WebbleAtomics
import WebbleAllocator

/// A unit of asynchronous work.
///
/// A task whose operation throws carries its error's type: Embedded Swift has no `any Error`.
@frozen
public struct Task<Success: Sendable, Failure: Error>: Sendable {
  @usableFromInline let task: Builtin.NativeObject

  @usableFromInline init(_ task: Builtin.NativeObject) { self.task = task }

  var pointer: TaskPointer { unsafeBitCast(task, to: TaskPointer.self) }
}

/// The creation flags of unstructured tasks. The inlined initializers below cannot see TaskFlags,
/// which tells what the bits mean.
@frozen
@usableFromInline
struct CreationFlags {
  @usableFromInline let rawValue: Int

  @inlinable
  init(
    inheriting: Bool, boxed: Bool, priority: TaskPriority?, name: String?, isImmediate: Bool = false
  ) {
    rawValue = (inheriting ? 1 << 10 | 1 << 11 : 0) | (boxed ? 1 << 17 : 0)
      | (name == nil && !isImmediate ? 1 << 12 : 0) | Int(priority?.rawValue ?? 0)
  }
}

/// Gives a task its name and starts it, if it has one; one without has started already.
@usableFromInline
func start(_ task: Builtin.NativeObject, named name: String?) {
  guard let name else { return }
  let task = unsafeBitCast(task, to: TaskPointer.self)
  setName(of: task, to: name)
  enqueue(task)
}

/// Before the task has started.
func setName(of task: TaskPointer, to name: String) {
  withUTF8(of: name) { bytes in
    let copy = allocateOrStop(UInt(bytes.count) + 1, alignment: 1)
    if let base = bytes.baseAddress { copy.copyMemory(from: base, byteCount: bytes.count) }
    copy.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
    task.pointee.name = UnsafePointer(copy.assumingMemoryBound(to: CChar.self))
    trace(named: task, copy)
  }
}

extension Task where Failure == Never {
  /// Starts a task that inherits its creator's actor and priority.
  @_alwaysEmitIntoClient
  @discardableResult
  public init(
    name: String? = nil, priority: TaskPriority? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async -> Success
  ) {
    let flags = CreationFlags(inheriting: true, boxed: false, priority: priority, name: name)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor, operation: unwrapped(operation)
    ).0
    start(task, named: name)
  }

  /// Starts a task whose generic code runs on `taskExecutor`.
  @_alwaysEmitIntoClient
  @discardableResult
  public init(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)?,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async -> Success
  ) {
    let flags = CreationFlags(inheriting: true, boxed: false, priority: priority, name: name)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor, operation: unwrapped(operation)
    ).0
    start(task, named: name)
  }

  /// Starts a task that inherits nothing; its generic code runs on `taskExecutor`, if one is given.
  @_alwaysEmitIntoClient
  @discardableResult
  public static func detached(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async -> Success
  ) -> Task {
    let flags = CreationFlags(inheriting: false, boxed: false, priority: priority, name: name)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor, operation: unwrapped(operation)
    ).0
    start(task, named: name)
    return Task(task)
  }

  /// The result, once the task has finished.
  public var value: Success {
    get async { await _taskFutureGet(task) }
  }
}

extension Task {
  /// Starts a task that inherits its creator's actor and priority, and may throw.
  @_alwaysEmitIntoClient
  @discardableResult
  public init(
    name: String? = nil, priority: TaskPriority? = nil,
    @_inheritActorContext @_implicitSelfCapture
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) {
    let flags = CreationFlags(inheriting: true, boxed: true, priority: priority, name: name)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor, operation: unwrapped(boxed(operation))
    ).0
    start(task, named: name)
  }

  /// Starts a task whose generic code runs on `taskExecutor`, and that may throw.
  @_alwaysEmitIntoClient
  @discardableResult
  public init(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)?,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) {
    let flags = CreationFlags(inheriting: true, boxed: true, priority: priority, name: name)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: unwrapped(boxed(operation))
    ).0
    start(task, named: name)
  }

  /// Starts a task that inherits nothing and may throw; its generic code runs on `taskExecutor`, if
  /// one is given.
  @_alwaysEmitIntoClient
  @discardableResult
  public static func detached(
    name: String? = nil, executorPreference taskExecutor: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> Task {
    let flags = CreationFlags(inheriting: false, boxed: true, priority: priority, name: name)
    let executor = Builtin.extractFunctionIsolation(operation)?.unownedExecutor.executor
    let task = Builtin.createTask(
      flags: flags.rawValue, initialSerialExecutor: executor,
      initialTaskExecutor: taskExecutor?.asUnownedTaskExecutor().executor,
      operation: unwrapped(boxed(operation))
    ).0
    start(task, named: name)
    return Task(task)
  }

  /// The result, or the error that the operation has thrown, once the task has finished.
  public var value: Success {
    get async throws(Failure) { try await result.get() }
  }

  /// The result or the error, once the task has finished.
  public var result: Result<Success, Failure> {
    get async {
      if pointer.pointee.flags & TaskFlags.resultIsBoxed != 0 {
        return await _taskFutureGet(task)
      }
      let value: Success = await _taskFutureGet(task)
      return .success(value)
    }
  }

  /// Cancels the task: a request, which its code sees as `Task.isCancelled`. Any thread, any time.
  public func cancel() { cancelTask(pointer) }

  /// The same, and tells the task why, if it is the first to cancel it.
  public func cancel(reason: CancellationError.Reason) { cancelTask(pointer, reason) }

  public var isCancelled: Bool {
    pointer.currentStatus.isCancelled
  }
}

/// The operation as what the compiler creates tasks of: a function that may throw. A conversion would
/// wrap it in a closure of its own, for each task. None is needed: on WebAssembly functions of both
/// kinds are called alike, and the runtime does not look at the error.
@_alwaysEmitIntoClient
@inline(__always)
func unwrapped<Success>(
  _ operation: sending @escaping @isolated(any) () async -> Success
) -> sending @isolated(any) () async throws -> Success {
  unsafeBitCast(operation, to: (@isolated(any) () async throws -> Success).self)
}

/// The operation as one that does not throw, isolated as it is, so that the runtime sees a value either
/// way and the task begins and ends on the operation's actor.
@_alwaysEmitIntoClient
func boxed<Success: Sendable, Failure: Error>(
  _ operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
) -> sending @isolated(any) () async -> Result<Success, Failure> {
  // The closure is isolated to the parameter that it captures. The function around it only makes it, so
  // that it may be called from anywhere: as one whose parameter is not isolated.
  let isolated = {
    (
      actor: isolated (any Actor)?,
      operation: sending @escaping @isolated(any) () async throws(Failure) -> Success
    ) -> sending @isolated(any) () async -> Result<Success, Failure> in
    {
      _ = actor
      do throws(Failure) {
        return .success(try await operation())
      } catch {
        _noteError()
        return .failure(error)
      }
    }
  }
  typealias Unisolated = (
    (any Actor)?, sending @escaping @isolated(any) () async throws(Failure) -> Success
  ) -> sending @isolated(any) () async -> Result<Success, Failure>
  let isolation = Builtin.extractFunctionIsolation(operation)
  return unsafeBitCast(isolated, to: Unisolated.self)(isolation, operation)
}

@_silgen_name("swift_task_future_wait")
@usableFromInline
func _taskFutureGet<T>(_ task: Builtin.NativeObject) async -> T

extension Task: Hashable {
  public func hash(into hasher: inout Hasher) { hasher.combine(UInt(bitPattern: pointer)) }
  public static func == (left: Task, right: Task) -> Bool { left.pointer == right.pointer }
}

/// How urgent a task is.
public struct TaskPriority: RawRepresentable, Sendable, Hashable, Comparable {
  public var rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let high = TaskPriority(rawValue: 0x19)
  public static let medium = TaskPriority(rawValue: 0x15)
  public static let low = TaskPriority(rawValue: 0x11)
  public static let userInitiated = TaskPriority(rawValue: 0x19)
  public static let utility = TaskPriority(rawValue: 0x11)
  public static let background = TaskPriority(rawValue: 0x09)

  @inlinable public static func < (left: TaskPriority, right: TaskPriority) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension TaskPriority: CustomStringConvertible {
  public var description: String {
    switch self {
    case .high: "TaskPriority.high"
    case .medium: "TaskPriority.medium"
    case .low: "TaskPriority.low"
    case .background: "TaskPriority.background"
    default: "TaskPriority(rawValue: \(rawValue))"
    }
  }
}
