import Swift
import WebbleScheduler

/// What a stream and its continuations share: the state, its lock, and the doing of what the state
/// machine says, outside the lock.
final class AsyncStreamStorage<Element, Failure: Error>: @unchecked Sendable {
  typealias Termination = AsyncThrowingStream<Element, Failure>.Continuation.Termination
  typealias YieldResult = AsyncThrowingStream<Element, Failure>.Continuation.YieldResult
  typealias Handler = @Sendable (Termination) -> Void
  typealias Consumer = UnsafeContinuation<Result<Element?, Failure>, Never>
  typealias Machine = AsyncStreamStateMachine<Element, Failure, Consumer, Handler>

  private let lock = SpinLock()
  /// Guarded by `lock`.
  private var machine: Machine

  init(limit: Machine.Limit) { machine = Machine(limit: limit) }

  /// The stream and all its continuations are gone.
  deinit { machine.handler?(.cancelled) }

  var handler: Handler? {
    get { lock.withLock { machine.handler } }
    set {
      // What the former handler holds on to is released outside the lock.
      var former = newValue
      lock.withLock { swap(&former, &machine.handler) }
    }
  }

  func yield(_ element: sending Element) -> YieldResult {
    // The element changes hands whole: to the buffer, to a consumer, or back to the caller.
    nonisolated(unsafe) let element = element
    willAccess(.stream)
    switch lock.withLock({ machine.yield(element) }) {
    case .resume(let consumer, let element, let room):
      resume(consumer, .success(element))
      return .enqueued(remaining: room)
    case .buffered(let room): return .enqueued(remaining: room)
    case .dropped(let element): return .dropped(element)
    case .terminated: return .terminated
    }
  }

  func finish(_ failure: Failure?) {
    willAccess(.stream)
    var action = lock.withLock { machine.finish(failure) }
    action.handler?(.finished(failure))
    if let failure = action.failure, let consumer = action.consumers.popFirst() {
      resume(consumer, .failure(failure))
    }
    while let consumer = action.consumers.popFirst() { resume(consumer, .success(nil)) }
  }

  /// The consuming task is cancelled, or nobody can read the stream any more. Any thread.
  func cancel() {
    lock.withLock { machine.cancel() }?(.cancelled)
    finish(nil)
  }

  func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element? {
    // The common case costs neither a handler nor a suspension.
    if Task.isCancelled { cancel() }
    willAccess(.stream)
    if let result = outcome(lock.withLock { machine.next() }) { return try result.get() }
    let result: Result<Element?, Failure> = await withTaskCancellationHandler {
      await withUnsafeContinuation { consumer in
        noteWait(.stream, for: UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()))
        if let result = outcome(lock.withLock { machine.next(consumer) }) {
          resume(consumer, result)
        }
      }
    } onCancel: {
      cancel()
    }
    return try result.get()
  }

  private func outcome(_ action: Machine.NextAction) -> Result<Element?, Failure>? {
    switch action {
    case .element(let element): .success(element)
    case .failure(let failure): .failure(failure)
    case .end: .success(nil)
    case .wait: nil
    }
  }

  private func resume(_ consumer: Consumer, _ result: Result<Element?, Failure>) {
    nonisolated(unsafe) let result = result
    consumer.resume(returning: result)
  }
}

/// Where a stream's elements come from. Ends with the last stream and iterator that refer to it.
final class AsyncStreamSource<Element, Failure: Error>: @unchecked Sendable {
  enum Kind {
    case buffer(AsyncStreamStorage<Element, Failure>)
    case unfolding(AsyncStreamUnfolding<Element, Failure>)
  }
  private let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  deinit {
    if case .buffer(let storage) = kind { storage.cancel() }
  }

  func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element? {
    switch kind {
    case .buffer(let storage): try await storage.next(isolation: actor)
    case .unfolding(let unfolding): try await unfolding.next(isolation: actor)
    }
  }
}

/// The function that a stream calls for each element, until it has returned nil or the consuming
/// task is cancelled.
final class AsyncStreamUnfolding<Element, Failure: Error>: @unchecked Sendable {
  typealias Produce = () async throws(Failure) -> Element?

  private let lock = SpinLock()
  /// Guarded by `lock`.
  private var produce: Produce?
  private let onCancel: (@Sendable () -> Void)?

  init(_ produce: @escaping Produce, onCancel: (@Sendable () -> Void)?) {
    self.produce = produce
    self.onCancel = onCancel
  }

  func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element? {
    let result: Result<Element?, Failure> = await withTaskCancellationHandler {
      nonisolated(unsafe) let produce = lock.withLock { self.produce }
      guard let produce else { return .success(nil) }
      do throws(Failure) {
        if let element = try await produce() { return .success(element) }
        end()
        return .success(nil)
      } catch {
        return .failure(error)
      }
    } onCancel: {
      end()
      onCancel?()
    }
    return try result.get()
  }

  private func end() {
    // What the function holds on to is released outside the lock.
    var former: Produce?
    lock.withLock { swap(&former, &produce) }
  }
}
