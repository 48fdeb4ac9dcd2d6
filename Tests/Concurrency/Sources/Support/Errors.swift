// Embedded Swift knows only errors of one type; most of the toolchain's own library throws
// `any Error`. Tests write `do throws(Thrown)`, and tell what they caught by `number(of:)`.

#if arch(wasm32)
import Webble

/// What a library function throws whose operation throws a `TestError`.
public typealias Thrown = TestError
/// What a library function throws that throws a `CancellationError`.
public typealias ThrownCancellation = CancellationError

public func number(of error: TestError) -> Int {
  switch error {
  case .expected(let number): number
  }
}

public func isCancellation(_ error: CancellationError) -> Bool { true }
#else
public typealias Thrown = any Error
public typealias ThrownCancellation = any Error

public func number(of error: any Error) -> Int? {
  switch error as? TestError {
  case .expected(let number): number
  case nil: nil
  }
}

public func isCancellation(_ error: any Error) -> Bool { error is CancellationError }

/// A throwing group of one type of error, as Webble has it, over the toolchain's.
public struct TypedThrowingTaskGroup<ChildTaskResult: Sendable, Failure: Error>: AsyncSequence {
  var group: ThrowingTaskGroup<ChildTaskResult, any Error>

  public mutating func addTask(
    name: String? = nil, executorPreference: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> ChildTaskResult
  ) {
    group.addTask(
      name: name, executorPreference: executorPreference, priority: priority,
      operation: { try await operation() })
  }

  public mutating func addTaskUnlessCancelled(
    name: String? = nil, executorPreference: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> ChildTaskResult
  ) -> Bool {
    group.addTaskUnlessCancelled(
      name: name, executorPreference: executorPreference, priority: priority
    ) { try await operation() }
  }

  public mutating func addImmediateTask(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference: (any TaskExecutor)? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> ChildTaskResult
  ) {
    group.addImmediateTask(
      name: name, priority: priority, executorPreference: executorPreference
    ) { try await operation() }
  }

  public mutating func addImmediateTaskUnlessCancelled(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference: (any TaskExecutor)? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> ChildTaskResult
  ) -> Bool {
    group.addImmediateTaskUnlessCancelled(
      name: name, priority: priority, executorPreference: executorPreference
    ) { try await operation() }
  }

  public mutating func next(
    isolation: isolated (any Actor)? = #isolation
  ) async throws(Failure) -> ChildTaskResult? {
    do { return try await group.next(isolation: isolation) } catch { throw error as! Failure }
  }

  public mutating func nextResult(
    isolation: isolated (any Actor)? = #isolation
  ) async -> Result<ChildTaskResult, Failure>? {
    await group.nextResult(isolation: isolation)?.mapError { $0 as! Failure }
  }

  public mutating func waitForAll(
    isolation: isolated (any Actor)? = #isolation
  ) async throws(Failure) {
    do { try await group.waitForAll(isolation: isolation) } catch { throw error as! Failure }
  }

  public var isEmpty: Bool { group.isEmpty }
  public var isCancelled: Bool { group.isCancelled }
  public func cancelAll() { group.cancelAll() }

  public func makeAsyncIterator() -> Iterator { Iterator(group: self) }

  public struct Iterator: AsyncIteratorProtocol {
    var group: TypedThrowingTaskGroup
    var isFinished = false

    public mutating func next() async throws(Failure) -> ChildTaskResult? {
      try await next(isolation: nil)
    }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(Failure) -> ChildTaskResult? {
      if isFinished { return nil }
      do throws(Failure) {
        let element = try await group.next(isolation: actor)
        isFinished = element == nil
        return element
      } catch {
        isFinished = true
        throw error
      }
    }
  }
}

public func withThrowingTaskGroup<ChildTaskResult: Sendable, Failure: Error, GroupResult>(
  of childTaskResultType: ChildTaskResult.Type = ChildTaskResult.self,
  throwing failureType: Failure.Type,
  returning returnType: GroupResult.Type = GroupResult.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout TypedThrowingTaskGroup<ChildTaskResult, Failure>) async throws(Failure)
    -> GroupResult
) async throws(Failure) -> GroupResult {
  do {
    return try await withThrowingTaskGroup(of: ChildTaskResult.self) { group in
      var typed = TypedThrowingTaskGroup<ChildTaskResult, Failure>(group: group)
      return try await body(&typed)
    }
  } catch {
    throw error as! Failure
  }
}

/// A throwing discarding group of one type of error, as Webble has it, over the toolchain's.
public struct TypedDiscardingTaskGroup<Failure: Error> {
  var group: ThrowingDiscardingTaskGroup<any Error>

  public mutating func addTask(
    name: String? = nil, executorPreference: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) {
    group.addTask(
      name: name, executorPreference: executorPreference, priority: priority,
      operation: { try await operation() })
  }

  public mutating func addTaskUnlessCancelled(
    name: String? = nil, executorPreference: (any TaskExecutor)? = nil,
    priority: TaskPriority? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) -> Bool {
    group.addTaskUnlessCancelled(
      name: name, executorPreference: executorPreference, priority: priority
    ) { try await operation() }
  }

  public mutating func addImmediateTask(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference: (any TaskExecutor)? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) {
    group.addImmediateTask(
      name: name, priority: priority, executorPreference: executorPreference
    ) { try await operation() }
  }

  public mutating func addImmediateTaskUnlessCancelled(
    name: String? = nil, priority: TaskPriority? = nil,
    executorPreference: (any TaskExecutor)? = nil,
    operation: sending @escaping @isolated(any) () async throws(Failure) -> Void
  ) -> Bool {
    group.addImmediateTaskUnlessCancelled(
      name: name, priority: priority, executorPreference: executorPreference
    ) { try await operation() }
  }

  public var isEmpty: Bool { group.isEmpty }
  public var isCancelled: Bool { group.isCancelled }
  public func cancelAll() { group.cancelAll() }
}

public func withThrowingDiscardingTaskGroup<Failure: Error, GroupResult>(
  throwing failureType: Failure.Type,
  returning returnType: GroupResult.Type = GroupResult.self,
  isolation: isolated (any Actor)? = #isolation,
  body: (inout TypedDiscardingTaskGroup<Failure>) async throws(Failure) -> GroupResult
) async throws(Failure) -> GroupResult {
  do {
    return try await withThrowingDiscardingTaskGroup { group in
      var typed = TypedDiscardingTaskGroup<Failure>(group: group)
      return try await body(&typed)
    }
  } catch {
    throw error as! Failure
  }
}
#endif
