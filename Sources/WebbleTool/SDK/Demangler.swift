import Foundation

/// Swift names as people write them.
struct Demangler {
  let toolchain: Toolchain

  /// For each name what it stands for. Names that are not Swift's stay as they are.
  func demangle(_ names: some Collection<String>) async throws -> [String: String] {
    let mangled = Set(names.filter { $0.hasPrefix("$") && !$0.contains("\n") }).sorted()
    guard !mangled.isEmpty else { return [:] }
    // One process for all of them: it answers each line of its input with one line.
    let result = try await capture(
      toolchain.swift, ["demangle", "--simplified"],
      input: Array((mangled.joined(separator: "\n") + "\n").utf8))
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    guard result.succeeded, lines.count >= mangled.count else {
      throw Failure("swift demangle failed:\n\(result.errorOutput)")
    }
    return Dictionary(uniqueKeysWithValues: zip(mangled, lines.map(String.init)))
  }
}
