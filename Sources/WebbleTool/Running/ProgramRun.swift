import Foundation

/// One run of a built program in an engine.
struct ProgramRun: Sendable {
  let engine: Engine
  let site: Site
  let repository: Repository
  var arguments: [String] = []
  /// Whether pages are cross-origin isolated; without, a program has one thread. Other engines do as if.
  var isolation = true
  /// The Content-Security-Policy of the page and its workers. Only browsers have one.
  var contentSecurityPolicy: String?
  /// Whether a browser shows the page in the package's folder Public, if there is one, in place of ours.
  var usesUsersPage = false
  /// From the moment the engine is up; nil: as long as it takes.
  var timeLimit: Duration?
  /// Of programs that are built for it, which print a dump when their time is over, or at SIGQUIT.
  var inspection: Inspection?
  /// Gets each line the program prints, in order.
  let print: @Sendable (OutputStream, String) -> Void

  enum OutputStream: String, Codable, Sendable { case output, error }

  enum Outcome: Equatable, Sendable {
    case exited(Int32)
    case timedOut
    /// The engine, not the program, went wrong.
    case failed(String)
  }

  func run() async throws -> Outcome {
    guard canDump else { return try await run(nil) }
    guard !engine.isBrowser else { return try await answeringSignals(DumpRequests(folder: nil)) }
    return try await withTemporaryFolder { try await answeringSignals(DumpRequests(folder: $0)) }
  }

  /// The inspector is a thread, which needs shared memory. Deno and Bun have none.
  private var canDump: Bool { inspection != nil && isolation && (engine.isBrowser || engine == .node) }

  private func answeringSignals(_ dumps: DumpRequests) async throws -> Outcome {
    // Before the program begins: a signal may come with its first line.
    let signals = await QuitSignals.stream()
    return try await withThrowingTaskGroup(of: Outcome?.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await run(dumps) }
      group.addTask {
        try await dumps.answer(signals)
        return nil
      }
      while let outcome = try await group.next() {
        if let outcome { return outcome }
      }
      throw CancellationError()
    }
  }

  private func run(_ dumps: DumpRequests?) async throws -> Outcome {
    if engine.isBrowser { return try await runInBrowser(dumps) }
    return try await withTimeLimit(timeLimit, atEnd: { await dumps?.dump() }) {
      try await runAsProcess(dumps)
    }
  }

  /// For Node's runner, as JSON.
  private func wanted(_ dumps: DumpRequests?) throws -> String {
    guard let inspection else { return "" }
    let json = try JSONEncoder().encode(inspection.instructions(requests: dumps?.folder))
    return String(decoding: json, as: UTF8.self)
  }

  private func runAsProcess(_ dumps: DumpRequests?) async throws -> Outcome {
    let runner = repository.glue.appending(path: "node-runner.mjs")
    let status = try await forwardLines(
      of: try engine.requiredProgram(),
      engine.arguments(
        running: runner.path, [site.folder.path, isolation ? "isolated" : "plain"] + arguments),
      environment: ["WEBBLE_INSPECTION": try wanted(dumps)], to: print)
    switch status {
    case .exited(let code): return .exited(code)
    case .signaled(let signal): return .failed("\(engine) was ended by signal \(signal)")
    }
  }
}
