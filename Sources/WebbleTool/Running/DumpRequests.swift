import Foundation
import Synchronization

/// How a run's program is asked for a dump: when its time is over, and when the user presses Ctrl-\\ (SIGQUIT).
///
/// A thread of its own in the program answers, the inspector, so that a busy program is heard, too. In Node it
/// looks for a file; in a browser the page's server has a request of its at hand.
final class DumpRequests: Sendable {
  private let state = Mutex(State())
  /// Where Node's inspector looks for files.
  let folder: URL?

  private struct State {
    /// Asked for, and not begun.
    var isWanted = false
    var dumpCount = 0
  }

  init(folder: URL?) { self.folder = folder }

  /// Asks for a dump, and returns when it is printed, does not come in that time, or the task is cancelled.
  func dump(within timeLimit: Duration = .seconds(5)) async {
    let count = state.withLock { state in
      state.isWanted = true
      return state.dumpCount
    }
    if let folder { try? Data().write(to: folder.appending(path: "dump")) }
    let end = ContinuousClock.now + timeLimit
    while ContinuousClock.now < end, !hasDumped(since: count) {
      guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
    }
  }

  private func hasDumped(since count: Int) -> Bool {
    guard let folder else { return state.withLock { $0.dumpCount } > count }
    let sign = folder.appending(path: "dumped")
    guard FileManager.default.fileExists(atPath: sign.path) else { return false }
    try? FileManager.default.removeItem(at: sign)
    return true
  }

  /// The inspector of a page has posted a dump.
  func dumped() { state.withLock { $0.dumpCount += 1 } }

  /// Returns when a dump is wanted; the inspector of a page waits for it in a request of its.
  func next() async throws {
    while !state.withLock({ state in
      defer { state.isWanted = false }
      return state.isWanted
    }) {
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Dumps at each of these signals, until it is cancelled.
  func answer(_ signals: AsyncStream<Void>) async throws {
    // One at a time, however slow: of two requests at once the program sees one.
    for await _ in signals { await dump(within: .seconds(60)) }
    try Task.checkCancellation()
  }
}

/// The SIGQUITs that the tool gets, handed to all runs that listen; while none does, one ends the tool, as usual.
final class QuitSignals: Sendable {
  private struct Listeners {
    var nextNumber = 0
    var all: [Int: AsyncStream<Void>.Continuation] = [:]
  }

  private let listeners = Mutex(Listeners())

  /// One for all: on Linux a second source of the same signal gets nothing once the first was cancelled.
  private static let shared = Task { await QuitSignals() }

  /// The signals from here on, until the stream is no longer listened to.
  static func stream() async -> AsyncStream<Void> {
    await shared.value.listeners.withLock { listeners in
      let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
      let number = listeners.nextNumber
      listeners.nextNumber += 1
      listeners.all[number] = continuation
      continuation.onTermination = { _ in
        Task { await shared.value.listeners.withLock { $0.all[number] = nil } }
      }
      return stream
    }
  }

  /// Returns when the system hands them to us: it does so some time after the source is asked for.
  private init() async {
    signal(SIGQUIT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGQUIT, queue: .global())
    source.setEventHandler { [self] in
      let all = listeners.withLock { $0.all.values.map(\.self) }
      guard !all.isEmpty else { Interruption.endNow(SIGQUIT) }
      // Mentioned here, the source lives as long as its handler: forever.
      withExtendedLifetime(source) { for one in all { one.yield() } }
    }
    await withCheckedContinuation { registered in
      source.setRegistrationHandler { registered.resume() }
      source.activate()
    }
  }
}
