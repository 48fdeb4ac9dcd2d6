import Dispatch

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Waits for one of the signals that ask a program to end, which from then on do nothing else to it.
struct EndSignals: Sendable {
  private let arrived: AsyncStream<Void>

  init() {
    let (arrived, continuation) = AsyncStream.makeStream(of: Void.self)
    self.arrived = arrived
    for number in [SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      // The handler keeps its source: a signal may come at any time.
      source.setEventHandler { withExtendedLifetime(source) { _ = continuation.yield() } }
      source.resume()
    }
  }

  func next() async {
    for await _ in arrived { return }
  }
}
