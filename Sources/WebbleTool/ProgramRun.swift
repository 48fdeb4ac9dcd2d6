import Foundation
import Subprocess
import SystemPackage

/// One run of a built program in an engine.
struct ProgramRun: Sendable {
  let engine: Engine
  let site: Site
  let repository: Repository
  var arguments: [String] = []
  /// Whether pages are cross-origin isolated; without, a program has one thread. Node does as if.
  var isolation = true
  /// The Content-Security-Policy of the page and its workers. Node has none.
  var contentSecurityPolicy: String?
  /// From the moment the engine is up; nil: as long as it takes.
  var timeLimit: Duration?
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
    guard engine == .node else { return try await runInBrowser() }
    return try await withThrowingTaskGroup(of: Outcome.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await runInNode() }
      if let timeLimit {
        group.addTask {
          try await Task.sleep(for: timeLimit)
          return .timedOut
        }
      }
      return try await group.next()!
    }
  }

  private func runInNode() async throws -> Outcome {
    let node = try engine.requiredProgram()
    let runner = repository.glue.appending(path: "node-runner.mjs")
    return try await withProcessGroup { group in
      let result = try await Subprocess.run(
        .path(FilePath(node.path)),
        arguments: Arguments(
          [runner.path, site.folder.path, isolation ? "isolated" : "plain"] + arguments),
        platformOptions: .processGroup, input: .none, output: .sequence, error: .sequence
      ) { execution in
        group.remember(execution.processIdentifier.value)
        try await withThrowingTaskGroup(of: Void.self) { readers in
          readers.addTask { try await forward(execution.standardOutput, as: .output) }
          readers.addTask { try await forward(execution.standardError, as: .error) }
          try await readers.waitForAll()
        }
      }
      switch result.terminationStatus {
      case .exited(let code): return .exited(code)
      case .signaled(let signal): return .failed("node was ended by signal \(signal)")
      }
    }
  }

  private func forward(_ sequence: SubprocessOutputSequence, as stream: OutputStream) async throws {
    var splitter = LineSplitter()
    for try await buffer in sequence {
      for line in buffer.withUnsafeBytes({ splitter.add($0) }) { print(stream, line) }
    }
    if let rest = splitter.finish() { print(stream, rest) }
  }
}
