import Builtin
import CRuntime
import Swift
import WebbleScheduler

/// An object that runs jobs.
public protocol Executor: AnyObject, Sendable {
  /// Takes a job, to run it later by one of the `runSynchronously` methods. Any thread.
  func enqueue(_ job: UnownedJob)
  /// Takes a job, to run it later by one of the `runSynchronously` methods. Any thread.
  func enqueue(_ job: consuming ExecutorJob)
}

extension Executor {
  public func enqueue(_ job: UnownedJob) { enqueue(ExecutorJob(job)) }
  public func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job)) }
}

/// An executor that runs one job at a time: what isolates an actor.
public protocol SerialExecutor: Executor {
  func asUnownedSerialExecutor() -> UnownedSerialExecutor
  /// Whether the two executors exclude each other, although they are different objects.
  func isSameExclusiveExecutionContext(other: Self) -> Bool
  /// The same, for an object known to be of this type: a requirement with `Self` cannot be called
  /// through an existential. Not to be implemented.
  func _isSameExclusiveExecutionContext(_ other: AnyObject) -> Bool
  /// Stops the program unless the current thread runs a job of this executor. Asked when the runtime
  /// cannot tell by itself.
  func checkIsolated()
  /// Whether the current thread runs a job of this executor; nil if that is unknown.
  func isIsolatingCurrentContext() -> Bool?
}

extension SerialExecutor {
  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }
  public func isSameExclusiveExecutionContext(other: Self) -> Bool { self === other }
  public func _isSameExclusiveExecutionContext(_ other: AnyObject) -> Bool {
    isSameExclusiveExecutionContext(other: unsafeDowncast(other, to: Self.self))
  }
  public func isIsolatingCurrentContext() -> Bool? { nil }
  public func checkIsolated() {
    stop("the current task is not isolated to the executor that the code requires")
  }
}

/// An executor for the parts of a task that are not isolated to an actor.
public protocol TaskExecutor: Executor {
  func asUnownedTaskExecutor() -> UnownedTaskExecutor
}

extension TaskExecutor {
  public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}

/// A reference to a serial executor that does not keep it alive.
@frozen
public struct UnownedSerialExecutor: Sendable {
  @usableFromInline var executor: Builtin.Executor

  @inlinable public init(_ executor: Builtin.Executor) { self.executor = executor }

  @inlinable public init<E: SerialExecutor>(_ executor: __shared E) {
    self = executor.asUnownedSerialExecutor()
  }

  @inlinable public init<E: SerialExecutor>(ordinary executor: __shared E) {
    self.executor = Builtin.buildOrdinarySerialExecutorRef(executor)
  }

  @inlinable public init<E: SerialExecutor>(complexEquality executor: __shared E) {
    self.executor = Builtin.buildComplexEqualitySerialExecutorRef(executor)
  }

  var reference: webble_executor { unsafeBitCast(executor, to: webble_executor.self) }
}

extension UnownedSerialExecutor: Equatable {
  public static func == (left: UnownedSerialExecutor, right: UnownedSerialExecutor) -> Bool {
    left.reference.identity == right.reference.identity
  }
}

/// A reference to a task executor that does not keep it alive.
@frozen
public struct UnownedTaskExecutor: Sendable {
  @usableFromInline var executor: Builtin.Executor

  @inlinable public init(_ executor: Builtin.Executor) { self.executor = executor }

  @inlinable public init<E: TaskExecutor>(_ executor: __shared E) {
    self = executor.asUnownedTaskExecutor()
  }

  @inlinable public init<E: TaskExecutor>(ordinary executor: __shared E) {
    self.executor = Builtin.buildOrdinaryTaskExecutorRef(executor)
  }

  var reference: webble_executor { unsafeBitCast(executor, to: webble_executor.self) }
}

extension UnownedTaskExecutor: Equatable {
  public static func == (left: UnownedTaskExecutor, right: UnownedTaskExecutor) -> Bool {
    left.reference.identity == right.reference.identity
  }
}

