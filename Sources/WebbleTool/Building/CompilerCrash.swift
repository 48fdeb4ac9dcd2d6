/// What the compiler leaves when it crashes: some hundred lines, of which one says where.
enum CompilerCrash {
  /// What to say of it; nil if the compiler did not crash.
  static func explanation(ofFailure output: String) -> String? {
    guard output.contains("Please submit a bug report"), output.contains("Stack dump:") else { return nil }
    // What it was about comes last.
    let place = output.matches(of: /for '([^']+)' \(at ([^()\n]+:\d+:\d+)\)/).last
      .map { ", at '\($0.1)' in \($0.2)" } ?? ""
    return """
      error: the Swift compiler crashed\(place)
        Some of what Embedded Swift does not have makes it crash (6.3) where it should say so: `async let` with a \
      function that throws without a type, parameter packs in debug builds, a generic actor with an executor of its \
      own. Documentation/Limits.md, under "What Embedded Swift refuses", has the nearest spelling of each.
      """
  }
}
