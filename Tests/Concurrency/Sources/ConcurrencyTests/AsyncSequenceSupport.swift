import Support

/// The numbers from 1 to `count`, by an iterator that has `next()` only.
struct Numbers: AsyncSequence, Sendable {
  let count: Int
  /// How many elements have been asked for, the end included.
  var requests = Counter()

  struct Iterator: AsyncIteratorProtocol {
    let count: Int
    let requests: Counter
    var last = 0

    mutating func next() async -> Int? {
      requests.increment()
      if last == count { return nil }
      last += 1
      return last
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(count: count, requests: requests) }
}

/// The numbers from 1 to `count`, and then `TestError.expected(count)`.
struct FailingNumbers: AsyncSequence, Sendable {
  let count: Int

  struct Iterator: AsyncIteratorProtocol {
    let count: Int
    var last = 0

    mutating func next() async throws(Thrown) -> Int? {
      if last > count { return nil }
      last += 1
      if last > count { throw TestError.expected(count) }
      return last
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(count: count) }
}

/// Every second element of another sequence, by an iterator whose `next()` is `rethrows`.
struct Pairs<Base: AsyncSequence>: AsyncSequence {
  typealias Element = Base.Element
  let base: Base

  struct Iterator: AsyncIteratorProtocol {
    var base: Base.AsyncIterator

    mutating func next() async rethrows -> Base.Element? {
      guard try await base.next() != nil else { return nil }
      return try await base.next()
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator()) }
}

extension Pairs: Sendable where Base: Sendable {}

/// What a sequence that never fails gives until its end.
func elements<Sequence: AsyncSequence>(
  _ sequence: Sequence, isolation: isolated (any Actor)? = #isolation
) async -> [Sequence.Element] where Sequence.Failure == Never {
  var result: [Sequence.Element] = []
  var iterator = sequence.makeAsyncIterator()
  while let element = await iterator.next(isolation: isolation) { result.append(element) }
  return result
}

/// What a sequence gives until its end or its failure, and the number of that failure.
func outcome<Sequence: AsyncSequence>(
  _ sequence: Sequence, isolation: isolated (any Actor)? = #isolation
) async -> (elements: [Sequence.Element], failure: Int?) where Sequence.Failure == Thrown {
  var result: [Sequence.Element] = []
  var iterator = sequence.makeAsyncIterator()
  do throws(Thrown) {
    while let element = try await iterator.next(isolation: isolation) { result.append(element) }
  } catch {
    return (result, number(of: error))
  }
  return (result, nil)
}

/// Throws the number if it is `bad`.
@Sendable func check(_ number: Int, not bad: Int) throws(Thrown) -> Int {
  if number == bad { throw TestError.expected(number) }
  return number
}

@Sendable func later<Value: Sendable>(_ value: Value) async -> Value {
  await Task.yield()
  return value
}
