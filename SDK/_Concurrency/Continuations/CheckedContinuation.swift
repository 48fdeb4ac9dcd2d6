import Swift
import WebbleAtomics

/// The rest of a task that waits in `withCheckedContinuation`. To be resumed exactly once, from any
/// thread: a second time stops the program, never is reported as a leak. Both name the function.
public struct CheckedContinuation<T, E: Error>: Sendable {
  private let canary: ContinuationCanary<T, E>

  init(_ canary: ContinuationCanary<T, E>) { self.canary = canary }

  /// Wraps a continuation, to check its use. `function` is what messages call it.
  public init(
    continuation: UnsafeContinuation<T, E>, function: StaticString = #function
  ) {
    canary = ContinuationCanary(continuation, function)
  }

  /// Lets the task go on, with `value` as the result of its wait.
  public func resume(returning value: sending T) { canary.take().resume(returning: value) }

  /// Lets the task go on, with `error` thrown from its wait.
  public func resume(throwing error: E) { canary.take().resume(throwing: error) }

  /// Lets the task go on with the value or the error.
  public func resume(with result: sending Result<T, E>) { canary.take().resume(with: result) }
}

extension CheckedContinuation where T == Void {
  /// Lets the task go on.
  public func resume() { resume(returning: ()) }
}

/// Counts the resumptions of one continuation.
final class ContinuationCanary<T, E: Error>: Sendable {
  private let continuation: UnsafeContinuation<T, E>
  private let function: StaticString
  private let isResumed = Atomic<Bool>(false)

  init(_ continuation: UnsafeContinuation<T, E>, _ function: StaticString) {
    self.continuation = continuation
    self.function = function
  }

  func take() -> UnsafeContinuation<T, E> {
    if isResumed.exchange(true, ordering: .relaxed) {
      var text = FixedText()
      text.append("the continuation of ")
      text.append(function)
      text.append(" was resumed a second time")
      text.stop()
    }
    return continuation
  }

  deinit {
    guard !isResumed.load(ordering: .relaxed) else { return }
    var text = FixedText()
    text.append("warning: the continuation of ")
    text.append(function)
    text.append(" was dropped without being resumed; its task waits for ever")
    text.print()
  }
}

/// Suspends the task until the continuation that `body` is given is resumed.
public func withCheckedContinuation<T>(
  isolation: isolated (any Actor)? = #isolation, function: StaticString = #function,
  _ body: (CheckedContinuation<T, Never>) -> Void
) async -> sending T {
  await withUnsafeContinuation { body(CheckedContinuation(ContinuationCanary($0, function))) }
}

/// Suspends the task until the continuation that `body` is given is resumed, which may throw.
public func withCheckedThrowingContinuation<T, E: Error>(
  isolation: isolated (any Actor)? = #isolation, function: StaticString = #function,
  _ body: (CheckedContinuation<T, E>) -> Void
) async throws(E) -> sending T {
  try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<T, E>) in
    body(CheckedContinuation(ContinuationCanary(continuation, function)))
  }
}
