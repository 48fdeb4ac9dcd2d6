import Builtin
import CRuntime
import Swift

/// The rest of a task that waits in `withContinuation` (SE-0528). It cannot be copied, so the compiler refuses
/// to resume it twice; one that is dropped without being resumed stops the program. Any thread may resume it.
@frozen
public struct Continuation<Success: ~Copyable, Failure: Error>: ~Copyable, @unchecked Sendable {
  /// Says which task waits. Its wait has a result of this type, not of that one.
  @usableFromInline let waiting: UnsafeContinuation<Void, Never>

  init(_ context: Builtin.RawUnsafeContinuation) { waiting = UnsafeContinuation(context) }

  deinit { fatalError("a Continuation was dropped without being resumed: its task would wait for ever") }

  /// Lets the task go on with the value or the error.
  public consuming func resume(with result: consuming sending Result<Success, Failure>) {
    let task = unsafeBitCast(take(), to: TaskPointer.self)
    // As the compiler's builtin does it for what can be copied.
    task.pointee.context.unsafelyUnwrapped
      .assumingMemoryBound(to: ContinuationContext.self).pointee.result.unsafelyUnwrapped
      .initializeMemory(as: Result<Success, Failure>.self, to: result)
    resumeContinuation(task)
  }

  /// Lets the task go on, with `value` as the result of its wait.
  public consuming func resume(returning value: consuming sending Success) {
    resume(with: .success(value))
  }

  /// Lets the task go on, with `error` thrown from its wait.
  public consuming func resume(throwing error: Failure) { resume(with: .failure(error)) }

  /// Lets the task go on.
  public consuming func resume() where Success == Void { resume(returning: ()) }

  consuming func take() -> Builtin.RawUnsafeContinuation {
    let waiting = waiting
    discard self
    return waiting.context
  }
}

/// Suspends the task until the continuation that `body` is given is resumed, which may throw.
public nonisolated(nonsending) func withContinuation<Success: ~Copyable, Failure: Error>(
  of: Success.Type = Success.self, throwing: Failure.Type,
  _ body: (consuming Continuation<Success, Failure>) -> Void
) async throws(Failure) -> sending Success {
  let result: Result<Success, Failure> = await Builtin.withUnsafeContinuation {
    handContinuation($0, to: body)
  }
  return try result.get()
}

/// As for the other kinds, out of line.
@inline(never)
private func handContinuation<Success: ~Copyable, Failure: Error>(
  _ context: Builtin.RawUnsafeContinuation, to body: (consuming Continuation<Success, Failure>) -> Void
) {
  body(Continuation(context))
}

/// Suspends the task until the continuation that `body` is given is resumed.
public nonisolated(nonsending) func withContinuation<Success: ~Copyable>(
  of: Success.Type = Success.self,
  _ body: (consuming Continuation<Success, Never>) -> Void
) async -> sending Success {
  await withContinuation(of: Success.self, throwing: Never.self, body)
}

extension UnsafeContinuation {
  /// Takes over from one that cannot be copied, for callbacks of which only the caller knows that one is called.
  public init(_ continuation: consuming Continuation<T, E>) {
    self.init(continuation.take())
  }
}

extension CheckedContinuation {
  /// Takes over from one that cannot be copied. `function` is what messages call it.
  public init(_ continuation: consuming Continuation<T, E>, function: StaticString = #function) {
    self.init(continuation: UnsafeContinuation(continuation), function: function)
  }
}
