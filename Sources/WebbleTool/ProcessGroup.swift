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

  func remember(_ process: pid_t) {
    leader.withLock { $0 = process }
  }

  fileprivate func kill() {
    guard let leader = leader.withLock({ $0 }) else { return }
    #if canImport(Darwin)
    Darwin.kill(-leader, SIGKILL)
    #else
    Glibc.kill(-leader, SIGKILL)
    #endif
  }
}

/// Runs `body` and then ends what is left of the group that it remembered: a browser's leader may
/// be gone before its helpers.
func withProcessGroup<Result: Sendable>(
  _ body: (ProcessGroup) async throws -> Result
) async throws -> Result {
  let group = ProcessGroup()
  defer { group.kill() }
  return try await body(group)
}
