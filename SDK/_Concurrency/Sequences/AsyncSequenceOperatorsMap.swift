import Swift

// map and compactMap. The closure throws what the base throws, or, over a base that never fails,
// any one
// type of error. Why `@isolated(any)`: see AsyncSequenceOperatorsReduce.swift.

extension AsyncSequence {
  /// The results of `transform` for each element.
  public __consuming func map<Transformed>(
    _ transform: @Sendable @escaping @isolated(any) (Element) async throws(Failure) -> Transformed
  ) -> AsyncMapSequence<Self, Transformed> {
    AsyncMapSequence(base: self, transform: transform)
  }
}

extension AsyncSequence where Failure == Never {
  /// The results of `transform` for each element. Ends with the error that `transform` throws.
  @_disfavoredOverload
  public __consuming func map<Transformed, NewFailure: Error>(
    _ transform: @Sendable @escaping @isolated(any) (Element) async throws(NewFailure)
      -> Transformed
  ) -> AsyncMapSequence<AsyncFailableSequence<Self, NewFailure>, Transformed> {
    AsyncMapSequence(base: AsyncFailableSequence(base: self), transform: transform)
  }
}

extension AsyncSequence {
  /// The results of `transform` for each element, without those that are nil.
  public __consuming func compactMap<ElementOfResult>(
    _ transform: @Sendable @escaping @isolated(any) (Element) async throws(Failure)
      -> ElementOfResult?
  ) -> AsyncCompactMapSequence<Self, ElementOfResult> {
    AsyncCompactMapSequence(base: self, transform: transform)
  }
}

extension AsyncSequence where Failure == Never {
  /// The results of `transform` for each element, without those that are nil. Ends with the error
  /// that `transform` throws.
  @_disfavoredOverload
  public __consuming func compactMap<ElementOfResult, NewFailure: Error>(
    _ transform: @Sendable @escaping @isolated(any) (Element) async throws(NewFailure)
      -> ElementOfResult?
  ) -> AsyncCompactMapSequence<AsyncFailableSequence<Self, NewFailure>, ElementOfResult> {
    AsyncCompactMapSequence(base: AsyncFailableSequence(base: self), transform: transform)
  }
}

/// The results of a function for each element of another sequence.
public struct AsyncMapSequence<Base: AsyncSequence, Transformed>: AsyncSequence {
  public typealias Element = Transformed
  public typealias Failure = Base.Failure

  let base: Base
  let transform: @Sendable (Base.Element) async throws(Base.Failure) -> Transformed

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let transform: @Sendable (Base.Element) async throws(Base.Failure) -> Transformed
    var isOver = false

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Base.Failure) -> Transformed? {
      guard !isOver, let element = try await base.nextToSend(isolation: actor) else { return nil }
      do throws(Base.Failure) {
        return try await transform(element)
      } catch {
        isOver = true
        throw error
      }
    }
  }

  public __consuming func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), transform: transform)
  }
}

extension AsyncMapSequence: Sendable where Base: Sendable {}

/// The results of a function for each element of another sequence that are not nil.
public struct AsyncCompactMapSequence<Base: AsyncSequence, ElementOfResult>: AsyncSequence {
  public typealias Element = ElementOfResult
  public typealias Failure = Base.Failure

  let base: Base
  let transform: @Sendable (Base.Element) async throws(Base.Failure) -> ElementOfResult?

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let transform: @Sendable (Base.Element) async throws(Base.Failure) -> ElementOfResult?
    var isOver = false

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Base.Failure) -> ElementOfResult? {
      while !isOver, let element = try await base.nextToSend(isolation: actor) {
        do throws(Base.Failure) {
          if let result = try await transform(element) { return result }
        } catch {
          isOver = true
          throw error
        }
      }
      return nil
    }
  }

  public __consuming func makeAsyncIterator() -> Iterator {
    Iterator(base: base.makeAsyncIterator(), transform: transform)
  }
}

extension AsyncCompactMapSequence: Sendable where Base: Sendable {}

/// The standard library's names for the sequences of closures that throw.
public typealias AsyncThrowingMapSequence = AsyncMapSequence
public typealias AsyncThrowingCompactMapSequence = AsyncCompactMapSequence
