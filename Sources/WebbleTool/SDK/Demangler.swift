import Foundation

/// Swift names as people write them.
struct Demangler {
  let toolchain: Toolchain

  /// For each name what it stands for. Names that are not Swift's stay as they are.
  func demangle(_ names: some Collection<String>) async throws -> [String: String] {
    let mangled = Set(names.filter { $0.hasPrefix("$") && !$0.contains("\n") })
    let traps = mangled.filter { name in Self.reasons.contains { name.contains($0.function) } }
    var demangled = try await demangle(mangled, ["--simplified"])
    // In short the type is left out.
    for (name, whole) in try await demangle(traps, []) {
      guard let type = whole.firstMatch(of: #/generic specialization <(.*?)> of /#)?.output.1,
        let reason = Self.reasons.first(where: { name.contains($0.function) })?.reason
      else { continue }
      demangled[name] = "Swift runtime failure: \(reason) threw an error of type \(type)"
    }
    return demangled
  }

  /// Functions that do nothing but trap, one for each type of errors. They get the name that the compiler gives to the
  /// reasons of other traps, from which reports take it (Glue/lines.js).
  private static let reasons = [
    (function: "swift_unexpectedErrorTyped", reason: "a call after try!"),
    (function: "_errorInMainTyped", reason: "main()"),
  ]

  private func demangle(_ names: Set<String>, _ options: [String]) async throws -> [String: String] {
    guard !names.isEmpty else { return [:] }
    let sorted = names.sorted()
    // One process for all of them: it answers each line of its input with one line.
    let result = try await capture(
      toolchain.swift, ["demangle"] + options, input: Array((sorted.joined(separator: "\n") + "\n").utf8))
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    guard result.succeeded, lines.count >= sorted.count else {
      throw Failure("swift demangle failed:\n\(result.errorOutput)")
    }
    return Dictionary(uniqueKeysWithValues: zip(sorted, lines.map(String.init)))
  }
}
