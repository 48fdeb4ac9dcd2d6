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
/// A type has one of the two methods; the other is built on it. Both throw `Failure`: what the
/// standard library lets throw anything cannot be had without `any Error`.
public protocol AsyncIteratorProtocol<Element, Failure> {
  associatedtype Element
  associatedtype Failure: Error = any Error
  /// The next element; nil at the end, and after an error.
  mutating func next() async throws(Failure) -> Element?
  /// The same, on the actor of the caller.
  mutating func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element?
}

extension AsyncIteratorProtocol {
  /// For iterators that only have `next(isolation:)`.
  public mutating func next() async throws(Failure) -> Element? {
    try await next(isolation: nil)
  }

  /// For iterators that only have `next()`.
  public mutating func next(
    isolation actor: isolated (any Actor)?
  ) async throws(Failure) -> Element? {
    nonisolated(unsafe) var iterator = self
    defer { self = iterator }
    return try await iterator.next()
  }
}
