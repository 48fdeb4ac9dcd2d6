import CRuntime
import Swift

/// A value that a task and its children see while it is bound.
///
/// Declared by the macro: `@TaskLocal static var traceID: Int?`.
public final class TaskLocal<Value: Sendable>: Sendable {
  private let defaultValue: Value

  public init(wrappedValue defaultValue: Value) {
    self.defaultValue = defaultValue
    keepDynamic()
  }

  /// The value bound innermost, or the default.
  public func get() -> Value {
    var next = bindings()
    while let binding = next {
      if binding.key == ObjectIdentifier(self) {
        return unsafeDowncast(binding, to: TaskLocalBinding<Value>.self).value
      }
      next = binding.outer
    }
    return defaultValue
  }

  public var wrappedValue: Value { self.get() }
  public var projectedValue: TaskLocal<Value> { self }

  /// Binds the value for the duration of `operation`.
  @discardableResult
  public final func withValue<R, Failure: Error>(
    _ value: Value, operation: () async throws(Failure) -> R,
    isolation: isolated (any Actor)? = #isolation,
    file: String = #fileID, line: UInt = #line
  ) async throws(Failure) -> R {
    push(TaskLocalBinding(key: ObjectIdentifier(self), outer: bindings(), value: value))
    let result: Result<R, Failure>
    do throws(Failure) {
      result = .success(try await operation())
    } catch {
      result = .failure(error)
    }
    pop()
    return try result.get()
  }

  /// Binds the value for the duration of `operation`.
  @discardableResult
  public final func withValue<R, Failure: Error>(
    _ value: Value, operation: () throws(Failure) -> R,
    file: String = #fileID, line: UInt = #line
  ) throws(Failure) -> R {
    push(TaskLocalBinding(key: ObjectIdentifier(self), outer: bindings(), value: value))
    defer { pop() }
    return try operation()
  }
}

@_silgen_name("webble_keep_dynamic")
private func keepDynamic()

/// One binding; the bindings of a task are a list, innermost first, of which children share the part that
/// was there when they were made. Immutable, and counted, so that sharing needs no lock.
class TaskLocalNode {
  let key: ObjectIdentifier
  let outer: TaskLocalNode?

  init(key: ObjectIdentifier, outer: TaskLocalNode?) {
    self.key = key
    self.outer = outer
  }
}

final class TaskLocalBinding<Value>: TaskLocalNode {
  let value: Value

  init(key: ObjectIdentifier, outer: TaskLocalNode?, value: Value) {
    self.value = value
    super.init(key: key, outer: outer)
  }
}

/// Where the current bindings begin: in the task, or, for code outside any, in the thread.
@inline(__always)
private func withBindings<T>(_ body: (inout UnsafeMutableRawPointer?) -> T) -> T {
  let thread = currentThread()
  if let task = thread.pointee.task { return body(&task.pointee.locals) }
  return body(&thread.pointee.locals)
}

private func bindings() -> TaskLocalNode? {
  withBindings { $0.map { Unmanaged<TaskLocalNode>.fromOpaque($0).takeUnretainedValue() } }
}

private func push(_ binding: TaskLocalNode) {
  // The binding has retained what was there; its own reference takes that one's place.
  let retained = Unmanaged.passRetained(binding).toOpaque()
  let replaced = withBindings { head in
    let replaced = head
    head = retained
    return replaced
  }
  releaseLocals(replaced)
}

private func pop() {
  let binding = bindings().unsafelyUnwrapped
  let outer = binding.outer.map { Unmanaged.passRetained($0).toOpaque() }
  let popped = withBindings { head in
    let popped = head
    head = outer
    return popped
  }
  releaseLocals(popped)
}

/// Gives a new task the bindings of the code that makes it.
func inheritLocals(_ task: TaskPointer) {
  let head = withBindings { $0 }
  if let head { swift_retain(head) }
  task.pointee.locals = head
}

/// Calls `body`, which sees no bindings.
func withoutLocals(_ body: () -> Void) {
  let head = withBindings { head in
    let hidden = head
    head = nil
    return hidden
  }
  body()
  withBindings { $0 = head }
}

func releaseLocals(_ head: UnsafeMutableRawPointer?) {
  if let head { swift_release(head) }
}

/// Declares a task-local: `@TaskLocal static var traceID: Int?`.
@attached(accessor)
@attached(peer, names: prefixed(`$`))
public macro TaskLocal() = #externalMacro(module: "SwiftMacros", type: "TaskLocalMacro")
