import Swift

/// Elements that arrive over time, to be read with `for await`, or `for try await` if `Failure` is
/// an error.
public protocol AsyncSequence<Element, Failure> {
  associatedtype AsyncIterator: AsyncIteratorProtocol
  associatedtype Element where AsyncIterator.Element == Element
  associatedtype Failure = any Error where AsyncIterator.Failure == Failure
  __consuming func makeAsyncIterator() -> AsyncIterator
}

/// What `for await` asks for one element after the other.
///
/// A type has one of the two methods; the other is built on it.
public protocol AsyncIteratorProtocol<Element, Failure>: _TypedAsyncIterator {
  associatedtype Element
  associatedtype Failure: Error = any Error
  /// The next element; nil at the end, and after an error. Functions that are `rethrows` call it,
  /// as the standard library's. The compiler infers `Failure` from it where it is `rethrows` itself.
  @_nonoverride mutating func next() async throws -> Element?
  /// The same, on the actor of the caller.
  mutating func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element?
}

/// The same `next()` with the type of its error. Embedded Swift cannot turn a typed error into
/// `any Error`, so what calls the untyped method on an iterator that may throw is refused.
public protocol _TypedAsyncIterator {
  associatedtype Element
  /// `Failure`, but `any Error` where `next()` is declared `rethrows`.
  associatedtype _NextFailure: Error = any Error
  @_disfavoredOverload mutating func next() async throws(_NextFailure) -> Element?
}

extension _TypedAsyncIterator {
  mutating func nextTyped() async throws(_NextFailure) -> Element? { try await next() }
}

extension AsyncIteratorProtocol where _NextFailure == Failure {
  /// For iterators that only have `next()`.
  public mutating func next(
    isolation actor: isolated (any Actor)?
  ) async throws(Failure) -> Element? {
    nonisolated(unsafe) var iterator = self
    defer { self = iterator }
    return try await iterator.nextTyped()
  }

  /// For iterators that only have `next(isolation:)`.
  public mutating func next() async throws(Failure) -> Element? {
    try await next(isolation: nil)
  }
}

extension AsyncIteratorProtocol {
  /// For iterators whose `next()` is `rethrows`: an error comes out of it as `_untyped` has made it.
  public mutating func next(
    isolation actor: isolated (any Actor)?
  ) async throws(Failure) -> Element? {
    nonisolated(unsafe) var iterator = self
    defer { self = iterator }
    do throws(_NextFailure) {
      return try await iterator.nextTyped()
    } catch {
      guard let failure = _typed(_untyped(error), as: Failure.self) else {
        fatalError("next() threw an error that is not the Failure of its AsyncIteratorProtocol")
      }
      throw failure
    }
  }

  /// For functions that are `rethrows` and read an iterator that only has `next(isolation:)`.
  @_implements(AsyncIteratorProtocol, next())
  public mutating func _nextThrowingAny() async throws -> Element? {
    do throws(Failure) {
      return try await next(isolation: nil)
    } catch {
      throw _untyped(error)
    }
  }
}
