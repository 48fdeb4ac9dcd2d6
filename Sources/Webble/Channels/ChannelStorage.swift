/// A channel's state and its lock. Asks the state machine under the lock, and resumes tasks outside
/// it.
final class ChannelStorage<Element: Sendable>: Sendable {
  typealias StateMachine = ChannelStateMachine<
    Element, UnsafeContinuation<Bool, Never>, UnsafeContinuation<Element?, Never>, ChannelObserver
  >

  private let state: Mutex<StateMachine>

  init(capacity: Int?) { state = Mutex(StateMachine(capacity: capacity)) }

  var count: Int { state.withLockBriefly { $0.count } }
  var isClosed: Bool { state.withLockBriefly { $0.isClosed } }

  /// - Parameter isLast: closes the channel behind the element.
  func trySend(_ element: Element, isLast: Bool = false) -> Bool {
    let (action, disappointed, observers) = state.withLockBriefly { state in
      let action = state.send(element, mayWait: false) { $0.promise(to: self) }
      var disappointed: [UnsafeContinuation<Element?, Never>] = []
      if isLast, case .sent = action { disappointed = state.close().receivers }
      return (action, disappointed, state.takeObservers())
    }
    for observer in observers { observer.notify() }
    for receiver in disappointed { receiver.resume(returning: nil) }
    guard case .sent(let receiver) = action else { return false }
    receiver?.resume(returning: element)
    return true
  }

  func send(_ element: Element, isolation: isolated (any Actor)?) async -> Bool {
    let (action, observers) = state.withLockBriefly { state in
      (state.send(element, mayWait: true), state.takeObservers())
    }
    for observer in observers { observer.notify() }
    switch action {
    case .sent(let receiver):
      receiver?.resume(returning: element)
      return true
    case .refused:
      return false
    case .wait(let ticket):
      return await withTaskCancellationHandler {
        _ = isolation
        return await withUnsafeContinuation { continuation in
          willWait(for: .channelSend, at: self)
          if let isSent = state.withLockBriefly({ $0.armSend(ticket, continuation) }) {
            continuation.resume(returning: isSent)
          }
        }
      } onCancel: {
        state.withLockBriefly { $0.cancelSend(ticket) }?.resume(returning: false)
      }
    }
  }

  func tryReceive() -> Element? {
    guard
      case .received(let element, let sender) = state.withLockBriefly({
        $0.receive(mayWait: false)
      })
    else { return nil }
    sender?.resume(returning: true)
    return element
  }

  func receive(isolation: isolated (any Actor)?) async -> Element? {
    switch state.withLockBriefly({ $0.receive(mayWait: true) }) {
    case .received(let element, let sender):
      sender?.resume(returning: true)
      return element
    case .nothing:
      return nil
    case .wait(let ticket):
      return await withTaskCancellationHandler {
        _ = isolation
        return await withUnsafeContinuation { continuation in
          willWait(for: .channelReceive, at: self)
          if let element = state.withLockBriefly({ $0.armReceive(ticket, continuation) }) {
            continuation.resume(returning: element)
          }
        }
      } onCancel: {
        state.withLockBriefly { $0.cancelReceive(ticket) }?.resume(returning: nil)
      }
    }
  }

  func close() {
    let (waiting, observers) = state.withLockBriefly { ($0.close(), $0.takeObservers()) }
    for sender in waiting.senders { sender.resume(returning: false) }
    for receiver in waiting.receivers { receiver.resume(returning: nil) }
    for observer in observers { observer.notify() }
  }
}

extension ChannelStorage: Selectable {
  var isDrained: Bool { state.withLockBriefly { $0.isDrained } }

  func observe(_ observer: ChannelObserver) -> ObserverTicket? {
    state.withLockBriefly { $0.observe(observer) }
  }

  func endObserving(_ ticket: ObserverTicket) {
    state.withLockBriefly { $0.endObserving(ticket) }
  }
}
