#if arch(wasm32)
import Synchronization

/// Receives from whichever of several channels has an element; waits while none has. They take
/// turns in being tried first, so that none is passed over for ever.
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
/// tries: so it needs no agreement between the channels' locks. Whoever comes late waits again, and
/// has lost nothing.
final class ChannelObserver: Sendable {
  private enum State {
    case idle
    case waiting(UnsafeContinuation<Void, Never>)
    case notified
  }

  private let state = Mutex(State.idle)

  func notify() {
    let continuation = state.withLockBriefly { state -> UnsafeContinuation<Void, Never>? in
      defer { state = .notified }
      if case .waiting(let continuation) = state { return continuation }
      return nil
    }
    continuation?.resume()
  }

  func wait(isolation: isolated (any Actor)?) async {
    await withTaskCancellationHandler {
      _ = isolation
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        let isNotified = state.withLockBriefly { state in
          if case .notified = state { return true }
          state = .waiting(continuation)
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
  while true {
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
  }
}
#endif
