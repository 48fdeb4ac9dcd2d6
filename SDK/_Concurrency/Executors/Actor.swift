import Builtin
import CRuntime
import Swift
import WebbleScheduler

/// What every actor conforms to.
public protocol Actor: AnyObject, Sendable {
  /// The executor that the actor's code runs on.
  nonisolated var unownedExecutor: UnownedSerialExecutor { get }
}

/// What a type marked `@globalActor` conforms to.
public protocol GlobalActor {
  associatedtype ActorType: Actor
  static var shared: ActorType { get }
  static var sharedUnownedExecutor: UnownedSerialExecutor { get }
}

extension GlobalActor {
  public static var sharedUnownedExecutor: UnownedSerialExecutor { shared.unownedExecutor }
}

/// The actor that is the main thread: of the page, or of Node.
@globalActor
public final actor MainActor: GlobalActor {
  public static let shared = MainActor()

  /// The opaque call keeps the compiler from turning `shared` into a constant object, of which it
  /// would make one copy a module.
  private init() { keepDynamic() }

  @inlinable public nonisolated var unownedExecutor: UnownedSerialExecutor {
    UnownedSerialExecutor(Builtin.buildMainActorExecutorRef())
  }

  @inlinable public static var sharedUnownedExecutor: UnownedSerialExecutor {
    UnownedSerialExecutor(Builtin.buildMainActorExecutorRef())
  }

  @inlinable public nonisolated func enqueue(_ job: UnownedJob) {
    enqueueOnMain(job)
  }
}

@_silgen_name("webble_keep_dynamic")
private func keepDynamic()

@usableFromInline
func enqueueOnMain(_ job: UnownedJob) {
  let task = unsafeBitCast(job, to: TaskPointer.self)
  task.pointee.target = webble_executor(
    identity: UInt(bitPattern: webble_get_main_worker()),
    implementation: ExecutorMark.main)
  enqueue(task)
}

extension MainActor {
  /// Runs `body` on the main thread, from wherever it is called.
  public static func run<T: Sendable, Failure: Error>(
    resultType: T.Type = T.self, body: @MainActor @Sendable () throws(Failure) -> T
  ) async throws(Failure) -> T {
    try await body()
  }

  /// Runs `body` at once, if the caller is on the main thread's actor already; stops otherwise.
  @available(
    *, noasync, message: "express the closure as an explicit function declared on the specified actor instead"
  )
  public static func assumeIsolated<T: Sendable, Failure: Error>(
    _ operation: @MainActor () throws(Failure) -> T, file: StaticString = #fileID, line: UInt = #line
  ) throws(Failure) -> T {
    requireIsolation(to: sharedUnownedExecutor, "MainActor", file, line)
    return try withoutActuallyEscaping(operation) { (operation) throws(Failure) -> T in
      try unsafeBitCast(operation, to: (() throws(Failure) -> T).self)()
    }
  }
}

extension Actor {
  /// Runs `operation` at once, if the caller is isolated to this actor already; stops otherwise.
  @available(
    *, noasync, message: "express the closure as an explicit function declared on the specified actor instead"
  )
  public nonisolated func assumeIsolated<T: Sendable, Failure: Error>(
    _ operation: (isolated Self) throws(Failure) -> T,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(Failure) -> T {
    requireIsolation(to: unownedExecutor, "the actor", file, line)
    return try withoutActuallyEscaping(operation) { (operation) throws(Failure) -> T in
      try unsafeBitCast(operation, to: ((Self) throws(Failure) -> T).self)(self)
    }
  }

  /// Stops the program unless the caller is isolated to this actor.
  public nonisolated func preconditionIsolated(
    _ message: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
  ) {
    requireIsolation(to: unownedExecutor, "the actor", message(), file, line)
  }

  /// Stops the program unless the caller is isolated to this actor, in debug builds of this module.
  public nonisolated func assertIsolated(
    _ message: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
  ) {
    assert(isHeldByCurrentThread(unownedExecutor) != false)
  }
}

extension GlobalActor {
  /// Stops the program unless the caller is isolated to this global actor.
  public static func preconditionIsolated(
    _ message: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
  ) {
    requireIsolation(to: sharedUnownedExecutor, "the global actor", message(), file, line)
  }

