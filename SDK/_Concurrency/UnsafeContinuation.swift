import Builtin
import CRuntime
import Swift

/// Tells the compiler that the runtime's `swift_continuation_await` is to be called.
@usableFromInline
func _abiEnableAwaitContinuation() { Builtin.int_trap() }

/// The rest of a task that waits in `withUnsafeContinuation`. To be resumed exactly once, from any
/// thread; nothing checks that.
@frozen
public struct UnsafeContinuation<T, E: Error>: Sendable {
  @usableFromInline var context: Builtin.RawUnsafeContinuation

  @_alwaysEmitIntoClient
  init(_ context: Builtin.RawUnsafeContinuation) { self.context = context }

  /// Lets the task go on, with `value` as the result of its wait.
  @_alwaysEmitIntoClient
  public func resume(returning value: sending T) where E == Never {
    Builtin.resumeNonThrowingContinuationReturning(context, value)
  }
}

extension UnsafeContinuation where T == Void, E == Never {
  /// Lets the task go on.
  @_alwaysEmitIntoClient
  public func resume() { resume(returning: ()) }
}

/// Suspends the task until the continuation that `body` is given is resumed.
@_alwaysEmitIntoClient
public func withUnsafeContinuation<T>(
  isolation: isolated (any Actor)? = #isolation,
  _ body: (UnsafeContinuation<T, Never>) -> Void
) async -> sending T {
  await Builtin.withUnsafeContinuation { body(UnsafeContinuation<T, Never>($0)) }
}

extension UnsafeContinuation {
  /// Lets the task go on, with `value` as the result of its wait.
  @_alwaysEmitIntoClient
  public func resume(returning value: sending T) { resume(with: .success(value)) }

  /// Lets the task go on, with `error` thrown from its wait.
  @_alwaysEmitIntoClient
  public func resume(throwing error: E) { resume(with: .failure(error)) }

  /// Lets the task go on with the value or the error.
  @_alwaysEmitIntoClient
  public func resume(with result: sending Result<T, E>) {
    Builtin.resumeNonThrowingContinuationReturning(context, result)
  }
}

/// Suspends the task until the continuation that `body` is given is resumed, which may throw.
@_alwaysEmitIntoClient
public func withUnsafeThrowingContinuation<T, E: Error>(
  isolation: isolated (any Actor)? = #isolation,
  _ body: (UnsafeContinuation<T, E>) -> Void
) async throws(E) -> sending T {
  let result: Result<T, E> = await Builtin.withUnsafeContinuation {
    body(UnsafeContinuation<T, E>($0))
  }
  switch consume result {
  case .success(let value): return value
  case .failure(let error): throw error
  }
}
