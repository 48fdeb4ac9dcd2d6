import Swift

/// Elements that arrive over time.
public protocol AsyncSequence<Element, Failure> {
  associatedtype AsyncIterator: AsyncIteratorProtocol
  associatedtype Element where AsyncIterator.Element == Element
  associatedtype Failure = any Error where AsyncIterator.Failure == Failure
  __consuming func makeAsyncIterator() -> AsyncIterator
}

/// What `for await` asks for one element after the other.
public protocol AsyncIteratorProtocol<Element, Failure> {
  associatedtype Element
  associatedtype Failure: Error = any Error
  mutating func next() async throws -> Element?
  mutating func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element?
}

extension AsyncIteratorProtocol {
  /// For iterators that only have `next()`.
  public mutating func next(
    isolation actor: isolated (any Actor)?
  ) async throws(Failure) -> Element? {
    nonisolated(unsafe) var iterator = self
    do {
      let element = try await iterator.next()
      self = iterator
      return element
    } catch {
      self = iterator
      throw error as! Failure
    }
  }
}

extension AsyncIteratorProtocol where Failure == Never {
  /// For iterators that only have `next(isolation:)`.
  public mutating func next() async -> Element? { await next(isolation: nil) }
}
