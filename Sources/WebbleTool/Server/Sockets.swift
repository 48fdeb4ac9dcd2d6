import Foundation

/// The calls of sockets that Linux and Apple's systems spell differently, and waits with an end.
enum Sockets {
  /// An address and a port, given in numbers, to listen on.
  ///
  /// - Returns: the socket, and the port that it has.
  static func listen(host: String, port: UInt16) throws(Failure) -> (descriptor: Int32, port: UInt16)
  {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
    hints.ai_socktype = streamType
    var found: UnsafeMutablePointer<addrinfo>?
    let address = host == "localhost" ? "127.0.0.1" : host
    guard getaddrinfo(address, String(port), &hints, &found) == 0, let first = found?.pointee else {
      throw Failure("\(host) is not an IP address. Give --host one of this machine's, or 0.0.0.0.")
    }
    defer { freeaddrinfo(found) }
    let descriptor = socket(first.ai_family, streamType, 0)
    do throws(Failure) {
      guard descriptor >= 0 else { throw cannotListen(host, port) }
      set(SO_REUSEADDR, of: descriptor)
      prepare(descriptor)
      guard bind(descriptor, first.ai_addr, first.ai_addrlen) == 0,
        listen(descriptor, 128)
      else { throw cannotListen(host, port) }
      return (descriptor, self.port(of: descriptor))
    } catch {
      if descriptor >= 0 { close(descriptor) }
      throw error
    }
  }

  private static func cannotListen(_ host: String, _ port: UInt16) -> Failure {
    switch errno {
    case EADDRINUSE:
      Failure(
        "port \(port) of \(host) is in use by another program. Choose another with --port.")
    case EACCES:
      Failure(
        "listening on port \(port) needs more rights than this user has. Choose one above 1023.")
    case EADDRNOTAVAIL: Failure("\(host) is not an address of this machine. See --host.")
    default: Failure("cannot listen on \(host):\(port): \(String(cString: strerror(errno)))")
    }
  }

  /// The local port of a socket, or 0 if it is none.
  static func port(of descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { bytes in
      _ = getsockname(
        descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
      // Of IPv4 and of IPv6, behind the family.
      return UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
    }
  }

  /// Calls on it return at once, and none of this process's children has it.
  static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    #if canImport(Darwin)
    set(SO_NOSIGPIPE, of: descriptor)
    #endif
  }

  private static func set(_ option: Int32, of descriptor: Int32) {
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, option, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  #if canImport(Darwin)
  private static let streamType = SOCK_STREAM
  private static let noSignal: Int32 = 0
  private static func listen(_ descriptor: Int32, _ backlog: Int32) -> Bool {
    Darwin.listen(descriptor, backlog) == 0
  }
  /// The next connection, or -1 with the reason in `errno`.
  @Sendable static func accept(_ listener: Int32) -> Int32 { Darwin.accept(listener, nil, nil) }
  #else
  private static let streamType = Int32(SOCK_STREAM.rawValue)
  private static let noSignal = Int32(MSG_NOSIGNAL)
  private static func listen(_ descriptor: Int32, _ backlog: Int32) -> Bool {
    Glibc.listen(descriptor, backlog) == 0
  }
  /// The next connection, or -1 with the reason in `errno`.
  @Sendable static func accept(_ listener: Int32) -> Int32 { Glibc.accept(listener, nil, nil) }
  #endif

  /// Waits until one of the descriptors has something, or `deadline` has passed.
  ///
  /// - Returns: the first that has, or nil.
  static func wait(
    for events: Int32, on descriptors: [Int32], until deadline: ContinuousClock.Instant?
  ) -> Int32? {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(events), revents: 0) }
    while true {
      var milliseconds: Int32 = -1
      if let deadline {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return nil }
        // Rounded up, so that the last look does not come too early.
        milliseconds = Int32(clamping: Int(left / .milliseconds(1)) + 1)
      }
      let count = poll(&entries, nfds_t(entries.count), milliseconds)
      if count > 0 { return entries.first { $0.revents != 0 }?.fd }
      if count < 0 && errno != EINTR { return nil }
    }
  }

  /// At most 64 KiB; empty at the stream's end; nil at an error or when `deadline` has passed.
  static func read(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
    while wait(for: POLLIN, on: [descriptor], until: deadline) != nil {
      let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        let received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        count = max(0, received)
        if received > 0 { errno = 0 } else if received == 0 { errno = ENOTCONN }
      }
      if !bytes.isEmpty || errno == ENOTCONN { return bytes }
      guard errno == EAGAIN || errno == EINTR else { return nil }
    }
    return nil
  }

  /// Returns whether all of it went out before `deadline`.
  static func write(_ data: Data, to descriptor: Int32, until deadline: ContinuousClock.Instant)
    -> Bool
  {
    data.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        guard wait(for: POLLOUT, on: [descriptor], until: deadline) != nil else { return false }
        let count = send(
          descriptor, bytes.baseAddress! + sent, bytes.count - sent, noSignal)
        if count > 0 {
          sent += count
        } else if errno != EAGAIN && errno != EINTR {
          return false
        }
      }
      return true
    }
  }

  /// Whether the other side has closed the connection.
  static func hasEnded(_ descriptor: Int32) -> Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK))
    return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
  }
}
