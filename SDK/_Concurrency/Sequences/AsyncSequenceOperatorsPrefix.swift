import Swift

// prefix(_:) and dropFirst(_:).

extension AsyncSequence {
  /// The first elements, `count` at most. Asks the base for no more than these.
  public __consuming func prefix(_ count: Int) -> AsyncPrefixSequence<Self> {
    precondition(count >= 0, "Can't prefix a negative number of elements from an async sequence")
    return AsyncPrefixSequence(base: self, count: count)
  }

  /// All elements but the first `count`.
  public __consuming func dropFirst(_ count: Int = 1) -> AsyncDropFirstSequence<Self> {
    precondition(count >= 0, "Can't drop a negative number of elements from an async sequence")
    return AsyncDropFirstSequence(base: self, count: count)
  }
}

/// The first elements of another sequence.
public struct AsyncPrefixSequence<Base: AsyncSequence>: AsyncSequence {
  public typealias Element = Base.Element
  public typealias Failure = Base.Failure

  let base: Base
  let count: Int

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    /// How many elements may still come.
    var count: Int

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Base.Failure) -> Base.Element? {
      if count == 0 { return nil }
      count -= 1
      return try await base.next(isolation: actor)
    }
  }

  public __consuming func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), count: count)
  }
}

extension AsyncPrefixSequence: Sendable where Base: Sendable {}

/// All elements of another sequence but the first.
public struct AsyncDropFirstSequence<Base: AsyncSequence>: AsyncSequence {
  public typealias Element = Base.Element
  public typealias Failure = Base.Failure

  let base: Base
  let count: Int

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    /// How many elements are still to be dropped.
    var count: Int

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Base.Failure) -> Base.Element? {
      while count > 0 {
        guard try await base.next(isolation: actor) != nil else {
          count = 0
          return nil
        }
        count -= 1
      }
      return try await base.next(isolation: actor)
    }
  }

  public __consuming func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), count: count)
  }
}

extension AsyncDropFirstSequence: Sendable where Base: Sendable {}
