extension ThreadPool {
  /// Runs `body`, which may start child tasks on this pool's workers, and returns when it and all
  /// of them have ended. The children are cancelled when the caller is. Any thread.
  public func scope<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (inout Scope) async -> Result
  ) async -> Result {
    await withDiscardingTaskGroup(isolation: isolation) { group in
      var scope = Scope(pool: self, group: group)
      return await body(&scope)
    }
  }

  /// Runs `body` with the array's elements, which its child tasks may change in place. Nothing is
  /// copied, save that an array which others refer to is copied first, as by any change.
  ///
  /// ```swift
  /// await pool.scope(borrowing: &pixels) { scope, pixels in
  ///   let (first, second) = pixels.split(at: pixels.count / 2)
  ///   scope.spawn { fill(first) }
  ///   scope.spawn { fill(second) }
  /// }
  /// ```
  public func scope<Element: Sendable, Result>(
    borrowing array: inout [Element], isolation: isolated (any Actor)? = #isolation,
    _ body: (inout Scope, BorrowedElements<Element>) async -> Result
  ) async -> Result {
    let elements = BorrowedElements(ArrayMemory(&array))
    return await scope(isolation: isolation) { scope in await body(&scope, elements) }
  }

  /// Runs `body`, which may start child tasks that may throw, and returns when it and all of them
  /// have ended. The children are cancelled when the caller is. Any thread.
  ///
  /// - Throws: the first error, the body's or a child's; the others are cancelled by it.
  public func scope<Failure: Error, Result>(
    throwing failureType: Failure.Type, isolation: isolated (any Actor)? = #isolation,
    _ body: (inout ThrowingScope<Failure>) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    try await withThrowingDiscardingTaskGroup(throwing: failureType, isolation: isolation) {
      (group) async throws(Failure) in
      var scope = ThrowingScope<Failure>(pool: self, group: group)
      return try await body(&scope)
    }
  }

  /// Runs `body` with the array's elements, which its child tasks may change in place; both may
  /// throw. What has been changed by then stays changed.
  ///
  /// - Throws: the first error, the body's or a child's; the others are cancelled by it.
  public func scope<Element: Sendable, Failure: Error, Result>(
    borrowing array: inout [Element], throwing failureType: Failure.Type,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout ThrowingScope<Failure>, BorrowedElements<Element>) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let elements = BorrowedElements(ArrayMemory(&array))
    return try await scope(throwing: failureType, isolation: isolation) {
      (scope) async throws(Failure) in
      try await body(&scope, elements)
    }
  }

  /// Starts child tasks, which may throw, that a call of `scope` waits for.
  public struct ThrowingScope<Failure: Error> {
    fileprivate let pool: ThreadPool
    fileprivate var group: ScopeGroup<Failure>

    /// Starts a stealable child task.
    public mutating func spawn(
      priority: TaskPriority? = nil,
      _ operation: @escaping @Sendable @isolated(any) () async throws(Failure) -> Void
    ) {
      group.addTask(executorPreference: pool, priority: priority, operation: operation)
    }

    /// Cancels the child tasks, also those that are yet to be started.
    public func cancelAll() { group.cancelAll() }
  }

  /// Starts child tasks that a call of `scope` waits for.
  public struct Scope {
    fileprivate let pool: ThreadPool
    fileprivate var group: DiscardingTaskGroup

    /// Starts a stealable child task.
    public mutating func spawn(
      priority: TaskPriority? = nil, _ operation: @escaping @Sendable () async -> Void
    ) {
      group.addTask(executorPreference: pool, priority: priority, operation: operation)
    }

    /// Cancels the child tasks, also those that are yet to be started.
    public func cancelAll() { group.cancelAll() }
  }
}

/// A range of an array's elements that a scope's tasks read and change in place.
///
/// The indices are checked, the rest is not: two tasks must not use an element at once unless both
/// only read it, and nobody may use one after the scope has ended. `split` makes parts for tasks to
/// have to themselves.
public struct BorrowedElements<Element: Sendable>: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Element>
  public let count: Int

  fileprivate init(_ memory: ArrayMemory<Element>) {
    self.init(base: memory.base, count: memory.count)
  }

  private init(base: UnsafeMutablePointer<Element>, count: Int) {
    self.base = base
    self.count = count
  }

  /// Positions from the first of these elements, not from the array's.
  public var indices: Range<Int> { 0..<count }

  public subscript(index: Int) -> Element {
    get { (base + checked(index)).pointee }
    nonmutating _modify { yield &(base + checked(index)).pointee }
  }

  private func checked(_ index: Int) -> Int {
    require(index >= 0 && index < count, "index out of range: there are elements 0 to \(count - 1)")
    return index
  }

  /// The elements before `index`, and those from there.
  public func split(at index: Int) -> (BorrowedElements, BorrowedElements) {
    require(index >= 0 && index <= count, "index out of range: \(count) elements can be split at 0 to \(count)")
    return (
      BorrowedElements(base: base, count: index),
      BorrowedElements(base: base + index, count: count - index)
    )
  }
}
