/// What the compiler does not say when it refuses what Embedded Swift lacks: what to write instead.
enum RestrictionAdvice {
  /// Returns nil if nothing was refused for that reason.
  static func advice(onFailure output: String) -> String? {
    guard output.contains("[#EmbeddedRestrictions]") || output.contains("thrown expression type 'any Error'")
    else { return nil }
    var lines: [String] = []
    if output.contains("'any Error'") {
      lines += [
        "Embedded Swift has no `any Error` (6.3), so an error needs a name wherever one is thrown or caught:",
        "  func load() async throws(LoadError)                    in place of `throws`",
        "  { () async throws(LoadError) -> Int in … }             closures that throw",
        "  do throws(LoadError) { … } catch { … }                 in closures, where the compiler finds no name itself",
        "  do throws(CancellationError) { try await Task.sleep(for: .seconds(1)) } catch { … }",
      ]
    }
    if output.contains("key path in embedded Swift") {
      lines.append("In place of a key path: a closure, `map { $0.name }` for `map(\\.name)`.")
    }
    lines.append("Documentation/Limits.md has the nearest spelling of all that Embedded Swift refuses.")
    return "remark: " + lines.joined(separator: "\n        ")
  }
}
