import NIOCore
import NIOHTTP1
import NIOPosix
import Webble

/// A port that is listened on, and the connections that came from there.
struct Listener {
  private let port: any NIOCore.Channel
  private let connections: Connections

  /// - Parameter respond: answers a request. Its task is cancelled when the client has gone.
  init(
    host: String, port: Int, _ respond: @escaping @Sendable (HTTPRequestHead) async -> Response
  ) async throws {
    let connections = Connections()
    self.connections = connections
    self.port = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        connections.opened(channel)
        return channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline()
          try pipeline.addHandler(RequestHandler(connections, respond))
        }
      }
      .bind(host: host, port: port).get()
  }

  var address: String {
    "\(port.localAddress?.ipAddress ?? ""):\(port.localAddress?.port ?? 0)"
  }

  /// Ends, when all that has been asked by now is answered.
  ///
  /// A connection that was opened, or a request that was sent, just before is on its way through the system's
  /// queues. So for a moment all goes on, with answers that are the last of their connections. Then nothing new
  /// is taken, and connections without a request are closed.
  ///
  /// - Parameter patience: after that long a client that has not sent all of its request, or does not take its
  ///   answer, is not waited for.
  func end(patience: Duration) async {
    await connections.finish()
    try? await port.close()
    await connections.close(patience: TimeAmount(patience))
  }
}

/// Answers one connection's requests. NIO hands over the next when the last is answered.
private final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  private let connections: Connections
  private let respond: @Sendable (HTTPRequestHead) async -> Response
  private var request: HTTPRequestHead?
  private var answering: Task<Void, Never>?

  init(
    _ connections: Connections, _ respond: @escaping @Sendable (HTTPRequestHead) async -> Response
  ) {
    self.connections = connections
    self.respond = respond
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): request = head
    case .body: break
    case .end:
      guard let request else { return }
      connections.heardARequest()
      let (channel, connections, respond) = (context.channel, connections, respond)
      answering = Task {
        let response = await respond(request)
        let isLast = !request.isKeepAlive || connections.areFinishing
        var headers = response.headers
        headers.add(name: "Connection", value: isLast ? "close" : "keep-alive")
        let head = HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(response.body)), promise: nil)
        // It throws when the client has gone, and the connection with it.
        try? await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        if isLast { try? await channel.close() }
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    answering?.cancel()
    context.fireChannelInactive()
  }

  /// The client has gone, or sends what is no HTTP: that was answered already.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// The connections that are open. Any thread.
final class Connections: Sendable {
  private let state = Mutex(State())

  private struct State {
    var open: [ObjectIdentifier: any NIOCore.Channel] = [:]
    var isFinishing = false
    /// When a connection or a request came last.
    var latest = ContinuousClock.now
  }

  /// How long nothing must have come for all to be here that was sent before the end.
  private static let quiet = Duration.milliseconds(100)
  /// After that long no more is taken, whatever comes.
  private static let longest = Duration.seconds(5)

  func opened(_ channel: any NIOCore.Channel) {
    state.withLock { state in
      state.open[ObjectIdentifier(channel)] = channel
      state.latest = .now
    }
    channel.closeFuture.whenComplete { [self] _ in
      state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
    }
  }

  func heardARequest() { state.withLock { $0.latest = .now } }

  /// Whether answers are the last of their connections.
  var areFinishing: Bool { state.withLock { $0.isFinishing } }

  /// From here on each answer is its connection's last. Returns when nothing comes any more.
  func finish() async {
    let end = ContinuousClock.now + Self.longest
    var quietAt = state.withLock { state in
      state.isFinishing = true
      return ContinuousClock.now + Self.quiet
    }
    while ContinuousClock.now < Swift.min(quietAt, end) {
      try? await Task.sleep(until: Swift.min(quietAt, end), clock: .continuous)
      quietAt = state.withLock { Swift.max(quietAt, $0.latest + Self.quiet) }
    }
  }

  /// Closes those that have no request under way, and the others after their answer; returns when all are.
  func close(patience: TimeAmount) async {
    for channel in state.withLock({ Array($0.open.values) }) {
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }
    while let channel = state.withLock({ $0.open.values.first }) {
      try? await channel.closeFuture.get()
    }
  }
}
