import Swift

/// A sequence that never fails, as one that might fail with `Failure`: the base of an operator
/// whose closure throws.
public struct AsyncFailableSequence<Base: AsyncSequence, Failure: Error>: AsyncSequence
where Base.Failure == Never {
  public typealias Element = Base.Element

  let base: Base

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Failure) -> Base.Element? {
      await base.next(isolation: actor)
    }
  }

  public __consuming func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator())
  }
}

extension AsyncFailableSequence: Sendable where Base: Sendable {}

extension AsyncIteratorProtocol {
  /// The next element, for a closure of another isolation. The iterator has given it up, and the
  /// operator keeps no copy of what it hands on before the closure has returned.
  @inline(__always)
  mutating func nextToSend(
    isolation actor: isolated (any Actor)?
  ) async throws(Failure) -> sending Element? {
    nonisolated(unsafe) let element = try await next(isolation: actor)
    return element
  }
}
