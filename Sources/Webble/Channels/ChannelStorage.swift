/// A channel's state and its lock. Asks the state machine under the lock, and resumes tasks outside
/// it.
final class ChannelStorage<Element: Sendable>: @unchecked Sendable {
  typealias SendContinuation = UnsafeContinuation<Bool, Never>
  typealias ReceiveContinuation = UnsafeContinuation<Element?, Never>

  private let queue: ChannelQueue<Element, SendContinuation, ReceiveContinuation, ChannelObserver>

  init(capacity: Int?) { queue = ChannelQueue(capacity: capacity) }

  deinit { queue.deallocate() }

  var count: Int { queue.count }
  var isClosed: Bool { queue.isClosed }

  /// - Parameter isLast: closes the channel behind the element.
  func trySend(_ element: Element, isLast: Bool = false) -> Bool {
    let (action, woken) = queue.send(element, mayWait: false, isLast: isLast) {
      $0.promise(to: self)
    }
    if let woken { resume(woken) }
    guard case .sent(let receiver) = action else { return false }
    receiver?.resume(returning: element)
    return true
  }

  func send(_ element: Element, isolation: isolated (any Actor)?) async -> Bool {
    let (action, woken) = queue.send(element, mayWait: true)
    if let woken { resume(woken) }
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
          if let isSent = queue.armSend(ticket, continuation) {
            continuation.resume(returning: isSent)
          }
        }
      } onCancel: {
        queue.cancelSend(ticket)?.resume(returning: false)
      }
    }
  }

  func tryReceive() -> Element? {
    let (action, admitted) = queue.receive(mayWait: false)
    if let admitted { for sender in admitted { sender.resume(returning: true) } }
    guard case .received(let element, let sender) = action else { return nil }
    sender?.resume(returning: true)
    return element
  }

  func receive(isolation: isolated (any Actor)?) async -> Element? {
    let (action, admitted) = queue.receive(mayWait: true)
    if let admitted { for sender in admitted { sender.resume(returning: true) } }
    switch action {
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
          if let element = queue.armReceive(ticket, continuation) {
            continuation.resume(returning: element)
          }
        }
      } onCancel: {
        queue.cancelReceive(ticket)?.resume(returning: nil)
      }
    }
  }

  func close() { resume(queue.close()) }

  @inline(never)
  private func resume(
    _ woken: ChannelQueue<Element, SendContinuation, ReceiveContinuation, ChannelObserver>.Woken
  ) {
    for sender in woken.admitted { sender.resume(returning: true) }
    for sender in woken.refused { sender.resume(returning: false) }
    for receiver in woken.disappointed { receiver.resume(returning: nil) }
    for observer in woken.observers { observer.notify() }
  }
}

extension ChannelStorage: Selectable {
  var isDrained: Bool { queue.isDrained }

  func observe(_ observer: ChannelObserver) -> ObserverTicket? { queue.observe(observer) }

  func endObserving(_ ticket: ObserverTicket) { queue.endObserving(ticket) }
}
