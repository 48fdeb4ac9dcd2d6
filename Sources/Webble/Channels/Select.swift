#if arch(wasm32)
  import WebbleAtomics
#else
  import NativeAtomics
#endif

/// Receives from whichever of several channels has an element; waits while none has. They take
/// turns in being tried first, so that none is passed over forever.
///
/// Exactly one element is taken, also when the task is cancelled meanwhile: none is lost. A task
/// that waits in `receive` of one of the channels comes before those that wait here. For channels
/// of different elements, map them into one channel of an enum, or use the other `select`.
///
/// - Returns: the element and the index of its channel; nil when all are closed and empty, or when
///   the task was cancelled during the wait.
public func select<Element: Sendable>(
  _ channels: [Channel<Element>], isolation: isolated (any Actor)? = #isolation
) async -> (index: Int, element: Element)? {
  await selectFirst(of: channels.map { $0.storage }, isolation: isolation) { index in
    channels[index].tryReceive().map { (index, $0) }
  }
}

/// What `select` has received, and from which of two channels.
public enum Selected<First: Sendable, Second: Sendable>: Sendable {
  case first(First)
  case second(Second)
}

/// Receives from whichever of two channels has an element, as `select` of an array does.
public func select<First: Sendable, Second: Sendable>(
  _ first: Channel<First>, _ second: Channel<Second>,
  isolation: isolated (any Actor)? = #isolation
) async -> Selected<First, Second>? {
  await selectFirst(of: [first.storage, second.storage], isolation: isolation) { index in
    index == 0
      ? first.tryReceive().map { .first($0) } : second.tryReceive().map { .second($0) }
  }
}

/// A channel as a task sees it that waits for several.
protocol Selectable: AnyObject, Sendable {
  /// Whether nothing can be received any more.
  var isDrained: Bool { get }

  /// Registers the observer, to be told once when something can be received or the channel is
  /// closed.
  ///
  /// - Returns: nil if that is so already.
  func observe(_ observer: ChannelObserver) -> ObserverTicket?

  func endObserving(_ ticket: ObserverTicket)
}

typealias ObserverTicket = WaitQueue<Void, Void, ChannelObserver>.Ticket

/// A task that waits for any of several channels. It is told that there is something to take, and
/// tries: so it needs no agreement between the channels' locks. A task that comes late waits again, and
/// has lost nothing.
final class ChannelObserver: Sendable {
  private struct State {
    var continuation: UnsafeContinuation<Void, Never>?
    var isNotified = false
    /// The channel from which the task has promised to fetch next.
    var promised: ObjectIdentifier?
  }

  private let state = Mutex(State())

  func notify() {
    let continuation = state.withLockBriefly { state in
      state.isNotified = true
      return state.continuation.take()
    }
    continuation?.resume()
  }

  /// Binds the task, unless it has been told of something already, to fetch from the channel next. So a
  /// sender that does not wait meets it. The channel tells it then.
  func promise(to channel: any Selectable) -> Bool {
    state.withLockBriefly { state in
      if state.isNotified || state.promised != nil { return false }
      state.promised = ObjectIdentifier(channel)
      return true
    }
  }

  /// Binds the task to nothing any more.
  ///
  /// - Returns: where it has promised to fetch.
  func end() -> ObjectIdentifier? {
    state.withLockBriefly { state in
      state.isNotified = true
      return state.promised
    }
  }

  func wait(isolation: isolated (any Actor)?) async {
    await withTaskCancellationHandler {
      _ = isolation
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        willWait(for: .select, at: self)
        let isNotified = state.withLockBriefly { state in
          if state.isNotified { return true }
          state.continuation = continuation
          return false
        }
        if isNotified { continuation.resume() }
      }
    } onCancel: {
      notify()
    }
  }
}

/// How often anybody has tried, to begin with another channel each time.
private let attemptCount = Atomic<UInt32>(0)

private func selectFirst<Result>(
  of channels: [any Selectable], isolation: isolated (any Actor)?, _ take: (Int) -> Result?
) async -> Result? {
  var promised: Int?
  while true {
    // Before all else, and also when cancelled: the sender has been told that its element is received.
    if let index = promised, let result = take(index) { return result }
    let attempt = attemptCount.wrappingAdd(1, ordering: .relaxed).newValue
    for offset in channels.indices {
      let index = (Int(attempt & 0xFFFF) + offset) % channels.count
      if let result = take(index) { return result }
    }
    if Task.isCancelled || channels.allSatisfy({ $0.isDrained }) { return nil }
    let observer = ChannelObserver()
    var tickets: [(channel: any Selectable, ticket: ObserverTicket)] = []
    var isReady = false
    for channel in channels where !isReady && !channel.isDrained {
      if let ticket = channel.observe(observer) {
        tickets.append((channel, ticket))
      } else {
        isReady = true
      }
    }
    // Without a ticket all have been closed since the look above, and nobody would tell.
    if !isReady, !tickets.isEmpty { await observer.wait(isolation: isolation) }
    for (channel, ticket) in tickets { channel.endObserving(ticket) }
    promised = observer.end().flatMap { name in channels.firstIndex { ObjectIdentifier($0) == name } }
  }
}

extension Selected: CustomStringConvertible
where First: CustomStringConvertible, Second: CustomStringConvertible {
  /// `first(…)` or `second(…)`.
  public var description: String {
    switch self {
    case .first(let element): "first(\(element))"
    case .second(let element): "second(\(element))"
    }
  }
}
