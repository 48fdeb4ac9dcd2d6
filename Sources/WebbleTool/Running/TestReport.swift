/// Reads what one run of a test program prints (see Sources/WebbleTesting): a line before each
/// test, one after it, and the sums at the end.
struct TestReport: Sendable {
  private(set) var passed = 0
  private(set) var failed = 0
  /// The test that has begun and not ended.
  private(set) var running: String?
  /// Whether the sums have come.
  private(set) var isComplete = false

  enum Line: Equatable, Sendable {
    case passed, failed
    /// Something that a test printed.
    case other
    /// Told by the report itself.
    case hidden
  }

  mutating func read(_ line: String) -> Line {
    if let name = line.dropping(prefix: "running ") {
      running = name
      return .hidden
    }
    if line.hasPrefix("ok ") && running != nil {
      passed += 1
      running = nil
      return .passed
    }
    if line.hasPrefix("not ok ") && running != nil {
      failed += 1
      running = nil
      return .failed
    }
    if running == nil && line == "\(passed) passed, \(failed) failed" {
      isComplete = true
      return .hidden
    }
    return .other
  }

  /// Accounts for how the run ended. Returns what went wrong beyond the tests that failed.
  mutating func finish(program: String, outcome: ProgramRun.Outcome) -> String? {
    let ending: String? =
      switch outcome {
      case .timedOut: "ran out of time"
      case .failed(let message): message
      case .exited(134): "the program trapped"
      case .exited(let status) where !isComplete: "the program ended early, with status \(status)"
      case .exited(let status) where (status != 0) != (failed > 0):
        "the program ended with status \(status)"
      case .exited: nil
      }
    guard let ending else { return nil }
    failed += 1
    if let running { return "not ok \(running): \(ending)" }
    return "not ok \(program): \(ending)\(isComplete ? "" : ", in no test")"
  }
}

extension String {
  fileprivate func dropping(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
