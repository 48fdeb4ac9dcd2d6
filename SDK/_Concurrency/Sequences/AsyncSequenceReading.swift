import Swift

// The loops of AsyncSequenceOperatorsReduce.swift, and the operators that take no closure.

extension AsyncSequence {
  nonisolated(nonsending) func reduceAll<Result>(
    _ initialResult: Result,
    _ nextPartialResult: (_ partialResult: Result, Element) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    nonisolated(unsafe) var result = initialResult
    var iterator = makeAsyncIterator()
    while let element = try await iterator.next(isolation: #isolation) {
      nonisolated(unsafe) let element = element
      result = try await nextPartialResult(result, element)
    }
    return result
  }

  nonisolated(nonsending) func reduceAll<Result>(
    into initialResult: Result,
    _ updateAccumulatingResult: (_ partialResult: inout Result, Element)
      async throws(Failure) -> Void
  ) async throws(Failure) -> Result {
    nonisolated(unsafe) var result = initialResult
    var iterator = makeAsyncIterator()
    while let element = try await iterator.next(isolation: #isolation) {
      nonisolated(unsafe) let element = element
      try await updateAccumulatingResult(&result, element)
    }
    return result
  }

  nonisolated(nonsending) func containsAny(
    where predicate: (Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Bool {
    var iterator = makeAsyncIterator()
    while let element = try await iterator.next(isolation: #isolation) {
      nonisolated(unsafe) let element = element
      if try await predicate(element) { return true }
    }
    return false
  }

  nonisolated(nonsending) func satisfyAll(
    _ predicate: (Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Bool {
    var iterator = makeAsyncIterator()
    while let element = try await iterator.next(isolation: #isolation) {
      nonisolated(unsafe) let element = element
      if try await !predicate(element) { return false }
    }
    return true
  }

  nonisolated(nonsending) func firstMatch(
    where predicate: (Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Element? {
    var iterator = makeAsyncIterator()
    while let element = try await iterator.next(isolation: #isolation) {
      nonisolated(unsafe) let element = element
      if try await predicate(element) { return element }
    }
    return nil
  }

  nonisolated(nonsending) func least(
    by areInIncreasingOrder: (Element, Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Element? {
    nonisolated(unsafe) var result: Element?
    var iterator = makeAsyncIterator()
    while let element = try await iterator.next(isolation: #isolation) {
      nonisolated(unsafe) let element = element
      if let result {
        nonisolated(unsafe) let least = result
        if try await !areInIncreasingOrder(element, least) { continue }
      }
      result = element
    }
    return result
  }

  nonisolated(nonsending) func greatest(
    by areInIncreasingOrder: (Element, Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Element? {
    nonisolated(unsafe) var result: Element?
    var iterator = makeAsyncIterator()
    while let element = try await iterator.next(isolation: #isolation) {
      nonisolated(unsafe) let element = element
      if let result {
        nonisolated(unsafe) let greatest = result
        if try await !areInIncreasingOrder(greatest, element) { continue }
      }
      result = element
    }
    return result
  }
}

extension AsyncSequence where Element: Equatable {
  /// Whether an element equals `search`. Reads no further than that.
  nonisolated(nonsending) public func contains(_ search: Element) async throws(Failure) -> Bool {
    var iterator = makeAsyncIterator()
    while let element = try await iterator.next(isolation: #isolation) {
      if element == search { return true }
    }
    return false
  }
}

extension AsyncSequence where Element: Comparable {
  /// The least element, the first of equals; nil if there is none.
  nonisolated(nonsending) public func min() async throws(Failure) -> Element? {
    var iterator = makeAsyncIterator()
    guard var result = try await iterator.next(isolation: #isolation) else { return nil }
    while let element = try await iterator.next(isolation: #isolation) {
      if element < result { result = element }
    }
    return result
  }

  /// The greatest element, the first of equals; nil if there is none.
  nonisolated(nonsending) public func max() async throws(Failure) -> Element? {
    var iterator = makeAsyncIterator()
    guard var result = try await iterator.next(isolation: #isolation) else { return nil }
    while let element = try await iterator.next(isolation: #isolation) {
      if result < element { result = element }
    }
    return result
  }
}
