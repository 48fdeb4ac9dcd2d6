import Swift

// filter, prefix(while:) and drop(while:). The closure throws what the base throws, or, over a base
// that
// never fails, any one type of error. Why `@isolated(any)`: see
// AsyncSequenceOperatorsReduce.swift.

extension AsyncSequence {
  /// The elements for which `isIncluded` holds.
  public __consuming func filter(
    _ isIncluded: @Sendable @escaping @isolated(any) (Element) async throws(Failure) -> Bool
  ) -> AsyncFilterSequence<Self> {
    AsyncFilterSequence(base: self, isIncluded: isIncluded)
  }
}

extension AsyncSequence where Failure == Never {
  /// The elements for which `isIncluded` holds. Ends with the error that `isIncluded` throws.
  @_disfavoredOverload
  public __consuming func filter<NewFailure: Error>(
    _ isIncluded: @Sendable @escaping @isolated(any) (Element) async throws(NewFailure) -> Bool
  ) -> AsyncFilterSequence<AsyncFailableSequence<Self, NewFailure>> {
    AsyncFilterSequence(base: AsyncFailableSequence(base: self), isIncluded: isIncluded)
  }
}

extension AsyncSequence {
  /// The elements before the first for which `predicate` does not hold.
  public __consuming func prefix(
    while predicate: @Sendable @escaping @isolated(any) (Element) async throws(Failure) -> Bool
  ) -> AsyncPrefixWhileSequence<Self> {
    AsyncPrefixWhileSequence(base: self, predicate: predicate)
  }
}

extension AsyncSequence where Failure == Never {
  /// The elements before the first for which `predicate` does not hold. Ends with the error that
  /// `predicate` throws.
  @_disfavoredOverload
  public __consuming func prefix<NewFailure: Error>(
    while predicate: @Sendable @escaping @isolated(any) (Element) async throws(NewFailure) -> Bool
  ) -> AsyncPrefixWhileSequence<AsyncFailableSequence<Self, NewFailure>> {
    AsyncPrefixWhileSequence(base: AsyncFailableSequence(base: self), predicate: predicate)
  }
}

extension AsyncSequence {
  /// The elements from the first on for which `predicate` does not hold.
  public __consuming func drop(
    while predicate: @Sendable @escaping @isolated(any) (Element) async throws(Failure) -> Bool
  ) -> AsyncDropWhileSequence<Self> {
    AsyncDropWhileSequence(base: self, predicate: predicate)
  }
}

extension AsyncSequence where Failure == Never {
  /// The elements from the first on for which `predicate` does not hold. Ends with the error that
  /// `predicate` throws.
  @_disfavoredOverload
  public __consuming func drop<NewFailure: Error>(
    while predicate: @Sendable @escaping @isolated(any) (Element) async throws(NewFailure) -> Bool
  ) -> AsyncDropWhileSequence<AsyncFailableSequence<Self, NewFailure>> {
    AsyncDropWhileSequence(base: AsyncFailableSequence(base: self), predicate: predicate)
  }
}

/// The elements of another sequence for which a predicate holds.
public struct AsyncFilterSequence<Base: AsyncSequence>: AsyncSequence {
  public typealias Element = Base.Element
  public typealias Failure = Base.Failure

  let base: Base
  let isIncluded: @Sendable (Base.Element) async throws(Base.Failure) -> Bool

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let isIncluded: @Sendable (Base.Element) async throws(Base.Failure) -> Bool
    var isOver = false

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Base.Failure) -> Base.Element? {
      while !isOver, let element = try await base.nextToSend(isolation: actor) {
        nonisolated(unsafe) let result = element
        do throws(Base.Failure) {
          if try await isIncluded(result) { return result }
        } catch {
          isOver = true
          throw error
        }
      }
      return nil
    }
  }

  public __consuming func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), isIncluded: isIncluded)
  }
}

extension AsyncFilterSequence: Sendable where Base: Sendable {}

/// The elements of another sequence before the first that fails a predicate.
public struct AsyncPrefixWhileSequence<Base: AsyncSequence>: AsyncSequence {
  public typealias Element = Base.Element
  public typealias Failure = Base.Failure

  let base: Base
  let predicate: @Sendable (Base.Element) async throws(Base.Failure) -> Bool

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let predicate: @Sendable (Base.Element) async throws(Base.Failure) -> Bool
    var isOver = false

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Base.Failure) -> Base.Element? {
      if !isOver, let element = try await base.nextToSend(isolation: actor) {
        nonisolated(unsafe) let result = element
        do throws(Base.Failure) {
          if try await predicate(result) { return result }
        } catch {
          isOver = true
          throw error
        }
        isOver = true
      }
      return nil
    }
  }

  public __consuming func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), predicate: predicate)
  }
}

extension AsyncPrefixWhileSequence: Sendable where Base: Sendable {}

/// The elements of another sequence from the first on that fails a predicate.
public struct AsyncDropWhileSequence<Base: AsyncSequence>: AsyncSequence {
  public typealias Element = Base.Element
  public typealias Failure = Base.Failure

  let base: Base
  let predicate: @Sendable (Base.Element) async throws(Base.Failure) -> Bool

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let predicate: @Sendable (Base.Element) async throws(Base.Failure) -> Bool
    var hasBegun = false
    var isOver = false

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Base.Failure) -> Base.Element? {
      if hasBegun { return try await base.next(isolation: actor) }
      while !isOver, let element = try await base.nextToSend(isolation: actor) {
        nonisolated(unsafe) let result = element
        do throws(Base.Failure) {
          if try await predicate(result) { continue }
        } catch {
          isOver = true
          throw error
        }
        hasBegun = true
        return result
      }
      return nil
    }
  }

  public __consuming func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), predicate: predicate)
  }
}

extension AsyncDropWhileSequence: Sendable where Base: Sendable {}

/// The standard library's names for the sequences of closures that throw.
public typealias AsyncThrowingFilterSequence = AsyncFilterSequence
public typealias AsyncThrowingPrefixWhileSequence = AsyncPrefixWhileSequence
public typealias AsyncThrowingDropWhileSequence = AsyncDropWhileSequence