  /// Stops the program unless the caller is isolated to this global actor, in debug builds of this module.
  public static func assertIsolated(
    _ message: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
  ) {
    assert(isHeldByCurrentThread(sharedUnownedExecutor) != false)
  }
}

extension SerialExecutor {
  /// Stops the program unless the caller runs as a job of this executor.
  public func preconditionIsolated(
    _ message: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
  ) {
    requireIsolation(to: asUnownedSerialExecutor(), "the executor", message(), file, line)
  }

  /// Stops the program unless the caller runs as a job of this executor, in debug builds of this
  /// module.
  public func assertIsolated(
    _ message: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
  ) {
    assert(isHeldByCurrentThread(asUnownedSerialExecutor()) != false)
  }
}

/// Stops the program unless the current thread holds the executor. An executor that neither the runtime
/// nor its `isIsolatingCurrentContext` can tell of is asked to check, and stops the program itself.
private func requireIsolation(
  to executor: UnownedSerialExecutor, _ what: StaticString, _ file: StaticString, _ line: UInt
) {
  switch isHeldByCurrentThread(executor) {
  case true?: return
  case false?: stopForIsolation(what, file, line)
  case nil: executor.reference.serialExecutor.checkIsolated()
  }
}

/// The same with a text of the caller's. Apart, so that programs without one have no code for it.
private func requireIsolation(
  to executor: UnownedSerialExecutor, _ what: StaticString, _ message: @autoclosure () -> String,
  _ file: StaticString, _ line: UInt
) {
  switch isHeldByCurrentThread(executor) {
  case true?: return
  case nil: executor.reference.serialExecutor.checkIsolated()
  case false?:
    var text = FixedText()
    text.append(notIsolatedTo: what, file, line)
    let message = message()
    if !message.isEmpty { text.append(": ") }
    withUTF8(of: message) { for byte in $0 { text.append(byte) } }
    text.stop()
  }
}

/// Whether the current thread holds the executor; nil if only the executor can tell.
func isHeldByCurrentThread(_ executor: UnownedSerialExecutor) -> Bool? {
  let thread = currentThread()
  let reference = executor.reference
  let current = thread.pointee.executor
  if current.identity == reference.identity { return true }
  switch reference.implementation {
  case 0: return false
  case ExecutorMark.main, ExecutorMark.worker:
    // Code called by the thread's event loop, outside any task, is the thread's own.
    return thread.pointee.task == nil
      && UInt(bitPattern: thread.pointee.worker) == reference.identity
  default:
    // Two executors of one type, marked by `UnownedSerialExecutor(complexEquality:)`.
    if reference.implementation & 3 == 1, current.implementation == reference.implementation,
      current.serialExecutor._isSameExclusiveExecutionContext(reference.serialExecutor)
    {
      return true
    }
    return reference.serialExecutor.isIsolatingCurrentContext()
  }
}

extension webble_executor {
  /// A custom serial executor: the object and its witness table, whose low bits are the compiler's marks.
  fileprivate var serialExecutor: any SerialExecutor {
    unsafeBitCast((identity, implementation & ~3), to: (any SerialExecutor).self)
  }
}

private func stopForIsolation(_ what: StaticString, _ file: StaticString, _ line: UInt) -> Never {
  var text = FixedText()
  text.append(notIsolatedTo: what, file, line)
  text.stop()
}

extension FixedText {
  fileprivate mutating func append(notIsolatedTo what: StaticString, _ file: StaticString, _ line: UInt) {
    append(file)
    append(":")
    append(line)
    append(": the caller is not isolated to ")
    append(what)
    append(", as the code requires")
  }
}

/// `#isolation`: the actor that the code is isolated to, or nil.
@freestanding(expression)
public macro isolation<T>() -> T = Builtin.IsolationMacro

@_silgen_name("swift_task_deinitOnExecutor")
@usableFromInline
func _deinitOnExecutor(
  _ object: __owned AnyObject, _ work: @convention(thin) (__owned AnyObject) -> Void,
  _ executor: Builtin.Executor, _ flags: Builtin.Word)

@_silgen_name("swift_deletedAsyncMethodError")
public func swift_deletedAsyncMethodError() async {
  stop("a method that the program no longer has was called")
}