/// A job that an executor has been given. To be run exactly once.
@frozen
public struct UnownedJob: Sendable {
  @usableFromInline let context: Builtin.Job

  @inlinable public init(_ job: __owned ExecutorJob) { context = job.context }

  init(_ task: TaskPointer) { context = unsafeBitCast(task, to: Builtin.Job.self) }

  public var priority: JobPriority {
    let task = unsafeBitCast(context, to: TaskPointer.self)
    return JobPriority(rawValue: UInt8(truncatingIfNeeded: task.currentStatus.priority))
  }

  /// Runs the job on the current thread, as one of `executor`, until it suspends or ends.
  @inlinable public func runSynchronously(on executor: UnownedSerialExecutor) {
    _swiftJobRun(self, executor)
  }

  /// Runs the job on the current thread, as one of `executor`, until it suspends or ends.
  public func runSynchronously(on executor: UnownedTaskExecutor) {
    runJob(
      unsafeBitCast(context, to: TaskPointer.self), onTaskExecutor: executor.reference.identity)
  }

  /// Runs the job as one of a serial executor that the task executor provides.
  public func runSynchronously(
    isolatedTo serialExecutor: UnownedSerialExecutor, taskExecutor: UnownedTaskExecutor
  ) {
    runJob(
      unsafeBitCast(context, to: TaskPointer.self), isolatedTo: serialExecutor.reference,
      onTaskExecutor: taskExecutor.reference.identity)
  }
}

/// A job that an executor has been given, as a value that cannot be copied.
@frozen
public struct ExecutorJob: Sendable, ~Copyable {
  @usableFromInline var context: Builtin.Job

  @inlinable public init(_ job: UnownedJob) { context = job.context }

  public var priority: JobPriority { UnownedJob(context: context).priority }

  /// Runs the job on the current thread, as one of `executor`, until it suspends or ends.
  @inlinable public consuming func runSynchronously(on executor: UnownedSerialExecutor) {
    _swiftJobRun(UnownedJob(self), executor)
  }

  /// Runs the job on the current thread, as one of `executor`, until it suspends or ends.
  public consuming func runSynchronously(on executor: UnownedTaskExecutor) {
    UnownedJob(self).runSynchronously(on: executor)
  }

  /// Runs the job as one of a serial executor that the task executor provides.
  @inlinable public consuming func runSynchronously(
    isolatedTo serialExecutor: UnownedSerialExecutor, taskExecutor: UnownedTaskExecutor
  ) {
    UnownedJob(self).runSynchronously(isolatedTo: serialExecutor, taskExecutor: taskExecutor)
  }

  /// The job's number, the same as its task's as long as that lives.
  public var description: String { "ExecutorJob(id: \(UnownedJob(context: context).identifier))" }
}

extension UnownedJob: CustomStringConvertible {
  @usableFromInline init(context: Builtin.Job) { self.context = context }

  fileprivate var identifier: UInt32 {
    unsafeBitCast(context, to: TaskPointer.self).pointee.identifier
  }

  /// The job's number, the same as its task's as long as that lives.
  public var description: String { "UnownedJob(id: \(identifier))" }
}

/// The priority of a job, on the scale of `TaskPriority`.
@frozen
public struct JobPriority: RawRepresentable, Equatable, Comparable, Sendable {
  public var rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
  @inlinable public init(_ priority: TaskPriority) { rawValue = priority.rawValue }
  @inlinable public static func < (left: JobPriority, right: JobPriority) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension TaskPriority {
  /// The same priority, or nil for that of a job that was made without one.
  @inlinable public init?(_ priority: JobPriority) {
    guard priority.rawValue != 0 else { return nil }
    self.init(rawValue: priority.rawValue)
  }
}

@_silgen_name("swift_job_run")
@usableFromInline
func _swiftJobRun(_ job: UnownedJob, _ executor: UnownedSerialExecutor)
