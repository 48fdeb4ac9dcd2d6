import Swift

// flatMap. The base, the closure and the inner sequences fail with one type, or some of them never.
// Why `@isolated(any)`: see AsyncSequenceOperatorsReduce.swift.

extension AsyncSequence {
  /// The elements of the sequences that `transform` returns, one sequence after the other.
  public __consuming func flatMap<Segment: AsyncSequence>(
    _ transform: @Sendable @escaping @isolated(any) (Element) async throws(Failure) -> Segment
  ) -> AsyncFlatMapSequence<Self, Segment> where Segment.Failure == Failure {
    AsyncFlatMapSequence(base: self, transform: transform)
  }

  /// The elements of the sequences that `transform` returns, which never fail.
  @_disfavoredOverload
  public __consuming func flatMap<Segment: AsyncSequence & SendableMetatype>(
    _ transform: @Sendable @escaping @isolated(any) (Element) async throws(Failure) -> Segment
  ) -> AsyncFlatMapSequence<Self, AsyncFailableSequence<Segment, Failure>>
  where Segment.Failure == Never {
    let transform: @Sendable (Element) async throws(Failure) -> Segment = transform
    return AsyncFlatMapSequence(base: self) { (element) async throws(Failure) in
      AsyncFailableSequence(base: try await transform(element))
    }
  }
}

extension AsyncSequence where Failure == Never {
  /// The elements of the sequences that `transform` returns, which may fail.
  @_disfavoredOverload
  public __consuming func flatMap<Segment: AsyncSequence & SendableMetatype>(
    _ transform: @Sendable @escaping (Element) async -> Segment
  ) -> AsyncFlatMapSequence<AsyncFailableSequence<Self, Segment.Failure>, Segment> {
    AsyncFlatMapSequence(base: AsyncFailableSequence(base: self)) {
      (element) async throws(Segment.Failure) in await transform(element)
    }
  }

  /// The elements of the sequences that `transform` returns, which may fail, as it may itself.
  @_disfavoredOverload
  public __consuming func flatMap<Segment: AsyncSequence, NewFailure: Error>(
    _ transform: @Sendable @escaping @isolated(any) (Element) async throws(NewFailure) -> Segment
  ) -> AsyncFlatMapSequence<AsyncFailableSequence<Self, NewFailure>, Segment>
  where Segment.Failure == NewFailure {
    AsyncFlatMapSequence(base: AsyncFailableSequence(base: self), transform: transform)
  }
}

/// The elements of sequences that a function returns for each element of another sequence.
public struct AsyncFlatMapSequence<Base: AsyncSequence, Segment: AsyncSequence>: AsyncSequence
where Segment.Failure == Base.Failure {
  public typealias Element = Segment.Element
  public typealias Failure = Base.Failure

  let base: Base
  let transform: @Sendable (Base.Element) async throws(Base.Failure) -> Segment

  public struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator
    let transform: @Sendable (Base.Element) async throws(Base.Failure) -> Segment
    var segment: Segment.AsyncIterator?
    var isOver = false

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Base.Failure) -> Segment.Element? {
      while !isOver {
        do throws(Base.Failure) {
          if let element = try await segment?.next(isolation: actor) { return element }
          segment = nil
          guard let element = try await base.nextToSend(isolation: actor) else { return nil }
          segment = try await transform(element).makeAsyncIterator()
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

extension AsyncFlatMapSequence: Sendable where Base: Sendable {}

/// The standard library's name for the sequence of a closure that throws.
public typealias AsyncThrowingFlatMapSequence = AsyncFlatMapSequence
