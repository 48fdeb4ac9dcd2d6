import Foundation
import Subprocess
import SystemPackage

/// One run of a program of this machine's.
struct NativeRun: Sendable {
  let program: URL
  var arguments: [String] = []
  var sanitizer: Sanitizer?
  var timeLimit: Duration?
  /// Gets each line the program prints, in order.
  let print: @Sendable (ProgramRun.OutputStream, String) -> Void

  func run() async throws -> ProgramRun.Outcome {
    try await withTimeLimit(timeLimit) {
      // Some kernels place memory where the thread sanitizer needs its own, unless told not to randomise.
      let fixed = sanitizer == .thread ? await fixedAddresses() : nil
      let status = try await forwardLines(
        of: fixed ?? program, (fixed == nil ? [] : ["-R", program.path]) + arguments,
        environment: [Self.linesVariable: "1"], to: print)
      switch status {
      case .exited(let code): return .exited(code)
      case .signaled(let signal) where Self.traps.contains(signal): return .exited(134)
      case .signaled(let signal): return .failed("the program was ended by signal \(signal)")
      }
    }
  }

  /// Has the program write each line at once, as one in a terminal does; see Sources/CPlatform/Native/native.c.
  private static let linesVariable = "WEBBLE_WRITE_LINES"

  /// How a failed check, an overflow of the stack and the like end a process.
  private static let traps = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]

  private func fixedAddresses() async -> URL? {
    guard let setarch = findExecutable(named: "setarch"),
      let result = try? await capture(setarch, ["-R", "true"]), result.succeeded
    else { return nil }
    return setarch
  }
}

/// Runs a program in a group of its own, to its end, and hands on each line that it prints.
func forwardLines(
  of program: URL, _ arguments: [String], environment: [String: String] = [:],
  to print: @escaping @Sendable (ProgramRun.OutputStream, String) -> Void
) async throws -> TerminationStatus {
  try await withProcessGroup { group in
    let result = try await Subprocess.run(
      .path(FilePath(program.path)), arguments: Arguments(arguments),
      environment: inherited(and: environment), platformOptions: .processGroup, input: .none,
      output: .sequence, error: .sequence
    ) { execution in
      group.remember(execution.processIdentifier.value)
      try await withThrowingTaskGroup(of: Void.self) { readers in
        readers.addTask { try await forward(execution.standardOutput, as: .output, to: print) }
        readers.addTask { try await forward(execution.standardError, as: .error, to: print) }
        try await readers.waitForAll()
      }
    }
    return result.terminationStatus
  }
}

private func forward(
  _ sequence: SubprocessOutputSequence, as stream: ProgramRun.OutputStream,
  to print: @Sendable (ProgramRun.OutputStream, String) -> Void
) async throws {
  var splitter = LineSplitter()
  for try await buffer in sequence {
    for line in buffer.withUnsafeBytes({ splitter.add($0) }) { print(stream, line) }
  }
  if let rest = splitter.finish() { print(stream, rest) }
}

/// What `run` returns, or that it took longer than `limit`: then it is cancelled, after `atEnd`.
func withTimeLimit(
  _ limit: Duration?, atEnd: @escaping @Sendable () async -> Void = {},
  _ run: @escaping @Sendable () async throws -> ProgramRun.Outcome
) async throws -> ProgramRun.Outcome {
  try await withThrowingTaskGroup(of: ProgramRun.Outcome.self) { group in
    defer { group.cancelAll() }
    group.addTask { try await run() }
    if let limit {
      group.addTask {
        try await Task.sleep(for: limit)
        await atEnd()
        return .timedOut
      }
    }
    return try await group.next()!
  }
}
