/// What pages that are open in a browser learn from `webble serve`.
actor DevelopmentState {
  struct Report: Encodable, Sendable {
    /// Another number at each change, also over restarts of the server.
    var generation: Int
    /// What the compiler said, if the last build failed.
    var diagnostics: String?
  }

  private(set) var report: Report
  private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  private var lastWaiting = 0

  init(firstGeneration: Int) {
    report = Report(generation: firstGeneration)
  }

  func built(diagnostics: String?) {
    report = Report(generation: report.generation + 1, diagnostics: diagnostics)
    for number in waiting.keys { wake(number) }
  }

  /// What the program does not depend on has changed.
  func reload() { built(diagnostics: report.diagnostics) }

  private func wake(_ number: Int) {
    waiting.removeValue(forKey: number)?.resume()
  }

  /// The report as soon as its generation is another than `generation`, or after 20 s: what lies
  /// between a page and the server may cut a longer wait.
  func report(after generation: Int) async -> Report {
    guard report.generation == generation else { return report }
    lastWaiting += 1
    let number = lastWaiting
    let timer = Task {
      try? await Task.sleep(for: .seconds(20))
      wake(number)
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiting[number] = $0 }
    } onCancel: {
      // Ends its sleep, and wakes the request that waits here once it is on the list.
      timer.cancel()
    }
    timer.cancel()
    return report
  }
}
