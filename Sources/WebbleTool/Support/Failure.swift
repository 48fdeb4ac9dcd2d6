/// An error the user meets: what happened, why and what to do, and the status to exit with.
struct Failure: Error, CustomStringConvertible {
  var message: String
  var exitStatus: Int32 = 1

  var description: String { message }

  init(_ message: String, exitStatus: Int32 = 1) {
    self.message = message
    self.exitStatus = exitStatus
  }
}

/// The exit statuses that have a meaning of their own.
enum ExitStatus {
  /// A program the command needs is not installed (`EX_UNAVAILABLE` of sysexits.h).
  static let unavailable: Int32 = 69
  /// The time limit passed, as timeout(1) reports it.
  static let timedOut: Int32 = 124
}
