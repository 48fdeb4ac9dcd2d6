/// What pages that are open in a browser learn from `webble serve`.
actor DevelopmentState {
  struct Report: Encodable, Sendable {
    /// Another number at each change, also over restarts of the server.
    var generation: Int
    /// What the compiler said, if the last build failed.
    var diagnostics: String?
  }

  private(set) var report: Report

  init(firstGeneration: Int) {
    report = Report(generation: firstGeneration)
  }

  func built(diagnostics: String?) {
    report = Report(generation: report.generation + 1, diagnostics: diagnostics)
  }

  /// The report as soon as its generation is another than `generation`, or after 20 s: what lies
  /// between a page and the server may cut a longer wait.
  func report(after generation: Int) async throws -> Report {
    for _ in 0..<200 where report.generation == generation {
      try await Task.sleep(for: .milliseconds(100))
    }
    return report
  }
}
