import Swift

// The operators of AsyncSequenceOperatorsReduce.swift with closures that throw, over sequences that
// never
// fail.

extension AsyncSequence where Failure == Never {
  /// The combination of all elements, one after the other, with `initialResult`.
  @_disfavoredOverload
  nonisolated(nonsending) public func reduce<Result, NewFailure: Error>(
    _ initialResult: Result,
    _ nextPartialResult: (_ partialResult: Result, Element) async throws(NewFailure) -> Result
  ) async throws(NewFailure) -> Result {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .reduce(initialResult, nextPartialResult)
  }

  /// The combination of all elements, one after the other, into `initialResult`.
  @_disfavoredOverload
  nonisolated(nonsending) public func reduce<Result, NewFailure: Error>(
    into initialResult: Result,
    _ updateAccumulatingResult: (_ partialResult: inout Result, Element)
      async throws(NewFailure) -> Void
  ) async throws(NewFailure) -> Result {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .reduce(into: initialResult, updateAccumulatingResult)
  }

  /// Whether `predicate` holds for some element. Reads no further than that.
  @_disfavoredOverload
  nonisolated(nonsending) public func contains<NewFailure: Error>(
    where predicate: (Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Bool {
    try await AsyncFailableSequence<Self, NewFailure>(base: self).contains(where: predicate)
  }

  /// Whether `predicate` holds for all elements. Reads no further than the first for which it does
  /// not.
  @_disfavoredOverload
  nonisolated(nonsending) public func allSatisfy<NewFailure: Error>(
    _ predicate: (Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Bool {
    try await AsyncFailableSequence<Self, NewFailure>(base: self).allSatisfy(predicate)
  }

  /// The first element for which `predicate` holds. Reads no further than that.
  @_disfavoredOverload
  nonisolated(nonsending) public func first<NewFailure: Error>(
    where predicate: (Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Element? {
    try await AsyncFailableSequence<Self, NewFailure>(base: self).first(where: predicate)
  }

  /// The least element in the order that `areInIncreasingOrder` tells, the first of equals; nil if
  /// there is none.
  @_disfavoredOverload
  nonisolated(nonsending) public func min<NewFailure: Error>(
    by areInIncreasingOrder: (Element, Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Element? {
    try await AsyncFailableSequence<Self, NewFailure>(base: self).min(by: areInIncreasingOrder)
  }

  /// The greatest element in the order that `areInIncreasingOrder` tells, the first of equals; nil
  /// if there is none.
  @_disfavoredOverload
  nonisolated(nonsending) public func max<NewFailure: Error>(
    by areInIncreasingOrder: (Element, Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Element? {
    try await AsyncFailableSequence<Self, NewFailure>(base: self).max(by: areInIncreasingOrder)
  }
}
