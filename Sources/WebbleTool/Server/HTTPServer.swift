import Foundation
import Synchronization

/// Answers the requests of HTTP/1.1 on a socket that listens.
///
/// Each connection has a thread of its own, and so has the socket: a slow client holds nobody up, and
/// neither does what keeps Swift's own threads busy. How many there are, and how long each may take, has
/// limits, which make room for the next.
final class HTTPServer: Sendable {
  struct Limits: Sendable {
    var connections = 200
    /// How long a connection may wait for a request.
    var idle = Duration.seconds(60)
    /// From the first byte of a request to the end of its headers.
    var head = Duration.seconds(10)
    /// The same for bodies, and for answers, besides a second for each 64 KiB of them.
    var body = Duration.seconds(30)
    /// In seconds: how long to wait for a connection's end, where descriptors have run out, before another try.
    var room = 1.0
  }

  typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

  private let listener: Int32
  private let limits: Limits
  private let handler: Handler
  /// Takes the next connection, or returns -1 with the reason in `errno`.
  private let takeConnection: @Sendable (_ listener: Int32) -> Int32
  /// The ends of a pipe that nothing is ever written to: closing one tells all threads to end.
  private let stopReader: Int32
  private let stopWriter: Int32
  private let state = Mutex(State())
  /// Signalled once when a connection has been closed, or all are stopped, while `isWaitingForRoom`.
  private let room = DispatchSemaphore(value: 0)

  private struct State {
    var isStopped = false
    /// How many connections have been closed.
    var closed = 0
    /// The thread that takes connections waits for a descriptor.
    var isWaitingForRoom = false
    /// By their descriptors. A descriptor is closed only after it has left this list, so that no other
    /// connection has got its number while somebody looks here.
    var connections: [Int32: Connection] = [:]
    /// Counts up, to tell which has waited longest.
    var clock = 0
  }

  private struct Connection {
    /// Since when it has waited for a request; nil: it is at work.
    var idleSince: Int?
    var task: Task<Void, Never>?
  }

  /// Takes over the descriptor `listener`, and listens until `stop` is called.
  init(
    listener: Int32, limits: Limits = Limits(),
    takeConnection: @escaping @Sendable (_ listener: Int32) -> Int32 = Sockets.accept,
    handler: @escaping Handler
  ) {
    self.listener = listener
    self.limits = limits
    self.takeConnection = takeConnection
    self.handler = handler
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no pipe: \(String(cString: strerror(errno)))")
    (stopReader, stopWriter) = (ends[0], ends[1])
    for end in ends { Sockets.prepare(end) }
    Thread.detachNewThread { self.accept() }
  }

  deinit { close(stopReader) }

