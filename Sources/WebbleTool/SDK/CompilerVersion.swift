/// A version of the Swift compiler, and the one that Webble is tested with: all that the tool knows of versions.
///
/// The SDK asks the compiler for features by name and is compiled anew for each version, so a newer one is tried,
/// never refused.
struct CompilerVersion: Comparable, CustomStringConvertible {
  var major: Int
  var minor: Int

  /// What the requirements in Documentation/GettingStarted.md name.
  static let tested = CompilerVersion(major: 6, minor: 3)

  init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Of the compiler's own words, such as `Swift version 6.3.1 (swift-6.3.1-RELEASE)`; nil if they name none.
  init?(in words: String) {
    guard let match = words.firstMatch(of: /Swift version (\d+)\.(\d+)/),
      let major = Int(match.1), let minor = Int(match.2)
    else { return nil }
    self.init(major: major, minor: minor)
  }

  static func < (left: CompilerVersion, right: CompilerVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  var description: String { "\(major).\(minor)" }

  /// What users of the compiler that says `words` should know; nil if it is the one that is tested.
  static func remark(on words: String) -> String? {
    guard let version = CompilerVersion(in: words), version != tested else { return nil }
    let consequence =
      version > tested
      ? "which is newer: it should work, and is untested."
      : "which is older: building is likely to fail. Install Swift \(tested) from https://www.swift.org/install."
    return "Webble is tested with Swift \(tested). This is Swift \(version), \(consequence)"
  }
}
