import Dispatch
import Foundation
import Synchronization

/// Turns the signals that end a program into a cancellation of its work, so that the programs it
/// started and its temporary folders are cleaned up first.
final class Interruption: Sendable {
  private let received = Mutex<Int32?>(nil)
  /// A thread of its own, whatever keeps others busy.
  private let queue = DispatchQueue(label: "webble.signals", qos: .userInteractive)

  /// How long the cleaning may take.
  private static let grace = 5.0

  /// The first signal that arrived.
  var signal: Int32? { received.withLock { $0 } }

  /// Calls `cancel` at the first of the signals for as long as the result lives. At the second, or where
  /// cleaning up takes too long, the process ends at once, and all that it has started.
  func watch(cancel: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM, SIGHUP].map { number in
      #if canImport(Darwin)
      // Dispatch hears of a signal there after the default action would have ended the process.
      Darwin.signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [self] in
        let isFirst = received.withLock { received in
          defer { received = received ?? number }
          return received == nil
        }
        guard isFirst else { Self.endNow(number) }
        queue.asyncAfter(deadline: .now() + Self.grace) { Self.endNow(number) }
        cancel()
      }
      source.resume()
      return source
    }
  }

  static func endNow(_ signal: Int32) -> Never {
    ProcessGroup.endAllNow()
    _exit(128 + signal)
  }
}