  /// Ends all connections. Their threads end soon after.
  func stop() {
    state.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      close(stopWriter)
      endWaitForRoom(&state)
      for (descriptor, connection) in state.connections {
        shutdown(descriptor, Int32(SHUT_RDWR))
        connection.task?.cancel()
      }
    }
  }

  // MARK: Connections

  private func accept() {
    defer { close(listener) }
    while Sockets.wait(for: POLLIN, on: [stopReader, listener], until: nil) == listener {
      let closed = state.withLock { $0.closed }
      let descriptor = takeConnection(listener)
      guard descriptor >= 0 else {
        if errno == EMFILE || errno == ENFILE { waitForRoom(closed: closed) }
        continue
      }
      Sockets.prepare(descriptor)
      guard let admission = admit(descriptor) else {
        close(descriptor)
        continue
      }
      Thread.detachNewThread {
        switch admission {
        case .served: self.serve(descriptor)
        case .refused: self.refuse(.text("Too many connections.", status: .unavailable), descriptor)
        }
        self.state.withLock { _ = $0.connections.removeValue(forKey: descriptor) }
        close(descriptor)
        self.state.withLock { state in
          state.closed += 1
          self.endWaitForRoom(&state)
        }
      }
    }
  }

  /// There are no descriptors left: the connection that has waited longest gives its own, or the next that ends.
  /// What else in this process holds descriptors tells nobody when it lets go: hence a limit.
  ///
  /// - Parameter closed: how many connections had been closed before the one that waits was tried.
  private func waitForRoom(closed: Int) {
    let waits = state.withLock { state in
      guard !state.isStopped, state.closed == closed else { return false }
      _ = endLongestIdle(&state)
      state.isWaitingForRoom = true
      return true
    }
    guard waits, room.wait(timeout: .now() + limits.room) == .timedOut else { return }
    let hasSignal = state.withLock { state in
      defer { state.isWaitingForRoom = false }
      return !state.isWaitingForRoom
    }
    if hasSignal { room.wait() }
  }

  private func endWaitForRoom(_ state: inout State) {
    guard state.isWaitingForRoom else { return }
    state.isWaitingForRoom = false
    room.signal()
  }

  private enum Admission { case served, refused }

  /// Makes room by ending the connection that has waited for a request longest.
  ///
  /// - Returns: nil when there is no room to say no either.
  private func admit(_ descriptor: Int32) -> Admission? {
    state.withLock { state in
      guard !state.isStopped else { return nil }
      if state.connections.count >= limits.connections {
        guard endLongestIdle(&state) else {
          guard state.connections.count < limits.connections + 50 else { return nil }
          state.connections[descriptor] = Connection()
          return .refused
        }
      }
      state.clock += 1
      state.connections[descriptor] = Connection(idleSince: state.clock)
      return .served
    }
  }

  /// Returns false if no connection waits for a request.
  private func endLongestIdle(_ state: inout State) -> Bool {
    let idle = state.connections.filter { $0.value.idleSince != nil }
    guard let oldest = idle.min(by: { $0.value.idleSince! < $1.value.idleSince! }) else { return false }
    // Its thread reads the stream's end, and closes it.
    shutdown(oldest.key, Int32(SHUT_RDWR))
    state.connections[oldest.key]?.idleSince = nil
    return true
  }

  private func setIdle(_ isIdle: Bool, _ descriptor: Int32) {
    state.withLock { state in
      state.clock += 1
      state.connections[descriptor]?.idleSince = isIdle ? state.clock : nil
    }
  }

  private func serve(_ descriptor: Int32) {
    var parser = HTTPRequestParser()
    while true {
      let request: HTTPRequest
      do {
        guard let next = try read(from: descriptor, &parser) else { return }
        request = next
      } catch {
        refuse(.text(error.message, status: error.status), descriptor)
        return
      }
      guard let answer = answer(to: request, on: descriptor) else { return }
      let isWhole = send(
        answer, to: descriptor, keepsAlive: request.keepsAlive, sendsBody: request.method != "HEAD")
      guard isWhole && request.keepsAlive else { return }
      setIdle(true, descriptor)
    }
  }

  /// Returns nil when there is none and none will come.
  private func read(from descriptor: Int32, _ parser: inout HTTPRequestParser)
    throws(HTTPRequestParser.Refusal) -> HTTPRequest?
  {
    var deadline = ContinuousClock.now + (parser.isIdle ? limits.idle : limits.head)
    var isReadingBody = false
    while true {
      if let request = try parser.next() {
        setIdle(false, descriptor)
        return request
      }
      if parser.takeContinue() {
        let line = Data("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        guard Sockets.write(line, to: descriptor, until: deadline) else { return nil }
      }
      if parser.isInBody && !isReadingBody {
        isReadingBody = true
        deadline = .now + limits.body + allowance(for: parser.bodyLength)
      }
      let wasIdle = parser.isIdle
      guard let bytes = Sockets.read(descriptor, until: deadline) else {
        guard !parser.isIdle, ContinuousClock.now >= deadline else { return nil }
        throw .init(status: .requestTimeout, message: "The request took too long to come in.")
      }
      if bytes.isEmpty { return nil }
      parser.add(bytes)
      if wasIdle {
        setIdle(false, descriptor)
        deadline = .now + limits.head
      }
    }
  }

  private func allowance(for count: Int) -> Duration { .seconds(count >> 16) }

  /// Waits for the handler, and returns nil if the client left meanwhile.
  private func answer(to request: HTTPRequest, on descriptor: Int32) -> HTTPResponse? {
    let result = Answer()
    let task = Task {
      let response = await handler(request)
      result.response.withLock { $0 = response }
      result.isThere.signal()
    }
    let isStopped = state.withLock { state in
      state.connections[descriptor]?.task = task
      return state.isStopped
    }
    if isStopped { task.cancel() }
    defer { state.withLock { $0.connections[descriptor]?.task = nil } }
    while result.isThere.wait(timeout: .now() + 1) == .timedOut {
      guard !Sockets.hasEnded(descriptor) else {
        task.cancel()
        return nil
      }
    }
    return result.response.withLock { $0 }
  }

  private final class Answer: Sendable {
    let isThere = DispatchSemaphore(value: 0)
    let response = Mutex<HTTPResponse?>(nil)
  }

  // MARK: Answers

  /// Returns whether the connection can be used again.
  private func send(
    _ response: HTTPResponse, to descriptor: Int32, keepsAlive: Bool, sendsBody: Bool
  ) -> Bool {
    let deadline = ContinuousClock.now + limits.body + allowance(for: response.body.count)
    let head = response.head(keepsAlive: keepsAlive)
    guard sendsBody else { return Sockets.write(head, to: descriptor, until: deadline) }
    switch response.body {
    case .data(let data):
      return Sockets.write(head + data, to: descriptor, until: deadline)
    case .file(let file, let range):
      guard Sockets.write(head, to: descriptor, until: deadline) else { return false }
      var offset = range.lowerBound
      while offset < range.upperBound {
        // A file that has become shorter meanwhile ends the connection, and so tells the client.
        guard let part = file.read(at: offset, count: min(1 << 18, range.upperBound - offset)),
          Sockets.write(part, to: descriptor, until: deadline)
        else { return false }
        offset += part.count
      }
      return true
    case .partial(let data, _, let ends):
      guard Sockets.write(head + data, to: descriptor, until: deadline), !ends else { return false }
      // Until the client leaves or the server stops.
      _ = Sockets.wait(for: POLLIN, on: [descriptor, stopReader], until: nil)
      return false
    }
  }

  /// Sends the last answer of a connection. The client may still be sending, and to close then would take
  /// the answer from it before it has read it.
  private func refuse(_ answer: HTTPResponse, _ descriptor: Int32) {
    _ = send(answer, to: descriptor, keepsAlive: false, sendsBody: true)
    shutdown(descriptor, Int32(SHUT_WR))
    let deadline = ContinuousClock.now + .seconds(1)
    var left = 1 << 20
    while left > 0, let bytes = Sockets.read(descriptor, until: deadline), !bytes.isEmpty {
      left -= bytes.count
    }
  }
}
