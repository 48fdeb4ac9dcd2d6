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

  /// Asks for a dump, and returns when it is printed, or does not come in that time.
  func dump(within timeLimit: Duration = .seconds(5)) async {
    let count = state.withLock { state in
      state.isWanted = true
      return state.dumpCount
    }
    if let folder { try? Data().write(to: folder.appending(path: "dump")) }
    let end = ContinuousClock.now + timeLimit
    while ContinuousClock.now < end, !hasDumped(since: count) {
      try? await Task.sleep(for: .milliseconds(10))
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

/// The SIGQUITs that the tool gets, from here on until `end`.
///
/// While any run listens, none of them ends the tool, as it would otherwise.
struct QuitSignals {
  let stream: AsyncStream<Void>
  private let source: any DispatchSourceSignal
  private static let listeners = Mutex(0)

  /// Returns when the system hands them to us: it does so some time after the source is asked for.
  init() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    self.stream = stream
    Self.listeners.withLock { listeners in
      listeners += 1
      signal(SIGQUIT, SIG_IGN)
    }
    let source = DispatchSource.makeSignalSource(signal: SIGQUIT, queue: .global())
    source.setEventHandler { continuation.yield() }
    self.source = source
    await withCheckedContinuation { registered in
      source.setRegistrationHandler { registered.resume() }
      source.activate()
    }
  }

  func end() {
    source.cancel()
    Self.listeners.withLock { listeners in
      listeners -= 1
      if listeners == 0 { signal(SIGQUIT, SIG_DFL) }
    }
  }
}
