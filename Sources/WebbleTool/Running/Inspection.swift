import Foundation

/// What a run wants to know of a program that is built for inspection.
struct Inspection: Sendable {
  /// Files to write: a timeline as Chrome's JSON, and what holds the memory as text for flame graphs.
  var trace: URL?
  var heapProfile: URL?
  /// Whether to report what nothing refers to at the end.
  var leaks = false
  /// Whether to report, when `main` has returned, tasks that can never go on and objects that only each other hold.
  var lost = true
  /// How many seconds a task may keep its thread from the event loop before that is reported.
  var hangTimeout: Double?

  /// What the program's runner is told. In a browser, which writes no files, whether there are any.
  struct Instructions: Encodable, Sendable {
    /// Where the inspector of Node looks for requests.
    var requests: String?
    var trace: String?
    var heap: String?
    var leaks: Bool
    var lost: Bool
    var hangTimeout: Double?
  }

  func instructions(requests: URL?) -> Instructions {
    Instructions(
      requests: requests?.path, trace: trace?.path, heap: heapProfile?.path, leaks: leaks, lost: lost,
      hangTimeout: hangTimeout)
  }

  /// Writes a profile that a page has posted.
  func write(_ data: Data, kind: String) throws {
    let file = kind == "trace" ? trace : kind == "heap" ? heapProfile : nil
    try file.map { try data.write(to: $0) }
  }
}
