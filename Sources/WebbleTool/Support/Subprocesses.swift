import Foundation
import Subprocess
import SystemPackage

/// What a finished program left behind.
struct Captured: Sendable {
  var succeeded: Bool
  var output: String
  var errorOutput: String

  /// Both streams, for a message.
  var everything: String {
    [errorOutput, output].filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

/// Runs `executable` to its end and keeps what it prints. `environment` is added to this process's.
func capture(
  _ executable: URL, _ arguments: [String], in directory: URL? = nil,
  environment: [String: String] = [:], input: [UInt8] = []
) async throws -> Captured {
  let limit = 256 << 20
  let result = try await run(
    .path(FilePath(executable.path)), arguments: Arguments(arguments),
    environment: inherited(and: environment), workingDirectory: directory.map { FilePath($0.path) },
    platformOptions: .interruptible, input: .array(input), output: .string(limit: limit),
    error: .string(limit: limit))
  return Captured(
    succeeded: result.terminationStatus.isSuccess,
    output: result.standardOutput,
    errorOutput: result.standardError)
}

/// Runs `executable` to its end with both of its streams on this process's error stream.
/// Returns whether it succeeded.
func runOnErrorStream(
  _ executable: URL, _ arguments: [String], in directory: URL, environment: [String: String] = [:]
) async throws -> Bool {
  let result = try await run(
    .path(FilePath(executable.path)), arguments: Arguments(arguments),
    environment: inherited(and: environment), workingDirectory: FilePath(directory.path), platformOptions: .interruptible, input: .none,
    output: .currentStandardError, error: .currentStandardError)
  return result.terminationStatus.isSuccess
}

func inherited(and added: [String: String]) -> Environment {
  .inherit.updating(
    Dictionary(
      uniqueKeysWithValues: added.map { (Environment.Key(stringLiteral: $0), Optional($1)) }))
}

extension PlatformOptions {
  /// For compilers and package tools: they stay in the terminal's foreground group, and clean up
  /// after an interrupt.
  static var interruptible: PlatformOptions {
    var options = PlatformOptions()
    options.teardownSequence = [
      .send(signal: .interrupt, allowedDurationToNextStep: .seconds(2))
    ]
    return options
  }
}

/// Runs `executable` and returns how many bytes it printed, or nil if it failed.
func byteCount(_ executable: URL, _ arguments: [String]) async throws -> Int? {
  let result = try await run(
    .path(FilePath(executable.path)), arguments: Arguments(arguments),
    platformOptions: .interruptible, output: .bytes(limit: 1 << 30))
  return result.terminationStatus.isSuccess ? result.standardOutput.count : nil
}
