import Swift

// What reads a sequence to its end, or as far as needed: reduce, contains, first, min and their
// kin. All
// of it runs on the actor of the caller, so that closures may use what that protects. The closure
// throws
// what the sequence throws, or, over one that never fails, any one type of error.
//
// Closures are `@isolated(any)` where they come from the user, and only there. That costs the optimizer
// much, so closures that cannot throw have overloads of their own.

extension AsyncSequence {
  /// The combination of all elements, one after the other, with `initialResult`.
  @_disfavoredOverload
  nonisolated(nonsending) public func reduce<Result>(
    _ initialResult: Result,
    _ nextPartialResult: @isolated(any) (_ partialResult: Result, Element)
      async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    try await reduceAll(initialResult, nextPartialResult)
  }

  /// The combination of all elements, one after the other, into `initialResult`.
  @_disfavoredOverload
  nonisolated(nonsending) public func reduce<Result>(
    into initialResult: Result,
    _ updateAccumulatingResult: @isolated(any) (_ partialResult: inout Result, Element)
      async throws(Failure) -> Void
  ) async throws(Failure) -> Result {
    try await reduceAll(into: initialResult, updateAccumulatingResult)
  }

  /// Whether `predicate` holds for some element. Reads no further than that.
  @_disfavoredOverload
  nonisolated(nonsending) public func contains(
    where predicate: @isolated(any) (Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Bool {
    try await containsAny(where: predicate)
  }

  /// Whether `predicate` holds for all elements. Reads no further than the first for which it does
  /// not.
  @_disfavoredOverload
  nonisolated(nonsending) public func allSatisfy(
    _ predicate: @isolated(any) (Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Bool {
    try await satisfyAll(predicate)
  }

  /// The first element for which `predicate` holds. Reads no further than that.
  @_disfavoredOverload
  nonisolated(nonsending) public func first(
    where predicate: @isolated(any) (Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Element? {
    try await firstMatch(where: predicate)
  }

  /// The least element in the order that `areInIncreasingOrder` tells, the first of equals; nil if
  /// there is none.
  @_disfavoredOverload
  nonisolated(nonsending) public func min(
    by areInIncreasingOrder: @isolated(any) (Element, Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Element? {
    try await least(by: areInIncreasingOrder)
  }

  /// The greatest element in the order that `areInIncreasingOrder` tells, the first of equals; nil
  /// if there is none.
  @_disfavoredOverload
  nonisolated(nonsending) public func max(
    by areInIncreasingOrder: @isolated(any) (Element, Element) async throws(Failure) -> Bool
  ) async throws(Failure) -> Element? {
    try await greatest(by: areInIncreasingOrder)
  }
}

// Of sequences that never fail, with closures that throw.

extension AsyncSequence where Failure == Never {
  /// The combination of all elements, one after the other, with `initialResult`.
  @_disfavoredOverload
  nonisolated(nonsending) public func reduce<Result, NewFailure: Error>(
    _ initialResult: Result,
    _ nextPartialResult: @isolated(any) (_ partialResult: Result, Element)
      async throws(NewFailure) -> Result
  ) async throws(NewFailure) -> Result {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .reduceAll(initialResult, nextPartialResult)
  }

  /// The combination of all elements, one after the other, into `initialResult`.
  @_disfavoredOverload
  nonisolated(nonsending) public func reduce<Result, NewFailure: Error>(
    into initialResult: Result,
    _ updateAccumulatingResult: @isolated(any) (_ partialResult: inout Result, Element)
      async throws(NewFailure) -> Void
  ) async throws(NewFailure) -> Result {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .reduceAll(into: initialResult, updateAccumulatingResult)
  }

  /// Whether `predicate` holds for some element. Reads no further than that.
  @_disfavoredOverload
  nonisolated(nonsending) public func contains<NewFailure: Error>(
    where predicate: @isolated(any) (Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Bool {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .containsAny(where: predicate)
  }

  /// Whether `predicate` holds for all elements. Reads no further than the first for which it does
  /// not.
  @_disfavoredOverload
  nonisolated(nonsending) public func allSatisfy<NewFailure: Error>(
    _ predicate: @isolated(any) (Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Bool {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .satisfyAll(predicate)
  }

  /// The first element for which `predicate` holds. Reads no further than that.
  @_disfavoredOverload
  nonisolated(nonsending) public func first<NewFailure: Error>(
    where predicate: @isolated(any) (Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Element? {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .firstMatch(where: predicate)
  }

  /// The least element in the order that `areInIncreasingOrder` tells, the first of equals; nil if
  /// there is none.
  @_disfavoredOverload
  nonisolated(nonsending) public func min<NewFailure: Error>(
    by areInIncreasingOrder: @isolated(any) (Element, Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Element? {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .least(by: areInIncreasingOrder)
  }

  /// The greatest element in the order that `areInIncreasingOrder` tells, the first of equals; nil
  /// if there is none.
  @_disfavoredOverload
  nonisolated(nonsending) public func max<NewFailure: Error>(
    by areInIncreasingOrder: @isolated(any) (Element, Element) async throws(NewFailure) -> Bool
  ) async throws(NewFailure) -> Element? {
    try await AsyncFailableSequence<Self, NewFailure>(base: self)
      .greatest(by: areInIncreasingOrder)
  }
}

// Of sequences that never fail, with closures that do not throw either.

extension AsyncSequence where Failure == Never {
  /// The combination of all elements, one after the other, with `initialResult`.
  nonisolated(nonsending) public func reduce<Result>(
    _ initialResult: Result,
    _ nextPartialResult: (_ partialResult: Result, Element) async -> Result
  ) async -> Result {
    await reduceAll(initialResult, nextPartialResult)
  }

  /// The combination of all elements, one after the other, into `initialResult`.
  nonisolated(nonsending) public func reduce<Result>(
    into initialResult: Result,
    _ updateAccumulatingResult: (_ partialResult: inout Result, Element) async -> Void
  ) async -> Result {
    await reduceAll(into: initialResult, updateAccumulatingResult)
  }

  /// Whether `predicate` holds for some element. Reads no further than that.
  nonisolated(nonsending) public func contains(
    where predicate: (Element) async -> Bool
  ) async -> Bool {
    await containsAny(where: predicate)
  }

  /// Whether `predicate` holds for all elements. Reads no further than the first for which it does
  /// not.
  nonisolated(nonsending) public func allSatisfy(
    _ predicate: (Element) async -> Bool
  ) async -> Bool {
    await satisfyAll(predicate)
  }

  /// The first element for which `predicate` holds. Reads no further than that.
  nonisolated(nonsending) public func first(
    where predicate: (Element) async -> Bool
  ) async -> Element? {
    await firstMatch(where: predicate)
  }

  /// The least element in the order that `areInIncreasingOrder` tells, the first of equals; nil if
  /// there is none.
  nonisolated(nonsending) public func min(
    by areInIncreasingOrder: (Element, Element) async -> Bool
  ) async -> Element? {
    await least(by: areInIncreasingOrder)
  }

  /// The greatest element in the order that `areInIncreasingOrder` tells, the first of equals; nil
  /// if there is none.
  nonisolated(nonsending) public func max(
    by areInIncreasingOrder: (Element, Element) async -> Bool
  ) async -> Element? {
    await greatest(by: areInIncreasingOrder)
  }
}
