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
}

extension UnsafeContinuation where T == Void {
  /// Lets the task go on.
  @_alwaysEmitIntoClient
  public func resume() { resume(with: .success(())) }
}

/// Lets `body` have the continuation, out of line.
///
/// Between the moment when a frame's address to resume at is taken and the one when the task suspends, the
/// code must not branch. Where it does, in a loop, LLVM may turn the loop round so that the two part company
/// and meet in a phi, and its coroutine splitter then stores a null address. A body in line brings such
/// branches: any check that traps is one.
@_alwaysEmitIntoClient
@inline(never)
func handContinuation<T, E: Error>(
  _ context: Builtin.RawUnsafeContinuation, to body: (UnsafeContinuation<T, E>) -> Void
) {
  body(UnsafeContinuation<T, E>(context))
}

/// Suspends the task until the continuation that `body` is given is resumed.
@_alwaysEmitIntoClient
public func withUnsafeContinuation<T>(
  isolation: isolated (any Actor)? = #isolation,
  _ body: (UnsafeContinuation<T, Never>) -> Void
) async -> sending T {
  let result: Result<T, Never> = await Builtin.withUnsafeContinuation {
    handContinuation($0, to: body)
  }
  switch consume result {
  case .success(let value): return value
  }
}

extension UnsafeContinuation {
  /// Lets the task go on, with `value` as the result of its wait.
  @_alwaysEmitIntoClient
  public func resume(returning value: sending T) { resume(with: .success(value)) }

  /// Lets the task go on, with `error` thrown from its wait.
  @_alwaysEmitIntoClient
  public func resume(throwing error: E) { resume(with: .failure(error)) }

  /// Lets the task go on with the value or the error.
  ///
  /// The waiting task has room for a `Result`, also if nothing can be thrown: generic code that resumes does not
  /// know which of the two it has.
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
    handContinuation($0, to: body)
  }
  switch consume result {
  case .success(let value): return value
  case .failure(let error): throw error
  }
}
