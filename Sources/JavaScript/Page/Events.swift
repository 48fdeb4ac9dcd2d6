/// The events called `name` that `target` dispatches from now on, in order; none is lost between
/// two turns of the loop. On the thread of `target`. Ends when the task is cancelled; when nobody
/// has the sequence or its iterator any more, the listener is removed.
public func events(of name: String, on target: JSObject) -> JSEvents {
  JSEvents(subscription: EventSubscription(name, target))
}

/// Events as they come, each for one reader.
public struct JSEvents: AsyncSequence {
  public typealias Element = JSObject
  public typealias Failure = Never
  fileprivate let subscription: EventSubscription

  public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let subscription: EventSubscription

    public mutating func next(isolation actor: isolated (any Actor)?) async -> JSObject? {
      let queue = subscription.queue
      if let event = queue.pop() { return event }
      let handed = Handed(value: queue)
      return await waiting(subscription.target, cancel: { _ in handed.value.end() }) {
        await queue.next()
      }
    }
  }
}

/// What has happened and has not been read. On the target's thread only.
private final class EventQueue {
  private var events: [JSObject] = []
  private var isEnded = false
  private var reader: WaitingTask?

  func push(_ event: JSObject) {
    if isEnded { return }
    if let reader {
      self.reader = nil
      reader.resume(.success(.object(event)))
    } else {
      events.append(event)
    }
  }

  func pop() -> JSObject? { events.isEmpty ? nil : events.removeFirst() }

  func end() {
    isEnded = true
    reader?.resume(.success(.undefined))
    reader = nil
  }

  func next() async -> JSObject? {
    if let event = pop() { return event }
    if isEnded { return nil }
    let result = await withUnsafeContinuation {
      willWait(for: .event)
      reader = WaitingTask($0)
    }
    return try? result.get().object
  }
}

/// A listener, for as long as somebody is interested.
private final class EventSubscription {
  let target: JSObject
  let queue = EventQueue()
  private let name: String
  private let listener: JSClosure

  init(_ name: String, _ target: JSObject) {
    self.name = name
    self.target = target
    listener = JSClosure { [queue] arguments in
      if let event = arguments.first?.object { queue.push(event) }
      return .undefined
    }
    target.addEventListener(name, listener)
  }

  deinit {
    let listener = Handed(value: listener)
    onOwner(of: RemoteReference(unchecked: target)) { [name] target in
      _ = target.removeEventListener(name, listener.value)
      listener.value.release()
    }
  }
}

/// The page's frames: the time of each, in milliseconds, when the browser is about to draw it. On
/// the main thread.
public func animationFrames() -> JSAnimationFrames { JSAnimationFrames() }

/// The page's frames, as they come.
public struct JSAnimationFrames: AsyncSequence {
  public typealias Element = Double
  public typealias Failure = Never

  public func makeAsyncIterator() -> Iterator { Iterator() }

  public struct Iterator: AsyncIteratorProtocol {
    /// The time of the next frame; nil once the task is cancelled.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> Double? {
      if Task.isCancelled { return nil }
      let frame = JSPromise { settle in
        JSObject.global.requestAnimationFrame(
          JSOneshotClosure { arguments in
            settle(.success(arguments[0]))
            return .undefined
          })
      }
      guard case .success(let time) = await frame.result else { return nil }
      return time.number
    }
  }
}
