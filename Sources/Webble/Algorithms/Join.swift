@_spi(Webble) import _Concurrency

extension ThreadPool {
  /// Runs two operations, on two workers if one of them is free for the second, and returns both
  /// results. May be called anywhere; in a task of this pool, the task itself runs the first.
  public func join<First: Sendable, Second: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    _ first: @escaping @Sendable () async -> First,
    _ second: @escaping @Sendable () async -> Second
  ) async -> (First, Second) {
    let other = spawnPart(second)
    if isCurrent {
      let value = await withTaskCancellationHandler {
        _ = isolation
        return await first()
      } onCancel: {
        other.cancel()
      }
      return (value, await result(of: other))
    }
    let one = spawnPart(first)
    return await withTaskCancellationHandler {
      _ = isolation
      return (await result(of: one), await result(of: other))
    } onCancel: {
      one.cancel()
      other.cancel()
    }
  }

  /// Runs two operations that may throw. When one does, the other is cancelled and awaited.
  ///
  /// - Throws: the first operation's error, or else the second's.
  public func join<First: Sendable, Second: Sendable, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ first: @escaping @Sendable @isolated(any) () async throws(Failure) -> First,
    _ second: @escaping @Sendable @isolated(any) () async throws(Failure) -> Second
  ) async throws(Failure) -> (First, Second) {
    let handles = Mutex<[PoolTask]>([])
    let cancelBoth: @Sendable () -> Void = {
      for task in handles.withLockBriefly({ $0 }) { task.cancel() }
    }
    let one = spawnPart { () async -> Result<First, Failure> in
      do throws(Failure) {
        return .success(try await first())
      } catch {
        cancelBoth()
        return .failure(error)
      }
    }
    let other = spawnPart { () async -> Result<Second, Failure> in
      do throws(Failure) {
        return .success(try await second())
      } catch {
        cancelBoth()
        return .failure(error)
      }
    }
    handles.withLockBriefly { $0 = [one.task, other.task] }
    // One that has failed before the handles were there has cancelled nothing.
    if case .failure? = one.tryRecv() { other.cancel() }
    if case .failure? = other.tryRecv() { one.cancel() }
    let results = await withTaskCancellationHandler {
      _ = isolation
      return (await result(of: one), await result(of: other))
    } onCancel: {
      cancelBoth()
    }
    return (try results.0.get(), try results.1.get())
  }

  /// Spawns one of the operations, cancelled from its start if the caller is: it may run before the
  /// caller's cancellation handler does.
  private func spawnPart<Success: Sendable>(
    _ operation: @escaping @Sendable () async -> Success
  ) -> WorkerHandle<Success, Never> {
    guard Task.isCancelled else { return spawnStealable(operation) }
    return spawnStealable {
      withUnsafeCurrentTask { $0?.cancel() }
      return await operation()
    }
  }
}
