import Foundation
import Subprocess
import Synchronization

extension PlatformOptions {
  /// For engines: a group of their own, so that every process they start ends with them.
  static var processGroup: PlatformOptions {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
    ]
    return options
  }
}

/// The leader of a group of processes, once it runs.
final class ProcessGroup: Sendable {
  private let leader = Mutex<pid_t?>(nil)
  /// The leaders of all groups that have not ended.
  private static let running = Mutex<Set<pid_t>>([])

  func remember(_ process: pid_t) {
    leader.withLock { $0 = process }
    Self.running.withLock { _ = $0.insert(process) }
  }

  /// For a process that is about to end itself.
  static func endAllNow() {
    for leader in running.withLock({ $0 }) { send(SIGKILL, to: leader) }
  }

  /// Ends what is left of the group: a browser's leader may be gone before its helpers.
  fileprivate func end() async {
    guard let leader = leader.withLock({ $0 }) else { return }
    defer { Self.running.withLock { _ = $0.remove(leader) } }
    Self.send(SIGTERM, to: leader)
    // An X server removes its lock file when it is asked to end, not when it is killed.
    for _ in 0..<30 where Self.send(0, to: leader) {
      // A task of its own: this one may be cancelled, and would not sleep.
      await Task { try? await Task.sleep(for: .milliseconds(10)) }.value
    }
    Self.send(SIGKILL, to: leader)
  }

  /// Whether the group has members.
  @discardableResult private static func send(_ signal: Int32, to leader: pid_t) -> Bool {
    #if canImport(Darwin)
    Darwin.kill(-leader, signal) == 0
    #else
    Glibc.kill(-leader, signal) == 0
    #endif
  }
}

/// Runs `body` and then ends the group that it remembered.
func withProcessGroup<Result: Sendable>(
  _ body: (ProcessGroup) async throws -> Result
) async throws -> Result {
  let group = ProcessGroup()
  do {
    let result = try await body(group)
    await group.end()
    return result
  } catch {
    await group.end()
    throw error
  }
}
